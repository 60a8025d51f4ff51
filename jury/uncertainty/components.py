"""Variance components of crossed designs, complete or not, weighted or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jury.errors import JuryError

__all__ = ["Components", "InseparableError", "variance_components"]

FloatArray = NDArray[np.float64]
Codes = NDArray[np.intp]

#: A system of expected squares with a condition beyond this has two effects that the data do not tell apart.
_SEPARABLE = 1e10


class InseparableError(JuryError, ValueError):
    """A design in which two effects always come together; the message names them and the remedy."""


@dataclass(frozen=True, eq=False)
class Components:
    """How much each source contributes to the variance of one answer.

    Attributes
    ----------
    variances : Mapping
        Effect -> estimated variance, ``"residual"`` last. Estimates are unbiased and so may come out below 0, which
        means that nothing of the effect can be seen.
    levels : Mapping
        Effect -> number of its levels; of the residual, the number of answers.
    """

    variances: Mapping[str, float]
    levels: Mapping[str, int]

    def shares(self) -> dict[str, float]:
        """Return each effect's share of the total, those below 0 taken for 0; NaN if nothing varies."""
        floored = {name: max(value, 0.0) for name, value in self.variances.items()}
        total = sum(floored.values())
        return {name: value / total if total > 0 else float("nan") for name, value in floored.items()}


def variance_components(
    values: ArrayLike, effects: Mapping[str, Sequence[ArrayLike]], *, weights: ArrayLike | None = None
) -> Components:
    """Estimate the variances of random effects in a crossed design by the method of moments.

    Parameters
    ----------
    values : array_like of shape (k,)
        The answers.
    effects : Mapping
        Name of an effect -> the factors, as codes of shape (k,), whose combinations are its levels: one for a main
        effect, several for an interaction.
    weights : array_like of shape (k,), optional
        Of the answers, positive; equal by default.

    Returns
    -------
    Components
        With ``"residual"`` for what no effect explains.

    Raises
    ------
    InseparableError
        If there are not enough answers, or two effects cannot be told apart, such as a juror and an item where
        each juror answered one item only.

    Notes
    -----
    For each effect, the weighted sum of squares within its levels is compared with its expectation, which is linear in
    the variances: an effect f counts with sum_k w_k less, for each level g, the sum over f's levels of (their weight
    within g)^2 over the weight of g. With equal weights and as many answers in each cell this is the analysis of
    variance; in general it is Henderson's first method. It is unbiased for any pattern of missing answers and for any
    weights that do not depend on the effects, and needs neither normality nor balance. Validation: equal to the mean
    squares of balanced designs; unbiased in simulations with holes and weights.

    References
    ----------
    Henderson (1953), Estimation of variance and covariance components, Biometrics 9. Searle, Casella and McCulloch
    (1992), Variance Components, chapter 5. Cronbach, Gleser, Nanda and Rajaratnam (1972), The Dependability of
    Behavioral Measurements. Gao and Owen (2017), Efficient moment calculations for variance components in large
    unbalanced crossed random effects models, Electronic Journal of Statistics 11.

    Examples
    --------
    >>> found = variance_components([1, 2, 3, 5], {"juror": [[0, 0, 1, 1]], "item": [[0, 1, 0, 1]]})
    >>> {name: round(value, 3) for name, value in found.variances.items()}
    {'juror': 3.0, 'item': 1.0, 'residual': 0.25}
    """
    given = np.asarray(values, dtype=float)
    mass = np.ones_like(given) if weights is None else np.asarray(weights, dtype=float)
    return Moments(given, effects).components(mass)


