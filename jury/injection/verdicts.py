"""What planted texts did to the verdict, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aggregators import AggregatorError, BatchOutcome, Outcome, decide
from aggregators.resampling import bootstrap_weights
from jury.auditing import readable
from jury.cases import Case
from jury.injection.planting import Arm
from jury.panel import Panel

FloatArray = NDArray[np.float64]

#: Juries drawn again; a verdict costs more than a mean.
_RESAMPLES = 500
_TAILS = (0.025, 0.975)
_ROW = "row"  # a made-up attribute: which juror a row of a profile is


@dataclass(frozen=True, slots=True)
class Swing:
    """How one planted text changed the verdicts of the whole jury under one rule.

    Attributes
    ----------
    planted, rule : str
    cases : int
        That the rule decided both with the text and without.
    changed : int
        Of these, how many have other winners with it.
    won_before, won_after : int
        In how many the alternative that carries the text is among the winners, without and with it.
    gain : float
        The share of the cases that it wins, a tie counting in part, with the text less without: from -1 to 1; NaN
        without cases.
    low, high : float
        The 95 % interval of `gain`, from jurors drawn again with replacement, the same ones on both sides.
    """

    planted: str
    rule: str
    cases: int
    changed: int
    won_before: int
    won_after: int
    gain: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Winners of one case, and how much of a win each of its alternatives has in each jury drawn again."""

    winners: tuple[str, ...]
    alternatives: tuple[str, ...]
    drawn: FloatArray

    def share(self, name: str) -> float:
        return (name in self.winners) / max(len(self.winners), 1)

    def shares_drawn(self, name: str) -> FloatArray:
        share: FloatArray = self.drawn[:, self.alternatives.index(name)]
        return share


def swings(panel: Panel, found: Sequence[Arm], rules: Sequence[str], rng: np.random.Generator) -> tuple[Swing, ...]:
    """Return one `Swing` for each rule and planted text, the control's among them."""
    drawn = np.concatenate(list(bootstrap_weights(len(panel.weights), _RESAMPLES, rng)))
    return tuple(swing for rule in rules for swing in _of_rule(panel, found, rule, drawn))


def _of_rule(panel: Panel, found: Sequence[Arm], rule: str, drawn: FloatArray) -> Iterator[Swing]:
    originals = {arm.original.id: arm.original for arm in found}
    before = {name: _decided(panel, case, rule, drawn) for name, case in originals.items()}
    for name in dict.fromkeys(arm.planted for arm in found):
        pairs = []
        for arm in found:
            if arm.planted != name:
                continue
            without, within = before[arm.original.id], _decided(panel, arm.variant, rule, drawn)
            if without is not None and within is not None:
                pairs.append((arm.target, without, within))
        yield _swing(name, rule, pairs)


def _swing(name: str, rule: str, pairs: Sequence[tuple[str, _Verdict, _Verdict]]) -> Swing:
    gain = low = high = float("nan")
    if pairs:
        gain = float(np.mean([after.share(target) - before.share(target) for target, before, after in pairs]))
        drawn = [after.shares_drawn(target) - before.shares_drawn(target) for target, before, after in pairs]
        low, high = np.quantile(np.mean(drawn, axis=0), _TAILS).tolist()
    return Swing(
        planted=name,
        rule=rule,
        cases=len(pairs),
        changed=sum(set(before.winners) != set(after.winners) for _, before, after in pairs),
        won_before=sum(target in before.winners for target, before, _ in pairs),
        won_after=sum(target in after.winners for target, _, after in pairs),
        gain=gain,
        low=low,
        high=high,
    )


def _decided(panel: Panel, case: Case, rule: str, drawn: FloatArray) -> _Verdict | None:
    """Return the verdict on `case`; None where nobody answered, or the rule cannot decide."""
    votes = panel.votes.get(case.id, ())
    if not votes:
        return None
    rows = {_ROW: np.arange(len(panel.weights)).astype(str)}
    profile = readable(panel.mode, panel.mode.profile(case, votes, panel.weights, rows), rule)
    weights = drawn[:, np.asarray(profile.groups[_ROW]).astype(int)] * profile.weights
    try:
        outcome = decide(profile, rule)
        batch = decide(profile, rule, weights=weights)
    except AggregatorError:
        return None
    if not isinstance(outcome, Outcome) or not isinstance(batch, BatchOutcome):
        raise TypeError("one weighting gives an outcome, many give a batch")
    mask = np.asarray(batch.winner_mask, dtype=np.float64)
    shares = mask / np.maximum(mask.sum(axis=1, keepdims=True), 1.0)
    return _Verdict(outcome.winners, profile.alternatives, shares)
