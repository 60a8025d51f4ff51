"""What one extreme voter can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from aggregators.extremes import Extremes, decided, moved

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
    Voters with the same ballot and weight are tried once.

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
    beside = Extremes.of(profile, scale)
    ballots, weights = profile._matrix, profile.weights  # noqa: SLF001 - a profile of the same package
    counted = np.flatnonzero(weights > 0)
    kinds = np.unique(
        np.column_stack([ballots[counted], weights[counted]]), axis=0, return_index=True, return_inverse=True
    )
    voters = counted[kinds[1]]
    behind = np.bincount(kinds[2].reshape(-1), weights[counted], minlength=len(voters))
    targets = (*beside.bullets, *beside.vetoes)
    now = decided(beside.profile, rule, beside.profile.weights[None, :])
    can = np.zeros(len(voters), dtype=np.bool_)
    alone = np.zeros(profile.n_alternatives, dtype=np.bool_)
    shift = None if now.scores is None else np.zeros(profile.n_alternatives)
    step = max(1, _CELLS_AT_ONCE // (len(targets) * len(beside.profile.weights)))
    for start in range(0, len(voters), step):
        part = voters[start : start + step]
        givers = np.repeat(part[:, None] == np.arange(profile.n_voters), len(targets), axis=0)
        then = decided(beside.profile, rule, moved(beside, givers, targets * len(part)))
        differs = (then.winner_mask != now.winner_mask).any(axis=1)
        can[start : start + step] = differs.reshape(len(part), len(targets)).any(axis=1)
        alone |= then.winner_mask[then.winner_mask.sum(axis=1) == 1].any(axis=0)
        if shift is not None and then.scores is not None and now.scores is not None:
            shift = np.fmax(shift, np.nanmax(np.abs(then.scores - now.scores), axis=0, initial=0.0))
    already = now.winner_mask[0] & (now.winner_mask.sum() == 1)
    return FanaticSensitivity(
        alternatives=profile.alternatives,
        changes=bool(can.any()),
        share=float(behind[can].sum() / behind.sum()),
        reachable=tuple(label for label, reach in zip(profile.alternatives, alone & ~already, strict=True) if reach),
        shift=shift,
    )
