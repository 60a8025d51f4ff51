"""The alternatives of each case under each rule: scores with intervals, and how often each would win."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aggregators import AggregatorError, BatchOutcome, Outcome, decide
from aggregators.resampling import bootstrap_weights
from jury.auditing import Audit
from jury.auditing.hearing import Hearing
from jury.estimates import drawn_estimate

__all__ = ["decided", "redrawn", "resamples_for"]

#: Ballots that may be counted again in all, rules and cases together, before intervals rest on fewer resamples.
_MOST_COUNTS = 2e8
_STEPS = (499, 199, 99)


def resamples_for(rows: int, rules: int) -> int:
    """Return how often jurors are drawn again for intervals: fewer times of very many ballots, 0 of too many.

    Parameters
    ----------
    rows : int
        Ballots of all cases.
    rules : int
    """
    return next((step for step in _STEPS if step * rows * max(rules, 1) <= _MOST_COUNTS), 0)


def decided(
    hearing: Hearing, found: Audit, resamples: int, rng: np.random.Generator
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (rule, what it decided) for every rule that could decide the case.

    Parameters
    ----------
    hearing : Hearing
        The ballots of the case.
    found : Audit
        Whose outcomes these are.
    resamples : int
        Drawings of the case's jurors with replacement behind the intervals.
    rng : Generator
    """
    weights = redrawn(hearing, resamples, rng)
    for rule, outcome in found.outcomes.get(hearing.case, {}).items():
        yield rule, _told(hearing, rule, outcome, weights)


def redrawn(hearing: Hearing, resamples: int, rng: np.random.Generator) -> NDArray[np.float64] | None:
    """Return (b, rows) weights of a case's ballots, its jurors drawn again; None where nothing can be drawn.

    A juror's ballots are drawn together.
    """
    units, row_of = np.unique(hearing.jurors, return_inverse=True)
    if len(units) < 2 or not resamples:
        return None
    times = np.concatenate(list(bootstrap_weights(len(units), resamples, rng)))
    return np.asarray(times[:, row_of] * hearing.weights)


def _told(hearing: Hearing, rule: str, outcome: Outcome, weights: NDArray[np.float64] | None) -> dict[str, Any]:
    again = None if weights is None else _again(hearing, rule, weights)
    jurors = len(np.unique(hearing.jurors))
    spans = []
    for column, _ in enumerate(outcome.alternatives):
        value = float("nan") if outcome.scores is None else float(outcome.scores[column])
        if again is None or again.scores is None:
            spans.append((float("nan"), float("nan")))
        else:
            span = drawn_estimate(value, again.scores[:, column], jurors, "jurors")
            spans.append((span.low, span.high))
    return {
        "winners": list(outcome.winners),
        "hung": outcome.hung,
        "ranking": [list(tier) for tier in outcome.ranking],
        "scores": None if outcome.scores is None else outcome.scores,
        "low": [low for low, _ in spans],
        "high": [high for _, high in spans],
        "win_share": None if again is None else again.win_share(),
        "answered": outcome.answered,
    }


def _again(hearing: Hearing, rule: str, weights: NDArray[np.float64]) -> BatchOutcome | None:
    counted = weights[weights.any(axis=1)]
    if not len(counted):
        return None
    try:
        found = decide(hearing.ballots(rule), rule, weights=counted)
    except AggregatorError:  # some drawing cannot be decided: no interval is told rather than one of the others
        return None
    return found if isinstance(found, BatchOutcome) else None
