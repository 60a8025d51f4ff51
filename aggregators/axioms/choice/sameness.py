"""What the axioms share that ask for the same decision on two profiles, of rules of every kind."""

from __future__ import annotations

from collections.abc import Mapping

from aggregators.axioms.subject import Committees, Decision
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile
from aggregators.rulebook import Kind

__all__ = ["ALL_KINDS", "decides_alike"]

ALL_KINDS: tuple[Kind, ...] = ("welfare", "voting", "verdict", "committee")


def decides_alike(trial: Trial, profile: Profile, other: Profile, called: Mapping[str, str] | None = None) -> bool:
    """Tell whether a rule decides the same on two profiles; of committees, whatever their size.

    Of one size a record is kept: one at which the committees differ, if they do.

    Parameters
    ----------
    trial : Trial
        The rule.
    profile, other : Profile
        What it is asked.
    called : mapping of str to str, optional
        What alternatives are called in the other profile, if not the same.
    """
    names = called or {label: label for label in profile.alternatives}
    if trial.kind != "committee":
        before = trial.decide(profile)
        return trial.decide(other).same_as(_decision(before, names))
    sizes = range(1, profile.n_alternatives) or range(1, 2)
    differing = (
        seats
        for seats in sizes
        if trial.elect_quietly(other, seats) != _committees(trial.elect_quietly(profile, seats), names)
    )
    seats = next(differing, sizes[-1])
    elected = trial.elect(profile, seats)
    return trial.elect(other, seats) == _committees(elected, names)


def _decision(decision: Decision, names: Mapping[str, str]) -> Decision:
    winners = frozenset(names[label] for label in decision.winners)
    if decision.ranking is None:
        return Decision(winners)
    return Decision(winners, tuple(frozenset(names[label] for label in tier) for tier in decision.ranking))


def _committees(committees: Committees, names: Mapping[str, str]) -> Committees:
    return frozenset(frozenset(names[label] for label in members) for members in committees)
