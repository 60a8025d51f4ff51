"""Proportionality for solid coalitions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np

from aggregators.committee.counting import patterns
from aggregators.options import one_of
from aggregators.profiles import Rankings
from aggregators.proportionality.measures import Question, Witness, measure
from aggregators.ties import RELATIVE_TOLERANCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["solid_coalitions"]

_QUOTAS = ("droop", "hare")


@measure("psc", reads=Rankings, effort="polynomial", aliases=("solid-coalitions",))
def solid_coalitions(question: Question, quota: str = "droop") -> Witness | None:
    """Look for l quotas of voters who rank the same set above all others, with fewer than l members in it.

    They are owed l members of the set, or all of it if it is smaller.

    Parameters
    ----------
    profile : Rankings
        Rankings (n, m). A voter supports the sets of alternatives ranked above all others: one for every place in
        the ranking at which no tie is cut. Voters who rank nobody do not count, as invalid ballots do not in the
        quota of an election. Aziz and Lee count them, so that groups are owed no more than here.
    committee : iterable of labels
        The members.
    seats, weights
        As for `aggregators.proportionality.unrepresented`.
    quota : {"droop", "hare"}
        With a total weight V of those who rank somebody and k seats: more than l V / (k + 1), or at least l V / k.
        Droop is the stronger.

    Returns
    -------
    Witness or None
        The heaviest such group; its ``needed`` is the l quotas.

    Raises
    ------
    RuleError
        If there is no such quota.

    References
    ----------
    Dummett (1984), Voting Procedures; Woodall (1994), Properties of Preferential Election Rules; Aziz and Lee
    (2020), The Expanding Approvals Rule.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.proportionality.psc import solid_coalitions
    >>> votes = Rankings.from_orders([("a", "b", "c"), ("b", "a", "c"), ("c", "a", "b")], weights=[2, 1, 1])
    >>> found = solid_coalitions(votes, ["a", "c"])
    >>> found.alternatives, found.level, found.has, found.needed
    (('a', 'b'), 2, 1, 2.6666666666666665)
    """
    one_of("psc", "quota", quota, _QUOTAS)
    ranks = cast("Rankings", question.profile).ranks[question.rows]
    tiers = int(ranks.max())
    prefixes = np.concatenate([(ranks > 0) & (ranks <= tier) for tier in range(1, tiers + 1)])
    whose = np.tile(np.arange(len(ranks)), tiers)
    real = np.concatenate([(ranks == tier).any(axis=1) for tier in range(1, tiers + 1)])
    sets, where = patterns(prefixes[real])
    whose = whose[real]
    weight = np.bincount(where, question.weights[whose], minlength=len(sets)).astype(np.float64)
    sizes = sets.sum(axis=1)
    owed = np.minimum(_quotas(question, weight, quota), sizes)
    has = sets[:, list(question.members)].sum(axis=1)
    left_out = np.flatnonzero(has < owed)
    if not len(left_out):
        return None
    found = int(left_out[weight[left_out].argmax()])
    group = np.zeros(len(ranks), dtype=np.bool_)
    group[whose[where == found]] = True
    return _told(question, quota, group, np.flatnonzero(sets[found]).tolist(), int(owed[found]), int(has[found]))


def _quotas(question: Question, weight: NDArray[np.float64], quota: str) -> NDArray[np.int64]:
    """Return how many quotas each weight holds, at most the number of seats."""
    levels = np.arange(1, question.seats + 1)
    slack = 0.0 if question.exact else RELATIVE_TOLERANCE
    if quota == "hare":
        holds = weight[:, None] * question.seats >= levels * question.total * (1 - slack)
    else:
        holds = weight[:, None] * (question.seats + 1) > levels * question.total * (1 + slack)
    return np.asarray(holds.sum(axis=1))


def _told(
    question: Question, quota: str, group: NDArray[np.bool_], alternatives: list[int], level: int, has: int
) -> Witness:
    found = question.witness(group, alternatives, level, has)
    return found if quota == "hare" else replace(found, needed=level * found.total / (question.seats + 1))
