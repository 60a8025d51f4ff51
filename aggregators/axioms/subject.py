"""The rule under test, whoever wrote it: a registered one, a function of a profile, a numpy function."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Collection
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators.axioms.editing import cells
from aggregators.errors import AggregatorError, RuleError
from aggregators.outcome import CommitteeOutcome, Outcome
from aggregators.profiles import Approvals, Profile, Rankings, Utilities
from aggregators.rulebook import CommitteeRule, DecisionRule, Kind, Rule, parse_rule
from aggregators.ties import tier_ranks

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Committees", "Decision", "OutsideDomain", "RuleFailed", "Subject", "Testable", "subject"]

Committees = frozenset[frozenset[str]]

_MOST_COPIES = 10_000
_REMEMBERED = 20_000


class OutsideDomain(RuleError):
    """A question that the rule does not answer: an axiom that does not speak of it, ballots that it refuses."""


class RuleFailed(RuleError):
    """The rule under test failed, or returned what cannot be read as a decision."""


@dataclass(frozen=True)
class Decision:
    """What a rule decided, as axioms see it.

    Attributes
    ----------
    winners : frozenset of str
        Every tied winner.
    ranking : tuple of frozensets of str, or None
        Tiers, best first; None where the rule only names winners.
    scores : mapping of str to float, or None
        Higher is better.
    """

    winners: frozenset[str]
    ranking: tuple[frozenset[str], ...] | None = None
    scores: typing.Mapping[str, float] | None = None

    def order(self, x: str, y: str) -> int | None:
        """Return 1 if x is ranked above y, -1 if below, 0 if tied, None if that is not known."""
        if self.ranking is None:
            winning = (x in self.winners) - (y in self.winners)
            return winning or (0 if x in self.winners else None)
        place = {label: tier for tier, labels in enumerate(self.ranking) for label in labels}
        if x not in place or y not in place:
            return None
        return (place[y] > place[x]) - (place[y] < place[x])

    def same_as(self, other: Decision) -> bool:
        """Tell whether winners are the same, and the rankings where both are known."""
        if self.ranking is None or other.ranking is None:
            return self.winners == other.winners
        return self.winners == other.winners and self.ranking == other.ranking

    def __str__(self) -> str:
        """Return the winners, and the ranking where there is one."""
        winners = " = ".join(sorted(self.winners)) or "nobody"
        if self.ranking is None or len(self.ranking) < 2:
            return f"winner: {winners}"
        shown = []
        for tier in self.ranking:
            scores = {label: f" ({self.scores[label]:.6g})" for label in tier} if self.scores else {}
            shown.append(" = ".join(f"{label}{scores.get(label, '')}" for label in sorted(tier)))
        return f"winner: {winners}; ranking: {' > '.join(shown)}"


class Subject:
    """A rule under test; its answers are remembered.

    Parameters
    ----------
    name : str
        What it is called in reports.
    kind : str
        As a registered rule's.
    reads : type
        The profiles it is asked about.
    answer : callable
        Of a profile and, for a committee, the seats; returns a `Decision` or the tied committees.
    rule : Rule, optional
        The registered rule that it is.
    """

    def __init__(
        self, name: str, kind: Kind, reads: type[Profile], answer: Callable[..., Any], rule: Rule | None = None
    ) -> None:
        self.name = name
        self.kind = kind
        self.reads = reads
        self.rule = rule
        self._answer = answer
        self._known: dict[object, Any] = {}

    def decide(self, profile: Profile) -> Decision:
        """Return the decision on a profile.

        Raises
        ------
        OutsideDomain
            If the rule refuses the profile with an error of this package.
        RuleFailed
            If it fails otherwise, or returns what is no decision.
        """
        found: Decision = self._ask(profile)
        return found

    def elect(self, profile: Profile, seats: int) -> Committees:
        """Return every tied committee; raises as `decide` does."""
        found: Committees = self._ask(profile, seats)
        return found

    def _ask(self, profile: Profile, *seats: int) -> Any:  # noqa: ANN401 - a decision or committees, as asked
        key = (_key(profile), *seats)
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = self._fresh(profile, *seats)
        return self._known[key]

    def _fresh(self, profile: Profile, *seats: int) -> Decision | Committees:
        try:
            found: Decision | Committees = self._answer(profile, *seats)
        except RuleFailed:
            raise
        except AggregatorError as error:
            raise OutsideDomain(str(error)) from None
        except Exception as error:
            from aggregators.axioms.violation import written

            raise RuleFailed(
                f"{self.name} raised {type(error).__name__}: {error}; on the ballots {'; '.join(written(profile))}"
            ) from error
        return found


Testable = str | Rule | Subject | Callable[..., Any]
"""What can be put on trial."""


def subject(rule: Testable, *, reads: type[Profile] | None = None, name: str | None = None) -> Subject:
    """Return a rule ready to be tested.

    Parameters
    ----------
    rule : str, Rule or callable
        A registered rule, by name (parameters after a colon) or itself, or a function:

        - of a profile, if its first parameter is annotated as `Utilities`, `Rankings` or `Approvals`, or if
          `reads` says so;
        - otherwise of a numpy array (n, m) of utilities, or of what its annotation's profile would hold. Voters of
          weight 2 come as two rows, unless it has a parameter ``weights``.

        It returns an `Outcome`, the winners' labels or columns, a (m,) bool mask of winners, or (m,) float scores,
        higher is better. A function with a parameter ``seats`` elects committees and returns one or several.
    reads : type, optional
        The profiles that a function reads.
    name : str, optional
        Default: the function's own.

    Raises
    ------
    RuleError
        If there is no such rule.

    Examples
    --------
    >>> from aggregators.axioms import axioms, subject
    >>> def loudest(values):
    ...     return values.max(axis=0)
    >>> tested = subject(loudest)
    >>> tested.name, tested.reads.__name__
    ('loudest', 'Utilities')
    """
    if isinstance(rule, Subject):
        return rule
    if isinstance(rule, str):
        found, parameters = parse_rule(rule)
        return _registered(found, parameters, name or rule)
    if isinstance(rule, Rule):
        return _registered(rule, {}, name or rule.name)
    if not callable(rule):
        raise RuleError(f"{rule!r} is no rule; give a registered name or a function")
    return _function(rule, reads, name or str(getattr(rule, "__name__", type(rule).__name__)))


def _registered(rule: Rule, parameters: dict[str, Any], name: str) -> Subject:
    if isinstance(rule, CommitteeRule):

        def committees(profile: Profile, seats: int) -> Committees:
            return frozenset(rule(profile, seats, **parameters).committees)

        return Subject(name, rule.kind, rule.reads, committees, rule)
    if not isinstance(rule, DecisionRule):
        raise RuleError(f"{name!r} neither decides nor elects; test a welfare, voting, verdict or committee rule")

    def decision(profile: Profile) -> Decision:
        return _of_outcome(rule(profile, **parameters))

    return Subject(name, rule.kind, rule.reads, decision, rule)


def _of_outcome(outcome: object) -> Decision:
    if not isinstance(outcome, Outcome):
        raise RuleFailed(f"a rule returned {type(outcome).__name__} for one profile; return one Outcome")
    scores = outcome.scores
    return Decision(
        frozenset(outcome.winners),
        tuple(frozenset(tier) for tier in outcome.ranking),
        None if scores is None else dict(zip(outcome.alternatives, scores.tolist(), strict=True)),
    )


def _function(function: Callable[..., Any], reads: type[Profile] | None, name: str) -> Subject:
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    annotation = _annotation(function, parameters)
    annotated = next((each for each in (Utilities, Rankings, Approvals) if annotation is each), None)
    whole = annotated is not None or (reads is not None and annotation is None)
    kind_of_profile: type[Profile] = reads or annotated or Utilities
    names = {parameter.name for parameter in parameters}
    weighted = "weights" in names

    def ask(profile: Profile, *seats: int) -> object:
        options: dict[str, Any] = {"seats": seats[0]} if seats else {}
        if whole:
            return function(profile, **options)
        if weighted:
            options["weights"] = profile.weights.copy()
            return function(cells(profile).copy(), **options)
        return function(_copied(profile), **options)

    def decision(profile: Profile) -> Decision:
        return _read(ask(profile), profile, name)

    def committees(profile: Profile, seats: int) -> Committees:
        return _read_committees(ask(profile, seats), profile, name)

    if "seats" in names:
        wanted = kind_of_profile if whole or reads else Approvals
        return Subject(name, "committee", wanted, committees)
    return Subject(name, "welfare" if kind_of_profile is Utilities else "voting", kind_of_profile, decision)


def _annotation(function: Callable[..., Any], parameters: list[inspect.Parameter]) -> object:
    """Return the type of the first parameter, or None where nothing is said.

    The other annotations are left alone: they may name what is imported for type checkers only.
    """
    if not parameters or parameters[0].annotation is inspect.Parameter.empty:
        return None
    said = parameters[0].annotation
    names = getattr(inspect.unwrap(function), "__globals__", {})
    try:
        return typing.get_type_hints(SimpleNamespace(__annotations__={"first": said}), names)["first"]
    except (NameError, TypeError):
        return said


def _copied(profile: Profile) -> NDArray[Any]:
    """Return one row a voter of weight 1."""
    copies = profile.weights.astype(np.int64)
    if (copies != profile.weights).any() or copies.sum() > _MOST_COPIES:
        raise OutsideDomain("the weights are not small whole numbers; give the function a parameter weights")
    return np.repeat(cells(profile), copies, axis=0)


def _read(result: object, profile: Profile, name: str) -> Decision:
    """Return what a function returned as a decision."""
    labels = profile.alternatives
    if isinstance(result, Decision):
        return result
    if isinstance(result, Outcome):
        return _of_outcome(result)
    if isinstance(result, str) and result in labels:
        return Decision(frozenset([result]))
    array = np.asarray(list(result) if isinstance(result, (set, frozenset)) else result)
    if array.dtype.kind == "b" and array.shape == (len(labels),):
        return Decision(frozenset(label for label, wins in zip(labels, array, strict=True) if wins))
    if array.dtype.kind == "f" and array.shape == (len(labels),):
        return _of_scores(array, labels)
    if array.dtype.kind in "iu" and array.ndim == 0 and 0 <= int(array) < len(labels):
        return Decision(frozenset([labels[int(array)]]))
    if isinstance(result, (set, frozenset, tuple, list)) and set(result) <= set(labels):
        return Decision(frozenset(result))
    if isinstance(result, (set, frozenset)) and array.dtype.kind in "iu" and set(result) <= set(range(len(labels))):
        return Decision(frozenset(labels[column] for column in result))
    if array.dtype.kind in "iu" and array.shape == (len(labels),):
        return _of_scores(array.astype(np.float64), labels)
    raise RuleFailed(
        f"{name} returned {result!r}, which is no decision; return winners' labels, a column, a mask or (m,) scores"
    )


def _of_scores(scores: NDArray[np.float64], labels: tuple[str, ...]) -> Decision:
    ranks = tier_ranks(scores[None])[0]
    tiers: list[set[str]] = [set() for _ in range(int(ranks.max(initial=0)))]
    for label, rank in zip(labels, ranks.tolist(), strict=True):
        if rank:
            tiers[rank - 1].add(label)
    ranking = tuple(frozenset(tier) for tier in tiers)
    return Decision(ranking[0] if ranking else frozenset(), ranking, dict(zip(labels, scores.tolist(), strict=True)))


def _read_committees(result: object, profile: Profile, name: str) -> Committees:
    """Return what a function returned as committees."""
    if isinstance(result, CommitteeOutcome):
        return frozenset(result.committees)
    labels = profile.alternatives
    try:
        members = list(result)  # type: ignore[call-overload]
        several = bool(members) and all(isinstance(each, Collection) and not isinstance(each, str) for each in members)
        found = [frozenset(_label(each, labels) for each in one) for one in (members if several else [members])]
    except (TypeError, LookupError, ValueError):
        raise RuleFailed(f"{name} returned {result!r}; return a committee, or several, of labels or columns") from None
    return frozenset(found)


def _label(member: object, labels: tuple[str, ...]) -> str:
    if isinstance(member, str):
        return labels[labels.index(member)]
    return labels[int(member)]  # type: ignore[call-overload]


def _key(profile: Profile) -> object:
    matrix = cells(profile)
    return type(profile), matrix.shape, matrix.tobytes(), profile.weights.tobytes(), profile.alternatives
