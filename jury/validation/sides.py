"""Jurors and people side by side: answers to the same questions as arrays of the same columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jury.cases import Case
from jury.elicitation import Mode
from jury.errors import RunError
from jury.panel import Panel
from jury.uncertainty.matching import common_cases

__all__ = ["Pair", "Side", "Unit", "beside"]

FloatArray = NDArray[np.float64]

#: Modes whose answers are shares of choices between a case's alternatives.
_SHARES = ("choose", "distribution")

#: Scores with no more distinct values than this are compared point by point of the scale.
_POINTS = 12


@dataclass(frozen=True, eq=False)
class Unit:
    """One question with answers to compare: a case, or an alternative of one.

    Attributes
    ----------
    case : int
        Position among the common cases.
    name : str
        Of the case, and the alternative if there is one unit for each.
    categories : tuple of str
        The answers.
    positions : (c,) float array or None
        Where they lie, ascending; None for answers without an order.
    countable : bool
        Whether shares of single answers can be compared; otherwise only how far the mass moves.
    even : (c,) float array
        The spread of somebody who answers at random.
    drawn : bool
        Whether jurors gave single answers, whose spread is noisy; False for distributions that they predicted.
    jurors, people : (n, c) float arrays
        How each juror's, and each person's, answers spread; NaN for no answer.
    """

    case: int
    name: str
    categories: tuple[str, ...]
    positions: FloatArray | None
    countable: bool
    even: FloatArray
    drawn: bool
    jurors: FloatArray
    people: FloatArray


@dataclass(frozen=True, eq=False)
class Side:
    """Everybody's answers on one side as numbers.

    Attributes
    ----------
    first, second : (n, k) float arrays
        Mean, and mean square, of one answer in each column; 0 where there is none.
    seen : (n, k) float array
        1 where there is an answer, else 0.
    weights : (n,) float array
    """

    first: FloatArray
    second: FloatArray
    seen: FloatArray
    weights: FloatArray


@dataclass(frozen=True, eq=False)
class Pair:
    """Two panels on their common cases.

    Attributes
    ----------
    jurors_panel, people_panel : Panel
    cases : tuple of Case
        Those that both answered, as the jurors' panel has them.
    units : tuple of Unit
    jurors, people : Side
        Columns alike.
    columns : tuple of str
        What each column is.
    case_of : (k,) int array
        Case of each column.
    same_people : bool
        Whether juror i was made from person i.
    ordinal : bool
        Whether the order of alternatives is that of a scale.
    """

    jurors_panel: Panel
    people_panel: Panel
    cases: tuple[Case, ...]
    units: tuple[Unit, ...]
    jurors: Side
    people: Side
    columns: tuple[str, ...]
    case_of: NDArray[np.intp]
    same_people: bool
    ordinal: bool


def beside(jurors: Panel, people: Panel, *, same_people: bool = False, ordinal: bool = False) -> Pair:
    """Put two panels side by side.

    Raises
    ------
    RunError
        If they were asked in ways that cannot be compared, share no case, or are said to be the same people and are
        not as many.
    """
    modes = jurors.mode.mode, people.mode.mode
    if modes[0] != modes[1] and not set(modes) <= set(_SHARES):
        raise RunError(
            f"{jurors.name} was asked in mode {modes[0]!r} and {people.name} in mode {modes[1]!r}; ask the jurors as "
            f"the people were asked (elicitation: {{mode: {modes[1]}}}), or for a distribution of choices"
        )
    if same_people and len(jurors.weights) != len(people.weights):
        raise RunError(f"{len(jurors.weights)} jurors cannot be the same people as {len(people.weights)}")
    cases = tuple(jurors.case(name) for name in common_cases(jurors, people))
    units = tuple(
        unit for number, case in enumerate(cases) for unit in _units(number, case, jurors, people, ordinal=ordinal)
    )
    sides, columns, case_of = _numbers(units)
    return Pair(
        jurors,
        people,
        cases,
        units,
        Side(*sides[0], jurors.weights),
        Side(*sides[1], people.weights),
        columns,
        case_of,
        same_people,
        ordinal,
    )


def _units(number: int, case: Case, jurors: Panel, people: Panel, *, ordinal: bool) -> Sequence[Unit]:
    panels = jurors, people
    if jurors.mode.mode in _SHARES:
        places = np.arange(len(case.alternatives), dtype=float) if ordinal else None
        first, second = (_chosen(panel, case) for panel in panels)
        even = np.full(len(case.alternatives), 1 / len(case.alternatives))
        drawn = jurors.mode.mode != "distribution"
        return [Unit(number, case.id, case.alternative_ids, places, True, even, drawn, first, second)]
    found = []
    for name in case.alternative_ids:
        said = [_said(panel, case, name) for panel in panels]
        scale = _scale(np.concatenate([answers[:, 1] for answers in said]), jurors.mode)
        if scale is not None:
            first, second = (_spread(panel, given, scale.values) for panel, given in zip(panels, said, strict=True))
            labels = ("no", "yes") if jurors.mode.mode == "approve" else tuple(f"{value:g}" for value in scale.values)
            label = f"{case.id}: {name}"
            found.append(Unit(number, label, labels, scale.values, scale.countable, scale.even, True, first, second))
    return found


@dataclass(frozen=True, eq=False)
class _Scale:
    """The values that answers can have, ascending; whether so few that shares can be compared; an even spread."""

    values: FloatArray
    countable: bool
    even: FloatArray


def _scale(values: FloatArray, mode: Mode) -> _Scale | None:
    if not len(values):
        return None
    low, high = getattr(mode, "scale", (0, 1))
    points = np.arange(min(low, np.floor(values.min())), max(high, np.ceil(values.max())) + 1)
    # Scores in words or numbers are whole; expected scores, or shares of duels won, are not.
    whole = bool((values == np.rint(values)).all()) and len(points) <= _POINTS
    found = points if whole else np.unique(np.concatenate([values, points]))
    even = np.isin(found, points).astype(float)
    return _Scale(found, whole, even / even.sum())


def _chosen(panel: Panel, case: Case) -> FloatArray:
    """Return how each one's answers spread over the alternatives, replicates averaged; NaN for no answer."""
    own = panel.case(case.id)
    order = [own.alternative_ids.index(name) for name in case.alternative_ids]
    total = np.zeros((len(panel.weights), len(order)))
    count = np.zeros(len(total))
    for vote in panel.votes.get(case.id, ()):
        shares = panel.mode.shares_of(vote.values, own)
        if shares is not None:
            total[vote.juror] += np.array(shares)[order]
            count[vote.juror] += 1
    return _mean(total, count)


