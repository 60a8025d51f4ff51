"""Deliberations: how the opinions of each group go, round by round."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from jury.auditing.percase import Scale
from jury.deliberation.changes.polarising import group_means
from jury.deliberation.modelled.deliberated import Deliberation
from jury.plots.paper import caption, new_figure, styles

__all__ = ["opinion_paths"]

_MOST = 7  # lines that can be told apart
_PANELS = 4


def opinion_paths(found: Deliberation, *, by: str | None = None, case: str | None = None) -> Figure:
    """Draw the mean opinion of each group on each alternative of a case, round by round.

    Parameters
    ----------
    found : Deliberation
    by : str, optional
        An attribute; everybody together by default.
    case : str, optional
        By default the first.

    Returns
    -------
    matplotlib.figure.Figure
        One axes an alternative, at most four, a line a group; the last point is the end of the discussion.
    """
    named = case or str(found.cases["case"].iloc[0])
    table = group_means(found.panels, by)
    table = table[table["case"] == named]
    alternatives = list(dict.fromkeys(table["alternative"]))[:_PANELS]
    groups = list(dict.fromkeys(table["group"]))[:_MOST]
    figure, axes = new_figure(2.6, columns=len(alternatives))
    last = int(table["round"].max())
    for axis, alternative in zip(np.atleast_1d(np.asarray(axes)), alternatives, strict=True):
        for group, style in zip(groups, styles(len(groups)), strict=True):
            part = table[(table["group"] == group) & (table["alternative"] == alternative)]
            look: dict[str, Any] = {"color": style.colour, "marker": style.marker, "linestyle": style.line}
            axis.plot(part["round"], part["welfare"], label=group, linewidth=1.2, markersize=3, **look)
        axis.set_ylim(*Scale.of(found.panel.mode).ends)
        axis.xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
        axis.set_title(alternative, fontsize=8)
        axis.set_xlabel("round", fontsize=8)
    first = np.atleast_1d(np.asarray(axes))
    first[0].set_ylabel("mean opinion, higher is better", fontsize=8)
    if len(groups) > 1:
        first[-1].legend(fontsize=7.5, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    people = int(found.cases.set_index("case").loc[named, "people"])  # type: ignore[arg-type] # a count
    caption(
        figure,
        [
            f"{named}: {people} jurors; {found.model_words()} on {found.topology.words()}.",
            f"The last point, {last}, is the end. A model of opinion change, not a record of people.",
        ],
    )
    return figure
