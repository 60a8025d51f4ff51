"""A run, or a table of people's ratings, as one page of HTML that needs nothing else.

One file a part of the page: `opening` (verdict, belief, who was asked), `deciding` (alternatives under each rule),
`fairness` (the ballots that the page recomputes), `composition`, `validating`, `deliberating`, `whatifs`, `provenance`,
`methods`, `ballots` (of a run read by `records`); `gathering` puts them together, and `rendering` makes HTML of that
with the files under ``assets/``.
"""

from __future__ import annotations

from jury.report.gathering import document
from jury.report.options import Options
from jury.report.rendering import page

__all__ = ["Options", "document", "page"]
