"""The addresses of the page: a few documents, and the figures behind them as JSON."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from jury.errors import JuryError, RunError
from jury.view.ballots import Filter, ballot_page
from jury.view.comparing import compared
from jury.view.folder import Folder
from jury.view.guard import Guard
from jury.view.overview import decided, latest, looked, opened, overview, state, tried
from jury.view.prompts import ballot
from jury.view.remembered import Remembered
from jury.view.reporting import report

_ASSETS = Path(__file__).parent / "assets"
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_PAGE = re.compile("[1-9][0-9]{0,8}")
_CONDITIONS = ("case", "status", "round", "juror", "q")  # in the order of `Filter`
_LONGEST = 1000  # characters of a condition


def make_app(folder: Folder, *, port: int, token: str, once: str) -> Guard:
    """Return the ASGI application that shows the runs of `folder` to who has the token, or is the first with `once`."""
    pages = _Pages(folder)
    routes = [
        Route("/", pages.document("list.html")),
        Route("/compare", pages.document("compare.html")),
        Route("/run/{key}", pages.report),
        Route("/run/{key}/live", pages.document("live.html")),
        Route("/run/{key}/ballots", pages.document("ballots.html")),
        Route("/assets/{name}", _asset),
        Route("/api/runs", pages.runs),
        Route("/api/run/{key}", pages.run),
        Route("/api/run/{key}/verdict", pages.verdict),
        Route("/api/run/{key}/ballots", pages.ballots),
        Route("/api/run/{key}/ballot", pages.ballot),
        Route("/api/compare", pages.compare),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _refused, JuryError: _failed})
    entry = "/" if folder.only is None else f"/run/{next(iter(folder.runs()), '')}/live"
    return Guard(app, port=port, token=token, once=once, entry=entry)


class _Pages:
    """What answers requests; plain functions, which the server calls in threads."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._figures = Remembered(10_000)  # small, and asked for every other second
        self._known = Remembered(32)
        self._reports = Remembered(4)  # some are of many megabytes

    def document(self, name: str) -> Callable[[Request], Response]:
        def show(request: Request) -> Response:
            if "key" in request.path_params:
                self._path(request.path_params["key"])
            return HTMLResponse((_ASSETS / name).read_text(encoding="utf-8"))

        return show

    def report(self, request: Request) -> Response:
        key = request.path_params["key"]
        return report(key, self._path(key), self._reports)

    def runs(self, _: Request) -> Response:
        rows = [self._row(key, path) for key, path in self._folder.runs().items()]
        rows.sort(key=lambda row: bool(row["problem"]))
        return _json({"folder": str(self._folder.root), "runs": rows})

    def _row(self, key: str, path: Path) -> dict[str, Any]:
        found, problem = self._figures.get(path, "overview", lambda each: tried(each, overview))
        told = {"key": key, "file": path.name, "problem": problem}
        return told if found is None else told | found | {"state": state(path, found)}

    def run(self, request: Request) -> Response:
        key = request.path_params["key"]
        path = self._path(key)
        row = self._row(key, path)
        return _json(row | {"latest": None if row["problem"] else tried(path, latest)[0]})

    def verdict(self, request: Request) -> Response:
        path = self._path(request.path_params["key"])
        found, problem = self._figures.get(path, "decided", lambda each: tried(each, decided))
        return _json(found if found is not None else {"why": problem})

    def ballots(self, request: Request) -> Response:
        path, given = self._path(request.path_params["key"]), request.query_params
        wanted = Filter(*(_short(name, given.get(name, "")) for name in _CONDITIONS))
        number = given.get("page", "1")
        if not _PAGE.fullmatch(number):
            raise HTTPException(400, f"page={number[:20]!r}: give a number from 1")
        row = self._row("", path)
        if row["problem"]:
            raise RunError(row["problem"])
        cases = self._figures.get(path, "cases", lambda each: looked(each, _cases))
        found = looked(path, lambda each: ballot_page(each, wanted, int(number)))
        told = {name: row[name] for name in ("name", "rounds", "large")}
        return _json({**told, "cases": cases, **found})

    def ballot(self, request: Request) -> Response:
        path = self._path(request.path_params["key"])
        run = self._known.get(path, "opened", lambda each: looked(each, opened))
        found = looked(path, lambda each: ballot(each, run, request.query_params))
        if found is None:
            raise HTTPException(404, "No such ballot.")
        return _json(found)

    def compare(self, request: Request) -> Response:
        first, second = (self._path(request.query_params.get(name, "")) for name in ("a", "b"))
        return _json(compared(first, second, self._known))

    def _path(self, key: str) -> Path:
        path = self._folder.path(key)
        if path is None:
            raise HTTPException(404, "No such run in this folder.")
        return path


def _short(name: str, value: str) -> str:
    if len(value) > _LONGEST:
        raise HTTPException(400, f"{name}: {len(value):,} characters; search for at most {_LONGEST:,}")
    return value


def _cases(path: Path) -> list[str]:
    from jury.store import reading

    with reading(path) as store:
        return [case.id for case in store.cases()]


def _asset(request: Request) -> Response:
    path = _ASSETS / request.path_params["name"]
    if path.parent != _ASSETS or path.suffix not in _KINDS or not path.is_file():
        raise HTTPException(404, "No such file.")
    return Response(path.read_bytes(), media_type=_KINDS[path.suffix])


def _json(document: Any) -> Response:  # noqa: ANN401 - anything that JSON can hold
    text = json.dumps(_plain(document), ensure_ascii=False, allow_nan=False)
    return Response(text.encode("utf-8", "replace"), media_type="application/json")


def _plain(value: Any) -> Any:  # noqa: ANN401 - anything that JSON can hold
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _refused(request: Request, error: Exception) -> Response:
    detail = error.detail if isinstance(error, HTTPException) else str(error)
    status = error.status_code if isinstance(error, HTTPException) else 500
    if request.url.path.startswith("/api/"):
        answer = _json({"error": detail})
        answer.status_code = status
        return answer
    return PlainTextResponse(detail, status)


def _failed(request: Request, error: Exception) -> Response:
    return _refused(request, HTTPException(409, str(error)))
