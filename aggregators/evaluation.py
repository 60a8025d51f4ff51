"""From ballots and weights, through a rule's tally, to an outcome."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators.outcome import BatchOutcome, Outcome
from aggregators.profiles import Comparisons
from aggregators.ties import break_tie, checked_rng, leaders, tiers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from aggregators.profiles import Profile
    from aggregators.tally import Tally
    from aggregators.ties import TieBreak

    FloatArray = NDArray[np.float64]
    Counter = Callable[[FloatArray], Tally]
    """A rule with its profile and parameters filled in: weights (b, n) -> tally."""

__all__ = ["decide_batch", "decide_one"]

_NUMBERS_AT_ONCE = (
    2**24
)  # voters x alternatives x weightings counted together: a rule keeps some (b, n) of them at most


def decide_one(
    name: str,
    counter: Counter,
    profile: Profile,
    weights: FloatArray,
    parameters: Mapping[str, Any],
    tie_break: TieBreak,
    rng: np.random.Generator | None,
) -> Outcome:
    """Return the outcome under one weighting, shape (n,)."""
    present = int(np.count_nonzero(weights))
    opinions = None if profile.complete else profile.opinions & (weights > 0)[:, None]
    tally = _tally(counter, profile, opinions, weights[None, :])
    ranking = tiers(tally)
    winners = (ranking[0] if ranking else []) if tally.eligible is None else np.flatnonzero(_winners(tally)[0]).tolist()
    if tie_break != "none":
        if tie_break == "random":
            ranking = [checked_rng(rng).permutation(tier).tolist() for tier in ranking]
        if tally.lottery is not None:
            drawn = np.flatnonzero(break_tie(_winners(tally), tie_break, rng, tally.lottery)[0]).tolist()
            ranking = [drawn, *([column for column in tier if column not in drawn] for tier in ranking)]
        ranking = [[column] for tier in ranking for column in tier]
        winners = [column for (column,) in ranking if column in winners][:1]
    labels = profile.alternatives
    return Outcome(
        rule=name,
        parameters=parameters,
        alternatives=labels,
        winners=tuple(labels[column] for column in winners),
        ranking=tuple(tuple(labels[column] for column in tier) for tier in ranking),
        scores=None if tally.scores is None else tally.scores[0],
        asked=present,
        answered=np.full(len(labels), present) if opinions is None else opinions.sum(axis=0),
        answered_weight=np.full(len(labels), weights.sum()) if opinions is None else weights @ opinions,
        details={detail: value[0] for detail, value in tally.details.items()},
    )


def decide_batch(
    name: str,
    counter: Counter,
    profile: Profile,
    weights: FloatArray,
    parameters: Mapping[str, Any],
    tie_break: TieBreak,
    rng: np.random.Generator | None,
) -> BatchOutcome:
    """Return the outcomes under many weightings, shape (b, n), in memory that does not grow with b.

    The result itself is (b, m); what is computed on the way is done some rows at a time.
    """
    opinions = None if profile.complete else profile.opinions
    rows = max(1, _NUMBERS_AT_ONCE // (profile.n_voters * profile.n_alternatives))
    masks, scores, details = [], [], []
    for start in range(0, len(weights), rows):
        tally = _tally(counter, profile, opinions, weights[start : start + rows])
        masks.append(break_tie(_winners(tally), tie_break, rng, tally.lottery))
        details.append(tally.details)
        if tally.scores is not None:
            scores.append(tally.scores)
    return BatchOutcome(
        rule=name,
        parameters=parameters,
        alternatives=profile.alternatives,
        winner_mask=np.concatenate(masks),
        scores=np.concatenate(scores) if scores else None,
        details={detail: np.concatenate([part[detail] for part in details]) for detail in details[0]},
    )


def _tally(counter: Counter, profile: Profile, opinions: NDArray[np.bool_] | None, weights: FloatArray) -> Tally:
    """Count, and leave out what cannot be judged; no mask means that everybody spoke on everything.

    That is everything under weightings under which nobody said anything, and what nobody compared with anything.
    """
    tally = counter(weights)
    if opinions is None:
        return tally
    if isinstance(profile, Comparisons):
        judged = weights @ opinions > 0
    else:
        spoke = opinions.any(axis=1)
        if spoke.all():
            return tally
        judged = (weights @ spoke > 0)[:, None]
    scored = tally.taking_part() & judged
    scores = None if tally.scores is None else np.where(scored, tally.scores, np.nan)
    return replace(tally, scores=scores, scored=scored)


def _winners(tally: Tally) -> NDArray[np.bool_]:
    among = tally.taking_part()
    return leaders(tally, among if tally.eligible is None else among & tally.eligible)
