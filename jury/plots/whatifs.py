"""What-ifs: how a verdict's chance moves along a sweep, and where it tips."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from jury.errors import MeasureError
from jury.plots.paper import caption, new_figure, styles
from jury.whatif import Sweep, TippingPoint

__all__ = ["sweep_curves", "tipping_points"]

_MOST = 7  # lines that can be told apart


def sweep_curves(found: Sweep, *, case: str | None = None) -> Figure:
    """Draw the chance of the baseline's verdict along the first key that has several values, a line a combination.

    Parameters
    ----------
    found : Sweep
    case : str, optional
        By default the first.

    Returns
    -------
    matplotlib.figure.Figure
        One axes: chances with intervals of 95 %, the baseline's dashed.
    """
    frame = found.frame[found.frame["case"] == (case or found.frame["case"].iloc[0])]
    several = [key for key in found.keys if len(set(frame[key].astype(str))) > 1]
    if not several:
        raise MeasureError("plot of a sweep: no key has several values; vary one")
    along, others = several[0], several[1:]
    frame = frame.assign(line=[_line(row, others) for row in frame.to_dict("records")])
    lines = list(dict.fromkeys(frame["line"]))[:_MOST]
    figure, (axes,) = new_figure(3.3)
    labels = [_text(value) for value in dict.fromkeys(frame[along])]
    numeric = all(isinstance(value, int | float | np.number) and value == value for value in frame[along])
    for place, (line, style) in enumerate(zip(lines, styles(len(lines)), strict=True)):
        part = frame[(frame["line"] == line) & (frame["note"] == "")]
        at = part[along].astype(float) if numeric else np.array([labels.index(_text(value)) for value in part[along]])
        at = at + (0 if numeric or len(lines) == 1 else 0.12 * (place - (len(lines) - 1) / 2))
        reach = np.abs(part[["chance_low", "chance_high"]].to_numpy(float).T - part["chance"].to_numpy(float))
        look: dict[str, Any] = {"color": style.colour, "marker": style.marker}
        look["linestyle"] = style.line if numeric else "none"
        axes.errorbar(
            at, part["chance"], yerr=reach, label=line or None, linewidth=1.2, markersize=4, capsize=2, **look
        )
    if not numeric:
        axes.set_xticks(range(len(labels)), labels)
    base = found.at_baseline[found.at_baseline["case"] == frame["case"].iloc[0]].iloc[0]
    axes.axhline(float(base["chance"]), color="0.4", linewidth=0.8, linestyle="--")
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlabel(along, fontsize=8)
    axes.set_ylabel(f"chance that the verdict is {base['followed']}", fontsize=8)
    if others:
        axes.legend(fontsize=7.5, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    left = int((frame["note"] != "").sum())
    caption(
        figure,
        [
            f"{base['case']}: {base['heard']} jurors; dashed: the baseline ({found.baseline.rule}). Bars: 95 %.",
            "Ballots as they were cast, counted again; no new ballot.",
            f"{left} cells rest on too few jurors and are left out." if left else "",
        ],
    )
    return figure


def tipping_points(found: Sequence[TippingPoint]) -> Figure:
    """Draw where verdicts flip, a row a case, with intervals and the present value.

    Parameters
    ----------
    found : sequence of TippingPoint
        Of one key.

    Returns
    -------
    matplotlib.figure.Figure
        One axes; cases whose verdict never flips have a cross at the end of the range.
    """
    some = [each for each in found if not each.note]
    if not some:
        raise MeasureError("plot of tipping points: none was found; every case rests on too few jurors")
    figure, (axes,) = new_figure(1.2 + 0.3 * len(some))
    start, end = some[0].start, some[0].end
    for row, each in enumerate(some):
        low, high = max(each.low, start), min(each.high, end)
        axes.plot([low, high], [row, row], color="#0072B2", linewidth=1.5)
        flips = np.isfinite(each.value)
        axes.plot(each.value if flips else end, row, "o" if flips else "x", color="#0072B2", markersize=5)
        if each.present is not None:
            axes.plot(each.present, row, "|", color="black", markersize=10)
        told = f"{each.before} → {each.after}" if flips else f"{each.before}, no flip"
        axes.annotate(told, (end, row), xytext=(6, 0), textcoords="offset points", va="center", fontsize=7.5)
    axes.set_yticks(range(len(some)), [each.case for each in some])
    axes.set_ylim(len(some) - 0.5, -0.5)
    axes.set_xlim(start, end)
    axes.set_xlabel(f"{some[0].key}: from here on the verdict is another", fontsize=8)
    caption(
        figure,
        [
            f"Bars: 95 % of {some[0].resamples} bootstraps of the jurors, cut at the range.",
            "Stroke: the value as it is. Crosses: no flip in the range.",
        ],
    )
    return figure


def _line(row: dict[Any, Any], keys: Sequence[str]) -> str:
    return ", ".join(f"{key}={_text(row[key])}" for key in keys)


def _text(value: object) -> str:
    if value is None or value != value:
        return "all"
    return f"{value:g}" if isinstance(value, float) else str(value)
