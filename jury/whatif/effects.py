"""What each part of a package does: average marginal component effects, by group, and the best package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aggregators import Outcome, Utilities, decide
from jury.auditing.membership import FEW
from jury.errors import MeasureError
from jury.panel import Panel

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EVERYBODY", "Effects", "Judgements", "best_packages", "component_effects", "judgements", "model_matrix"]

FloatArray = NDArray[np.float64]

EVERYBODY = "everybody"
_NO_SPREAD = 1e-9  # what rounding leaves of it


@dataclass(frozen=True, eq=False)
class Effects:
    """Effects of the levels of packages' attributes.

    Attributes
    ----------
    frame : DataFrame
        One row a group and level: ``group, attribute, level, effect`` (against the attribute's first level, on the
        scale of the answers, higher is better), ``low, high`` (95 %; NaN where all jurors answered alike), ``jurors,
        judgements``, and a ``note``.
    intercepts : Mapping of str to float
        By group, the mean answer on the package of first levels; of comparisons, beside the average of the others.
    weights : Mapping of str to float
        By group, the weight of its jurors.
    levels : Mapping of str to tuple of str
        By attribute, its levels, the first that of comparison.
    coefficients : (g, k) array
        Intercept and effects of the groups in `intercepts`, in the order of `model_matrix`.
    """

    frame: pd.DataFrame
    intercepts: Mapping[str, float]
    weights: Mapping[str, float]
    levels: Mapping[str, tuple[str, ...]]
    coefficients: FloatArray


def component_effects(
    panel: Panel,
    packages: pd.DataFrame,
    *,
    by: str | None = None,
    levels: Mapping[str, Sequence[str]] | None = None,
    few: int = FEW,
) -> Effects:
    """Return average marginal component effects, for everybody or by group.

    Parameters
    ----------
    panel : Panel
        Answers on cases whose alternatives are packages, whatever was asked: choices count 0 and 1, scores as they are.
    packages : DataFrame
        One row a package, its index the alternatives' ids, one column an attribute: as it was designed.
    by : str, optional
        An attribute of the jurors, whose groups are told one by one.
    levels : mapping of name to levels, optional
        Their order; by default that in which `packages` has them.
    few : int
        Groups with fewer jurors have no effects, only a note.

    Returns
    -------
    Effects

    Raises
    ------
    MeasureError
        If no alternative is a package, or the packages cannot tell the effects apart.

    Notes
    -----
    Weighted least squares of the answer on indicators of all levels but the first. Where answers only compare (choices,
    rankings, shares), a package stands high because of what stands beside it too: the others' indicators, averaged, are
    taken off its own, so that effects are those beside an average package and do not hang on who was put beside whom.
    (Of planted choices between fixed pairs, intervals of 95 % that leave this out held the truth in 55 % of the panels,
    these in 94 %.) Standard errors are clustered by juror with the usual small-sample factor G / (G - 1) * (N - 1) /
    (N - k), intervals of Student's t with G - 1 degrees of freedom. Equal to differences of means where scores were
    given and levels assigned independently of each other. Agrees with statsmodels (``cov_type="cluster"``) to rounding;
    a test holds stored numbers of it.

    References
    ----------
    Hainmueller, Hopkins and Yamamoto (2014), Causal inference in conjoint analysis, Political Analysis 22. Cameron and
    Miller (2015), A practitioner's guide to cluster-robust inference, Journal of Human Resources 50.
    """
    import pandas as pd

    ordered = {str(name): _levels(packages, str(name), levels) for name in packages.columns}
    if all(len(names) < 2 for names in ordered.values()):
        raise MeasureError("packages: no attribute has two levels; give some that differ, or nothing can be compared")
    design, answers, jurors = judgements(panel, packages, ordered)
    labels = np.full(len(panel.weights), EVERYBODY) if by is None else panel.group_labels(by)
    found, intercepts, weights, coefficients = [], {}, {}, []
    for group in np.unique(labels).tolist():
        inside = labels[jurors] == group
        seated = len(np.unique(jurors[inside]))
        note = "" if seated >= few else f"{seated} jurors; at least {few} are needed"
        effects = spread = np.full(design.shape[1], np.nan)
        if not note:
            effects, spread = _clustered(
                design[inside], answers[inside], panel.weights[jurors[inside]], jurors[inside], group
            )
            coefficients.append(effects)
            intercepts[group], weights[group] = float(effects[0]), float(panel.weights[labels == group].sum())
        found += _rows(group, ordered, effects[1:], spread[1:], seated, int(inside.sum()), note)
    stacked = np.array(coefficients).reshape(-1, design.shape[1])
    return Effects(pd.DataFrame(found), intercepts, weights, ordered, stacked)


def best_packages(effects: Effects, rules: Sequence[str]) -> dict[str, Outcome]:
    """Decide among all packages, seen or not, by what the effects say that each group thinks of them.

    Parameters
    ----------
    effects : Effects
    rules : sequence of str
        Welfare functions and other rules that read utilities.

    Returns
    -------
    dict of str to Outcome
        Alternatives are packages in words, "wage=15, credit=yes"; a voter is a group, weighing what its jurors weigh.

    Notes
    -----
    Effects are added up: that no part of a package works otherwise in company is an assumption.
    """
    import itertools

    import pandas as pd

    if not effects.intercepts:
        raise MeasureError("effects: every group has too few jurors; nothing can be decided")
    combinations = pd.DataFrame(list(itertools.product(*effects.levels.values())), columns=list(effects.levels))
    values = effects.coefficients @ model_matrix(combinations, effects.levels).T
    named = [
        ", ".join(f"{name}={level}" for name, level in zip(effects.levels, row, strict=True))
        for row in combinations.to_numpy().tolist()
    ]
    profile = Utilities(values, weights=list(effects.weights.values()), alternatives=named)
    found = {}
    for rule in rules:
        outcome = decide(profile, rule)
        if isinstance(outcome, Outcome):
            found[rule] = outcome
    return found


def _levels(packages: pd.DataFrame, name: str, given: Mapping[str, Sequence[str]] | None) -> tuple[str, ...]:
    there = list(dict.fromkeys(packages[name].astype(str)))
    wanted = list(map(str, (given or {}).get(name, there)))
    if set(there) - set(wanted):
        raise MeasureError(f"levels of {name!r} lack {min(set(there) - set(wanted))!r}, which a package has")
    return tuple(level for level in wanted if level in there)


def model_matrix(packages: pd.DataFrame, levels: Mapping[str, Sequence[str]]) -> FloatArray:
    """Return (packages, 1 + effects): one, then whether a package has each level but an attribute's first."""
    columns = [np.ones(len(packages))]
    for name, names in levels.items():
        given = packages[name].astype(str).to_numpy()
        columns += [(given == level).astype(float) for level in names[1:]]
    return np.stack(columns, axis=1)


