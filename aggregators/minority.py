"""How groups fare: their welfare, the gap between them, what a decision costs each.

Groups come from a profile's `groups`; a group whose members gave no opinion on an alternative has NaN there,
which is not a welfare of zero. Welfare is the weighted mean utility of a group's members, compared between
groups on the scale of the utilities given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import ProfileError
from aggregators.means import mean
from aggregators.tally import Tally
from aggregators.ties import leaders

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import ArrayLike, NDArray

    from aggregators.profiles import Utilities

    FloatArray = NDArray[np.float64]

__all__ = ["Gap", "GroupWelfare", "Losses", "gap", "group_welfare", "losses", "sigma_inequity"]


@dataclass(frozen=True, eq=False)
class GroupWelfare:
    """Mean utility of each group.

    Attributes
    ----------
    labels : tuple of g str
        The groups, sorted.
    alternatives : tuple of m str
        In the order of the columns.
    welfare : (g, m) float array
        Weighted mean utility, higher is better; NaN where no member of positive weight gave an opinion.
    sizes : (g,) int array
        Number of voters.
    weights : (g,) float array
        Their total weight.
    answered : (g, m) int array
        Number of voters of positive weight behind each mean.
    """

    labels: tuple[str, ...]
    alternatives: tuple[str, ...]
    welfare: FloatArray
    sizes: NDArray[np.int64]
    weights: FloatArray
    answered: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Gap:
    """How far apart groups are on each alternative.

    Attributes
    ----------
    majority : str
        The group of greatest weight; of several, the first in the order of labels.
    majority_gap : (m,) float array
        Its welfare minus that of everyone else taken together. Positive: the alternative suits the majority
        better. NaN when either side gave no opinion.
    spread : (m,) float array
        Best-off minus worst-off group; lower is more equal, 0 is equal.
    worst_group : tuple of m (str or None)
        The group that fares worst under each alternative; of several, the first.
    worst : (m,) float array
        Its welfare, higher is better.
    """

    majority: str
    majority_gap: FloatArray
    spread: FloatArray
    worst_group: tuple[str | None, ...]
    worst: FloatArray


@dataclass(frozen=True, eq=False)
class Losses:
    """What a decision costs each group against the decision it would have taken.

    Attributes
    ----------
    labels : tuple of g str
        The groups, sorted.
    favourites : tuple of g tuples of str
        Each group's best alternatives by mean utility, every tied one; empty for a group without opinions.
    regret : (g,) float array
        Welfare of its favourites minus its mean welfare over the winners. Lower is better, 0 is none; NaN
        when the group gave no opinion on a winner.
    loses : (g,) bool array
        Whether none of its favourites is among the winners. False for a group without opinions.
    """

    labels: tuple[str, ...]
    favourites: tuple[tuple[str, ...], ...]
    regret: FloatArray
    loses: NDArray[np.bool_]


def group_welfare(profile: Utilities, by: str = "group") -> GroupWelfare:
    """Return the mean utility of each group for each alternative.

    Parameters
    ----------
    profile : Utilities
        With the attribute `by` among its groups.
    by : str
        The attribute.

    Raises
    ------
    ProfileError
        If the profile has no such attribute.

    Examples
    --------
    >>> from aggregators import Utilities
    >>> from aggregators.minority import group_welfare
    >>> jury = Utilities([[4, 0], [2, 0], [0, 3]], groups=["north", "north", "south"])
    >>> group_welfare(jury).welfare
    array([[3., 0.],
           [0., 3.]])
    """
    if by not in profile.groups:
        known = ", ".join(profile.groups) or "none"
        raise ProfileError(f"by={by!r} is not an attribute of the voters; groups has: {known}")
    labels, member = np.unique(profile.groups[by], return_inverse=True)
    belongs = member == np.arange(len(labels))[:, None]
    weights = np.where(belongs, profile.weights, 0.0)
    return GroupWelfare(
        labels=tuple(labels.tolist()),
        alternatives=profile.alternatives,
        welfare=mean(profile.values, weights),
        sizes=belongs.sum(axis=1),
        weights=weights.sum(axis=1),
        answered=(weights > 0).astype(np.int64) @ profile.opinions,
    )


def gap(profile: Utilities, by: str = "group") -> Gap:
    """Compare the groups on each alternative: the majority with the rest, the best-off with the worst-off.

    Parameters
    ----------
    profile : Utilities
        With the attribute `by` among its groups.
    by : str
        The attribute.

    Raises
    ------
    ProfileError
        If the profile has no such attribute.

    Examples
    --------
    >>> from aggregators import Utilities
    >>> from aggregators.minority import gap
    >>> found = gap(Utilities([[4, 0], [2, 0], [0, 3]], groups=["north", "north", "south"]))
    >>> found.majority, found.majority_gap, found.worst_group
    ('north', array([ 3., -3.]), ('south', 'north'))
    """
    groups = group_welfare(profile, by)
    largest = int(groups.weights.argmax())
    inside = profile.groups[by] == groups.labels[largest]
    rest = mean(profile.values, np.where(inside, 0.0, profile.weights)[None, :])[0]
    known = ~np.isnan(groups.welfare)
    heard = np.asarray(known.any(axis=0))
    lowest = np.where(known, groups.welfare, np.inf)
    highest = np.where(known, groups.welfare, -np.inf).max(axis=0)
    worst = np.where(heard, lowest.min(axis=0), np.nan)
    at = lowest.argmin(axis=0)
    return Gap(
        majority=groups.labels[largest],
        majority_gap=groups.welfare[largest] - rest,
        spread=np.where(heard, highest, np.nan) - worst,
        worst_group=tuple(groups.labels[g] if ok else None for g, ok in zip(at, heard, strict=True)),
        worst=worst,
    )


def losses(profile: Utilities, winners: Iterable[str], by: str = "group") -> Losses:
    """Return what a decision costs each group.

    Parameters
    ----------
    profile : Utilities
        With the attribute `by` among its groups.
    winners : iterable of str
        The tied winners of the decision, for instance ``decide(profile, "nash").winners``.
    by : str
        The attribute.

    Raises
    ------
    ProfileError
        If the profile has no such attribute, or `winners` is empty or names something else.

    Examples
    --------
    >>> from aggregators import Utilities, decide
    >>> from aggregators.minority import losses
    >>> jury = Utilities([[4, 0], [2, 0], [0, 3]], groups=["north", "north", "south"])
    >>> found = losses(jury, decide(jury, "utilitarian").winners)
    >>> dict(zip(found.labels, found.regret.tolist()))
    {'north': 0.0, 'south': 3.0}
    """
    won = [profile.index(label) for label in winners]
    if not won:
        raise ProfileError("winners=() names nobody; losses are against a decision that was taken")
    groups = group_welfare(profile, by)
    known = ~np.isnan(groups.welfare)
    belongs = profile.groups[by] == np.array(groups.labels)[:, None]
    scale = mean(np.abs(profile.values), np.where(belongs, profile.weights, 0.0))
    best = leaders(Tally(scores=groups.welfare, scale=scale), known)
    heard = np.asarray(known.any(axis=1))
    top = np.where(heard, np.where(known, groups.welfare, -np.inf).max(axis=1), np.nan)
    return Losses(
        labels=groups.labels,
        favourites=tuple(
            tuple(label for label, is_best in zip(profile.alternatives, row, strict=True) if is_best) for row in best
        ),
        regret=top - groups.welfare[:, won].mean(axis=1),
        loses=heard & ~best[:, won].any(axis=1),
    )


def sigma_inequity(figures: Mapping[str, ArrayLike]) -> float:
    """Return how unequally groups are served: the standard deviation between groups, averaged over attributes.

    Parameters
    ----------
    figures : mapping of str to (g,) array_like
        Attribute -> one figure a group, such as its accuracy or the share of cases that it won; NaN is left out.
        Groups count alike, however large they are.

    Returns
    -------
    float
        Lower is more equal, 0 is equal. An attribute with fewer than two groups is left out; NaN if none is left.

    Notes
    -----
    The standard deviation of the groups as they are, divided by their number. Small groups are noisy, and noise alone
    makes this index positive: compare it with groups dealt by lot.

    References
    ----------
    Jiang, Sorensen, Levine and Choi (2024), Can Language Models Reason about Individualistic Human Values and
    Preferences? (arXiv 2410.03868), the Value Inequity Index.

    Examples
    --------
    >>> from aggregators.minority import sigma_inequity
    >>> round(sigma_inequity({"sex": [0.5, 0.7], "age": [0.6, 0.6, 0.6], "planet": [0.6]}), 3)
    0.05
    """
    spreads = []
    for given in figures.values():
        known = np.asarray(given, dtype=np.float64)
        known = known[~np.isnan(known)]
        if len(known) > 1:
            spreads.append(float(known.std()))
    return float(np.mean(spreads)) if spreads else float("nan")
