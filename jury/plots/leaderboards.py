"""Leaderboards as aversion to inequality grows."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from jury.metrics import IsoelasticPath
from jury.plots.paper import caption, new_figure, styles

__all__ = ["leaderboard_by_alpha"]

_TICKS = (0.0, 0.5, 1.0, 2.0, 5.0, np.inf)


def leaderboard_by_alpha(path: IsoelasticPath, *, what: str = "utility") -> Figure:
    """Draw each model's welfare from utilitarian (alpha 0) over Nash (1) to maximin (infinity).

    Parameters
    ----------
    path : IsoelasticPath
    what : str
        What the utilities are.

    Returns
    -------
    matplotlib.figure.Figure
        One axes; the horizontal scale is alpha / (1 + alpha), so that infinity is on it.
    """
    figure, (axes,) = new_figure(3.6)
    place = _scaled(path.alphas)
    several = path.prompts > 1
    for column, (model, style) in enumerate(zip(path.models, styles(len(path.models)), strict=True)):
        axes.plot(
            place,
            path.scores[:, column],
            label=model,
            color=style.colour,
            linestyle=style.line,
            marker=style.marker,
            markevery=16,
            markersize=4,
            linewidth=1.3,
        )
        if several:
            axes.fill_between(
                place, path.low[:, column], path.high[:, column], color=style.colour, alpha=0.12, linewidth=0
            )
    for point in path.breakpoints:
        axes.axvline(float(_scaled(np.array([point]))[0]), color="0.3", linewidth=0.8, linestyle=":")
    axes.set_xlim(0, 1)
    axes.set_xticks(_scaled(np.array(_TICKS)), [_words(alpha) for alpha in _TICKS])
    axes.set_xlabel("aversion to inequality alpha", fontsize=8)
    axes.set_ylabel("welfare (higher is better)", fontsize=8)
    axes.legend(handlelength=3.5, fontsize=7.5, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    note = [f"Welfare: the equally distributed equivalent of the {what}."]
    note += [f"{path.jurors} jurors, {path.prompts} {'prompts' if several else 'prompt'}."]
    if several:
        note.append("Bands: 95 % over prompts, at each alpha on its own.")
    note.append(
        f"Dotted: the winner changes, at alpha {', '.join(f'{point:.2f}' for point in path.breakpoints)}."
        if path.breakpoints
        else f"The winner is the same throughout: {', '.join(path.reigns[0].winners)}."
    )
    caption(figure, note)
    return figure


def _scaled(alphas: np.ndarray) -> np.ndarray:
    finite = np.isfinite(alphas)
    return np.where(finite, alphas / (1 + np.where(finite, alphas, 0.0)), 1.0)


def _words(alpha: float) -> str:
    names = {0.0: "0\nutilitarian", 1.0: "1\nNash", np.inf: "∞\nmaximin"}
    return names.get(alpha, f"{alpha:g}")