class Moments:
    """A design made ready to be solved for many weightings of the same answers.

    Parameters
    ----------
    values, effects
        As for `variance_components`.
    known_mean : (k,) float array, optional
        What answers are on average, where that is known beforehand, as of shares that add up to 1. Then no grand mean
        is estimated, and answers to one question may depend on each other as those do.
    """

    def __init__(
        self, values: FloatArray, effects: Mapping[str, Sequence[ArrayLike]], *, known_mean: FloatArray | None = None
    ) -> None:
        self._values = values if known_mean is None else values - known_mean
        codes = {name: _levels([np.asarray(factor) for factor in factors]) for name, factors in effects.items()}
        single = np.arange(len(values), dtype=np.intp)
        # Where the mean is known, no answer is compared with any but itself and 0: a grouping of none.
        whole = None if known_mean is not None else np.zeros(len(values), dtype=np.intp)
        self.names = (*codes, "residual")
        self._held = [*codes.values(), single]
        self._groupings = [whole, *codes.values()]
        self._cells = [
            [None if group is None else _Cells.of(group, effect) for effect in self._held] for group in self._groupings
        ]
        self.levels = {name: int(code.max(initial=-1)) + 1 for name, code in zip(self.names, self._held, strict=True)}

    def components(self, weights: FloatArray) -> Components:
        """Return the components with the answers weighted by `weights`, not negative.

        Raises
        ------
        InseparableError
            As `variance_components`.
        """
        expected = np.array(
            [[weights.sum() if cells is None else cells.coefficient(weights) for cells in row] for row in self._cells]
        )
        _refuse_inseparable(expected, self.names)
        squares = [_within(self._values, weights, group) for group in self._groupings]
        found = np.linalg.solve(expected, np.array(squares))
        return Components(dict(zip(self.names, map(float, found), strict=True)), self.levels)

    def effects(self) -> Iterator[tuple[str, Codes]]:
        """Yield each effect with the level of each answer."""
        yield from zip(self.names, self._held, strict=True)


def _levels(factors: Sequence[NDArray[np.generic]]) -> Codes:
    combined = np.zeros(len(factors[0]), dtype=np.intp)
    for factor in factors:
        _, codes = np.unique(factor, return_inverse=True)
        combined = combined * (int(codes.max(initial=0)) + 1) + codes
        _, combined = np.unique(combined, return_inverse=True)
    return combined.astype(np.intp)


def _within(values: FloatArray, mass: FloatArray, grouping: Codes | None) -> float:
    """Return the weighted sum of squares about the means of the groups, or about 0."""
    if grouping is None:
        return float((mass * values**2).sum())
    total = np.bincount(grouping, mass)
    means = np.bincount(grouping, mass * values) / np.where(total > 0, total, 1.0)
    return float((mass * (values - means[grouping]) ** 2).sum())


@dataclass(frozen=True, eq=False)
class _Cells:
    """Groups crossed with the levels of an effect.

    Attributes
    ----------
    cells : (k,) int array
        Of each answer.
    group_of : (cells,) int array
    """

    cells: Codes
    group_of: Codes

    @classmethod
    def of(cls, grouping: Codes, effect: Codes) -> _Cells:
        """Return the cells of a grouping and an effect."""
        cells = _levels([grouping, effect])
        group_of = np.zeros(int(cells.max(initial=-1)) + 1, dtype=np.intp)
        group_of[cells] = grouping
        return cls(cells, group_of)

    def coefficient(self, mass: FloatArray) -> float:
        """Return by what the variance of the effect enters the expected sum of squares within the groups."""
        cell_mass = np.bincount(self.cells, mass)
        total = np.bincount(self.group_of, cell_mass)
        squares = np.bincount(self.group_of, cell_mass**2, minlength=len(total))
        return float(mass.sum() - (squares / np.where(total > 0, total, 1.0)).sum())


def _refuse_inseparable(expected: FloatArray, names: Sequence[str]) -> None:
    scale = np.abs(expected).max(initial=0.0)
    if scale > 0 and np.linalg.cond(expected / scale) < _SEPARABLE:
        return
    alike = [
        (first, second)
        for i, first in enumerate(names)
        for j, second in enumerate(names[:i])
        if scale > 0 and np.allclose(expected[:, i], expected[:, j], rtol=1e-9, atol=1e-9 * scale)
    ]
    if alike:
        first, second = alike[0]
        raise InseparableError(
            f"variance of {second!r} and of {first!r} cannot be told apart: each level of one comes with one of the "
            "other; ask more jurors about the same items, or more often (replicates), or leave one of the two out"
        )
    raise InseparableError(
        f"the variances of {', '.join(names)} cannot be told apart in {int(expected[0, -1] + 1.5)} answers; ask more "
        "jurors about more items, or leave an effect out"
    )
