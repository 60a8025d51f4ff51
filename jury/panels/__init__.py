"""Human juries from public data: what raters said of items, with who they are, as panels like those of a simulated run.

>>> sorted(readers)
['crehate', 'crehate-labels', 'lewidi', 'polis', 'table']
"""

from __future__ import annotations

from jury.panels.base import read_panel, readers
from jury.panels.summary import GroupsAgree, agreement, groups_agree, mean_utility

__all__ = ["GroupsAgree", "agreement", "groups_agree", "mean_utility", "read_panel", "readers"]
