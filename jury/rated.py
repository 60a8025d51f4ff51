"""Every rating of a panel in arrays, read once however many analyses look at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from jury.cases import Case
from jury.elicitation import Mode, Vote
from jury.panel import Panel

__all__ = ["UNKNOWN", "Rated", "rated"]

FloatArray = NDArray[np.float64]
Codes = NDArray[np.intp]

#: Position or label of a rating of which it is not known.
UNKNOWN = -1


@dataclass(frozen=True, eq=False)
class Rated:
    """Ratings, one a ballot and alternative judged, in the order of the cases and of their ballots.

    Attributes
    ----------
    values : (k,) float array
        Utilities, higher is better.
    cases, alternatives : (k,) int array
        The case, as a row of `Panel.cases`, and the alternative, as a column of it.
    jurors, replicates : (k,) int array
    positions : (k,) int array
        Where it stood among those judged together, from 0; `UNKNOWN` where that is not known.
    labels : (k,) int array
        Codes of what it was called, the same text with the same code; `UNKNOWN` likewise.
    """

    values: FloatArray
    cases: Codes
    alternatives: Codes
    jurors: Codes
    replicates: Codes
    positions: Codes
    labels: Codes


def rated(panel: Panel) -> Rated:
    """Return all ratings of `panel`, which are computed once."""
    return panel.derived(_rated)


def _rated(panel: Panel) -> Rated:
    labels: dict[str | None, int] = {None: UNKNOWN}
    plain = type(panel.mode).ratings is Mode.ratings
    parts = []
    for number, case in enumerate(panel.cases):
        votes = panel.votes.get(case.id, ())
        if votes:
            read = _by_alternative(panel, case, votes, labels) if plain else _one_by_one(panel, case, votes, labels)
            parts.append((np.full(len(read[0]), number, dtype=np.intp), *read))
    if not parts:
        nothing = np.zeros(0, dtype=np.intp)
        return Rated(np.zeros(0), *[nothing] * 6)
    cases, values, *codes = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Rated(values, cases, *codes)


_Read = tuple[FloatArray, Codes, Codes, Codes, Codes, Codes]


def _by_alternative(panel: Panel, case: Case, votes: Sequence[Vote], labels: dict[str | None, int]) -> _Read:
    """Return what `_one_by_one` does, without a loop over ratings: for modes that rate each alternative once."""
    said = panel.said(case.id)
    shown: dict[tuple[tuple[str, ...], tuple[str, ...]], int] = {}
    layouts: list[tuple[list[int], list[int]]] = []
    which = np.empty(len(votes), dtype=np.intp)
    for row, vote in enumerate(votes):
        key = (vote.shown, vote.labels)
        if key not in shown:
            shown[key] = len(layouts)
            layouts.append(_layout(case, vote, labels))
        which[row] = shown[key]
    positions, named = (np.array([layout[part] for layout in layouts], dtype=np.intp)[which] for part in (0, 1))
    who, column = np.nonzero(~np.isnan(said))
    jurors = np.array([vote.juror for vote in votes], dtype=np.intp)[who]
    replicates = np.array([vote.replicate for vote in votes], dtype=np.intp)[who]
    return said[who, column], column, jurors, replicates, positions[who, column], named[who, column]


def _layout(case: Case, vote: Vote, labels: dict[str | None, int]) -> tuple[list[int], list[int]]:
    placed = {name: position for position, name in enumerate(vote.shown)}
    named = dict(zip(vote.shown, vote.labels, strict=True)) if vote.labels else {}
    ids = case.alternative_ids
    codes = [labels.setdefault(named.get(name), len(labels)) for name in ids]
    return [placed.get(name, UNKNOWN) for name in ids], codes


def _one_by_one(panel: Panel, case: Case, votes: Sequence[Vote], labels: dict[str | None, int]) -> _Read:
    values, codes = [], []
    for vote in votes:
        for rating in chain.from_iterable(panel.mode.ratings(vote, case)):
            label = labels.setdefault(rating.label, len(labels))
            position = UNKNOWN if rating.position is None else rating.position
            values.append(rating.utility)
            codes.append((rating.alternative, vote.juror, vote.replicate, position, label))
    table = np.array(codes, dtype=np.intp).reshape(-1, 5)
    alternatives, jurors, replicates, positions, named = table.T
    return np.array(values, dtype=float), alternatives, jurors, replicates, positions, named
