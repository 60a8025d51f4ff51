"""Approvals: which alternatives each voter approves of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators.errors import ProfileError
from aggregators.profiles.base import Profile
from aggregators.profiles.checking import Groups, checked_matrix, first

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

    from aggregators.profiles.rankings import Rankings


class Approvals(Profile):
    """Which alternatives each voter approves of.

    Parameters
    ----------
    matrix : (n, m) array_like of bool
        True is approval. A voter may approve of none; there is no "no opinion" on an approval ballot.
    weights, alternatives, groups
        As for `Utilities`.

    Raises
    ------
    ProfileError
        If shapes, entries, weights, labels or groups do not fit.

    Examples
    --------
    >>> from aggregators import Approvals
    >>> Approvals([[1, 0], [1, 1], [0, 1]], weights=[2, 1, 1])
    Approvals(3 voters; a, b; total weight 4)
    """

    matrix: NDArray[np.bool_]

    _matrix_name = "matrix"

    def __init__(
        self,
        matrix: ArrayLike,
        weights: ArrayLike | None = None,
        alternatives: Sequence[object] | None = None,
        groups: Groups | None = None,
    ) -> None:
        given = checked_matrix("matrix", matrix, None)
        if given.dtype != np.bool_:
            wrong = (given != 0) & (given != 1)
            if wrong.any():
                where = first(wrong)
                raise ProfileError(f"matrix{where} is {given[tuple(where)]!s}; approvals are true or false")
        self._settle(given.shape, weights, alternatives, groups)
        matrix = given.astype(np.bool_)
        matrix.flags.writeable = False
        self._keep(matrix=matrix)

    @classmethod
    def read(cls, path: str | Path, **options: Any) -> Approvals:  # noqa: ANN401 - whatever the reader takes
        """Read a file of ballots as approvals; see `aggregators.reading.read`.

        Examples
        --------
        >>> from aggregators import Approvals
        >>> Approvals.read("district.pb")  # doctest: +SKIP
        """
        from aggregators.reading import read

        return read(path, cls, **options)

    @property
    def opinions(self) -> NDArray[np.bool_]:
        """(n, m) mask, true throughout: an approval ballot speaks on every alternative."""
        return np.ones(self.matrix.shape, dtype=np.bool_)

    @property
    def complete(self) -> bool:
        """Always true."""
        return True

    def to_rankings(self) -> Rankings:
        """Rank the approved alternatives first, tied, and leave the others unranked."""
        from aggregators.profiles.rankings import Rankings

        return Rankings(self.matrix.astype(np.int64), self.weights, self.alternatives, self.groups)
