"""Rankings: each voter's order of the alternatives, with ties and truncation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from aggregators.errors import ProfileError
from aggregators.places import are_strict, coded, densest, from_coded
from aggregators.profiles.approvals import Approvals
from aggregators.profiles.base import Profile
from aggregators.profiles.checking import Groups, checked_matrix, first, frozen, named
from aggregators.ties import tier_ranks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

    from aggregators.profiles.comparisons import Comparisons

Order: TypeAlias = Sequence[str | int | Sequence[str | int]]
"""Labels best first; a nested sequence is a tie; labels left out are unranked. Whole numbers are labels too."""

_WHOLE_BELOW = 2.0**53


class Rankings(Profile):
    """Each voter's order of the alternatives, with ties and truncation.

    Parameters
    ----------
    ranks : (n, m) array_like of int
        1 is best, equal ranks are tied, 0 is unranked. Gaps are closed: (1, 3, 3) is kept as (1, 2, 2).
    weights, alternatives, groups
        As for `Utilities`.

    Attributes
    ----------
    ranks : (n, m) int array
        As above.
    places : (m, n) array of small ints
        The same by alternative, as rules count them: ranks, and m + 1 where an alternative is unranked.
    strict : bool
        Whether every voter ranks every alternative, and no two as equal.

    Raises
    ------
    ProfileError
        If shapes, ranks, weights, labels or groups do not fit.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> Rankings([[1, 2, 0], [2, 1, 1]])
    Rankings(2 voters; a, b, c; 1 missing)
    """

    places: NDArray[np.signedinteger[Any]]
    strict: bool

    _matrix_name = "ranks"
    _complete: bool

    def __init__(
        self,
        ranks: ArrayLike,
        weights: ArrayLike | None = None,
        alternatives: Sequence[object] | None = None,
        groups: Groups | None = None,
    ) -> None:
        matrix = checked_matrix("ranks", ranks, None)
        if matrix.dtype.kind not in "iu":
            matrix = _whole_ranks(matrix)
        elif matrix.dtype.kind == "i" and matrix.min() < 0:
            where = first(matrix < 0)
            raise ProfileError(f"ranks{where} is {matrix[tuple(where)]}; ranks are 1, 2, ... and 0 for unranked")
        self._hold(matrix)
        self._settle(matrix.shape, weights, alternatives, groups)

    def _hold(self, matrix: NDArray[np.integer[Any]]) -> None:
        """Keep ranks that are whole and not negative."""
        columns = matrix.shape[1]
        places = coded(matrix if matrix.max() <= columns else tier_ranks(np.where(matrix == 0, np.nan, -matrix)))
        strict = are_strict(places)
        if not strict:
            places = densest(places)
        places.flags.writeable = False
        self._keep(places=places, strict=strict, _complete=strict or bool(places.max() <= columns))

    @property
    def ranks(self) -> NDArray[np.int64]:
        """(n, m) ranks: 1 is best, equal ranks are tied, 0 is unranked."""
        return self.derived(_ranks)

    @classmethod
    def from_orders(
        cls,
        orders: Sequence[Order],
        weights: ArrayLike | None = None,
        alternatives: Sequence[object] | None = None,
        groups: Groups | None = None,
    ) -> Rankings:
        """Build rankings from orders of labels.

        Parameters
        ----------
        orders : sequence of sequences
            One a voter, best first; a nested sequence is a tie; labels left out are unranked.
        weights, groups
            As for `Utilities`.
        alternatives : sequence of labels, optional
            Default: every label that occurs, sorted; whole numbers, if all are, by size. Kept as strings.

        Raises
        ------
        ProfileError
            If an order names a label twice, or one that is not in `alternatives`.

        Examples
        --------
        >>> from aggregators import Rankings
        >>> Rankings.from_orders([("b", ("a", "c")), ("a",)]).ranks
        array([[2, 1, 2],
               [1, 0, 0]])
        """
        if isinstance(orders, str) or not isinstance(orders, Iterable):
            raise ProfileError(f"orders={orders!r} is no sequence of orders; give one a voter")
        given = [list(_places(order)) for order in orders]
        if alternatives is None:
            alternatives = sorted_labels({label for places in given for label, _ in places})
        placed = [[(str(label), rank) for label, rank in places] for places in given]
        column = {label: index for index, label in enumerate(named("alternatives", alternatives))}
        ranks = np.zeros((len(placed), len(column)), dtype=np.int64)
        for voter, places in enumerate(placed):
            for label, rank in places:
                if label not in column:
                    raise ProfileError(f"orders[{voter}] names {label!r}; alternatives has: {', '.join(column)}")
                if ranks[voter, column[label]]:
                    raise ProfileError(f"orders[{voter}] names {label!r} twice; rank each alternative once")
                ranks[voter, column[label]] = rank
        return cls(ranks, weights, alternatives, groups)

    @classmethod
    def read(cls, path: str | Path, **options: Any) -> Rankings:  # noqa: ANN401 - whatever the reader takes
        """Read a file of ballots as rankings; see `aggregators.reading.read`.

        Examples
        --------
        >>> from aggregators import Rankings
        >>> Rankings.read("election.soi")  # doctest: +SKIP
        """
        from aggregators.reading import read

        return read(path, cls, **options)

    @property
    def opinions(self) -> NDArray[np.bool_]:
        """(n, m) mask of who ranked what."""
        return np.ascontiguousarray((self.places <= self.n_alternatives).T)

    @property
    def complete(self) -> bool:
        """Whether everybody ranked everything."""
        return self._complete

    def to_approvals(self, top: int = 1) -> Approvals:
        """Approve each voter's first `top` tiers."""
        approved = np.ascontiguousarray((self.places <= min(top, self.n_alternatives)).T)
        return Approvals(approved, self.weights, self.alternatives, self.groups)

    def to_comparisons(self, unranked: str = "last") -> Comparisons:
        """Compare every pair once, as each voter ranks the two; equal ranks are a tie.

        A voter who ranks nothing compares nothing.

        Parameters
        ----------
        unranked : {"last", "ignored"}
            Whether alternatives that a voter leaves unranked are tied last, below every ranked one, or compared with
            nothing.

        Examples
        --------
        >>> from aggregators import Rankings
        >>> Rankings.from_orders([("b", ("a", "c"))]).to_comparisons().wins[0].tolist()
        [[0.0, 0.0, 0.5], [1.0, 0.0, 1.0], [0.5, 0.0, 0.0]]
        """
        from aggregators.profiles.comparisons import Comparisons

        return Comparisons.from_rankings(self, unranked)


