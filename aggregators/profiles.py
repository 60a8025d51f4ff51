"""The ballots of one case as arrays: utilities, rankings or approvals, with weights and groups.

A profile is checked once, when it is made, and never changes afterwards: its arrays are read-only copies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count, islice, product
from string import ascii_lowercase
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, NoReturn, ParamSpec, Self, TypeAlias, TypeVar

import numpy as np

from aggregators.errors import ProfileError
from aggregators.places import are_strict, coded, densest, from_coded
from aggregators.ties import tier_ranks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

__all__ = ["Approvals", "Groups", "Order", "Profile", "Rankings", "Utilities"]

Given = ParamSpec("Given")
Made = TypeVar("Made")

Groups: TypeAlias = Mapping[str, Iterable[object]] | Iterable[object]
"""Attribute -> one label a voter, or a bare sequence of labels for the attribute ``"group"``."""

Order: TypeAlias = Sequence[str | Sequence[str]]
"""Labels best first; a nested sequence is a tie; labels left out are unranked."""

LARGEST_TOTAL = 1e300
"""What weights may add up to, so that points multiplied by them do not overflow."""

_WHOLE_BELOW = 2.0**53


class Profile:
    """What utilities, rankings and approvals have in common.

    Attributes
    ----------
    weights : (n,) float array
        Non-negative, with a positive total.
    alternatives : tuple of m str
        Labels, in the order of the columns.
    groups : mapping of str to (n,) str array
        Attribute -> each voter's label.
    """

    weights: NDArray[np.float64]
    alternatives: tuple[str, ...]
    groups: Mapping[str, NDArray[np.str_]]

    _matrix_name: ClassVar[str]
    _derived: dict[Any, Any]

    def _settle(
        self,
        shape: tuple[int, ...],
        weights: ArrayLike | None,
        alternatives: Sequence[object] | None,
        groups: Groups | None,
    ) -> None:
        voters, columns = shape
        self._keep(
            weights=_frozen_weights(weights, voters),
            alternatives=_checked_alternatives(alternatives, columns),
            groups=_checked_groups(groups, voters),
            _derived={},
        )

    def _keep(self, **settled: object) -> None:
        self.__dict__.update(settled)

    @property
    def _matrix(self) -> NDArray[Any]:
        matrix: NDArray[Any] = getattr(self, self._matrix_name)
        return matrix

    @property
    def n_voters(self) -> int:
        """Number of voters n, at least 1."""
        return len(self.weights)

    @property
    def n_alternatives(self) -> int:
        """Number of alternatives m, at least 1."""
        return len(self.alternatives)

    @property
    def opinions(self) -> NDArray[np.bool_]:
        """(n, m) mask of who gave an opinion on what."""
        raise NotImplementedError

    @property
    def complete(self) -> bool:
        """Whether everybody gave an opinion on everything."""
        raise NotImplementedError

    def derived(
        self, make: Callable[Concatenate[Self, Given], Made], *args: Given.args, **kwargs: Given.kwargs
    ) -> Made:
        """Return ``make(self, ...)``, computed once for these ballots however often they are weighted anew.

        Parameters
        ----------
        make : callable
            A named function of the ballots, never of their weights; its result is not to be changed.
        *args, **kwargs
            Further arguments, which must be hashable.
        """
        key = (make, args, *kwargs.items())
        if key not in self._derived:
            self._derived[key] = make(self, *args, **kwargs)
        found: Made = self._derived[key]
        return found

    def with_weights(self, weights: ArrayLike) -> Self:
        """Return the same ballots under other `weights`, shape (n,)."""
        twin = object.__new__(type(self))
        twin._keep(**self.__dict__ | {"weights": _frozen_weights(weights, self.n_voters)})
        return twin

    def select(self, voters: ArrayLike) -> Self:
        """Return the ballots of some voters, with their weights and groups.

        Parameters
        ----------
        voters : (n,) bool array or (k,) int array
            A mask, or indices in the order wanted; an index may recur.
        """
        chosen = np.asarray(voters)
        groups = {name: labels[chosen] for name, labels in self.groups.items()}
        return type(self)(self._matrix[chosen], self.weights[chosen], self.alternatives, groups)  # type: ignore[call-arg]

    def restrict(self, alternatives: Sequence[str]) -> Self:
        """Return the ballots on some alternatives only, in the order given."""
        columns = [self.index(label) for label in alternatives]
        return type(self)(self._matrix[:, columns], self.weights, alternatives, self.groups)  # type: ignore[call-arg]

    def index(self, alternative: str) -> int:
        """Return the column of `alternative`."""
        try:
            return self.alternatives.index(alternative)
        except ValueError:
            known = ", ".join(self.alternatives)
            raise ProfileError(f"alternative {alternative!r} is not in this profile; it has: {known}") from None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return (
            self.alternatives == other.alternatives
            and np.array_equal(self._matrix, other._matrix, equal_nan=True)
            and np.array_equal(self.weights, other.weights)
            and self.groups.keys() == other.groups.keys()
            and all(np.array_equal(labels, other.groups[name]) for name, labels in self.groups.items())
        )

    __hash__ = None  # type: ignore[assignment]  # equality is by content, and arrays have no cheap hash

    def __repr__(self) -> str:
        parts = [f"{self.n_voters} voters", _shortened(self.alternatives)]
        if (self.weights != 1).any():
            parts.append(f"total weight {self.weights.sum():g}")
        if missing := int((~self.opinions).sum()):
            parts.append(f"{missing} missing")
        if self.groups:
            parts.append(f"groups by {', '.join(self.groups)}")
        return f"{type(self).__name__}({'; '.join(parts)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._matrix, self.weights, self.alternatives, dict(self.groups))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be changed; make a new profile")


class Utilities(Profile):
    """How much each voter likes each alternative.

    Parameters
    ----------
    values : (n, m) array_like of float
        Utilities, higher is better. NaN means no opinion, which is never an opinion of zero.
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
        matrix = _checked_matrix("values", values, np.float64)
        complete = bool(np.isfinite(matrix).all())
        if not complete and np.isinf(matrix).any():
            where = _first(np.isinf(matrix))
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
        return Rankings(tier_ranks(self.values), self.weights, self.alternatives, self.groups)

    def to_approvals(self, threshold: float) -> Approvals:
        """Approve what a voter rates at `threshold` or above; no opinion is no approval."""
        approved = np.greater_equal(self.values, threshold)
        return Approvals(approved, self.weights, self.alternatives, self.groups)


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
        matrix = _checked_matrix("ranks", ranks, None)
        if matrix.dtype.kind not in "iu":
            matrix = _whole_ranks(matrix)
        elif matrix.dtype.kind == "i" and matrix.min() < 0:
            where = _first(matrix < 0)
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
            Default: every label that occurs, sorted.

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
        placed = [list(_places(order)) for order in orders]
        if alternatives is None:
            alternatives = sorted({label for places in placed for label, _ in places})
        column = {str(label): index for index, label in enumerate(alternatives)}
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
        given = _checked_matrix("matrix", matrix, None)
        if given.dtype != np.bool_:
            wrong = (given != 0) & (given != 1)
            if wrong.any():
                where = _first(wrong)
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
        return Rankings(self.matrix.astype(np.int64), self.weights, self.alternatives, self.groups)


