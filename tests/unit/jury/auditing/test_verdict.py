"""The sentence that tells what was decided."""

import numpy as np

from jury.auditing import audit
from jury.auditing.verdict import decision


def test_of_many_winners_the_first_are_named(scored):
    """In twelve cases a wins five, b three, c and d one each, and two are tied: who is named first wins most."""
    winners = [[0]] * 5 + [[1]] * 3 + [[2], [3], [0, 1], [2, 3]]
    scores = np.ones((len(winners), 4, 4))
    for case, chosen in enumerate(winners):
        scores[case][:, chosen] = 5
    found = audit(scored(scores, side=list("nnss")), rules=["utilitarian"], by=(), resamples=0)
    assert decision(found) == "Of 12 cases, utilitarian gives a 5, b 3, c 1 and others 3."
    each = np.ones((4, 4, 4)) + 3 * np.eye(4)[:, None, :]
    found = audit(scored(each, side=list("nnss")), rules=["utilitarian"], by=(), resamples=0)
    assert decision(found) == "4 cases were decided, each for another alternative under utilitarian."
