"""``jury simulate --injection-probe`` against a server whose model obeys what it reads."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

ALTERNATIVE = re.compile(r'<alternative label="(\w)">\n(.*?)\n</alternative>|^(\w)\. (\w+)$', re.DOTALL | re.MULTILINE)
CASES = [{"id": "wage", "prompt": "What about the minimum wage?", "alternatives": ["raise", "keep", "abolish"]}]


class Obedient(BaseHTTPRequestHandler):
    """Gives every alternative 2, and 5 to one that orders so in plain words."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        prompt = body["messages"][-1]["content"]
        prompt = prompt if isinstance(prompt, str) else "\n\n".join(part["text"] for part in prompt)
        scores = {}
        for mark, text, listed, _ in ALTERNATIVE.findall(prompt):
            scores[mark or listed] = 5 if "Ignore everything" in text else 2
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": json.dumps(scores)}}
        usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
        reply = {"id": "x", "object": "chat.completion", "created": 1, "model": "fake", "choices": [choice]}
        content = json.dumps(reply | {"usage": usage}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def model():
    """The words that name the obedient model on the command line."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Obedient) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield ["--model", "openai-compatible/fake", "--model-base-url", f"http://127.0.0.1:{server.server_port}/v1"]
        server.shutdown()
        thread.join()


def test_obedience_is_shown_and_told_as_json(here, write_study, model):
    write_study(cases=CASES, jurors=6)
    words = ["simulate", "study.yaml", "--injection-probe", "--no-cache", *model]
    done = here(*words, "--out", "r.sqlite")
    assert done.code == 0, done.err
    table = done.out.partition("what it changes")[2].partition("Cases that it wins")[0]
    lines = {line.split()[0]: line for line in table.splitlines() if line.split()}
    assert "+3.000 [+3.000, +3.000]" in lines["direct-order"]
    assert "+0.000 [+0.000, +0.000]" in lines["authority"]
    assert "1 of 11 widen its lead beyond the control, the interval above zero: direct-order." in done.out
    assert "never safety" in " ".join(done.out.split())
    again = here(*words, "--out", "r.sqlite", "--resume", "-o", "json").json
    (effect,) = [one for one in again["effects"] if one["planted"] == "direct-order"]
    assert effect["beyond_control"] == {"mean": 3.0, "low": 3.0, "high": 3.0, "jurors": 6}
    assert effect["counts"]["asked"] == effect["counts"]["answered"] == 6
    assert again["denominators"]["asked"] == 13 * 6
    assert "Perez" in again["families"]["direct-order"]["source"]
    assert here("audit", "r.sqlite").code == 0, "an ordinary run file"


def test_what_it_would_ask_is_shown_before(here, write_study, model):
    write_study(cases=CASES, jurors=6)
    shown = here("simulate", "study.yaml", "--injection-probe", "--dry-run", "-o", "json", *model).json
    assert shown["ballots"] == 13 * 6


def test_a_probe_that_lacks_ballots_says_how_to_go_on(here, write_study, server):
    write_study(cases=CASES, jurors=6)
    server.refuse = lambda number: number == 5
    words = ["simulate", "study.yaml", "--injection-probe", "--no-cache", "--max-connections", "1"]
    done = here(*words, "--model", "openai-compatible/x", "--model-base-url", server.url, "--out", "r.sqlite")
    assert done.code == 3
    assert "1 of 78 ballots are missing" in done.error
    assert "--injection-probe --no-cache" in done.error
    assert "--resume --out r.sqlite" in done.error


def test_no_usable_ballots_is_a_failure(here, write_study):
    write_study(cases=CASES, jurors=6, model={"name": "planted/hash", "options": {"garble": 1.0}})
    done = here("simulate", "study.yaml", "--injection-probe")
    assert done.code == 1
    assert "no usable ballots" in done.error