def _whole_ranks(given: NDArray[Any]) -> NDArray[np.int64]:
    try:
        matrix = given.astype(np.float64)
    except (TypeError, ValueError):
        raise ProfileError("ranks is not a table of numbers; give one row a voter, rows of one length") from None
    wrong = ~(matrix >= 0) | (matrix != np.rint(matrix)) | np.isinf(matrix)
    if wrong.any():
        where = first(wrong)
        raise ProfileError(f"ranks{where} is {matrix[tuple(where)]:g}; ranks are 1, 2, ... and 0 for unranked")
    if matrix.max() < _WHOLE_BELOW:
        return matrix.astype(np.int64)
    return tier_ranks(np.where(matrix == 0, np.nan, -matrix))


def _ranks(profile: Rankings) -> NDArray[np.int64]:
    return frozen(from_coded(profile.places))


def _places(order: Order) -> Iterator[tuple[object, int]]:
    if isinstance(order, str):
        raise ProfileError(f"the order {order!r} is one string; give a sequence of labels, best first")
    if not isinstance(order, Iterable):
        raise ProfileError(f"the order {order!r} is no sequence; give labels, best first")
    for rank, tier in enumerate(order, start=1):
        for label in (tier,) if isinstance(tier, str) or not isinstance(tier, Iterable) else tier:
            if isinstance(label, Iterable) and not isinstance(label, str):
                raise ProfileError(f"the order {order!r} nests a tie in a tie; give labels")
            yield label, rank


def sorted_labels(labels: set[object]) -> list[str]:
    """Return labels as sorted strings; whole numbers by size."""
    numbers = [label for label in labels if isinstance(label, Integral)]
    if len(numbers) == len(labels):
        return list(dict.fromkeys(map(str, sorted(numbers, key=int))))
    return sorted(set(map(str, labels)))
