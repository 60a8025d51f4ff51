"""How much the errors of two jurors have in common: the mean product of errors, over pairs of different jurors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Errors", "PairMoments"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PairMoments:
    """What pairs of jurors have in common, averaged over items.

    Attributes
    ----------
    shared : (b,) float array
        Mean product of the errors of two different jurors on an item.
    own : (b,) float array
        Mean square of one juror's error.
    """

    shared: FloatArray
    own: FloatArray

    @property
    def correlation(self) -> FloatArray:
        """Intra-class correlation of errors, NaN where there is no error."""
        found: FloatArray = np.divide(
            self.shared, self.own, out=np.full_like(self.shared, np.nan), where=self.own > 1e-12
        )
        return found


@dataclass(frozen=True, eq=False)
class Errors:
    """Errors of jurors on items.

    Parameters
    ----------
    values : (n, items) float array
        Each juror's answer less the truth; NaN where there is no answer.
    cases : (items,) int array
        Case of each item, from 0.
    weights : (n,) float array
        Of the jurors.
    truth_variance : (items,) float array
        Sampling variance of the truth, where that is itself an estimate; it is in the product of any two errors, and
        taken out.
    shift_removed : bool
        Whether an error that is the same on all items is left out: it moves no verdict. Needs two cases.

    Notes
    -----
    All means are over pairs of *different* jurors (and, for the common shift, different cases), so that they are
    unbiased whatever the weights: nothing that one juror's answer has in common with itself is taken for agreement.
    """

    values: FloatArray
    cases: NDArray[np.intp]
    weights: FloatArray
    truth_variance: ArrayLike = 0.0
    shift_removed: bool = False

    @cached_property
    def _seen(self) -> FloatArray:
        return (~np.isnan(self.values)).astype(float)

    @cached_property
    def _filled(self) -> FloatArray:
        return np.nan_to_num(self.values)

    @property
    def case_count(self) -> int:
        """Number of cases."""
        return int(self.cases.max(initial=-1)) + 1

    def once(self) -> tuple[FloatArray, FloatArray]:
        """Return weightings under which each juror and each case counts once."""
        return np.ones((1, len(self.weights))), np.ones((1, self.case_count))

    def moments(self, times_juror: FloatArray, times_case: FloatArray) -> PairMoments:
        """Return the moments with each juror and case counted so often, shapes (b, n) and (b, cases)."""
        mass = times_juror * self.weights
        by_item = times_case[:, self.cases]
        total, squares = mass @ self._seen, mass**2 @ self._seen
        pairs = total**2 - squares
        sums = mass @ self._filled
        crossed = sums**2 - mass**2 @ self._filled**2
        usable = (pairs > 1e-12 * total**2) & (total > 0)
        noise = np.broadcast_to(np.asarray(self.truth_variance, dtype=float), total.shape)
        shared = np.divide(crossed, pairs, out=np.zeros_like(pairs), where=usable) - noise
        own = np.divide(mass @ self._filled**2, total, out=np.zeros_like(total), where=usable) - noise
        counted = np.where(usable, by_item, 0.0)
        items = counted.sum(axis=1)
        weight = np.divide(counted, items[:, None], out=np.full_like(counted, np.nan), where=items[:, None] > 0)
        shift = self._shift(mass, times_case) if self.shift_removed and self.case_count > 1 else 0.0
        return PairMoments((weight * shared).sum(axis=1) - shift, (weight * own).sum(axis=1) - shift)

    def between(self, one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
        """Return the correlation of the errors of jurors in `one` and jurors in `other`, two parts without overlap."""
        filled, seen, weights = self._filled, self._seen, self.weights

        def mean(part: NDArray[np.bool_]) -> tuple[FloatArray, FloatArray, FloatArray]:
            total = weights[part] @ seen[part]
            with np.errstate(invalid="ignore", divide="ignore"):
                return total, weights[part] @ filled[part] / total, weights[part] @ filled[part] ** 2 / total

        (mass_a, mean_a, square_a), (mass_b, mean_b, square_b) = mean(one), mean(other)
        both = (mass_a > 0) & (mass_b > 0)
        if not both.any():
            return float("nan")
        noise = np.broadcast_to(np.asarray(self.truth_variance, dtype=float), both.shape)[both]
        shift = self._shift_between(mean_a, mean_b, both) if self.shift_removed and self.case_count > 1 else 0.0
        shared = float(np.mean(mean_a[both] * mean_b[both] - noise)) - shift
        own = [float(np.mean(square[both] - noise)) - shift for square in (square_a, square_b)]
        return shared / float(np.sqrt(own[0] * own[1])) if min(own) > 0 else float("nan")

    def _shift_between(self, one: FloatArray, other: FloatArray, both: NDArray[np.bool_]) -> float:
        cases = self.cases[both]
        sums = [np.bincount(cases, part[both], minlength=self.case_count) for part in (one, other)]
        size = np.bincount(cases, minlength=self.case_count).astype(float)
        pairs = size.sum() ** 2 - size @ size
        return float((sums[0].sum() * sums[1].sum() - sums[0] @ sums[1]) / pairs) if pairs > 0 else 0.0

    @cached_property
    def _by_case(self) -> tuple[FloatArray, FloatArray]:
        """Return each juror's part in the jury's error, and in the jury, summed by case: (n, cases) both."""
        total = self.weights @ self._seen
        scale = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
        member = np.eye(self.case_count)[self.cases]
        return (self._filled * scale) @ member, (self._seen * scale) @ member

    def _shift(self, mass: FloatArray, times_case: FloatArray) -> FloatArray:
        """Return the mean product of errors of different jurors on different cases: the square of a common shift."""
        products = []
        for part in self._by_case:
            whole = mass @ part
            every = (times_case * whole).sum(axis=1) ** 2 - (times_case**2 * whole**2).sum(axis=1)
            same_juror = (part @ times_case.T) ** 2 - part**2 @ (times_case**2).T
            products.append(every - np.einsum("bn,nb->b", mass**2, same_juror))
        errors, pairs = products
        shift: FloatArray = np.divide(errors, pairs, out=np.zeros_like(errors), where=pairs > 0)
        return shift
