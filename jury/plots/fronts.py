"""Models by two objectives: Pareto fronts, and the way that steering along trade-offs takes."""

from __future__ import annotations

import itertools
import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jury.errors import MeasureError
from jury.metrics import ParetoReport, TradeoffSteering
from jury.plots.paper import COLOURS, caption, new_figure, styles

__all__ = ["pareto_front", "tradeoff_path"]

_MOST = 3  # pairs of objectives in one figure
_LABEL = 32  # characters of an axis label that fit beside those of the next axes


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


def tradeoff_path(steered: TradeoffSteering, *, model: str) -> Figure:
    """Draw where a model went when it was steered along a family of trade-offs between two objectives.

    Parameters
    ----------
    steered : TradeoffSteering
        With two objectives; of more, the first two are drawn.
    model : str

    Returns
    -------
    matplotlib.figure.Figure
        Two axes: achieved in both objectives, in the order of the family; and achieved against requested place in it.
    """
    first, second = steered.objectives[:2]
    points = np.array([[one.achieved[first], one.achieved[second]] for one in steered.steered.values()])
    figure, (left, right) = new_figure(3.2, 2)
    left.plot(points[:, 0], points[:, 1], color=COLOURS[0], linewidth=1, zorder=1)
    left.scatter(points[:, 0], points[:, 1], c=np.arange(len(points)), cmap="cividis", edgecolors="black", zorder=2)
    for place in (0, len(points) - 1):  # both ends; those between are often too close to be named
        left.annotate(str(place + 1), points[place], textcoords="offset points", xytext=(5, 5), fontsize=8)
    left.plot(steered.reference[first], steered.reference[second], "+", color="0.3", markersize=8)
    left.set_xlabel(f"{first} (higher is better)", fontsize=8)
    left.set_ylabel(f"{second} (higher is better)", fontsize=8)
    places = range(1, len(points) + 1)
    for column, (name, style) in enumerate(zip((first, second), styles(2), strict=True)):
        right.plot(places, points[:, column], label=name, color=style.colour, marker=style.marker, linestyle=style.line)
    right.set_xticks(list(places))
    right.set_xlabel("trade-off requested", fontsize=8)
    right.set_ylabel("achieved (higher is better)", fontsize=8)
    right.legend(fontsize=7.5, frameon=False)
    turns = "; ".join(f"{each.objective} {each.violations} of {each.comparisons}" for each in steered.monotonicity)
    note = [f"{model}. Trade-offs: {'; '.join(f'{n} {name}' for n, name in enumerate(steered.steered, start=1))}."]
    note.append(f"Pairs the wrong way: {turns}. Means over {steered.questions} questions. Cross: the reference.")
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
    text = f"{objective} ({'lower' if objective in report.minimised else 'higher'} is better)"
    return textwrap.fill(text, _LABEL)


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
