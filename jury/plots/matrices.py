"""Persona x persona matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from jury.metrics import PersonaMatrix
from jury.plots.paper import WIDTH, caption

__all__ = ["steering_matrix"]

_CELL = 0.55  # inches
_WRITTEN = 12  # personas up to which numbers stand in the cells


def steering_matrix(matrix: PersonaMatrix, *, model: str, what: str = "distance, lower is closer") -> Figure:
    """Draw how near the model, steered to each persona, is to the people of each.

    Parameters
    ----------
    matrix : PersonaMatrix
    model : str
    what : str
        What the cells are.

    Returns
    -------
    matplotlib.figure.Figure
        One axes; the diagonal is framed.
    """
    count = len(matrix.personas)
    figure = Figure(figsize=(WIDTH, min(2.2 + _CELL * count, WIDTH)), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(matrix.matrix, cmap="cividis", aspect="auto")
    axes.grid(visible=False)
    axes.set_xticks(range(count), matrix.personas, fontsize=8, **_turned(count))
    axes.set_yticks(range(count), [f"as {persona}" for persona in matrix.personas], fontsize=8)
    axes.set_xlabel("beside the people of", fontsize=8)
    axes.set_ylabel(f"{model} steered", fontsize=8)
    middle = (np.nanmin(matrix.matrix) + np.nanmax(matrix.matrix)) / 2
    for row in range(count):
        axes.add_patch(_frame(row))
        for column in range(count) if count <= _WRITTEN else ():
            value = matrix.matrix[row, column]
            axes.text(
                column,
                row,
                "–" if np.isnan(value) else f"{value:.3f}",
                ha="center",
                va="center",
                fontsize=8,
                color="black" if value > middle else "white",
            )
    bar = figure.colorbar(image, ax=axes, shrink=0.8)
    bar.set_label(what, fontsize=8)
    bar.ax.tick_params(labelsize=7.5)
    means = f"{matrix.mean_sensitivity.words(2)} and {matrix.mean_specificity.words(2)}"
    caption(
        figure,
        [
            "Framed: the model steered to those people themselves.",
            f"Mean sensitivity and specificity {means} (0.5 is chance), over {matrix.questions} questions.",
        ],
    )
    return figure


def _turned(count: int) -> dict[str, Any]:
    return {"rotation": 30, "ha": "right"} if count > 4 else {}


def _frame(place: int) -> Rectangle:
    return Rectangle((place - 0.47, place - 0.47), 0.94, 0.94, fill=False, edgecolor="#D55E00", linewidth=2)
