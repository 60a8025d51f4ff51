"""The report of a run, served as it would be written to a file."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from jury.run import open_run
from jury.view.overview import overview, tried
from jury.view.remembered import Remembered

# The report carries a policy of its own, which forbids all network and admits its own script and style alone.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

#: The way back, which a report on its own does not need.
_AROUND = (
    "<style>.around {{ max-width: 68rem; margin: 0 auto; padding: .6rem clamp(1rem, 4vw, 2.5rem) 0; }}"
    " @media print {{ .around {{ display: none; }} }}</style>"
    '<div class="around" role="navigation" aria-label="Other pages"><a href="/">Runs</a> · '
    '<a href="/run/{0}/ballots">All ballots</a></div>'
)


def report(key: str, path: Path, known: Remembered) -> Response:
    """Return the report of the run at `path`; of a run without ballots, the way to the page where they come in."""
    figures, problem = tried(path, overview)
    if figures is not None and figures["large"]:
        words = f"{figures['stored']:,} ballots: their report takes minutes. Write it with `jury report {path.name}`."
        return PlainTextResponse(words, 409)
    text, problem = known.get(path, "report", lambda each: tried(each, _page))
    if text is None:
        return PlainTextResponse(f"{path.name}: {problem}", 409)
    if not text:
        return RedirectResponse(f"/run/{key}/live", 303)
    around = text.replace("<body>", f"<body>{_AROUND.format(key)}", 1)
    return HTMLResponse(around, headers={"Content-Security-Policy": _POLICY})


def _page(path: Path) -> str:
    from jury.report import page

    run = open_run(path)
    return page(run) if run.denominators()["answered"] else ""
