"""A report as one HTML file: data, styles, scripts and charting library inside, and nothing fetched."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from typing import TYPE_CHECKING, Any

from jury.report.assets import text_of
from jury.report.gathering import document
from jury.report.options import Options

if TYPE_CHECKING:
    from jury.panel import Panel
    from jury.run import Run

__all__ = ["as_json", "page", "rendered", "script"]

_FIRST = "main"
_STYLES = ("theme", "opening", "reading", "controls", "print")
_LIBRARIES = ("d3.min.js", "plot.umd.min.js")

_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./([\w-]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:function|const|class) (\w+))", re.MULTILINE)

#: What would end the element that holds the data, or be taken for markup by a careless reader of the file.
_ESCAPED = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}
_SURROGATE = re.compile("[\ud800-\udfff]")


def page(source: Run | Panel, options: Options | None = None) -> str:
    """Return a report as one HTML file.

    Parameters
    ----------
    source : Run or Panel
        A stored run, or people's ratings.
    options : Options, optional

    Returns
    -------
    str
        A page that opens from disk and asks for nothing: its security policy forbids every request.

    Raises
    ------
    StudyError, RunError
        For rules, attributes or people that do not fit.
    """
    return rendered(document(source, options))


def rendered(found: dict[str, Any]) -> str:
    """Return the page of a document."""
    libraries = [text_of(f"vendor/{name}") for name in _LIBRARIES]
    scripts = [*libraries, script()]
    parts = {
        "policy": _policy(scripts),
        "title": html.escape(_SURROGATE.sub("\ufffd", f"{found['name']}: what was decided")),
        "style": "".join(text_of(f"css/{name}.css") for name in _STYLES),
        "data": as_json(found),
        "scripts": "\n".join(f"<script>{text}</script>" for text in scripts),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda place: parts[place[1]], text_of("page.html"))


def script() -> str:
    """Return the page's own modules as one script, as a file opened from disk cannot import others."""
    modules: dict[str, str] = {}
    _take(_FIRST, modules)
    parts = [f'modules["{name}"] = (() => {{\n{_as_function(text)}}})();' for name, text in modules.items()]
    return "\n".join(["(() => {", '"use strict";', "const modules = {};", *parts, "})();"])


def _take(name: str, taken: dict[str, str]) -> None:
    """Put a module after those that it imports; each once."""
    if name in taken:
        return
    text = text_of(f"js/{name}.js")
    for _, imported in _IMPORT.findall(text):
        _take(imported, taken)
    taken[name] = text


def _as_function(text: str) -> str:
    names = ", ".join(found[2] for found in _EXPORT.finditer(text))
    body = _EXPORT.sub(r"\1", _IMPORT.sub(_taken, text))
    return f"{body}return {{ {names} }};\n"


def _taken(found: re.Match[str]) -> str:
    return f'const {found[1]} = modules["{found[2]}"];'


def as_json(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    r"""Return JSON that may stand inside an HTML element: no text in it can end that.

    Examples
    --------
    >>> as_json({"said": "</script>"})
    '{"said":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).translate(_ESCAPED)
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def _policy(scripts: list[str]) -> str:
    """Return the content security policy: these scripts and the page's styles, and no request to anywhere."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts
    )
    return f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
