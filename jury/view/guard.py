"""Who may ask: only a browser on this machine that was given the token, and only to read.

The server listens on loopback, which keeps other machines out, but not other pages in the same browser. So every
request has to name this very host (a foreign name that was bound to 127.0.0.1 does not), must not come from another
origin, and must carry a secret: in the first address as a parameter, afterwards as a cookie that scripts cannot read.
The address that a browser is started with stands in the list of processes, which others on this machine may see, so
its secret is another one, and good for one time.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Nothing is loaded but from here, and nothing at all from elsewhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}

# The page that takes the token opens the list itself: a browser sends a strict cookie only where it was led by a page
# of the same site, and the address with the token does not stay in the history.
_ENTRY = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Runs</title><link rel="icon" href="data:,">'
    '<meta http-equiv="refresh" content="0;url={}"><p><a href="{}">Open the list of runs</a></p></html>'
)


_LOCKED = (
    "Open the address that `jury view` printed: it carries the token. (The one that it opened a browser with works one "
    "time. If somebody else was before you, stop it.)"
)


class Guard:
    """ASGI middleware that lets through what may pass, and puts the headers of safety on every answer.

    Parameters
    ----------
    app : ASGI application
    port : int
        On which the server listens.
    token : str
    once : str
        What lets in the first who comes with it, and nobody after.
    entry : str
        Where a browser goes once it has the cookie.
    """

    def __init__(self, app: ASGIApp, *, port: int, token: str, once: str, entry: str = "/") -> None:
        self._app = app
        self._token = token
        self._once: str | None = once
        self._entry = entry
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        # Cookies know no ports: two pages of this kind would otherwise take each other's away.
        self._cookie = f"jury-view-{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Content-Security-Policy", POLICY)
            await send(message)

        answer = self._answer(scope)
        await (self._app if answer is None else answer)(scope, receive, send_safely)

    def _answer(self, scope: Scope) -> ASGIApp | None:
        """Return the answer to what may not pass, or to the first request; None for what may pass."""
        headers = Headers(scope=scope)
        if headers.get("host") not in self._hosts:
            return PlainTextResponse("This server answers to 127.0.0.1 only.", 403)
        if scope["method"] != "GET":
            return PlainTextResponse("Only GET: nothing can be changed here.", 405, {"Allow": "GET"})
        origin = headers.get("origin")
        if origin is not None and origin.removeprefix("http://") not in self._hosts:
            return PlainTextResponse("Other origins may not ask here.", 403)
        if scope["path"] == "/" and self._admits(QueryParams(scope["query_string"])):
            return self._welcome()
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return PlainTextResponse("Other sites may not ask here.", 403)
        held = cookie_parser(headers.get("cookie", "")).get(self._cookie, "")
        return None if _same(held, self._token) else PlainTextResponse(_LOCKED, 403)

    def _admits(self, query: QueryParams) -> bool:
        if self._once is not None and _same(query.get("once", ""), self._once):
            self._once = None
            return True
        return _same(query.get("token", ""), self._token)

    def _welcome(self) -> ASGIApp:
        response = HTMLResponse(_ENTRY.format(self._entry, self._entry))
        response.set_cookie(self._cookie, self._token, httponly=True, samesite="strict", path="/")
        return response


def _same(given: str, secret: str) -> bool:
    return secrets.compare_digest(given.encode(), secret.encode())
