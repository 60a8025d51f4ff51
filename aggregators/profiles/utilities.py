"""Utilities: how much each voter likes each alternative."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators.errors import ProfileError
from aggregators.profiles.approvals import Approvals
from aggregators.profiles.base import Profile
from aggregators.profiles.checking import Groups, checked_matrix, first
from aggregators.profiles.rankings import Rankings
from aggregators.ties import tier_ranks

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray


class Utilities(Profile):
    """How much each voter likes each alternative.

    Parameters
    ----------
    values : (n, m) array_like of float
        Utilities, higher is better. NaN means no opinion, which is never an opinion of zero; so does a masked entry.
    weights : (n,) array_like of float, optional
        Non-negative and finite, with a positive total. Default: ones.
    alternatives : sequence of m labels, optional
        Unique; kept as strings. Default: ``"a"``, ``"b"``, ..., ``"z"``, ``"aa"``, ...
    groups : mapping or sequence, optional
        Attribute -> n labels; a bare sequence of n labels is the attribute ``"group"``.

    Raises
    ------
    ProfileError
        If shapes, values, weights, labels or groups do not fit.

    Examples
    --------
    >>> from aggregators import Utilities
    >>> Utilities([[3, 1], [0, float("nan")]], alternatives=["tax", "spend"])
    Utilities(2 voters; tax, spend; 1 missing)
    """

    values: NDArray[np.float64]

    _matrix_name = "values"
    _complete: bool

    def __init__(
        self,
        values: ArrayLike,
        weights: ArrayLike | None = None,
        alternatives: Sequence[object] | None = None,
        groups: Groups | None = None,
    ) -> None:
        matrix = checked_matrix("values", values, np.float64)
        complete = bool(np.isfinite(matrix).all())
        if not complete and np.isinf(matrix).any():
            where = first(np.isinf(matrix))
            raise ProfileError(f"values{where} is {matrix[tuple(where)]}; give a finite utility, or NaN for none")
        self._settle(matrix.shape, weights, alternatives, groups)
        matrix.flags.writeable = False
        self._keep(values=matrix, _complete=complete)

    @property
    def opinions(self) -> NDArray[np.bool_]:
        """(n, m) mask of who gave a utility to what."""
        return ~np.isnan(self.values)

    @property
    def complete(self) -> bool:
        """Whether everybody gave a utility to everything."""
        return self._complete

    @classmethod
    def read(cls, path: str | Path, **options: Any) -> Utilities:  # noqa: ANN401 - whatever the reader takes
        """Read a file of ballots as utilities; see `aggregators.reading.read`.

        Examples
        --------
        >>> from aggregators import Utilities
        >>> Utilities.read("ratings.csv", weight="w")  # doctest: +SKIP
        """
        from aggregators.reading import read

        return read(path, cls, **options)

    def to_rankings(self) -> Rankings:
        """Rank each voter's alternatives by utility: near-equal ones tie, those without opinion are unranked.

        Examples
        --------
        >>> from aggregators import Utilities
        >>> Utilities([[0.3, 0.1 + 0.2, float("nan"), 0.1]]).to_rankings().ranks
        array([[1, 1, 0, 2]])
        """
        ranked = self.derived(_ranked)
        return ranked._twin(weights=self.weights, groups=self.groups)  # noqa: SLF001 - a profile of the same package

    def to_approvals(self, threshold: float) -> Approvals:
        """Approve what a voter rates at `threshold` or above; no opinion is no approval."""
        if math.isnan(threshold):
            raise ProfileError("threshold=nan is not a utility; give the lowest one that approves")
        approved = np.greater_equal(self.values, threshold)
        return Approvals(approved, self.weights, self.alternatives, self.groups)


def _ranked(profile: Utilities) -> Rankings:
    return Rankings(tier_ranks(profile.values), alternatives=profile.alternatives)
