"""Who lost: what each rule decided, what that means for each group, and how sure that is.

The same code reads a simulated run and a table of human ratings.

One file a question: `rules` (which rules can decide), `hearing` (the ballots of a case), `membership` (who belongs
where), `figures` (how groups fare), `redrawing`, `intervals` and `lots` (how sure that is), `coalitions` (who would
rather have something else), `percase` (pivots, fanatics, polarisation, consensus, scales), `tables` and `record` (what
comes out), `summary` and `verdict` (the same in few numbers, and in sentences), `conduct` (the audit itself).
"""

from jury.auditing.conduct import RESAMPLES, audit
from jury.auditing.hearing import Unit
from jury.auditing.membership import FEW
from jury.auditing.record import TABLES, Audit
from jury.auditing.rules import check_rules, readable

__all__ = ["FEW", "RESAMPLES", "TABLES", "Audit", "Unit", "audit", "check_rules", "readable"]
