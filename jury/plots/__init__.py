"""Figures that a paper would print, by matplotlib (extra ``plots``); each function returns matplotlib's objects.

Every figure says its direction, its intervals and its denominator, and tells its lines apart without colour.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jury.errors import JuryError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["check_file", "check_installed", "draw", "save_all"]

#: Formats of one flag: two for print, one to look at.
FORMATS = ("svg", "pdf", "png")

_HOMES = {
    "before_after_distances": "jury.plots.distances",
    "component_effects": "jury.plots.effects",
    "entropy_histograms": "jury.plots.entropies",
    "leaderboard_by_alpha": "jury.plots.leaderboards",
    "opinion_paths": "jury.plots.deliberations",
    "pareto_front": "jury.plots.fronts",
    "sweep_curves": "jury.plots.whatifs",
    "tipping_points": "jury.plots.whatifs",
    "steering_matrix": "jury.plots.matrices",
    "tradeoff_path": "jury.plots.fronts",
}


def check_installed() -> None:
    """Raise `JuryError` unless matplotlib can be imported."""
    try:
        importlib.import_module("matplotlib")
    except ImportError:
        raise JuryError(
            "plots need the package matplotlib: install it with `pip install 'pluralistic-jury[plots]'`"
        ) from None


def check_file(path: Path) -> None:
    """Raise `JuryError` unless a figure can be written to `path`, by its ending and its folder."""
    if path.suffix.lower().removeprefix(".") not in FORMATS:
        raise JuryError(
            f"plot {str(path)!r}: no format of figures; end it in {', '.join(f'.{end}' for end in FORMATS)}"
        )
    if not path.parent.is_dir():
        raise JuryError(f"plot {str(path)!r}: no folder {str(path.parent)!r}; make it first")
    check_installed()


def draw(name: str, **arguments: Any) -> Figure:  # noqa: ANN401 - what the function of that name takes
    """Draw the figure called `name`; the arguments are those of the function of that name in this package.

    Raises
    ------
    JuryError
        If there is no such figure, or no matplotlib.
    """
    if name not in _HOMES:
        raise JuryError(f"no figure {name!r}; known: {', '.join(_HOMES)}")
    check_installed()
    from matplotlib.text import Text

    figure: Figure = getattr(importlib.import_module(_HOMES[name]), name)(**arguments)
    figure.draw_without_rendering()  # so that labels of ticks are there
    for text in figure.findobj(Text):
        text.set_parse_math(False)  # names may hold a dollar sign, which is no formula
    return figure


def save_all(drawings: Mapping[str, tuple[str, Mapping[str, Any]]], folder: Path) -> tuple[Path, ...]:
    """Write each drawing of a page to `folder` as SVG, PDF and PNG, and return the files."""
    import matplotlib as mpl

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for file, (name, arguments) in drawings.items():
        figure = draw(name, **arguments)
        # Text stays text, and the same figure is the same file.
        with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": file, "pdf.fonttype": 42}):
            for ending in FORMATS:
                path = folder / f"{file}.{ending}"
                metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(ending)
                figure.savefig(path, dpi=200, bbox_inches="tight", metadata=metadata)
                written.append(path)
    return tuple(written)