class Judgements(NamedTuple):
    """What a panel said of packages, one row a judgement.

    Attributes
    ----------
    design : (n, 1 + effects) array
        As `model_matrix` has it; of comparisons, how the package differs from the others of its ballot.
    answers : (n,) array
    jurors : (n,) int array
    """

    design: FloatArray
    answers: FloatArray
    jurors: NDArray[np.intp]


def judgements(panel: Panel, packages: pd.DataFrame, levels: Mapping[str, Sequence[str]]) -> Judgements:
    """Return every judgement of a package, those without an opinion left out."""
    places = {str(name): place for place, name in enumerate(packages.index)}
    rows, answers, jurors, ballots, rivals = [], [], [], [], []
    for case in panel.cases:
        known = [places.get(name) for name in case.alternative_ids]
        for number, vote in enumerate(panel.votes.get(case.id, ())):
            said = panel.mode.utilities_of(vote.values, case)
            others = sum(not np.isnan(answer) for answer in said) - 1
            for place, answer in zip(known, said, strict=True):
                if place is not None and not np.isnan(answer):
                    rows.append(place)
                    answers.append(answer)
                    jurors.append(vote.juror)
                    ballots.append((case.id, number))
                    rivals.append(max(1, others))
    if not rows:
        raise MeasureError(
            f"packages: none of them is an alternative that {panel.name} judged; their index must be ids"
        )
    design = model_matrix(packages, levels)[rows]
    if panel.mode.relative:
        design[:, 1:] -= _beside(design[:, 1:], ballots, np.array(rivals, dtype=float))
    return Judgements(design, np.array(answers, dtype=float), np.array(jurors))


def _beside(levels: FloatArray, ballots: Sequence[tuple[str, int]], rivals: FloatArray) -> FloatArray:
    """Return the average levels of the others on each judgement's ballot, less what that is over all judgements."""
    codes: dict[tuple[str, int], int] = {}
    code = np.array([codes.setdefault(ballot, len(codes)) for ballot in ballots])
    totals = np.zeros((len(codes), levels.shape[1]))
    np.add.at(totals, code, levels)
    others: FloatArray = (totals[code] - levels) / rivals[:, None]
    centred: FloatArray = others - others.mean(axis=0)
    return centred


def _clustered(
    design: FloatArray, answers: FloatArray, weights: FloatArray, clusters: NDArray[np.intp], group: str
) -> tuple[FloatArray, FloatArray]:
    """Return coefficients and how far their intervals reach."""
    from scipy import special

    weighted = design * weights[:, None]
    bread = weighted.T @ design
    if np.linalg.matrix_rank(bread) < design.shape[1]:
        raise MeasureError(
            f"packages cannot tell the effects apart for {group!r}; judge more of them, in more rounds, or take fewer "
            "attributes"
        )
    inverse = np.linalg.inv(bread)
    effects = inverse @ (weighted.T @ answers)
    scores = weighted * (answers - design @ effects)[:, None]
    names, code = np.unique(clusters, return_inverse=True)
    summed = np.zeros((len(names), design.shape[1]))
    np.add.at(summed, code, scores)
    many, total, columns = len(names), len(answers), design.shape[1]
    small = many / (many - 1) * (total - 1) / (total - columns)
    spread = np.sqrt(np.maximum(0.0, np.diag(inverse @ (summed.T @ summed) @ inverse) * small))
    # Jurors of one mind do not tell how far others would differ.
    spread = np.where(spread > _NO_SPREAD * max(1.0, float(np.abs(answers).max())), spread, np.nan)
    return effects, spread * float(special.stdtrit(many - 1, 0.975))


def _rows(
    group: str,
    levels: Mapping[str, Sequence[str]],
    effects: FloatArray,
    reach: FloatArray,
    jurors: int,
    judgements: int,
    note: str,
) -> list[dict[str, object]]:
    named = [(name, level) for name, names in levels.items() for level in names[1:]]
    return [
        {
            "group": group,
            "attribute": name,
            "level": level,
            "effect": effect,
            "low": effect - far,
            "high": effect + far,
            "jurors": jurors,
            "judgements": judgements,
            "note": note,
        }
        for (name, level), effect, far in zip(named, effects.tolist(), reach.tolist(), strict=True)
    ]
