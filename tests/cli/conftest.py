"""The command line as a user meets it: real processes in a folder of their own, and a model server on loopback."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

JURY = [sys.executable, "-m", "cli.main"]
_LEFT_OUT = ("OPENAI_", "ANTHROPIC_", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TTY_")

CASES = [
    {"id": "wage", "prompt": "What about the minimum wage?", "alternatives": ["raise", "keep", "abolish"]},
    {"id": "tax", "prompt": "What about taxes?", "alternatives": ["more", "less"]},
]

BOOK = """
source: {title: A little survey, year: 2020, universe: Nobody}
id: id
attributes:
  sex: {label: Sex, values: {1: Male, 2: Female}}
items:
  q1: {question: "Should taxes rise?", options: {1: "yes", 2: "no"}}
  q2: {question: "How much money for parks?", options: {1: "more", 2: "same", 3: "less"}}
"""
PEOPLE = "id,sex,q1,q2,wt\n1,1,1,1,1\n2,1,1,2,1\n3,2,2,3,1\n4,2,1,,3\n"


@dataclass(frozen=True)
class Done:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The last line on stderr: the error."""
        return self.err.splitlines()[-1]


def environment(**changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)}
    return {**kept, **changes}


def run_jury(folder: Path, *words: object, **variables: str) -> Done:
    found = subprocess.run(
        [*JURY, *map(str, words)],
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )
    return Done(found.returncode, found.stdout.decode(), found.stderr.decode())


@pytest.fixture
def jury(tmp_path) -> Callable[..., Done]:
    """Return a function that runs `jury` with these words in the test's folder."""
    return lambda *words, **variables: run_jury(tmp_path, *words, **variables)


@pytest.fixture
def here(tmp_path, monkeypatch, capsys) -> Callable[..., Done]:
    """Return a function that does the same within this process, where a process of its own would show no more."""
    from cli.main import main

    def run(*words: object) -> Done:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["jury", *map(str, words)])
        for name in os.environ:
            if name.startswith(_LEFT_OUT):
                monkeypatch.delenv(name)
        code = 0
        try:
            main()
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        return Done(code, *capsys.readouterr())

    return run


def study_text(**changes: Any) -> str:
    document = {
        "name": "small",
        "jurors": 8,
        "groups": ["sex"],
        "cases": CASES,
        "model": "planted/hash",
        "elicitation": {"mode": "score", "readout": "sample"},
        "seed": 1,
    }
    return yaml.safe_dump(document | changes, allow_unicode=True, sort_keys=False)


@pytest.fixture
def write_study(tmp_path) -> Callable[..., Path]:
    """Return a function that writes study.yaml into the test's folder."""

    def write(name: str = "study.yaml", **changes: Any) -> Path:
        path = tmp_path / name
        path.write_text(study_text(**changes), encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Path:
    """Return the file of a run of planted jurors, to be read only."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "study.yaml").write_text(study_text(jurors={"n": 20}, groups=["sex", "race & sex"]), encoding="utf-8")
    done = run_jury(folder, "simulate", "study.yaml", "--out", "run.sqlite")
    assert done.code == 0, done.err
    return folder / "run.sqlite"


@pytest.fixture(scope="session")
def surveyed(tmp_path_factory) -> Path:
    """Return the run file of a survey whose answers are known, beside the survey."""
    folder = tmp_path_factory.mktemp("surveyed")
    (folder / "book.yaml").write_text(BOOK, encoding="utf-8")
    (folder / "people.csv").write_text(PEOPLE, encoding="utf-8")
    text = study_text(
        population={"source": "people.csv", "codebook": "book.yaml"},
        jurors={"n": 4},
        cases={"items": "all"},
        elicitation="choose",
        model="null/majority",
    )
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    done = run_jury(folder, "simulate", "study.yaml", "--out", "run.sqlite")
    assert done.code == 0, done.err
    return folder / "run.sqlite"


class Server(ThreadingHTTPServer):
    """Answers chat completions and responses: every alternative gets 3, unless `refuse` says otherwise."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked = 0
        self.wait = 0.0
        self.refuse: Callable[[int], bool] = lambda _: False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked += 1
        number = self.server.asked
        time.sleep(self.server.wait)
        if self.server.refuse(number):
            self._send(400, {"error": {"message": f"no, not number {number}"}})
            return
        said = json.dumps(body.get("messages") or body["input"])
        text = json.dumps(dict.fromkeys("ABC" if "minimum wage" in said else "AB", 3))
        self._send(200, _response(text) if self.path.endswith("/responses") else _completion(text))

    def _send(self, status: int, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def _completion(text: str) -> dict[str, Any]:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    reply = {"id": "x", "object": "chat.completion", "created": 1, "model": "fake", "choices": [choice]}
    return reply | {"usage": usage}


def _response(text: str) -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    message = {"id": "m", "type": "message", "role": "assistant", "status": "completed", "content": content}
    usage = {"input_tokens": 100, "output_tokens": 10, "total_tokens": 110}
    reply = {"id": "x", "object": "response", "created_at": 1, "model": "fake", "status": "completed"}
    return reply | {"output": [message], "usage": usage}


@pytest.fixture
def server() -> Iterator[Server]:
    """A model server on loopback."""
    with Server() as serving:
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


@pytest.fixture
def interrupted(tmp_path) -> Callable[..., Done]:
    """Return a function that runs `jury` and presses Ctrl-C once `when` is true."""

    def run(*words: object, when: Callable[[], bool]) -> Done:
        with subprocess.Popen(
            [*JURY, *map(str, words)],
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
        ) as process:
            deadline = time.monotonic() + 60
            while not when() and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        return Done(process.returncode, out.decode(), err.decode())

    return run
