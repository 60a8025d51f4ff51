"""Rules with a bug that somebody could have written, each to be found out by an axiom.

They show that the search works: whoever mends it or an axiom learns whether each bug is still found.

>>> from aggregators.axioms import search
>>> from aggregators.axioms.faults import faults
>>> fault = faults["alphabetical_borda"]
>>> fault.bug
'Borda count that breaks ties by the alphabet'
>>> search(fault.rule, fault.axiom).status
'violated'
"""

from aggregators.axioms.faults.base import Fault, fault, faults

__all__ = ["Fault", "fault", "faults"]
