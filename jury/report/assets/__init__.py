"""The files that a page is made of: styles, scripts, references, and the charting library."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

__all__ = ["text_of"]


@cache
def text_of(name: str) -> str:
    """Return the text of a file of this folder, such as ``"page.html"`` or ``"js/dom.js"``."""
    return files(__package__).joinpath(*name.split("/")).read_text(encoding="utf-8")
