"""The rule under test, whoever wrote it: a registered one, a function of a profile, a numpy function."""

from __future__ import annotations

import inspect
import re
import time
import typing
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators.axioms.answers import (
    Committees,
    Decision,
    OutsideDomain,
    RuleFailed,
    of_outcome,
    read,
    read_committees,
)
from aggregators.axioms.editing import cells, remade
from aggregators.axioms.writing import escaped, written
from aggregators.errors import AggregatorError, RuleError
from aggregators.profiles import Approvals, Profile, Rankings, Utilities
from aggregators.rulebook import CommitteeRule, DecisionRule, Kind, Rule, parse_rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Committees", "Decision", "OutsideDomain", "RuleFailed", "Subject", "Testable", "subject"]

_MOST_COPIES = 10_000
_REMEMBERED = 20_000
_KINDS: tuple[type[Profile], ...] = (Utilities, Rankings, Approvals)
_REMEDY = "annotate its first parameter as Utilities, Rankings or Approvals"


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
    weighted : bool
        Whether it takes weights. If not, a voter of weight 2 is two rows to it, and axioms ask it of voters of
        weight 1, so that who acts is one row.
    """

    def __init__(
        self,
        name: str,
        kind: Kind,
        reads: type[Profile],
        answer: Callable[..., Any],
        rule: Rule | None = None,
        *,
        weighted: bool = True,
    ) -> None:
        self.name = name
        self.kind = kind
        self.reads = reads
        self.rule = rule
        self.weighted = weighted
        self._answer = answer
        self._known: dict[object, Any] = {}
        self._asked = 0
        self._seconds = 0.0
        self._probed = False

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

    @property
    def pace(self) -> float:
        """Seconds that an answer took, on average so far; 0 before the first."""
        return self._seconds / self._asked if self._asked else 0.0

    def one_by_one(self, profile: Profile) -> Profile:
        """Return a profile as the rule is asked about it: with voters of weight 1 unless it takes weights.

        Raises
        ------
        OutsideDomain
            If the weights are no small whole numbers.
        """
        if self.weighted or (profile.weights == 1).all():
            return profile
        rows = _copied(profile)
        return remade(profile, rows, np.ones(len(rows)))

    def probe(self, profiles: Iterable[Profile]) -> None:
        """Ask about some profiles twice, the first time that this is called.

        Raises
        ------
        RuleFailed
            If the answers differ.
        """
        if self._probed:
            return
        self._probed = True
        for profile in profiles:
            seats = (max(1, profile.n_alternatives // 2),) if self.kind == "committee" else ()
            try:
                self.confirm(profile, *seats)
            except OutsideDomain:
                continue

    def confirm(self, profile: Profile, *seats: int, times: int = 1) -> None:
        """Ask afresh, so many times, what may be remembered.

        Raises
        ------
        RuleFailed
            If the answers differ: answers are remembered, so nothing that is found of such a rule could be relied on.
        """
        before = self._ask(profile, *seats)
        for _ in range(times):
            after = self._fresh(profile, *seats)
            same = before.same_as(after) if isinstance(before, Decision) else before == after
            if not same:
                raise RuleFailed(
                    f"{self.name} is not deterministic: asked twice about {'; '.join(written(profile))}, it answered"
                    f" {_said(before)}, and then {_said(after)}; give it a seed of its own"
                )

    def _ask(self, profile: Profile, *seats: int) -> Any:  # noqa: ANN401 - a decision or committees, as asked
        key = (_key(profile), *seats)
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = self._fresh(profile, *seats)
        return self._known[key]

    def _fresh(self, profile: Profile, *seats: int) -> Any:  # noqa: ANN401 - a decision or committees, as asked
        start = time.perf_counter()
        try:
            return self._answer(profile, *seats)
        except RuleFailed:
            raise
        except AggregatorError as error:
            raise OutsideDomain(str(error)) from None
        except (Exception, SystemExit) as error:
            raise RuleFailed(
                f"{self.name} raised {type(error).__name__}: {escaped(str(error))}; on the ballots"
                f" {'; '.join(written(profile))}"
            ) from error
        finally:
            self._asked += 1
            self._seconds += time.perf_counter() - start


def _said(answer: Decision | Committees) -> str:
    if isinstance(answer, Decision):
        return str(answer)
    return " or ".join(sorted("{" + ", ".join(sorted(committee)) + "}" for committee in answer)) or "nobody"


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
        - otherwise of a numpy array (n, m) of utilities, or of what `reads` holds. Voters of weight 2 come as two
          rows, unless it has a parameter ``weights``.

        It returns an `Outcome`; a (m,) bool mask of winners; (m,) float scores, higher is better, or a mapping from
        labels to scores; one winner, as label or column; winners as a set or a tuple of labels (what
        ``Outcome.winners`` is), or as a list or array of fewer than m. A list of m whole numbers, which may be scores,
        ranks or columns, and one of all labels, which may be a ranking or a tie, are refused. A function with a
        parameter ``seats`` elects committees and returns one or several, each of labels, of columns or as a mask.
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
        return of_outcome(rule(profile, **parameters))

    return Subject(name, rule.kind, rule.reads, decision, rule)


def _function(function: Callable[..., Any], reads: type[Profile] | None, name: str) -> Subject:
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    annotation = _annotation(function, parameters)
    annotated = _annotated(annotation, reads, name)
    whole = annotated is not None or (reads is not None and annotation is None)
    kind_of_profile: type[Profile] = reads or annotated or Utilities
    names = {parameter.name for parameter in parameters}
    weighted = whole or "weights" in names

    def ask(profile: Profile, *seats: int) -> object:
        options: dict[str, Any] = {"seats": seats[0]} if seats else {}
        if whole:
            return function(profile, **options)
        rows = cells(profile).copy() if weighted else _copied(profile)
        if weighted:
            options["weights"] = profile.weights.copy()
        try:
            return function(rows, **options)
        except (AggregatorError, AttributeError) as error:
            if annotation is not None or "ndarray" not in str(error):
                raise
            hint = f"it was given an array; if it is a function of a profile, {_REMEDY}"
            raise RuleFailed(f"{name} raised {type(error).__name__}: {error}; {hint}") from error

    def decision(profile: Profile) -> Decision:
        return read(ask(profile), profile, name)

    def committees(profile: Profile, seats: int) -> Committees:
        return read_committees(ask(profile, seats), profile, seats, name)

    if "seats" in names:
        wanted = kind_of_profile if whole or reads else Approvals
        return Subject(name, "committee", wanted, committees, weighted=weighted)
    kind: Kind = "welfare" if kind_of_profile is Utilities else "voting"
    return Subject(name, kind, kind_of_profile, decision, weighted=weighted)


def _annotated(annotation: object, reads: type[Profile] | None, name: str) -> type[Profile] | None:
    """Return the kind of profile that an annotation asks for, or None if it asks for none."""
    if isinstance(annotation, str):  # of what is not there at run time
        parts: list[object] = [each for each in (*_KINDS, Profile) if each.__name__ in re.findall(r"\w+", annotation)]
        alone = re.fullmatch(r"[\w.]+", annotation) is not None
    else:
        parts = [annotation, *typing.get_args(annotation)]
        alone = len(parts) == 1
    named = [kind for kind in _KINDS if any(kind is part for part in parts)]
    if alone and named:
        return named[0]
    if named or any(part is Profile for part in parts):
        if reads is None:
            raise RuleError(f"{name} reads {_name_of(annotation)}, which is no one kind of profile; {_REMEDY}")
        return reads
    return None


def _name_of(annotation: object) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation).replace("aggregators.profiles.", "")


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


def _key(profile: Profile) -> object:
    matrix = cells(profile)
    return type(profile), matrix.shape, matrix.tobytes(), profile.weights.tobytes(), profile.alternatives
