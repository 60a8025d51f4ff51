"""Jurors and the very people whom they were made from: how often one says what the other had said."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jury.estimates import Estimate
from jury.uncertainty.crossed import crossed_mean
from jury.validation.sides import Pair

__all__ = ["Hits", "hits"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hits:
    """How often a juror chose what the very person had said.

    Attributes
    ----------
    share : Estimate
        Weighted share of the answers.
    by_lot : float
        The same if jurors were dealt to people by lot, case by case.
    over_lot : Estimate
        The difference; its interval is for other people and other cases.
    answers : int
    """

    share: Estimate
    by_lot: float
    over_lot: Estimate
    answers: int


def hits(pair: Pair) -> Hits | None:
    """Return how often jurors hit; None where answers are not choices, or no juror and person answered the same case.

    A juror asked several times, or whose probabilities were read, hits in part: with the share put on what the
    person had said.
    """
    if pair.jurors_panel.mode.mode != "choose" or pair.people_panel.mode.mode != "choose":
        return None
    shape = len(pair.jurors.weights), len(pair.cases)
    found, lots = np.full(shape, np.nan), np.full(shape, np.nan)
    for unit in pair.units:
        both = ~np.isnan(unit.jurors).any(axis=1) & ~np.isnan(unit.people).any(axis=1) & (pair.jurors.weights > 0)
        if not both.any():
            continue
        weights = pair.jurors.weights[both]
        jury = weights @ unit.jurors[both] / weights.sum()
        found[both, unit.case] = (unit.jurors[both] * unit.people[both]).sum(axis=1)
        lots[both, unit.case] = unit.people[both] @ jury
    if np.isnan(found).all():
        return None
    share, chance, over = (
        crossed_mean(table, weights=pair.jurors.weights).both for table in (found, lots, found - lots)
    )
    return Hits(share, chance.value, over, int((~np.isnan(found)).sum()))
