"""Extended justified representation, strengthened (EJR+)."""

from __future__ import annotations

import numpy as np

from aggregators.proportionality.measures import Question, Witness, approvals_of, measure

__all__ = ["extended_justified_representation_plus"]


@measure("ejr+", effort="polynomial", aliases=("ejr-plus",))
def extended_justified_representation_plus(question: Question) -> Witness | None:
    """Look for l seats' worth of voters who approve of one alternative outside, and each of fewer than l members.

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
        The heaviest such group for the least l.

    References
    ----------
    Brill and Peters (2023), Robust and Verifiable Proportionality Axioms for Multiwinner Voting.

    Examples
    --------
    >>> from aggregators import Approvals
    >>> from aggregators.proportionality.ejr_plus import extended_justified_representation_plus
    >>> ballots = Approvals([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 1], [0, 0, 0, 1]])
    >>> extended_justified_representation_plus(ballots, ["a", "c", "d"], seats=4).alternatives
    ('b',)
    """
    approved = approvals_of(question)
    held = approved[:, list(question.members)].sum(axis=1)
    outside = np.ones(approved.shape[1], dtype=np.bool_)
    outside[list(question.members)] = False
    for level in range(1, question.seats + 1):
        poor = held < level
        weight = np.where(outside, (question.weights * poor) @ approved, -1.0)
        heaviest = int(weight.argmax())
        if weight[heaviest] > 0 and question.reaches(float(weight[heaviest]), level):
            group = poor & approved[:, heaviest]
            return question.witness(group, [heaviest], level, int(held[group].max()))
    return None
