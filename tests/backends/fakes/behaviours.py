"""What a fake server does with a request."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

Behaviour = Callable[[BaseHTTPRequestHandler], None]


def send(body: object, status: int = 200, **headers: str) -> Behaviour:
    """Answer with `body` as JSON; header names are written with underscores."""
    return send_raw(json.dumps(body).encode(), status, **headers)


def send_raw(
    content: bytes,
    status: int = 200,
    *,
    promised: int | None = None,
    kind: str = "application/json",
    **headers: str,
) -> Behaviour:
    """Answer with these bytes; fewer than `promised` are followed by the end of the connection."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(content) if promised is None else promised))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)
        if promised is not None:
            handler.close_connection = True

    return behave


def cut_short(body: object, status: int = 200) -> Behaviour:
    """Send half of the answer, then close the connection."""
    content = json.dumps(body).encode()
    return send_raw(content[: len(content) // 2], status, promised=len(content))


def reset(handler: BaseHTTPRequestHandler) -> None:
    """Drop the connection with a TCP reset, without an answer."""
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()
    handler.close_connection = True


def drip(body: object, pause: float = 0.02) -> Behaviour:
    """Send the answer byte by byte, never silent for long."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        content = json.dumps(body).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        for position in range(len(content)):
            handler.wfile.write(content[position : position + 1])
            handler.wfile.flush()
            time.sleep(pause)

    return behave
