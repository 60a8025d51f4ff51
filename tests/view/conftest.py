"""`jury view` as it is met: a real process on loopback, asked over a real connection."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest

from jury import Study, simulate
from jury.run import Run

CASES = [
    {"id": "wage", "prompt": "What about the minimum wage?", "alternatives": ["raise", "keep", "abolish"]},
    {"id": "tax & more/less", "prompt": "What about taxes?", "alternatives": ["more", "100%_less"]},
]
STUDY = {"name": "small", "jurors": 20, "groups": ["sex"], "cases": CASES, "model": "planted/hash", "seed": 1}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class View:
    """A running `jury view`."""

    process: subprocess.Popen[str]
    address: str
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def port(self) -> int:
        return int(urlsplit(self.address).port or 0)

    @property
    def token(self) -> str:
        return self.address.partition("token=")[2]

    def raw(self, path: str, *, method: str = "GET", **headers: str | None) -> Answer:
        """Ask with these headers alone; `host` is this one unless given."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(connection):
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in ({"host": f"127.0.0.1:{self.port}"} | headers).items():
                if value is not None:
                    connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            answer = connection.getresponse()
            return Answer(
                answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
            )

    def get(self, path: str, **headers: str | None) -> Answer:
        """Ask as a browser that was given the token."""
        return self.raw(path, **({"cookie": f"jury-view-{self.port}={self.token}"} | headers))

    def api(self, path: str, **query: object) -> Any:
        answer = self.get(f"/api/{path}" + (f"?{urlencode(query, quote_via=quote)}" if query else ""))
        assert answer.status == 200, answer.body
        return answer.json

    def key(self, name: str) -> str:
        """Return the key of a file."""
        (found,) = (run["key"] for run in self.api("runs")["runs"] if run["file"] == name)
        return str(found)


@contextlib.contextmanager
def _viewing(where: Path, *options: str) -> Iterator[View]:
    words = [sys.executable, "-m", "cli.main", "view", str(where), *(options or ["--no-browser"])]
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            yield View(process, process.stdout.readline().strip())
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)


@pytest.fixture(scope="session")
def viewing() -> Callable[..., contextlib.AbstractContextManager[View]]:
    """Return a function that starts `jury view` on a path, and stops it at the end."""
    return _viewing


@pytest.fixture(scope="session")
def small_study() -> dict[str, Any]:
    return STUDY


@pytest.fixture(scope="session")
def make_run() -> Callable[..., Run]:
    """Return a function that makes a run of a small study in a folder."""

    def make(path: Path, **changes: Any) -> Run:
        return simulate(Study.model_validate(STUDY | changes), out=path, cache=False)

    return make


@pytest.fixture(scope="module")
def folder(tmp_path_factory, make_run) -> Path:
    """Return a folder of two runs of the same jury, files that are none, and a way out of it."""
    found = tmp_path_factory.mktemp("runs")
    make_run(found / "one.sqlite")
    make_run(found / "other.sqlite", model="null/uniform")
    (found / "garbage.sqlite").write_bytes(b"garbage " * 100)
    whole = (found / "one.sqlite").read_bytes()
    (found / "cut.sqlite").write_bytes(whole[: len(whole) // 3])
    damaged = whole.replace(b'"mode": "score"', b'"mode": "sc\\\\re"')
    assert damaged != whole
    (found / "damaged.sqlite").write_bytes(damaged)
    (found / "notes.txt").write_text("no run", encoding="utf-8")
    outside = tmp_path_factory.mktemp("outside")
    make_run(outside / "secret.sqlite", name="secret")
    (found / "link.sqlite").symlink_to(outside / "secret.sqlite")
    return found


@pytest.fixture(scope="module")
def view(folder) -> Iterator[View]:
    with _viewing(folder) as found:
        yield found
