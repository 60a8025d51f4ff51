"""Whether a group decided: what would have been chosen without it, and had it voted as one.

This looks at the ballots that were cast. How often a group of its weight decides whatever people think is what
`aggregators.power` tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import ProfileError
from aggregators.extremes import Extremes, decided, moved
from aggregators.fates import standing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aggregators.profiles import Profile, Utilities

    BoolArray = NDArray[np.bool_]

__all__ = ["Pivotality", "decided_without", "pivotality"]


@dataclass(frozen=True, eq=False)
class Pivotality:
    """Which groups decided.

    Attributes
    ----------
    labels : tuple of g str
        The groups, sorted.
    alternatives : tuple of m str
    winners : (m,) bool array
        Who won.
    without : (g, m) bool array
        Who would have won had the group abstained; nobody where nobody else voted.
    united : (g, m) bool array
        Who would have won had all of the group cast the ballot that is all for its favourite; of several tied ones, who
        would have won with any of them. Nobody, if it has none.
    pivotal : (g,) bool array
        Whether abstaining changes who wins, ties included.
    held_back : (g,) bool array
        Whether the group loses as it voted, and would have had its favourite among the winners as one.
    """

    labels: tuple[str, ...]
    alternatives: tuple[str, ...]
    winners: BoolArray
    without: BoolArray
    united: BoolArray
    pivotal: BoolArray
    held_back: BoolArray


def pivotality(
    profile: Profile,
    rule: str,
    utilities: Utilities,
    by: str = "group",
    *,
    scale: tuple[float, float] | None = None,
) -> Pivotality:
    """Return which groups decided under a rule.

    Parameters
    ----------
    profile : Utilities, Rankings or Approvals
        The ballots that the rule reads, with the attribute `by` among their groups.
    rule : str
        As for `aggregators.decide`.
    utilities : Utilities
        The same voters' utilities, from which a group's favourite is taken; `profile` itself if it is utilities.
    by : str
        The attribute.
    scale : (low, high), optional
        Ends of the scale of utilities. Default: the least and the greatest that anybody gave.

    Raises
    ------
    ProfileError
        If the profile has no such attribute, the voters are not the same, or it holds comparisons.
    RuleError
        As `aggregators.decide` does.

    References
    ----------
    Gelman, Katz and Tuerlinckx (2002), The Mathematics and Statistics of Voting Power, on power with real opinions.

    Examples
    --------
    >>> from aggregators import Utilities
    >>> from aggregators.pivotality import pivotality
    >>> jury = Utilities([[5, 1], [5, 1], [1, 5], [2, 4]], groups=["n", "n", "s", "s"])
    >>> found = pivotality(jury, "utilitarian", jury, scale=(1, 5))
    >>> dict(zip(found.labels, found.pivotal.tolist())), dict(zip(found.labels, found.held_back.tolist()))
    ({'n': True, 's': False}, {'n': False, 's': True})
    """
    if by not in profile.groups:
        known = ", ".join(profile.groups) or "none"
        raise ProfileError(f"by={by!r} is not an attribute of the voters; groups has: {known}")
    if utilities.n_voters != profile.n_voters or utilities.alternatives != profile.alternatives:
        raise ProfileError(
            f"utilities={utilities!r} are not of the voters of {profile!r}; give the same voters and alternatives"
        )
    labels, member = np.unique(profile.groups[by], return_inverse=True)
    belongs: BoolArray = np.equal.outer(np.arange(len(labels)), member)
    favourites = standing(utilities.values, profile.weights[None, :], belongs).favourites[0]
    winners, without, united = decided_without(profile, rule, belongs, favourites, scale=scale)
    return Pivotality(
        labels=tuple(labels.tolist()),
        alternatives=profile.alternatives,
        winners=winners,
        without=without,
        united=united,
        pivotal=(without != winners).any(axis=1),
        held_back=~(favourites & winners).any(axis=1) & (favourites & united).any(axis=1),
    )


def decided_without(
    profile: Profile,
    rule: str,
    member: BoolArray,
    favourites: BoolArray,
    *,
    scale: tuple[float, float] | None = None,
) -> tuple[BoolArray, BoolArray, BoolArray]:
    """Return what would have been decided without groups, and with each as one; groups may overlap.

    Parameters
    ----------
    profile, rule, scale
        As for `pivotality`.
    member : (g, n) bool array
        Who belongs to each group.
    favourites : (g, m) bool array
        Of each group, every tied one.

    Returns
    -------
    winners, without, united : (m,), (g, m) and (g, m) bool arrays
        As in `Pivotality`.
    """
    beside = Extremes.of(profile, scale)
    group, favourite = np.nonzero(favourites)
    weights = np.concatenate(
        [
            beside.profile.weights[None, :],
            moved(beside, member, [None] * len(member)),
            moved(beside, member[group], [beside.bullets[column] for column in favourite.tolist()]),
        ]
    )
    votes: BoolArray = np.asarray(weights.sum(axis=1) > 0)
    won = np.zeros((len(weights), profile.n_alternatives), dtype=np.bool_)
    won[votes] = decided(beside.profile, rule, weights[votes]).winner_mask
    winners, without = won[0], won[1 : 1 + len(member)]
    united = np.zeros_like(without)
    np.logical_or.at(united, group, won[1 + len(member) :])
    return winners, without, united
