"""A loopback HTTP server that plays a script."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .behaviours import Behaviour, send
from .bodies import openai_error


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


@dataclass(frozen=True)
class Route:
    """One place to ask a model.

    Attributes
    ----------
    check : callable
        (headers, body) -> what is wrong with a request.
    proper : callable
        Body of a request -> body of a proper answer to it.
    """

    check: Callable[[Mapping[str, str], dict[str, Any]], list[str]]
    proper: Callable[[dict[str, Any]], dict[str, Any]]


class FakeServer:
    """A loopback HTTP server that plays a script.

    Parameters
    ----------
    routes : Mapping
        Path -> how a model is asked there.
    base : str
        What clients are given as base URL, after host and port.

    Attributes
    ----------
    seen : list of Seen
        The requests to a model, as they arrived.
    other : callable or None
        (handler, method, content) -> behaviour, for every other request; None for one that it does not know.
    """

    def __init__(self, routes: Mapping[str, Route], base: str) -> None:
        self.seen: list[Seen] = []
        self.violations: list[str] = []
        self.script: deque[Behaviour] = deque()
        self.routes = routes
        self.other: Callable[[BaseHTTPRequestHandler, str, bytes], Behaviour | None] = lambda *_: None
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._http.server_port}{base}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def then(self, *behaviours: Behaviour) -> FakeServer:
        """Line up behaviours for the requests to come."""
        self.script.extend(behaviours)
        return self

    def close(self) -> None:
        """Stop serving."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _answer(self, handler: BaseHTTPRequestHandler, method: str) -> None:
        content = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        behave = self.other(handler, method, content)
        (behave or self._ask(handler, method, content))(handler)

    def _ask(self, handler: BaseHTTPRequestHandler, method: str, content: bytes) -> Behaviour:
        body = json.loads(content or b"{}")
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.seen.append(Seen(handler.path, headers, body))
        route = self.routes.get(handler.path) if method == "POST" else None
        if route is None:
            return send(openai_error(f"Unknown request URL: {method} {handler.path}"), 404)
        self.violations += route.check(headers, body)
        return self.script.popleft() if self.script else send(route.proper(body))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else every answer waits 40 ms for the acknowledgement of its head

            def do_POST(self) -> None:
                try:
                    server._answer(self, self.command)
                except ConnectionError:  # the client gave up, which some tests are about
                    self.close_connection = True

            do_GET = do_POST  # noqa: N815 - the name that http.server looks for

            def log_message(self, *_: object) -> None:
                pass

        return Handler
