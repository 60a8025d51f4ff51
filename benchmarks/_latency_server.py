"""A server of fixed latency on loopback that costs next to nothing, in a process of its own.

It answers ``POST .../chat/completions`` and ``POST .../messages`` alike whatever is asked, after the same time, with
the bodies of `tests/backends/fakes/`. Nothing is parsed but the head of a request, so that what is measured is the
client. Asked to, it keeps the bodies of the requests, so that other clients can send the very same ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import runpy
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

#: Of the built-in study: four alternatives, scores from 1 to 5.
ANSWER = json.dumps({"A": 4, "B": 2, "C": 5, "D": 3})
_BODIES = Path(__file__).parents[1] / "tests" / "backends" / "fakes" / "bodies.py"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def answers() -> dict[bytes, bytes]:
    """Return whole HTTP answers by the last part of the path."""
    fakes = runpy.run_path(str(_BODIES))
    bodies = {b"completions": fakes["completion"](ANSWER), b"messages": fakes["message"](ANSWER)}
    return {name: _http(json.dumps(body).encode()) for name, body in bodies.items()}


def _http(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One connection: reads whole requests, answers each when its time has come."""

    def __init__(self, served: dict[bytes, bytes], latency: float, record: IO[bytes] | None) -> None:
        self._served = served
        self._latency = latency
        self._record = record
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Note a request as soon as its last byte is here."""
        self._held += data
        while (end := self._held.find(b"\r\n\r\n")) >= 0:
            head = self._held[:end]
            length = _LENGTH.search(head)
            whole = end + 4 + (int(length.group(1)) if length else 0)
            if len(self._held) < whole:
                return
            if self._record is not None:
                self._record.write(self._held[end + 4 : whole] + b"\n")
            self._held = self._held[whole:]
            last = head.split(b" ", 2)[1].split(b"?")[0].rsplit(b"/", 1)[-1]
            answer = self._served.get(last, b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
            asyncio.get_running_loop().call_later(self._latency, self._answer, answer)

    def _answer(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


async def serve(latency: float, record: IO[bytes] | None) -> None:
    """Serve until the process is ended; the port is printed."""
    loop, served = asyncio.get_running_loop(), answers()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    server = await loop.create_server(lambda: Connection(served, latency, record), "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await ended.wait()


@contextlib.contextmanager
def serving(latency: float, record: Path | None = None) -> Iterator[str]:
    """Run the server in a process of its own; its address, without a path, is given.

    Bodies of requests are in `record`, one a line, once the server has ended.
    """
    command = [sys.executable, "-m", "benchmarks._latency_server", str(latency), *([str(record)] if record else [])]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    with contextlib.ExitStack() as stack:
        kept = stack.enter_context(Path(sys.argv[2]).open("wb")) if len(sys.argv) > 2 else None
        asyncio.run(serve(float(sys.argv[1]), kept))
