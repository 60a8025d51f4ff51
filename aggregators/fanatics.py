"""What one extreme voter can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from aggregators.extremes import Extremes, decided

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aggregators.profiles import Profile

    FloatArray = NDArray[np.float64]

__all__ = ["FanaticSensitivity", "fanatic_sensitivity"]

_CELLS_AT_ONCE = 2**22


@dataclass(frozen=True, eq=False)
class FanaticSensitivity:
    """The most that one voter can do with an extreme ballot in place of the own one.

    Attributes
    ----------
    alternatives : tuple of m str
    changes : bool
        Whether some voter alone can change who wins, ties included.
    share : float
        Share of the weight of those who can, from 0 to 1; lower is more robust.
    reachable : tuple of str
        Alternatives that one voter can make win alone, who do not win alone now.
    shift : (m,) float array or None
        Largest change of each alternative's score; lower is more robust. None for a rule without scores.
    """

    alternatives: tuple[str, ...]
    changes: bool
    share: float
    reachable: tuple[str, ...]
    shift: FloatArray | None


def fanatic_sensitivity(profile: Profile, rule: str, *, scale: tuple[float, float] | None = None) -> FanaticSensitivity:
    """Return the most that one voter can change with a ballot as extreme as the form allows.

    Parameters
    ----------
    profile : Utilities, Rankings or Approvals
        The ballots.
    rule : str
        As for `aggregators.decide`.
    scale : (low, high), optional
        Ends of the scale of utilities. Default: the least and the greatest that anybody gave.

    Returns
    -------
    FanaticSensitivity
        Every voter of positive weight is tried with every ballot that is all for one alternative or all against one;
        it counts on all alternatives, also on those that the voter had no opinion on.

    Raises
    ------
    RuleError, ProfileError
        As `aggregators.decide` does; for comparisons.

    Notes
    -----
    Rules that are monotone and judge each alternative by its own utilities have their largest shift at these ballots.
    For others, such as those that look at orders, they are a search among extreme ballots and bound it from below.
    Voters with the same ballot and weight are tried once, and equal ballots are counted as one.

    References
    ----------
    Gibbard (1973), Manipulation of Voting Schemes, on what one ballot can do; Hampel (1974), The Influence Curve and
    its Role in Robust Estimation, on the largest effect of one observation.

    Examples
    --------
    >>> from aggregators import Utilities
    >>> from aggregators.fanatics import fanatic_sensitivity
    >>> jury = Utilities([[4, 3]] * 6 + [[4, 2]])
    >>> {rule: fanatic_sensitivity(jury, rule, scale=(1, 5)).changes for rule in ("utilitarian", "maximin")}
    {'utilitarian': False, 'maximin': True}
    """
    voters = _Voters.of(profile)
    beside = Extremes.of(voters.ballots, scale)
    targets = (*beside.bullets, *beside.vetoes)
    now = decided(beside.profile, rule, beside.profile.weights[None, :])
    can = np.zeros(len(voters.weight), dtype=np.bool_)
    alone = np.zeros(profile.n_alternatives, dtype=np.bool_)
    shift = None if now.scores is None else np.zeros(profile.n_alternatives)
    step = max(1, _CELLS_AT_ONCE // (len(targets) * len(beside.profile.weights)))
    for start in range(0, len(can), step):
        then = decided(beside.profile, rule, voters.turned(beside, targets, slice(start, start + step)))
        differs = (then.winner_mask != now.winner_mask).any(axis=1)
        can[start : start + step] = differs.reshape(-1, len(targets)).any(axis=1)
        alone |= then.winner_mask[then.winner_mask.sum(axis=1) == 1].any(axis=0)
        if shift is not None and then.scores is not None and now.scores is not None:
            shift = np.fmax(shift, np.nanmax(np.abs(then.scores - now.scores), axis=0, initial=0.0))
    already = now.winner_mask[0] & (now.winner_mask.sum() == 1)
    return FanaticSensitivity(
        alternatives=profile.alternatives,
        changes=bool(can.any()),
        share=float(voters.behind[can].sum() / voters.behind.sum()),
        reachable=tuple(label for label, reach in zip(profile.alternatives, alone & ~already, strict=True) if reach),
        shift=shift,
    )


@dataclass(frozen=True, eq=False)
class _Voters:
    """The voters of positive weight, those with the same ballot and the same weight together: k kinds.

    Attributes
    ----------
    ballots : Profile
        Different ballots, with the weight of all who cast them.
    ballot : (k,) int array
        The ballot of each kind.
    weight, behind, without : (k,) float arrays
        Of one voter of the kind; of all of them; and of all who cast the ballot but one voter of the kind, added up so
        that nothing is left of a ballot that nobody else cast.
    """

    ballots: Profile
    ballot: NDArray[np.intp]
    weight: FloatArray
    behind: FloatArray
    without: FloatArray

    @classmethod
    def of(cls, profile: Profile) -> _Voters:
        """Return the voters of `profile`."""
        return profile.derived(_voters, profile.weights.tobytes())

    def turned(self, beside: Extremes, targets: tuple[int, ...], kinds: slice) -> FloatArray:
        """Return (k * targets, n) weights in which one voter of each kind casts each of the `targets` instead."""
        own, weight = self.ballot[kinds], self.weight[kinds]
        weights = np.tile(beside.profile.weights, (len(own), len(targets), 1))
        weights[np.arange(len(own)), :, own] = self.without[kinds][:, None]
        weights[:, np.arange(len(targets)), targets] += weight[:, None]
        return weights.reshape(-1, weights.shape[2])


def _voters(profile: Profile, weights: bytes) -> _Voters:
    own = np.frombuffer(weights)
    first, which = profile.derived(_different)
    counted = np.flatnonzero(own > 0)
    pairs, many = np.unique(np.column_stack([which[counted], own[counted]]), axis=0, return_counts=True)
    cast, ballot = np.unique(pairs[:, 0].astype(np.intp), return_inverse=True)
    weight = pairs[:, 1]
    behind: FloatArray = weight * many
    without: FloatArray = weight * (many - 1)
    starts = np.flatnonzero(np.diff(ballot, prepend=-1))
    ends = np.append(starts[1:], len(ballot))
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if end - start > 1:  # the others are added up, as the digits of a difference might cancel
            before, after = np.cumsum(behind[start:end]), np.cumsum(behind[start:end][::-1])[::-1]
            without[start:end] += np.append(0.0, before[:-1]) + np.append(after[1:], 0.0)
    chosen = profile.select(first[cast])
    return _Voters(chosen.with_weights(np.bincount(ballot, behind)), ballot, weight, behind, without)


def _different(profile: Profile) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows at which each ballot is met first, and the ballot of each row."""
    ballots = profile._matrix  # noqa: SLF001 - a profile of the same package
    _, first, which = np.unique(ballots, axis=0, return_index=True, return_inverse=True)
    return first, which.reshape(-1)
