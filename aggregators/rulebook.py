"""The rules by name: what a rule is, how one is registered, how one is asked for.

A rule is a function from ballots and weights to a `Tally` (or, for a committee, to the tied committees), in a
file of its own under ``welfare/``, ``voting/``, ``committee/`` or ``verdict/``, with a decorator on top::

    @rule("antiplurality", kind="voting", reads=Rankings, satisfies=("reinforcement",))
    def antiplurality(profile: Rankings, weights: NDArray[np.float64]) -> Tally: ...

The decorated rule stays callable, from ballots to an outcome: ``antiplurality(profile).winners``.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, partial
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

from aggregators.claims import Claimed, Claims
from aggregators.conversion import read_as
from aggregators.elected import Elected
from aggregators.errors import RuleError
from aggregators.evaluation import decide_batch, decide_one
from aggregators.options import is_whole
from aggregators.outcome import BatchOutcome, CommitteeOutcome, Outcome
from aggregators.profiles import Approvals, Profile, checked_weights
from aggregators.registry import Registry, UnknownName
from aggregators.ties import TieBreak, checked_rng, checked_tie_break

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

    from aggregators.tally import Tally

__all__ = [
    "CommitteeRule",
    "DecisionRule",
    "Kind",
    "Parameter",
    "Rule",
    "chooser",
    "committee_rule",
    "parse_rule",
    "read_parameters",
    "rule",
    "rules",
]

Kind = Literal["welfare", "voting", "committee", "verdict", "budgeting"]
"""What a rule decides. Budgeting rules have a registry of their own: `aggregators.budgeting.budget_rules`."""

Choose = Callable[[Sequence[int]], Sequence[int]]
"""Given tied alternatives, those to go on with: all of them, or the one a tie-break picks."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a rule, as its signature and docstring have it."""

    name: str
    default: Any
    doc: str

    def read(self, value: object, rule: str) -> object:
        """Return `value` as the type of the default; text is parsed, so that ``"inf"`` is a number."""
        wanted = type(self.default)
        if wanted is tuple:
            return self._numbers(value, rule)
        if wanted not in {int, float} and isinstance(value, wanted):
            return value
        truth = isinstance(value, bool)  # which Python counts among the whole numbers
        if wanted in {int, float} and not truth and isinstance(value, (Real, str)):
            with suppress(ValueError, OverflowError):
                number: int | float = wanted(value)
                if number == float(value) or (math.isnan(number) and self._takes_nan(value)):
                    return number
        if wanted is float and isinstance(value, str):
            with suppress(ValueError, ZeroDivisionError):
                return float(Fraction(value))
        raise RuleError(f"{self.name}={value!r} of {rule!r} is not a {wanted.__name__}; default: {self.default!r}")

    def _takes_nan(self, value: object) -> bool:
        """Tell whether NaN may go on to the rule; as text it is mostly a slip."""
        return not isinstance(value, str) or math.isnan(self.default)

    def _numbers(self, value: object, rule: str) -> tuple[float, ...]:
        """Return finite numbers, given as a sequence or as text with bars between them."""
        parts = value.split("|") if isinstance(value, str) else value
        with suppress(TypeError, ValueError, ZeroDivisionError, OverflowError):
            numbers = tuple(
                float(part if isinstance(part, Real) else Fraction(part))
                for part in parts  # type: ignore[attr-defined]
            )
            if all(map(math.isfinite, numbers)):
                return numbers
        raise RuleError(f"{self.name}={value!r} of {rule!r} are not numbers; give them like 3|2|1 or (3, 2, 1)")


