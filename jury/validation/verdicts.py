"""Whether the simulated jury would have decided as the human one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aggregators import AggregatorError
from jury.auditing.hearing import Hearing, hearings
from jury.auditing.rules import check_rule
from jury.estimates import Estimate, mean_estimate
from jury.panel import Panel
from jury.uncertainty.flips import share_estimate, verdict_flips

__all__ = ["VerdictAgreement", "verdict_agreement"]


@dataclass(frozen=True, slots=True)
class VerdictAgreement:
    """How often one rule decides alike for jurors and people.

    Attributes
    ----------
    rule : str
    alike : Estimate
        Share of the cases with exactly the same winners, ties included; Wilson's interval.
    by_chance : float
        Mean over the cases of one over the number of alternatives: what a single winner drawn by lot would get.
    ceiling : Estimate
        How often a human jury of as many people, drawn again, would decide as these people did, mean over cases.
    baseline : Estimate or None
        The same as `alike` for the baseline run.
    differ : tuple of str
        Cases on which the winners are not the same.
    undecided : int
        Cases that the rule could not decide on either side; they are in no figure.
    """

    rule: str
    alike: Estimate
    by_chance: float
    ceiling: Estimate
    baseline: Estimate | None
    differ: tuple[str, ...]
    undecided: int

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return {
            "rule": self.rule,
            "alike": self.alike.to_dict(),
            "by_chance": self.by_chance,
            "ceiling": self.ceiling.to_dict(),
            "baseline": None if self.baseline is None else self.baseline.to_dict(),
            "differ": list(self.differ),
            "undecided": self.undecided,
        }


def verdict_agreement(
    jurors: Panel,
    people: Panel,
    cases: Sequence[str],
    rules: Sequence[str],
    rng: np.random.Generator,
    *,
    baseline: Panel | None = None,
    resamples: int = 200,
) -> tuple[VerdictAgreement, ...]:
    """Decide the cases for jurors and for people under each rule.

    Parameters
    ----------
    jurors, people : Panel
    cases : sequence of str
        Ids of those that both answered.
    rules : sequence of str
        A rule decides both sides from the ballots that each gave.
    rng : Generator
        Draws people again, for the ceiling.
    baseline : Panel, optional
    resamples : int

    Raises
    ------
    StudyError
        For a rule that does not exist or elects committees.
    """
    heard = [{one.case: one for one in hearings(panel, (), "juror")} for panel in (jurors, people)]
    other = {} if baseline is None else {one.case: one for one in hearings(baseline, (), "juror")}
    found = []
    for rule in rules:
        check_rule(rule)
        won = {case: (_winners(heard[0].get(case), rule), _winners(heard[1].get(case), rule)) for case in cases}
        decided = {case: pair for case, pair in won.items() if None not in pair}
        differ = tuple(case for case, (one, two) in decided.items() if one != two)
        chances = [1 / len(jurors.case(case).alternatives) for case in decided]
        flips = verdict_flips(people, [rule], rng, resamples=resamples).verdicts
        stays = [1 - flip.probability.value for flip in flips if flip.case in decided]
        based = None
        if baseline is not None:
            pairs = [(_winners(other.get(case), rule), people_won) for case, (_, people_won) in decided.items()]
            known = [one == two for one, two in pairs if one is not None]
            based = share_estimate(sum(known), len(known), "cases")
        found.append(
            VerdictAgreement(
                rule,
                share_estimate(len(decided) - len(differ), len(decided), "cases"),
                float(np.mean(chances)) if chances else float("nan"),
                mean_estimate(stays, "cases"),
                based,
                differ,
                len(cases) - len(decided),
            )
        )
    return tuple(found)


def _winners(hearing: Hearing | None, rule: str) -> frozenset[str] | None:
    if hearing is None:
        return None
    try:
        [won] = hearing.winners(rule, hearing.weights[None, :])
    except AggregatorError:
        return None
    return frozenset(name for name, one in zip(hearing.utilities.alternatives, won, strict=True) if one)
