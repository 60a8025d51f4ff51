"""Ask for a decision by the rule's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from aggregators.errors import RuleError
from aggregators.rulebook import CommitteeRule, DecisionRule, parse_rule

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

    from aggregators.outcome import BatchOutcome, CommitteeOutcome, Outcome
    from aggregators.profiles import Profile
    from aggregators.ties import TieBreak

__all__ = ["decide", "elect"]


@overload
def decide(
    profile: Profile,
    rule: str,
    *,
    weights: None = None,
    tie_break: TieBreak = "none",
    rng: np.random.Generator | None = None,
    **parameters: object,
) -> Outcome: ...


@overload
def decide(
    profile: Profile,
    rule: str,
    *,
    weights: ArrayLike,
    tie_break: TieBreak = "none",
    rng: np.random.Generator | None = None,
    **parameters: object,
) -> Outcome | BatchOutcome: ...


def decide(
    profile: Profile,
    rule: str,
    *,
    weights: ArrayLike | None = None,
    tie_break: TieBreak = "none",
    rng: np.random.Generator | None = None,
    **parameters: object,
) -> Outcome | BatchOutcome:
    """Decide a profile by a welfare function, voting rule or verdict.

    Parameters
    ----------
    profile : Utilities, Rankings, Approvals or Comparisons
        The ballots. A rule that reads rankings takes utilities too, by their order, and comparisons if pairwise counts
        are all that it needs; a rule that reads approvals takes utilities with ``threshold=...``.
    rule : str
        Name or alias of a registered rule, with parameters if wanted: ``"isoelastic:alpha=2"``.
    weights : (n,) or (b, n) array_like, optional
        Instead of the profile's own. Two dimensions give b outcomes at once.
    tie_break : {"none", "lexicographic", "random"}
        ``"none"`` returns every tied winner. The others pick one, and order the ranking strictly:
        ``"lexicographic"`` by the order of the alternatives, ``"random"`` with `rng`.
    rng : numpy.random.Generator, optional
        Needed for ``"random"``.
    **parameters
        Parameters of the rule; they override those in the text.

    Returns
    -------
    Outcome or BatchOutcome
        The latter for weights of two dimensions.

    Raises
    ------
    RuleError
        If the rule, a parameter or the tie-break is unknown, or the rule cannot read these ballots.
    ProfileError
        If the weights do not fit.

    Examples
    --------
    >>> from aggregators import Utilities, decide
    >>> jury = Utilities([[4, 2], [4, 2], [1, 2]])
    >>> print(decide(jury, "utilitarian"))
    utilitarian: a (3) > b (2)
    >>> decide(jury, "maximin").winners
    ('b',)
    >>> decide(jury, "utilitarian", weights=[[1, 1, 1], [0, 0, 1]]).winner_mask
    array([[ True, False],
           [False,  True]])
    """
    found, written = parse_rule(rule)
    if not isinstance(found, DecisionRule):
        raise RuleError(f"{found.name!r} elects committees; call elect(profile, {found.name!r}, seats=...)")
    return found(profile, weights, tie_break=tie_break, rng=rng, **(written | parameters))


def elect(
    profile: Profile,
    rule: str,
    *,
    seats: int,
    weights: ArrayLike | None = None,
    tie_break: TieBreak = "none",
    rng: np.random.Generator | None = None,
    **parameters: object,
) -> CommitteeOutcome:
    """Elect committees of a given size.

    Parameters
    ----------
    profile : Approvals or Utilities
        The ballots; utilities need ``threshold=...``.
    rule : str
        Name or alias of a registered committee rule, with parameters if wanted.
    seats : int
        Size of the committee.
    weights : (n,) array_like, optional
        Instead of the profile's own.
    tie_break : {"none", "lexicographic", "random"}
        ``"none"`` returns every tied committee. The others pick one alternative wherever some tie.
    rng : numpy.random.Generator, optional
        Needed for ``"random"``.
    **parameters
        Parameters of the rule; they override those in the text.

    Raises
    ------
    RuleError
        If the rule, a parameter or the tie-break is unknown, or the rule cannot read these ballots.
    ProfileError
        If the weights do not fit.

    Examples
    --------
    >>> from aggregators import Approvals, elect
    >>> ballots = Approvals([[1, 1, 0], [1, 1, 0], [0, 0, 1]], weights=[2, 1, 2])
    >>> [sorted(committee) for committee in elect(ballots, "seqpav", seats=2).committees]
    [['a', 'c'], ['b', 'c']]
    """
    found, written = parse_rule(rule)
    if not isinstance(found, CommitteeRule):
        raise RuleError(f"{found.name!r} elects no committee; call decide(profile, {found.name!r})")
    return found(profile, seats, weights, tie_break=tie_break, rng=rng, **(written | parameters))
