"""What the axioms share that let no voter gain by an act of that voter alone."""

from __future__ import annotations

from aggregators.axioms.base import Judgement, expect
from aggregators.axioms.editing import better, comparable
from aggregators.axioms.trial import Trial
from aggregators.profiles import Profile

__all__ = ["no_gain"]


def no_gain(trial: Trial, profile: Profile, voter: int, after: Profile, act: str) -> Judgement | None:
    """Judge that a voter does not prefer every winner after an act to every winner before; no tie-break undoes that.

    Voters of weight 0 are absent, and nothing is asked of them; that they change nothing is asked by weight-split.

    Parameters
    ----------
    trial : Trial
        The rule.
    profile, after : Profile
        As it is, and as the voter makes it.
    voter : int
        Who acts.
    act : str
        A clause that says what the voter does not get by it but for its objects: "staying away does not get".
    """
    if not comparable(profile) or profile.weights[voter] == 0:
        return None
    wanted = better(profile, voter, trial.decide(profile).winners)
    if not wanted:
        return None
    winners = trial.decide(after).winners
    named = ", ".join(sorted(wanted))
    return expect(not winners or not winners <= wanted, f"{act} voter {voter} any of {named} for sure")
