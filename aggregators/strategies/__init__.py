"""Hypothesis strategies for profiles, to test rules and whatever is built on them.

Anything goes: `utilities`, `rankings`, `approvals`, `comparisons`, `weights`, and `populations_with_groups`, some of
them a minority.
Statistical cultures, in which voters have something in common: `impartial`, `mallows`, `urn`, `single_peaked`,
`euclidean`, `polarised`.

Everything shrinks towards few voters and alternatives, equal weights, small whole numbers, and voters who all rank
a over b over c. Hypothesis looks for failures and draws no fair samples: a culture's frequencies are roughly right,
to steer it, and not meant for statistics.

>>> from hypothesis import given
>>> from aggregators import decide
>>> from aggregators.strategies import single_peaked, utilities
>>> @given(utilities(low=0, missing=True))
... def test_somebody_rated_the_winner(profile):
...     outcome = decide(profile, "utilitarian")
...     assert not set(outcome.winners) & set(outcome.unscored)
>>> test_somebody_rated_the_winner()
>>> @given(single_peaked(min_voters=3, max_voters=3))
... def test_there_is_no_cycle(profile):
...     assert len(decide(profile, "smith").winners) == 1
>>> test_there_is_no_cycle()
"""

from aggregators.strategies.cultures import (
    Shape,
    euclidean,
    impartial,
    mallows,
    polarised,
    single_peaked,
    urn,
)
from aggregators.strategies.populations import populations_with_groups
from aggregators.strategies.profiles import approvals, comparisons, rankings, utilities, weights

__all__ = [
    "Shape",
    "approvals",
    "comparisons",
    "euclidean",
    "impartial",
    "mallows",
    "polarised",
    "populations_with_groups",
    "rankings",
    "single_peaked",
    "urn",
    "utilities",
    "weights",
]