def _said(panel: Panel, case: Case, alternative: str) -> FloatArray:
    """Return what was said of an alternative, one row an answer: who, what."""
    own = panel.case(case.id)
    column = own.alternative_ids.index(alternative)
    rows = [
        (float(vote.juror), panel.mode.utilities_of(vote.values, own)[column]) for vote in panel.votes.get(case.id, ())
    ]
    answers: FloatArray = np.array(rows, dtype=float).reshape(-1, 2)
    given: FloatArray = answers[~np.isnan(answers[:, 1])]
    return given


def _spread(panel: Panel, answers: FloatArray, values: FloatArray) -> FloatArray:
    total = np.zeros((len(panel.weights), len(values)))
    who = answers[:, 0].astype(np.intp)
    np.add.at(total, (who, np.searchsorted(values, answers[:, 1])), 1.0)
    return _mean(total, np.bincount(who, minlength=len(total)).astype(float))


def _mean(total: FloatArray, count: FloatArray) -> FloatArray:
    found: FloatArray = np.where(count[:, None] > 0, total / np.maximum(count, 1.0)[:, None], np.nan)
    return found


def _numbers(
    units: Sequence[Unit],
) -> tuple[list[tuple[FloatArray, FloatArray, FloatArray]], tuple[str, ...], NDArray[np.intp]]:
    """Return columns of numbers: a place on the scale, or whether each answer was given (of two, the second)."""
    names: list[str] = []
    cases: list[int] = []
    parts: list[list[tuple[FloatArray, FloatArray]]] = [[], []]
    for unit in units:
        if unit.positions is not None:
            values = unit.positions[:, None]
            labels = [unit.name]
        else:
            start = 1 if len(unit.categories) == 2 else 0
            values = np.eye(len(unit.categories))[:, start:]
            labels = [f"{unit.name}: {category}" for category in unit.categories[start:]]
        names += labels
        cases += [unit.case] * len(labels)
        for part, spread in zip(parts, (unit.jurors, unit.people), strict=True):
            part.append((spread @ values, spread @ values**2))
    sides = []
    for part in parts:
        first, second = (np.concatenate([block[place] for block in part], axis=1) for place in (0, 1))
        seen = ~np.isnan(first)
        sides.append((np.where(seen, first, 0.0), np.where(seen, second, 0.0), seen.astype(float)))
    return sides, tuple(names), np.array(cases, dtype=np.intp)
