"""Local stability."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np

from aggregators.options import one_of
from aggregators.profiles import Rankings
from aggregators.proportionality.measures import Question, Witness, measure
from aggregators.ties import RELATIVE_TOLERANCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["local_stability"]

_QUOTAS = ("droop", "hare")


@measure("local", reads=Rankings, effort="polynomial", aliases=("local-stability",))
def local_stability(question: Question, quota: str = "droop") -> Witness | None:
    """Look for one quota of voters who all prefer one and the same alternative to every member.

    Parameters
    ----------
    profile : Rankings
        Rankings (n, m). Unranked alternatives are below all ranked ones; voters who rank nobody do not count.
    committee : iterable of labels
        The members.
    seats, weights
        As for `aggregators.proportionality.unrepresented`.
    quota : {"droop", "hare"}
        With a total weight V of those who rank somebody and k seats: more than V / (k + 1), or more than V / k. With
        one seat, Droop asks whether a majority would rather have another alternative.

    Returns
    -------
    Witness or None
        The heaviest such group for any alternative.

    Raises
    ------
    RuleError
        If there is no such quota.

    Notes
    -----
    With Hare's quota a committee W is stable if k times the largest share that prefers an alternative outside to all
    of W is at most 1.

    References
    ----------
    Aziz, Elkind, Faliszewski, Lackner and Skowron (2017), The Condorcet Principle for Multiwinner Elections: From
    Shortlisting to Proportionality; Jiang, Munagala and Wang (2020), Approximately Stable Committee Selection.

    Examples
    --------
    >>> from aggregators import Rankings
    >>> from aggregators.proportionality.local import local_stability
    >>> votes = Rankings.from_orders([("a", "b", "c"), ("b", "c", "a"), ("c", "b", "a")], weights=[4, 3, 2])
    >>> print(local_stability(votes, ["a"]))
    local: voters 1, 2 (55.6% of the weight of those who rank somebody) are owed 1 of 1 seats for b and have 0
    """
    one_of("local", "quota", quota, _QUOTAS)
    ranks = cast("Rankings", question.profile).ranks[question.rows]
    places = np.where(ranks > 0, ranks, ranks.shape[1] + 1)
    prefer: NDArray[np.bool_] = places < places[:, list(question.members)].min(axis=1, keepdims=True)
    weight = question.weights @ prefer
    parts = question.seats + (quota == "droop")
    heaviest = int(weight.argmax())
    slack = 0.0 if question.exact else RELATIVE_TOLERANCE
    if not weight[heaviest] * parts > question.total * (1 + slack):
        return None
    found = question.witness(prefer[:, heaviest], [heaviest], 1, 0)
    return replace(found, needed=found.total / parts)
