"""Which rules can decide what a mode asks, and what they read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aggregators import AggregatorError, Utilities, decide
from aggregators.rulebook import CommitteeRule, parse_rule
from jury.backends.base import Reply
from jury.cases import Case
from jury.elicitation import Mode, Showing, Vote
from jury.elicitation.base import Profile
from jury.errors import StudyError


def check_rules(mode: Mode, cases: Sequence[Case], rules: Sequence[str]) -> None:
    """Raise `StudyError` for cases that `mode` cannot ask, or a rule that cannot decide what it asks.

    Called before anything is asked. Tried on two jurors of opposite opinions, at the ends of the scale.
    """
    fault = mode.fault(cases)
    if fault is not None:
        raise StudyError(f"elicitation.{fault}")
    case, rng = cases[0], np.random.default_rng(0)
    showing = Showing.plain(case)
    shown = showing.order
    votes = []
    for juror, utility in enumerate((0.0, 1.0)):
        held = {name: abs(utility - place / len(shown)) for place, name in enumerate(shown)}
        replies = [Reply(str(question.as_if(held))) for question in mode.questions(showing)]
        votes.append(Vote(juror, mode.read(showing, replies, rng).values, shown))
    profile = mode.profile(case, votes, np.ones(2), {})
    for rule in rules:
        check_rule(rule)
        try:
            decide(readable(mode, profile, rule), rule)
        except AggregatorError as error:
            raise StudyError(f"rules: {rule!r} cannot decide what mode {mode.mode!r} asks: {error}") from None


def check_rule(rule: str) -> None:
    """Raise `StudyError` for a rule that does not exist or elects committees."""
    try:
        found, _ = parse_rule(rule)
    except AggregatorError as error:
        raise StudyError(f"rule: {error}") from None
    if isinstance(found, CommitteeRule):
        raise StudyError(
            f"rule: {rule!r} elects committees of several alternatives; name one that picks single winners"
        )


def reads_utilities(rule: str) -> bool:
    """Tell whether a rule compares utilities, so that their scale matters."""
    found, _ = parse_rule(rule)
    return found.reads is Utilities


def readable(mode: Mode, ballots: Profile, rule: str) -> Profile:
    """Return the ballots that `rule` reads: a welfare rule reads utilities, whatever was asked."""
    found, _ = parse_rule(rule)
    as_they_are = isinstance(ballots, (Utilities, found.reads, *found.also_reads))
    # Other rules that read utilities are about grades, which no ranking or choice gives.
    if as_they_are or (found.reads is Utilities and found.kind != "welfare"):
        return ballots
    return mode.read_as(ballots, found.reads)
