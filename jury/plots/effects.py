"""Conjoint analysis: the effect of every part of a package, with its interval, by group of jurors."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from jury.errors import MeasureError
from jury.plots.paper import caption, new_figure, styles
from jury.whatif.packages import PackageFindings

__all__ = ["component_effects"]

_MOST = 7  # groups that can be told apart


def component_effects(found: PackageFindings, *, by: str | None = None) -> Figure:
    """Draw the effects of the parts of packages, a row a part.

    Parameters
    ----------
    found : PackageFindings
    by : str, optional
        Attribute of the jurors whose groups are drawn; by default the first, or everybody where there is none.

    Returns
    -------
    matplotlib.figure.Figure
        One axes: effects with intervals of 95 %, on the scale of the answers, against each attribute's first level.
    """
    chosen = next(iter(found.by_group), "") if by is None else by
    frame = found.frame[(found.frame["by"] == chosen) & found.frame["effect"].notna()]
    if frame.empty:
        raise MeasureError("plot of effects: none was found; every group has too few jurors")
    groups = list(dict.fromkeys(frame["group"]))[:_MOST]
    parts = [(name, level) for name, levels in found.everybody.levels.items() for level in levels[1:]]
    figure, (axes,) = new_figure(1.2 + 0.3 * len(parts))
    for place, (group, style) in enumerate(zip(groups, styles(len(groups)), strict=True)):
        own = frame[frame["group"] == group].set_index(["attribute", "level"]).loc[parts]
        at = np.arange(len(parts)) + 0.14 * (place - (len(groups) - 1) / 2)
        reach = own["high"].to_numpy(float) - own["effect"].to_numpy(float)
        axes.errorbar(
            own["effect"], at, xerr=reach, label=f"{group} ({own['jurors'].iloc[0]})", fmt=style.marker,
            color=style.colour, markersize=4, capsize=2, linewidth=1.2,
        )  # fmt: skip
    axes.axvline(0, color="0.4", linewidth=0.8, linestyle="--")
    firsts = {name: levels[0] for name, levels in found.everybody.levels.items()}
    axes.set_yticks(range(len(parts)), [f"{name}: {level} (not {firsts[name]})" for name, level in parts], fontsize=7.5)
    axes.set_ylim(len(parts) - 0.5, -0.5)
    axes.set_xlabel("effect on the answer; right is better liked", fontsize=8)
    axes.legend(fontsize=7.5, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    caption(figure, ["Average marginal component effects; bars: 95 % each, clustered by juror. Jurors in brackets."])
    return figure
