"""Distances to groups before and after, one line a group."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jury.metrics import Change, Distributional, changes
from jury.plots.paper import COLOURS, caption, new_figure

__all__ = ["before_after_distances"]

_MOST = 40  # groups in one figure
_ROW = 0.2  # inches


def before_after_distances(
    before: Distributional,
    after: Distributional,
    names: tuple[str, str],
    groups: Sequence[str] = (),
    *,
    least: int = 20,
) -> Figure:
    """Draw how far two models are from each group, and the change, paired by question.

    Parameters
    ----------
    before, after : Distributional
    names : tuple of str
        Of the two models.
    groups : sequence of str
        Groups to show in any case, in bold.
    least : int
        Other groups are shown if they have so many questions.

    Returns
    -------
    matplotlib.figure.Figure
        Two axes: distances with intervals, and changes with intervals; a negative change is closer to the group.
    """
    found = {
        group: change
        for group, change in changes(before, after).items()
        if change.difference.count and (change.difference.count >= least or group in groups)
    }
    order = sorted(found, key=lambda group: found[group].difference.value, reverse=True)
    chosen = _chosen(order, groups)
    figure, (left, right) = new_figure(1.5 + _ROW * len(chosen), 2, share_y=True)
    for row, group in enumerate(chosen):
        change = found[group]
        left.plot([change.before.value, change.after.value], [row, row], color="0.75", linewidth=1, zorder=1)
        for shift, side, colour, marker in (
            (-0.12, change.before, COLOURS[0], "o"),
            (0.12, change.after, COLOURS[1], "s"),
        ):
            left.errorbar(
                side.value,
                row + shift,
                xerr=[[side.value - side.low], [side.high - side.value]],
                color=colour,
                marker=marker,
                markersize=3.5,
                linewidth=0.8,
            )
        _change(right, row, change)
    left.set_yticks(range(len(chosen)), [f"{group} ({found[group].difference.count})" for group in chosen])
    for label, group in zip(left.get_yticklabels(), chosen, strict=True):
        label.set_fontweight("bold" if group in groups else "normal")
    left.set_ylim(-0.8, len(chosen) - 0.2)
    left.set_xlabel(f"Jensen-Shannon distance, base {before.base:g}\n(0 is equal, lower is closer)", fontsize=8)
    right.tick_params(axis="y", length=0)
    right.axvline(0, color="0.3", linewidth=0.8)
    right.set_xlabel("change, paired by question\n(negative: moved closer)", fontsize=8)
    left.plot([], [], color=COLOURS[0], marker="o", markersize=4, label=f"before: {names[0]}")
    left.plot([], [], color=COLOURS[1], marker="s", markersize=4, label=f"after: {names[1]}")
    figure.legend(loc="outside upper center", ncols=2, fontsize=8, frameon=False)
    note = ["In brackets the number of questions. Bars are 95 % intervals over questions, each on its own."]
    if len(chosen) < len(order):
        note.append(f"{len(chosen)} of {len(order)} groups with at least {least} questions: both ends and the named.")
    note.append(
        "Filled changes leave out 0. Groups may have been asked different questions: compare a group with itself only."
    )
    caption(figure, note)
    return figure


def _chosen(order: Sequence[str], groups: Sequence[str]) -> list[str]:
    if len(order) <= _MOST:
        return list(order)
    ends = {*order[: _MOST // 2 - 1], *order[-_MOST // 2 + 1 :], *groups}
    return [group for group in order if group in ends]


def _change(axes: Axes, row: int, change: Change) -> None:
    difference = change.difference
    axes.errorbar(
        difference.value,
        row,
        xerr=[[difference.value - difference.low], [difference.high - difference.value]],
        color="black",
        marker="D",
        markersize=3.5,
        markerfacecolor="black" if difference.settled else "white",
        linewidth=0.8,
    )
