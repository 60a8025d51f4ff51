"""What an axiom is, how one is registered, and how a rule is held to it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from aggregators.axioms.answers import OutsideDomain
from aggregators.axioms.subject import Subject, subject
from aggregators.axioms.trial import Trial
from aggregators.axioms.violation import Violation
from aggregators.profiles import Approvals, Profile, Rankings, Utilities
from aggregators.registry import Registry
from aggregators.rulebook import Kind

if TYPE_CHECKING:
    from aggregators.axioms.subject import Testable

__all__ = ["CHANGES_AT_MOST", "Axiom", "Change", "Judgement", "axiom", "axioms", "expect"]

Change = Mapping[str, Any]
"""What is done to a profile, in plain JSON types; with the profile, enough to do it again."""

CHANGES_AT_MOST = 60
"""Changes of one profile that are tried, unless told otherwise."""

_CHANGES_GONE_THROUGH = 100_000


@dataclass(frozen=True)
class Judgement:
    """Whether an axiom holds in one case, and what it asks for there, as a clause: ``"a still wins"``."""

    holds: bool
    expected: str


def expect(holds: bool | np.bool_, expected: str) -> Judgement:
    """Return the judgement on a case in which the axiom asks for something."""
    return Judgement(bool(holds), expected)


class Axiom(ABC):
    """A property that a rule has or lacks; one object, in a file of its own.

    A subclass says what may be done to a profile (`changes`) and what must then hold (`judge`). The changes stay
    within the domain of the profile: linear orders are changed into linear orders, whole weights into whole ones.

    Attributes
    ----------
    name : str
        Canonical name.
    statement, formula : str
        What is asked, in a sentence and in symbols: f(P) are the winners of rule f on profile P, ≿ its ranking.
    source : str
        Where it is defined.
    kinds : tuple of str
        Kinds of rules that it speaks of.
    reads : tuple of types
        Profiles that it speaks of.
    aliases : tuple of str
        Other names.
    """

    name: ClassVar[str]
    statement: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[str]
    kinds: ClassVar[tuple[Kind, ...]] = ("welfare", "voting", "verdict")
    reads: ClassVar[tuple[type[Profile], ...]] = (Utilities, Rankings, Approvals)
    aliases: ClassVar[tuple[str, ...]] = ()

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterable[Change]:
        """Yield what may be done to a profile, in an order that the generator may shuffle; by default, nothing."""
        yield {}

    def allows(self, profile: Profile, change: Change) -> bool:
        """Tell whether a change, from a stored violation say, is one that the axiom speaks of.

        The default goes through `changes`, so an axiom with endless ones needs its own.
        """
        every = islice(self.changes(profile, np.random.default_rng(0)), _CHANGES_GONE_THROUGH)
        return any(dict(each) == dict(change) for each in every)

    @abstractmethod
    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Return whether the rule on trial does as it must, or None where nothing is asked of it."""

    def not_applicable(self, tested: Subject) -> str | None:
        """Return why the axiom does not speak of a rule, or None."""
        if tested.kind not in self.kinds:
            return f"speaks of {', '.join(self.kinds)} rules, and {tested.name} is a {tested.kind} rule"
        if tested.reads not in self.reads:
            spoken_of = ", ".join(each.__name__ for each in self.reads)
            return f"speaks of {spoken_of}, and {tested.name} reads {tested.reads.__name__}"
        return None

    def check(
        self,
        rule: Testable,
        profile: Profile,
        *,
        change: Change | None = None,
        rng: np.random.Generator | None = None,
        at_most: int = CHANGES_AT_MOST,
    ) -> Violation | None:
        """Hold a rule to the axiom on one profile.

        Parameters
        ----------
        rule : str, Rule or callable
            Whatever `aggregators.axioms.subject` takes.
        profile : Utilities, Rankings or Approvals
            What the rule reads.
        change : mapping, optional
            The only change to try, as a `Violation` has it. Without it a function that does not take weights is asked
            about voters of weight 1, so that who acts is one row; with it, about the voters that it names.
        rng : numpy.random.Generator, optional
            Shuffles the changes; without it always in the same order.
        at_most : int
            Changes that are tried.

        Returns
        -------
        Violation or None
            The first that is found. None says that none was found here, not that the rule satisfies the axiom.

        Raises
        ------
        RuleError
            If the axiom does not speak of the rule or of the change, or the rule cannot read the profile.
        """
        tested = subject(rule)
        reason = self.not_applicable(tested)
        if reason is not None:
            raise OutsideDomain(f"{self.name} {reason}")
        cases = self.cases(tested, profile, change, rng, at_most)
        return next((found for found in cases if isinstance(found, Violation)), None)

    def cases(
        self,
        tested: Subject,
        profile: Profile,
        change: Change | None = None,
        rng: np.random.Generator | None = None,
        at_most: int = CHANGES_AT_MOST,
    ) -> Iterator[Violation | OutsideDomain | bool]:
        """Yield for each change of a profile a violation, True where the axiom holds, False where it asks nothing.

        Where the rule answers on the profile and refuses what a change makes of it, the refusal is yielded.
        """
        rng = np.random.default_rng(0) if rng is None else rng
        if change is not None and not self._speaks_of(profile, change):
            raise OutsideDomain(f"{self.name} does not speak of the change {change!r} of this profile")
        if change is None:
            profile = tested.one_by_one(profile)
        changes = islice(self.changes(profile, rng), at_most) if change is None else (change,)
        for each in changes:
            trial = Trial(tested)
            try:
                judgement = self.judge(trial, profile, each)
            except OutsideDomain as refusal:
                if change is not None or not trial.steps:
                    raise
                yield refusal
                continue
            if judgement is None or judgement.holds:
                yield judgement is not None
            else:
                yield Violation(self.name, self.statement, tested.name, each, trial.steps, judgement.expected)

    def _speaks_of(self, profile: Profile, change: Change) -> bool:
        """Tell what `allows` tells; a change that lacks something, or has it of another type, is not spoken of."""
        try:
            return isinstance(change, Mapping) and bool(self.allows(profile, change))
        except (LookupError, TypeError, ValueError, AttributeError):  # ValueError: ProfileError among others
            return False


axioms: Registry[Axiom] = Registry(
    "axiom", "aggregators.axioms.choice", "aggregators.axioms.welfare", "aggregators.axioms.committee"
)
"""The axioms by name."""


def axiom(defined: type[Axiom]) -> type[Axiom]:
    """Register the one object of a class of axioms."""
    axioms.add(defined.name, defined(), defined.aliases)
    return defined
