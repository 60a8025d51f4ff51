"""The measures of proportionality by name: what one is, how it is registered, how it is asked for."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from aggregators.committee.counting import whole_weights
from aggregators.errors import RuleError
from aggregators.options import checked_time_limit, is_whole
from aggregators.profiles import Approvals, Profile, Rankings, checked_weights
from aggregators.registry import Registry, UnknownName
from aggregators.rulebook import Parameter
from aggregators.ties import RELATIVE_TOLERANCE

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Effort", "Measure", "Question", "Witness", "approvals_of", "measure", "measures", "unrepresented"]

Effort = Literal["polynomial", "search"]


@dataclass(frozen=True)
class Witness:
    """A group that a committee leaves unrepresented.

    Attributes
    ----------
    measure : str
        Name of the measure that it violates.
    voters : tuple of int
        Rows of the profile.
    alternatives : tuple of str
        What unites them: the alternatives that all of them approve of; for the core those they would rather have;
        for rankings the solid coalition that all of them rank above the others.
    level : int
        How many seats they are owed.
    has : int
        How many members of the committee they have instead, as the measure counts them; fewer than `level`, and
        for the core the most that one of them has.
    seats : int
        Of how many.
    weight, total : float
        Of the group, and of all voters; of rankings, of all who rank somebody.
    needed : float
        The weight that is owed `level` seats. The group's is no less, but for a near-tie.
    """

    measure: str
    voters: tuple[int, ...]
    alternatives: tuple[str, ...]
    level: int
    has: int
    seats: int
    weight: float
    total: float
    needed: float

    def to_dict(self) -> dict[str, Any]:
        """Return the witness as plain JSON types."""
        return {
            "measure": self.measure,
            "voters": list(self.voters),
            "alternatives": list(self.alternatives),
            "level": self.level,
            "has": self.has,
            "seats": self.seats,
            "weight": self.weight,
            "total": self.total,
            "needed": self.needed,
        }

    def __str__(self) -> str:
        """Return one sentence, with long groups shortened."""
        shown = ", ".join(map(str, self.voters[:8])) + (", ..." if len(self.voters) > 8 else "")
        owed = f"are owed {self.level} of {self.seats} seats for {', '.join(self.alternatives)} and have {self.has}"
        measured = _measures.get(self.measure)
        among = " of those who rank somebody" if measured is not None and measured.reads is Rankings else ""
        return f"{self.measure}: voters {shown} ({self.weight / self.total:.1%} of the weight{among}) {owed}"


@dataclass(frozen=True)
class Question:
    """A committee and the voters it is to represent, ready for counting.

    Parameters
    ----------
    measure : str
        Name of the measure.
    profile : Profile
        Ballots.
    rows : (n,) int array
        The voters with weight.
    weights : (n,) float array
        Their weights, in whole numbers if they have a common unit.
    unit : float
        What 1 of `weights` is in the weights given.
    exact : bool
        Whether they are whole.
    members : sorted tuple of int
        Columns.
    seats : int
        What the voters are to share.
    """

    measure: str
    profile: Profile
    rows: NDArray[np.intp]
    weights: NDArray[np.float64]
    unit: float
    exact: bool
    members: tuple[int, ...]
    seats: int

    @property
    def total(self) -> float:
        """Weight of all voters."""
        return float(self.weights.sum())

    def reaches(self, weight: NDArray[np.float64] | float, level: int) -> NDArray[np.bool_]:
        """Tell which weights are owed `level` seats: at least level / seats of the total, or a near-tie with it."""
        slack = 0.0 if self.exact else RELATIVE_TOLERANCE
        return np.asarray(np.asarray(weight) * self.seats >= level * self.total * (1 - slack))

    def witness(self, group: NDArray[np.bool_], alternatives: Iterable[int], level: int, has: int) -> Witness:
        """Return the witness for a `group`, a mask over `rows`."""
        labels = self.profile.alternatives
        weight = float(self.weights[group].sum()) * self.unit
        total = self.total * self.unit
        return Witness(
            self.measure,
            tuple(self.rows[group].tolist()),
            tuple(labels[column] for column in sorted(alternatives)),
            level,
            has,
            self.seats,
            weight,
            total,
            level * total / self.seats,
        )


@dataclass(frozen=True, eq=False)
class Measure:
    """A registered measure; call it as ``measure(profile, committee, seats=None, weights=None, **options)``.

    Attributes
    ----------
    name : str
        Canonical name.
    reads : type
        `Approvals` or `Rankings`.
    effort : {"polynomial", "search"}
        Whether the answer takes polynomial time, or a search that may be given up with an error.
    function : callable
        The count behind it.
    aliases : tuple of str
        Other names.
    """

    name: str
    reads: type[Profile]
    effort: Effort
    function: Callable[..., Witness | None] = field(repr=False)
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("__module__", "__name__", "__qualname__", "__doc__"):
            object.__setattr__(self, name, getattr(self.function, name))
        object.__setattr__(self, "__wrapped__", self.function)

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return inspect.cleandoc(self.function.__doc__ or "").partition("\n")[0]

    def __call__(
        self,
        profile: Profile,
        committee: Iterable[str],
        seats: int | None = None,
        weights: ArrayLike | None = None,
        **options: object,
    ) -> Witness | None:
        """Return a group that the committee leaves unrepresented, or None."""
        if not isinstance(profile, self.reads):
            given = type(profile).__name__
            raise RuleError(f"{self.name!r} is measured on {self.reads.__name__} and was given {given}")
        if isinstance(committee, str) or not isinstance(committee, Iterable):
            kind = "is one string" if isinstance(committee, str) else "is no sequence"
            raise RuleError(f"committee={committee!r} {kind}; give the labels of the members")
        bound = self._bind(options)
        members = tuple(sorted({profile.index(label) for label in committee}))
        if seats is None:
            seats = len(members)
        if not is_whole(seats) or seats < max(1, len(members)):
            raise RuleError(f"seats={seats!r} for {len(members)} members; give as many or more, and at least 1")
        seats = int(seats)
        given_weights = profile.weights if weights is None else checked_weights(weights, profile.n_voters)
        if given_weights.ndim != 1:
            raise RuleError(f"weights has shape {given_weights.shape}; give one weight a voter")
        rows = np.flatnonzero((given_weights > 0) & self._counts(profile))
        if not len(rows):
            return None
        counted = given_weights[rows]
        whole = whole_weights(counted)
        units = counted if whole is None else whole.astype(np.float64)
        unit = float(counted.sum() / units.sum())
        question = Question(self.name, profile, rows, units, unit, whole is not None, members, seats)
        return self.function(question, **bound)

    @cached_property
    def options(self) -> Mapping[str, Parameter]:
        """Options that a caller may set, by name."""
        signature = inspect.signature(self.function)
        return {
            name: Parameter(name, option.default, "")
            for name, option in signature.parameters.items()
            if option.default is not option.empty
        }

    def _bind(self, given: Mapping[str, object]) -> dict[str, Any]:
        """Return the options `given`, checked."""
        for name in given:
            if name not in self.options:
                has = f"it has: {', '.join(self.options)}" if self.options else "it has none"
                raise RuleError(f"{self.name!r} has no option {name!r}; {has}")
        bound = {name: self.options[name].read(value, self.name) for name, value in given.items()}
        if "time_limit" in bound:
            checked_time_limit(self.name, cast("float", bound["time_limit"]))
        return bound

    def __reduce__(self) -> str | tuple[Any, ...]:
        return (_registered, (self.name,)) if _measures.get(self.name) is self else super().__reduce__()

    def _counts(self, profile: Profile) -> NDArray[np.bool_]:
        """Return who is a voter: everybody, but for those who rank nobody."""
        if isinstance(profile, Approvals):
            return np.ones(profile.n_voters, dtype=np.bool_)
        return np.asarray(profile.opinions.any(axis=1))


def measure(
    name: str, *, reads: type[Profile] = Approvals, effort: Effort, aliases: tuple[str, ...] = ()
) -> Callable[[Callable[..., Witness | None]], Measure]:
    """Register a function ``(question, **options) -> Witness | None`` as a measure."""

    def decorate(function: Callable[..., Witness | None]) -> Measure:
        return _measures.add(name, Measure(name, reads, effort, function, aliases), aliases)

    return decorate


def _registered(name: str) -> Measure:
    """Return the measure that was pickled by name."""
    return _measures[name]


def measures() -> Mapping[str, Measure]:
    """Return the measures by canonical name, in alphabetical order.

    Examples
    --------
    >>> from aggregators.proportionality import measures
    >>> {name: measure.effort for name, measure in measures().items() if measure.effort == "polynomial"}
    {'ejr+': 'polynomial', 'jr': 'polynomial', 'local': 'polynomial', 'psc': 'polynomial'}
    """
    return dict(_measures.items())


def unrepresented(
    profile: Profile,
    committee: Iterable[str],
    measure: str,
    *,
    seats: int | None = None,
    weights: ArrayLike | None = None,
    **options: object,
) -> Witness | None:
    """Return a group that a committee leaves unrepresented by some measure, or None if it represents all.

    Parameters
    ----------
    profile : Approvals or Rankings
        The ballots; rankings for ``"psc"`` and ``"local"``.
    committee : iterable of labels
        The members.
    measure : str
        ``"jr"``, ``"pjr"``, ``"ejr"``, ``"ejr+"``, ``"core"``, ``"psc"`` or ``"local"``.
    seats : int, optional
        What the voters share, if some seats are empty. Default: the number of members.
    weights : (n,) array_like, optional
        Instead of the profile's own. A group is as large as its weight.
    **options
        Of the measure: ``time_limit`` in seconds for those that search, ``quota`` for ``"psc"`` and ``"local"``.

    Raises
    ------
    RuleError
        If there is no such measure, it does not read these ballots, or the search had to be given up.

    Examples
    --------
    >>> from aggregators import Approvals
    >>> from aggregators.proportionality import unrepresented
    >>> ballots = Approvals([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], weights=[1, 1, 1, 1])
    >>> print(unrepresented(ballots, ["a", "c", "d"], "ejr", seats=4))
    ejr: voters 0, 1 (50.0% of the weight) are owed 2 of 4 seats for a, b and have 1
    """
    if not isinstance(measure, str):
        raise RuleError(f"measure={measure!r} is no name; give one as text, such as 'ejr'")
    try:
        found = _measures[measure]
    except UnknownName as error:
        raise RuleError(str(error)) from None
    return found(profile, committee, seats, weights, **options)


def approvals_of(question: Question) -> NDArray[np.bool_]:
    """Return the approvals of the voters that count."""
    return cast("Approvals", question.profile).matrix[question.rows]


_measures: Registry[Measure] = Registry("measure of proportionality", "aggregators.proportionality")
