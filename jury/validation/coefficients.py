"""Whether jurors' answers depend on who they are as people's do: regression coefficients beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from jury.estimates import Estimate
from jury.validation.sides import Pair, Side
from jury.validation.spread import FEWEST, Grouping, grouping

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Coefficients", "compare_coefficients"]

FloatArray = NDArray[np.float64]

_SIGNIFICANT = 0.05


@dataclass(frozen=True, eq=False)
class Coefficients:
    """Regression coefficients of every item on the groups, of jurors and of people.

    Attributes
    ----------
    by : tuple of str
        Attributes whose levels are the regressors, all in one regression.
    reference : tuple of str
        The level of each attribute that the others are compared with: the most frequent among people.
    table : DataFrame
        One row an item and coefficient: ``item, term; jurors, jurors_se; people, people_se; difference, p``
        (two-sided, that the two differ), ``different`` (p < .05), ``settled`` (people's own differs from 0, p < .05),
        ``flipped`` (the two have opposite signs).
    different : Estimate
        Share of the coefficients that differ (p < .05; by chance 5 % would).
    flipped : Estimate
        Share of the coefficients whose sign is flipped; of jurors answering at random, half would be.
    flipped_settled : Estimate
        The same among those that are settled for people.
    flipped_different : Estimate
        The same among those that differ, which Bisbee et al. (2024) report.
    left_out : tuple of str
        Levels with too few jurors or people; those who have them are in no regression.
    """

    by: tuple[str, ...]
    reference: tuple[str, ...]
    table: pd.DataFrame
    different: Estimate
    flipped: Estimate
    flipped_settled: Estimate
    flipped_different: Estimate
    left_out: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain JSON types."""
        shares = ("different", "flipped", "flipped_settled", "flipped_different")
        return {
            "by": list(self.by),
            "reference": list(self.reference),
            "coefficients": self.table.to_dict(orient="records"),
            **{name: getattr(self, name).to_dict() for name in shares},
            "left_out": list(self.left_out),
        }


@dataclass(frozen=True, eq=False)
class _Design:
    """Regressors of one side: (n, 1 + terms), a constant first; `rows` are those who are in."""

    matrix: FloatArray
    rows: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Fit:
    estimate: FloatArray
    influence: FloatArray  # (n, terms): what each one adds to the estimate's error
    freedom: int

    def error(self) -> FloatArray:
        """Return the standard errors."""
        found: FloatArray = np.sqrt((self.influence**2).sum(axis=0))
        return found


def compare_coefficients(
    pair: Pair, by: Sequence[str], rng: np.random.Generator, *, resamples: int = 1000
) -> Coefficients | None:
    """Regress every item on the groups of `by`, for jurors and for people, and compare the coefficients.

    Parameters
    ----------
    pair : Pair
    by : sequence of str
        Attributes; crossings are attributes too.
    rng : Generator
        Redraws cases for the intervals of shares, as the coefficients of one case belong together.
    resamples : int

    Returns
    -------
    Coefficients or None
        None if no attribute has two levels with enough jurors and people.

    Notes
    -----
    Weighted least squares on indicators of the levels, of each one's mean answer; standard errors are robust to unequal
    variances (HC1), as weights are those of a survey. Of the very same people the two estimates are not
    independent, and the variance of their difference is that of the difference.

    References
    ----------
    Bisbee et al. (2024), Political Analysis 32: 48 % of coefficients differ, 32 % of these with the sign flipped.
    White (1980), A heteroskedasticity-consistent covariance matrix estimator, Econometrica 48.
    """
    import pandas as pd

    groups = [group for group in (grouping(pair, name) for name in by) if len(group.labels) > 1]
    if not groups:
        return None
    reference = tuple(group.labels[int(np.argmax(group.shares))] for group in groups)
    terms = tuple(
        f"{group.by}={label}"
        for group, base in zip(groups, reference, strict=True)
        for label in group.labels
        if label != base
    )
    designs = _design("jurors", groups, reference), _design("people", groups, reference)
    rows = [row for column in range(len(pair.columns)) for row in _rows(pair, designs, terms, column)]
    if not rows:
        return None
    table = pd.DataFrame(rows)

    def share(what: str, among: str | None = None) -> Estimate:
        return _share(table, what, among, len(pair.cases), rng, resamples)

    return Coefficients(
        by=tuple(group.by for group in groups),
        reference=reference,
        table=table.drop(columns="case"),
        different=share("different"),
        flipped=share("flipped"),
        flipped_settled=share("flipped", "settled"),
        flipped_different=share("flipped", "different"),
        left_out=tuple(f"{group.by}={label}" for group in groups for label in group.left_out),
    )


def _rows(pair: Pair, designs: tuple[_Design, _Design], terms: Sequence[str], column: int) -> Iterator[dict[str, Any]]:
    """Yield the coefficients of one item on both sides, and whether they differ."""
    from scipy import stats

    jurors, people = _fit(pair.jurors, designs[0], column), _fit(pair.people, designs[1], column)
    if jurors is None or people is None:
        return
    errors = jurors.error(), people.error()
    apart = np.hypot(*errors)
    if pair.same_people:
        apart = np.sqrt(((jurors.influence - people.influence) ** 2).sum(axis=0))
    difference = jurors.estimate - people.estimate
    p = 2 * stats.t.sf(_far(difference, apart), min(jurors.freedom, people.freedom))
    own = 2 * stats.t.sf(_far(people.estimate, errors[1]), people.freedom)
    for place, term in enumerate(terms, start=1):
        one, other = float(jurors.estimate[place]), float(people.estimate[place])
        yield {
            "item": pair.columns[column],
            "case": int(pair.case_of[column]),
            "term": term,
            "jurors": one,
            "jurors_se": float(errors[0][place]),
            "people": other,
            "people_se": float(errors[1][place]),
            "difference": float(difference[place]),
            "p": float(p[place]),
            "different": bool(p[place] < _SIGNIFICANT),
            "settled": bool(own[place] < _SIGNIFICANT),
            "flipped": bool(one * other < 0),
        }


def _far(estimate: FloatArray, error: FloatArray) -> FloatArray:
    """Return how many standard errors an estimate is from 0, without any error as far as can be, or not at all."""
    far = np.where(np.abs(estimate) > 1e-12, np.inf, 0.0)
    found: FloatArray = np.divide(np.abs(estimate), error, out=far, where=error > 1e-12)
    return found


def _design(side: Literal["jurors", "people"], groups: Sequence[Grouping], reference: Sequence[str]) -> _Design:
    members = [group.jurors if side == "jurors" else group.people for group in groups]
    rows = np.all([member.any(axis=0) for member in members], axis=0)
    columns = [
        member[place]
        for member, group, base in zip(members, groups, reference, strict=True)
        for place, label in enumerate(group.labels)
        if label != base
    ]
    return _Design(np.column_stack([np.ones(len(rows)), *columns]), rows)


def _fit(side: Side, design: _Design, column: int) -> _Fit | None:
    """Return the weighted least-squares fit of one item; None where a level has too few answers."""
    used = design.rows & (side.seen[:, column] > 0) & (side.weights > 0)
    matrix, weights = design.matrix[used], side.weights[used]
    if (matrix.sum(axis=0) < FEWEST).any() or used.sum() <= matrix.shape[1]:
        return None
    normal = matrix.T @ (weights[:, None] * matrix)
    if np.linalg.cond(normal) > 1e10:
        return None
    answers = side.first[used, column]
    estimate = np.linalg.solve(normal, matrix.T @ (weights * answers))
    left = answers - matrix @ estimate
    small = np.sqrt(used.sum() / (used.sum() - matrix.shape[1]))
    influence = np.zeros((len(used), matrix.shape[1]))
    influence[used] = small * (weights * left)[:, None] * np.linalg.solve(normal, matrix.T).T
    return _Fit(estimate, influence, int(used.sum()) - matrix.shape[1])


def _share(
    table: pd.DataFrame, what: str, among: str | None, cases: int, rng: np.random.Generator, resamples: int
) -> Estimate:
    from jury.estimates import drawn_estimate
    from jury.uncertainty.flips import share_estimate

    counted = np.ones(len(table)) if among is None else table[among].to_numpy(dtype=float)
    hits = counted * table[what].to_numpy(dtype=float)
    code = table["case"].to_numpy()
    per_case = [np.bincount(code, values, minlength=cases) for values in (hits, counted)]
    many = int(counted.sum())
    if not many:
        return Estimate(np.nan, np.nan, np.nan, 0, "coefficients")
    used = int((per_case[1] > 0).sum())
    times = rng.multinomial(cases, np.full(cases, 1 / cases), size=resamples)
    below = times @ per_case[1]
    draws = np.divide(times @ per_case[0], below, out=np.full(resamples, np.nan), where=below > 0)
    value = float(hits.sum() / many)
    found = drawn_estimate(value, draws, used, "coefficients")
    if value in (0.0, 1.0):  # no drawing differs: what so many cases alone leave open
        found = share_estimate(round(value * used), used, "coefficients")
    return Estimate(value, found.low, found.high, many, "coefficients")