@dataclass(frozen=True, eq=False)
class Rule:
    """A registered rule.

    Attributes
    ----------
    name : str
        Canonical name.
    kind : {"welfare", "voting", "committee", "verdict"}
        What it decides, and from what.
    reads : type
        The profile it reads: `Utilities`, `Rankings` or `Approvals`. Its claims are about these.
    function : callable
        The count behind it.
    aliases : tuple of str
        Other names.
    claims : Claims
        Which axioms of `aggregators.axioms` it satisfies and which it violates; tried by the tests.
    also_reads : tuple of types
        Other profiles that it reads as they are: `Comparisons`, for rules that need no more than pairwise counts.
    columnwise : bool
        Whether the score of an alternative follows from the utilities of that alternative alone, so that the cases that
        the same voters judged can be counted as one table: see `aggregators.abreast`.
    """

    name: str
    kind: Kind
    reads: type[Profile]
    function: Callable[..., Any] = field(repr=False)
    aliases: tuple[str, ...] = ()
    claims: Claims = field(default=Claims(), repr=False)
    also_reads: tuple[type[Profile], ...] = ()
    columnwise: bool = False

    def __post_init__(self) -> None:
        # A rule reads as the function it decorates: help(), doctest and inspect.signature see through it.
        for name in ("__module__", "__name__", "__qualname__", "__doc__"):
            object.__setattr__(self, name, getattr(self.function, name))
        object.__setattr__(self, "__wrapped__", self.function)

    @property
    def satisfies(self) -> tuple[str, ...]:
        """Names of the axioms that it satisfies on every ballot."""
        return self.claims.satisfies

    @property
    def violates(self) -> tuple[str, ...]:
        """Names of the axioms that it violates, even on linear orders where it reads rankings."""
        return self.claims.violates

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return inspect.cleandoc(self.function.__doc__ or "").partition("\n")[0]

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Parameters that a caller may set, by name."""
        docs = _documented(inspect.cleandoc(self.function.__doc__ or ""))
        signature = inspect.signature(self.function)
        return {
            name: Parameter(name, parameter.default, docs.get(name, ""))
            for name, parameter in signature.parameters.items()
            if parameter.default is not parameter.empty
        }

    def bind(self, given: Mapping[str, object]) -> dict[str, Any]:
        """Return every parameter of the rule, those `given` checked and the others at their defaults.

        Raises
        ------
        RuleError
            If a name is not a parameter of this rule, or a value not of its type.
        """
        known = self.parameters
        for name in given:
            if name not in known:
                has = f"it has: {', '.join(known)}" if known else "it has none"
                raise RuleError(f"{self.name!r} has no parameter {name!r}; {has}")
        return {name: p.read(given[name], self.name) if name in given else p.default for name, p in known.items()}

    def __reduce__(self) -> str | tuple[Any, ...]:
        # A registered rule is copied and pickled as its name, so that what is loaded is the rule itself.
        return (_registered, (self.name,)) if _rulebook.get(self.name) is self else super().__reduce__()


class DecisionRule(Rule):
    """A rule that ranks alternatives: ``rule(profile, weights=None, *, tie_break=..., **parameters)``.

    See `aggregators.decide`, which looks a rule up by name and calls it.
    """

    def __call__(
        self,
        profile: Profile,
        weights: ArrayLike | None = None,
        *,
        tie_break: TieBreak = "none",
        rng: np.random.Generator | None = None,
        **parameters: object,
    ) -> Outcome | BatchOutcome:
        """Decide the profile."""
        checked_tie_break(tie_break, rng)
        ballots = read_as(profile, self.reads, self.name, parameters, self.also_reads)
        bound = self.bind(parameters)
        given = profile.weights if weights is None else checked_weights(weights, profile.n_voters)
        decide = decide_one if given.ndim == 1 else decide_batch
        counter = partial(self.function, ballots, **bound)
        return decide(self.name, counter, ballots, given, bound, tie_break, rng)


class CommitteeRule(Rule):
    """A rule that elects committees: ``rule(profile, seats, weights=None, *, tie_break=..., **parameters)``.

    See `aggregators.elect`, which looks a rule up by name and calls it.
    """

    def __call__(
        self,
        profile: Profile,
        seats: int,
        weights: ArrayLike | None = None,
        *,
        tie_break: TieBreak = "none",
        rng: np.random.Generator | None = None,
        **parameters: object,
    ) -> CommitteeOutcome:
        """Elect committees of a size."""
        checked_tie_break(tie_break, rng)
        ballots = read_as(profile, self.reads, self.name, parameters)
        bound = self.bind(parameters)
        if not is_whole(seats) or not 1 <= seats <= ballots.n_alternatives:
            raise RuleError(f"seats={seats!r}; give a whole number from 1 to {ballots.n_alternatives} alternatives")
        seats = int(seats)
        given = profile.weights if weights is None else checked_weights(weights, profile.n_voters)
        if given.ndim != 1:
            raise RuleError(f"weights has shape {given.shape}; a committee is elected for one weighting, (n,)")
        found = self.function(ballots, given, seats, chooser(tie_break, rng), **bound)
        elected = found if isinstance(found, Elected) else Elected(found)
        labels = ballots.alternatives
        committees = tuple(frozenset(labels[member] for member in members) for members in elected.committees)
        complete = elected.complete and tie_break == "none"
        more = elected.score, elected.gap, complete, elected.details
        return CommitteeOutcome(self.name, bound, labels, seats, committees, *more)


def rule(
    name: str,
    *,
    kind: Literal["welfare", "voting", "verdict"],
    reads: type[Profile],
    also_reads: tuple[type[Profile], ...] = (),
    aliases: tuple[str, ...] = (),
    satisfies: Claimed = (),
    linear: Claimed = (),
    violates: tuple[str, ...] = (),
    unsettled: tuple[str, ...] = (),
    columnwise: bool = False,
) -> Callable[[Callable[..., Tally]], DecisionRule]:
    """Register a function ``(profile, weights (b, n), **parameters) -> Tally`` as a rule.

    Its docstring's first line becomes the summary, its defaults become the parameters. What it claims of axioms is as
    `Claims` has it; `columnwise` as `Rule` has it.
    """
    claims = Claims.read(satisfies, linear, violates, unsettled)

    def decorate(function: Callable[..., Tally]) -> DecisionRule:
        made = DecisionRule(name, kind, reads, function, aliases, claims, also_reads, columnwise)
        _rulebook.add(name, made, aliases)
        return made

    return decorate


def committee_rule(
    name: str,
    *,
    reads: type[Profile] = Approvals,
    aliases: tuple[str, ...] = (),
    satisfies: Claimed = (),
    linear: Claimed = (),
    violates: tuple[str, ...] = (),
    unsettled: tuple[str, ...] = (),
) -> Callable[[Callable[..., Elected | Sequence[tuple[int, ...]]]], CommitteeRule]:
    """Register a function ``(profile, weights (n,), seats, choose, **parameters)`` as a committee rule.

    The function returns every committee as a sorted tuple of columns, alone or in an `Elected`. Where
    alternatives tie for a seat it goes on with each of ``choose(tied)``; a rule that compares whole committees
    chooses among their positions in sorted order.
    """
    claims = Claims.read(satisfies, linear, violates, unsettled)

    def decorate(function: Callable[..., Elected | Sequence[tuple[int, ...]]]) -> CommitteeRule:
        made = CommitteeRule(name, "committee", reads, function, aliases, claims)
        _rulebook.add(name, made, aliases)
        return made

    return decorate


def rules(kind: Kind | None = None) -> Mapping[str, Rule]:
    """Return the registered rules by canonical name, in alphabetical order.

    Parameters
    ----------
    kind : {"welfare", "voting", "committee", "verdict"}, optional
        Only those of one kind.

    Examples
    --------
    >>> from aggregators import rules
    >>> "nash" in rules("welfare")
    True
    >>> rules()["maximin"].aliases
    ('min-max', 'minmax', 'rawlsian', 'egalitarian')
    """
    return {name: entry for name, entry in _rulebook.items() if kind is None or entry.kind == kind}


def parse_rule(text: str) -> tuple[Rule, dict[str, object]]:
    """Read a rule and its parameters from text such as ``"isoelastic:alpha=2"``.

    Parameters
    ----------
    text : str
        A name or alias, then optionally ``:`` and ``name=value`` pairs separated by commas.

    Returns
    -------
    (Rule, dict)
        The dict has the parameters that the text sets, with values of the right types.

    Raises
    ------
    RuleError
        If the rule or a parameter is unknown, or a value not of its type.

    Examples
    --------
    >>> from aggregators.rulebook import parse_rule
    >>> found, parameters = parse_rule("isoelastic:alpha=inf")
    >>> found.name, parameters
    ('isoelastic', {'alpha': inf})
    """
    if not isinstance(text, str):
        raise RuleError(f"rule={text!r} is no name; give one as text, such as 'nash'")
    name, _, rest = text.partition(":")
    try:
        found = _rulebook[name.strip()]
    except UnknownName as error:
        raise RuleError(str(error)) from None
    given = read_parameters(rest, text)
    # A threshold belongs to the ballots, not to the rule: see aggregators.conversion.
    bound = found.bind({parameter: value for parameter, value in given.items() if parameter != "threshold"})
    return found, {parameter: bound.get(parameter, value) for parameter, value in given.items()}


def read_parameters(rest: str, text: str) -> dict[str, object]:
    """Return the values in ``"name=value,name=value"``, the `rest` of `text`, as they are written."""
    given: dict[str, object] = {}
    for pair in filter(None, (part.strip() for part in rest.split(","))):
        parameter, equals, value = (part.strip() for part in pair.partition("="))
        if not equals:
            raise RuleError(f"{pair!r} in {text!r} sets nothing; write parameter=value")
        given[parameter] = value
    return given


_rulebook: Registry[Rule] = Registry(
    "rule", "aggregators.welfare", "aggregators.voting", "aggregators.committee", "aggregators.verdict"
)


def _registered(name: str) -> Rule:
    """Return the rule that was pickled by name."""
    return _rulebook[name]


def chooser(tie_break: TieBreak, rng: np.random.Generator | None) -> Choose:
    """Return what a tie-break makes of tied alternatives: keep them all, the first, or one at random."""
    if tie_break == "none":
        return lambda tied: tied
    if tie_break == "lexicographic":
        return lambda tied: [min(tied)]
    return lambda tied: [tied[int(checked_rng(rng).integers(len(tied)))]]


def _documented(doc: str) -> dict[str, str]:
    """Return what the Parameters section of a numpydoc docstring says of each parameter."""
    section = doc.partition("Parameters\n----------\n")[2].partition("\n\n")[0]
    found: dict[str, str] = {}
    names: list[str] = []
    for line in section.splitlines():
        if line.startswith(" "):
            found.update((name, f"{found[name]} {line.strip()}".strip()) for name in names)
        else:
            names = [name.strip() for name in line.partition(":")[0].split(",")]
            found.update(dict.fromkeys(names, ""))
    return found