def checked_weights(weights: ArrayLike, voters: int) -> NDArray[np.float64]:
    """Return `weights` as floats after checking them.

    Parameters
    ----------
    weights : (n,) or (b, n) array_like
        Non-negative and finite; each row has a positive, finite total.
    voters : int
        The n to fit.

    Raises
    ------
    ProfileError
        If they do not fit.
    """
    try:
        given = np.asarray(weights, dtype=np.float64)
    except (TypeError, ValueError):
        raise ProfileError("weights is not an array of numbers; give one number a voter") from None
    if given.ndim not in {1, 2} or given.shape[-1] != voters or given.shape[0] == 0:
        raise ProfileError(f"weights has shape {given.shape}; give one weight for each of {voters} voters")
    with np.errstate(over="ignore", invalid="ignore"):
        totals = given @ np.ones(voters)
    if not (given.min() >= 0 and totals.min() > 0 and totals.max() <= LARGEST_TOTAL):  # NaN fails each of them
        wrong = ~(given >= 0) | np.isinf(given)
        if wrong.any():
            where = _first(wrong)
            raise ProfileError(f"weights{where} is {given[tuple(where)]}; weights are finite and not negative")
        raise ProfileError(
            f"weights add up to zero or overflow; some voter must count, and the total be {LARGEST_TOTAL:g} at most"
        )
    return given


