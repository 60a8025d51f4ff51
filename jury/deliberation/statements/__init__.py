"""Statements for a whole jury: written by a moderator, ranked and criticised by the jurors.

The protocol is that of the Habermas Machine, with one difference: which candidate wins is decided by the rankings that
the simulated jurors give, not by a model of what they would prefer.

References
----------
Tessler et al. (2024), AI can help humans find common ground in democratic deliberation. Science 386, eadq2852.
"""

from __future__ import annotations

from jury.deliberation.statements.critique import CritiquePlan
from jury.deliberation.statements.drafting import DraftPlan
from jury.deliberation.statements.ranking import RankingPlan

__all__ = ["CritiquePlan", "DraftPlan", "RankingPlan"]
