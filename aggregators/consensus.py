"""What every group agrees with: the group-informed consensus of Polis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import ProfileError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aggregators.profiles import Utilities

    FloatArray = NDArray[np.float64]

__all__ = ["group_informed_consensus"]


def group_informed_consensus(
    profile: Utilities, by: str = "group", *, agrees_above: float, per_group: bool = False
) -> FloatArray:
    """Return how probable it is that every group agrees with an alternative.

    Parameters
    ----------
    profile : Utilities
        With the attribute `by` among its groups. Who has an opinion on an alternative has voted on it.
    by : str
        The attribute.
    agrees_above : float
        Utility above which a voter agrees; what is not above, a pass among it, does not. For Polis votes of 1, 0 and
        -1 it is 0.
    per_group : bool
        Return the geometric mean over groups instead of the product, which falls with the number of groups.

    Returns
    -------
    (m,) float array
        The product over groups of (A + 1) / (S + 2), with A who agree and S who voted: higher is more consensus. A
        group without votes has 1/2. A voter of weight w counts as w voters, so the size of weights matters.

    Raises
    ------
    ProfileError
        If the profile has no such attribute, or `agrees_above` is no number.

    Notes
    -----
    Validation: A, S and the pseudo-counts are those of the field ``group-aware-consensus`` in Polis's
    ``math/src/polismath/math/conversation.clj``, where S counts all who saw and voted, passes included.

    References
    ----------
    Small, Björkegren, Erkkilä, Shaw and Megill (2021), Polis: Scaling Deliberation by Mapping High Dimensional Opinion
    Spaces.

    Examples
    --------
    >>> from aggregators import Utilities
    >>> from aggregators.consensus import group_informed_consensus
    >>> votes = Utilities([[1, 1], [1, 1], [1, -1], [1, 0]], groups=["north", "north", "south", "south"])
    >>> group_informed_consensus(votes, agrees_above=0)
    array([0.5625, 0.1875])
    """
    if by not in profile.groups:
        known = ", ".join(profile.groups) or "none"
        raise ProfileError(f"by={by!r} is not an attribute of the voters; groups has: {known}")
    if np.isnan(agrees_above):
        raise ProfileError("agrees_above=nan is no utility; give the one above which a voter agrees")
    labels, member = np.unique(profile.groups[by], return_inverse=True)
    mass = np.where(member == np.arange(len(labels))[:, None], profile.weights, 0.0)
    agree = mass @ np.greater(profile.values, agrees_above).astype(np.float64)
    saw = mass @ profile.opinions.astype(np.float64)
    logs = np.log((agree + 1) / (saw + 2))
    return np.asarray(np.exp(logs.mean(axis=0) if per_group else logs.sum(axis=0)))