def _frozen_weights(weights: ArrayLike | None, voters: int) -> NDArray[np.float64]:
    settled = np.ones(voters) if weights is None else _frozen(checked_weights(weights, voters))
    settled.flags.writeable = False
    return settled


def _whole_ranks(given: NDArray[Any]) -> NDArray[np.int64]:
    try:
        matrix = given.astype(np.float64)
    except (TypeError, ValueError):
        raise ProfileError("ranks is not a table of numbers; give one row a voter, rows of one length") from None
    wrong = ~(matrix >= 0) | (matrix != np.rint(matrix)) | np.isinf(matrix)
    if wrong.any():
        where = _first(wrong)
        raise ProfileError(f"ranks{where} is {matrix[tuple(where)]:g}; ranks are 1, 2, ... and 0 for unranked")
    if matrix.max() < _WHOLE_BELOW:
        return matrix.astype(np.int64)
    return tier_ranks(np.where(matrix == 0, np.nan, -matrix))


def _ranks(profile: Rankings) -> NDArray[np.int64]:
    return _frozen(from_coded(profile.places))


def _checked_matrix(field: str, data: ArrayLike, dtype: type[np.float64] | None) -> NDArray[Any]:
    try:
        matrix: NDArray[Any] = np.asarray(data) if dtype is None else np.array(data, dtype=dtype)
    except (TypeError, ValueError):
        raise ProfileError(f"{field} is not a table of numbers; give one row a voter, rows of one length") from None
    if matrix.ndim != 2:
        raise ProfileError(f"{field} has {matrix.ndim} dimensions; give (voters, alternatives)")
    if 0 in matrix.shape:
        raise ProfileError(f"{field} has shape {matrix.shape}; give at least one voter and one alternative")
    return matrix


def _checked_alternatives(labels: Sequence[object] | None, columns: int) -> tuple[str, ...]:
    if labels is None:
        return tuple(islice(_letters(), columns))
    if isinstance(labels, str):
        raise ProfileError(f"alternatives={labels!r} is one string; give a sequence of labels")
    names = tuple(map(str, labels))
    if len(names) != columns:
        raise ProfileError(f"alternatives has {len(names)} labels for {columns} columns; give one a column")
    if len(set(names)) != columns:
        twice = next(name for name in names if names.count(name) > 1)
        raise ProfileError(f"alternatives has {twice!r} twice; labels are unique")
    return names


def _checked_groups(groups: Groups | None, voters: int) -> Mapping[str, NDArray[np.str_]]:
    if groups is None:
        groups = {}
    elif isinstance(groups, str):
        raise ProfileError(f"groups={groups!r} is one string; give one label a voter")
    elif not isinstance(groups, Mapping):
        groups = {"group": groups}
    checked: dict[str, NDArray[np.str_]] = {}
    for attribute, labels in groups.items():
        column = np.array([str(label) for label in labels], dtype=np.str_)
        if len(column) != voters:
            raise ProfileError(f"groups[{attribute!r}] has {len(column)} labels for {voters} voters; give one each")
        checked[str(attribute)] = _frozen(column)
    return MappingProxyType(checked)


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    if array.flags.writeable or array.base is not None:
        array = array.copy()
        array.flags.writeable = False
    return array


def _places(order: Order) -> Iterator[tuple[str, int]]:
    if isinstance(order, str):
        raise ProfileError(f"the order {order!r} is one string; give a sequence of labels, best first")
    for rank, tier in enumerate(order, start=1):
        for label in (tier,) if isinstance(tier, str) else tier:
            yield str(label), rank


def _letters() -> Iterator[str]:
    """Yield a, b, ..., z, aa, ab, ..."""
    for length in count(1):
        yield from map("".join, product(ascii_lowercase, repeat=length))


def _first(wrong: NDArray[np.bool_]) -> list[int]:
    return [int(index) for index in np.argwhere(wrong)[0]]


def _shortened(labels: tuple[str, ...], most: int = 6) -> str:
    return ", ".join(labels) if len(labels) <= most else f"{', '.join(labels[:most])}, ... ({len(labels)} in all)"
