"""Models by two objectives: Pareto fronts, and the way that steering along trade-offs takes."""

from __future__ import annotations

import itertools

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jury.errors import MeasureError
from jury.metrics import ParetoReport
from jury.plots.paper import caption, new_figure, styles

__all__ = ["pareto_front"]

_MOST = 3  # pairs of objectives in one figure


def pareto_front(report: ParetoReport) -> Figure:
    """Draw models by every two objectives, those that none dominates filled.

    Parameters
    ----------
    report : ParetoReport
        With two objectives or more; of many, the first three pairs are drawn.

    Returns
    -------
    matplotlib.figure.Figure
        One axes a pair of objectives.

    Raises
    ------
    MeasureError
        If there is one objective only.
    """
    pairs = list(itertools.combinations(report.objectives, 2))[:_MOST]
    if not pairs:
        raise MeasureError(f"objectives={list(report.objectives)}: a front needs two")
    figure, axes = new_figure(3.4, len(pairs))
    for each, (first, second) in zip(axes, pairs, strict=True):
        _panel(each, report, first, second)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3, fontsize=7.5, frameon=False)
    every = "both objectives" if len(report.objectives) == 2 else f"all {len(report.objectives)} objectives"
    bars = f"Bars: 95 % over {report.questions} questions, each on its own. "
    note = [
        f"Filled: on the front; no other model is as good in {every} and better in one.",
        f"{bars}Cross: the reference of the hypervolume, {report.hypervolume.words()}.",
    ]
    caption(figure, note)
    return figure


def _panel(axes: Axes, report: ParetoReport, first: str, second: str) -> None:
    for (name, model), style in zip(report.models.items(), styles(len(report.models)), strict=True):
        across, up = model.scores[first], model.scores[second]
        axes.errorbar(
            across.value,
            up.value,
            xerr=_reach(across.value, across.low, across.high),
            yerr=_reach(up.value, up.low, up.high),
            color=style.colour,
            marker=style.marker,
            markersize=5,
            markerfacecolor=style.colour if model.on_front else "white",
            linewidth=0.7,
            linestyle="none",
            label=name,
        )
    if len(report.objectives) == 2:
        _staircase(axes, report, first, second)
    axes.plot(
        report.reference[first], report.reference[second], marker="+", color="0.3", markersize=8, linestyle="none"
    )
    axes.set_xlabel(_direction(report, first), fontsize=8)
    axes.set_ylabel(_direction(report, second), fontsize=8)


def _direction(report: ParetoReport, objective: str) -> str:
    return f"{objective} ({'lower' if objective in report.minimised else 'higher'} is better)"


def _staircase(axes: Axes, report: ParetoReport, first: str, second: str) -> None:
    """Draw what the front dominates as a staircase."""
    best = [report.models[name].scores for name in report.front]
    points = sorted((scores[first].value, scores[second].value) for scores in best)
    down = second not in report.minimised
    if first not in report.minimised and down and len(points) > 1:
        xs, ys = (np.array(side) for side in zip(*points, strict=True))
        axes.step(xs, ys, where="pre", color="0.5", linewidth=0.8, zorder=0)


def _reach(value: float, low: float, high: float) -> list[list[float]] | None:
    return None if np.isnan(low) else [[value - low], [high - value]]
