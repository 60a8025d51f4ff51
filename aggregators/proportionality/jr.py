"""Justified representation."""

from __future__ import annotations

from aggregators.proportionality.measures import Question, Witness, approvals_of, measure

__all__ = ["justified_representation"]


@measure("jr", effort="polynomial", aliases=("justified-representation",))
def justified_representation(question: Question) -> Witness | None:
    """Look for one seat's worth of voters who approve of one alternative in common and of no member.

    With a total weight W and k seats, a seat is worth W / k.

    Parameters
    ----------
    profile : Approvals
        Approvals (n, m).
    committee : iterable of labels
        The members.
    seats, weights
        As for `aggregators.proportionality.unrepresented`.

    Returns
    -------
    Witness or None
        The heaviest such group.

    References
    ----------
    Aziz, Brill, Conitzer, Elkind, Freeman and Walsh (2017), Justified Representation in Approval-Based Committee
    Voting.

    Examples
    --------
    >>> from aggregators import Approvals
    >>> from aggregators.proportionality.jr import justified_representation
    >>> ballots = Approvals([[1, 0, 0], [0, 1, 1]], weights=[1, 1])
    >>> justified_representation(ballots, ["b", "c"]).voters
    (0,)
    """
    approved = approvals_of(question)
    without = ~approved[:, list(question.members)].any(axis=1)
    weight = (question.weights * without) @ approved
    heaviest = int(weight.argmax())
    if not question.reaches(float(weight[heaviest]), 1):
        return None
    return question.witness(without & approved[:, heaviest], [heaviest], 1, 0)
