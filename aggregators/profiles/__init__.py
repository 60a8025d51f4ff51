"""The ballots of one case as arrays: utilities, rankings, approvals or comparisons, with weights and groups.

A profile is checked once, when it is made, and never changes afterwards: its arrays are read-only copies.
"""

from aggregators.profiles.approvals import Approvals
from aggregators.profiles.base import Profile
from aggregators.profiles.checking import LARGEST_TOTAL, Groups, checked_weights
from aggregators.profiles.comparisons import Comparisons
from aggregators.profiles.rankings import Order, Rankings
from aggregators.profiles.triples import Triple
from aggregators.profiles.utilities import Utilities

__all__ = [
    "LARGEST_TOTAL",
    "Approvals",
    "Comparisons",
    "Groups",
    "Order",
    "Profile",
    "Rankings",
    "Triple",
    "Utilities",
    "checked_weights",
]
