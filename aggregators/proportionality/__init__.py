"""Whether a committee represents every group that is large and united enough, and if not, which it leaves out.

Each measure returns a `Witness`, the group that is unrepresented, or None. From the strongest to the weakest on
approvals: core stability and EJR+ each imply EJR, which implies PJR, which implies JR.

>>> from aggregators import Approvals
>>> from aggregators.proportionality import unrepresented
>>> ballots = Approvals([[1, 1, 0], [1, 1, 0], [1, 1, 0], [0, 0, 1], [0, 0, 1], [0, 0, 1]])
>>> print(unrepresented(ballots, ["a", "b"], "jr"))
jr: voters 3, 4, 5 (50.0% of the weight) are owed 1 of 2 seats for c and have 0
>>> unrepresented(ballots, ["a", "c"], "ejr+") is None
True
"""

from aggregators.proportionality.appraisal import Appraisal, appraise
from aggregators.proportionality.core import core_stability
from aggregators.proportionality.ejr import extended_justified_representation
from aggregators.proportionality.ejr_plus import extended_justified_representation_plus
from aggregators.proportionality.jr import justified_representation
from aggregators.proportionality.local import local_stability
from aggregators.proportionality.measures import Measure, Witness, measures, unrepresented
from aggregators.proportionality.pjr import proportional_justified_representation
from aggregators.proportionality.psc import solid_coalitions

__all__ = [
    "Appraisal",
    "Measure",
    "Witness",
    "appraise",
    "core_stability",
    "extended_justified_representation",
    "extended_justified_representation_plus",
    "justified_representation",
    "local_stability",
    "measures",
    "proportional_justified_representation",
    "solid_coalitions",
    "unrepresented",
]
