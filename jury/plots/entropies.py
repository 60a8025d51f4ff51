"""How concentrated answers are: histograms of entropy, models beside people."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jury.metrics import Distributional
from jury.plots.paper import COLOURS, caption, new_grid

__all__ = ["entropy_histograms"]

_BINS = 24
_ROW = 1.45  # inches


def entropy_histograms(found: Mapping[str, Distributional]) -> Figure:
    """Draw how the entropy of answers is spread over questions, each model before the people's.

    Parameters
    ----------
    found : Mapping
        Model -> `Distributional`.

    Returns
    -------
    matplotlib.figure.Figure
        One axes a model: shares of questions by entropy in nats, with the mean of the model and of people.
    """
    sides = {name: result.pairs.drop_duplicates("question")["entropy_model"].dropna() for name, result in found.items()}
    people = next(iter(found.values())).pairs.groupby("question")["entropy_people"].mean().dropna()
    most = max(float(values.max()) for values in [people, *sides.values()] if len(values))
    edges = np.linspace(0, max(most * (1 + 1e-9), 1e-9), _BINS + 1)
    figure, axes = new_grid(len(sides), _ROW)
    for each, (name, values), colour in zip(axes, sides.items(), (COLOURS * len(sides))[: len(sides)], strict=True):
        _histogram(each, people, edges, "0.45", filled=True)
        _histogram(each, values, edges, colour, filled=False)
        each.set_title(f"{name} ({len(values)} questions)", fontsize=8, loc="left")
        each.set_xlim(0, edges[-1])
        means = ((0.95, f"mean {values.mean():.2f}", colour), (0.8, f"people {people.mean():.2f}", "0.35"))
        for height, words, shade in means:
            each.text(0.02, height, words, color=shade, fontsize=7.5, transform=each.transAxes, va="top")
    figure.supylabel("share of questions", fontsize=8)
    caption(
        figure,
        [
            "Entropy of the answers to a question, in nats; 0: all on one option.",
            "Line: the model. Shaded: people, mean over the groups asked. Dashed: means.",
            "Questions differ in their number of options, whose logarithm is the largest possible entropy.",
        ],
    )
    return figure


def _histogram(axes: Axes, values: pd.Series[float], edges: np.ndarray, colour: str, *, filled: bool) -> None:
    heights = np.histogram(values, bins=edges)[0] / max(len(values), 1)
    if filled:
        axes.stairs(heights, edges, fill=True, color=colour, alpha=0.35)
    else:
        axes.stairs(heights, edges, color=colour, linewidth=1.2)
    axes.axvline(float(values.mean()), color=colour, linewidth=1.0, linestyle="--")
