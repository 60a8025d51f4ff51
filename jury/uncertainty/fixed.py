"""What a design held fixed, so that nobody knows what it adds, with the remedy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jury.panel import Panel
from jury.uncertainty.responses import Responses

__all__ = ["held_fixed"]


def held_fixed(panel: Panel, table: Responses) -> Sequence[str]:
    """Return what was the same throughout, so that nobody knows what it adds."""
    simulated = panel.drawn is not None
    notes = []
    if not table.replicated:
        remedy = "set elicitation: {replicates: 2} or more" if simulated else "have people asked twice"
        notes.append(f"Everybody was asked once: what a juror thinks and what one reply adds are one; {remedy}.")
    if len(np.unique(table.cases)) < 2:
        notes.append("There is one case: nothing can be said about other cases; ask about more.")
    if simulated:
        if "position" not in table.facets:
            notes.append(
                "The order of the alternatives was fixed: what it adds is in the alternatives' own figures; set "
                "elicitation: {order: counterbalanced}."
            )
        if "label" not in table.facets:
            notes.append(
                "Labels went with places: what a label adds is counted as the place's; set elicitation: "
                "{labels: varied}."
            )
        if panel.wordings < 2:
            notes.append(
                "Personas had one wording each: what it adds is in the jurors' own figures; set "
                "persona: {variants: 2}, elicitation: {replicates: 4}."
            )
        elif not table.replicated or not table.repeats("wording"):
            notes.append(
                "Each wording of a persona was asked once: what it adds is in the single reply; ask for twice as many "
                "replicates as wordings."
            )
        if "variant" not in table.facets:
            notes.append(
                "Cases had one wording each: what it adds is in the alternatives' own figures; add cases with "
                "variant_of."
            )
    return notes
