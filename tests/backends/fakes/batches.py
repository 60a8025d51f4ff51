"""The batch interfaces of OpenAI and Anthropic, played by a fake server that also answers single requests.

A batch is worked on when it has been looked at so many times; each of its requests is then checked and answered as a
single one would be, unless `fate` says otherwise.
"""

from __future__ import annotations

import email.parser
import email.policy
import itertools
import json
import re
import time
from collections import defaultdict, deque
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from anthropic.types.messages.batch_create_params import BatchCreateParams as MessageBatchCreateParams
from openai.types.batch_create_params import BatchCreateParams

from .behaviours import send, send_raw
from .bodies import anthropic_error, openai_error
from .checks import KEY, against_types


class Batches:
    """What both fakes share.

    Attributes
    ----------
    looks : int
        How often a batch is looked at before it has ended.
    fate : callable
        (custom_id, number) -> what becomes of a request: "answered", "expired", "canceled", "missing", or an HTTP
        status with which it fails; `number` counts the requests worked on.
    faults : Mapping
        Operation -> behaviours lined up for it, before it is done; one that is lined up as ``("after", behaviour)``
        comes when it has been done.
    """

    def __init__(self, server):
        self.server = server
        self.looks = 1
        self.fate = lambda custom_id, number: "answered"
        self.faults = defaultdict(deque)
        self.done = []  # operations, as they were asked for
        self.batches = {}
        self.worked = 0
        self.answered = []  # custom ids that were answered, and so are on the bill
        self._numbers = itertools.count(1)
        server.other = self.other

    def other(self, handler, method, content):
        address = urlsplit(handler.path)
        for operation, wanted, pattern in self.operations:
            found = re.fullmatch(pattern, address.path)
            if method == wanted and found:
                self.done.append(operation)
                return self._behave(operation, handler, content, found, parse_qs(address.query))
        return None

    def _behave(self, operation, handler, content, found, query):
        lined_up = self.faults[operation].popleft() if self.faults[operation] else None
        if lined_up is not None and not isinstance(lined_up, tuple):
            return lined_up
        behaviour = getattr(self, operation)(handler, content, *found.groups(), **({"query": query} if query else {}))
        return behaviour if lined_up is None else lined_up[1]

    def next_id(self, kind):
        return f"{kind}_{next(self._numbers)}"

    def page(self, ids, query, after):
        """Return a page of `ids`, the newest first."""
        newest = list(reversed(ids))
        start = newest.index(query[after][0]) + 1 if query and after in query else 0
        return newest[start : start + 2], start + 2 < len(newest)

    def known(self, batch):
        return self.batches.get(batch) or {}

    def work(self, custom_id, body, path):
        """Return (fate, answer) of one request."""
        self.worked += 1
        fate = self.fate(custom_id, self.worked)
        route = self.server.routes[path]
        self.server.violations += route.check(self.headers, body)
        if fate == "answered":
            self.answered.append(custom_id)
            return fate, route.proper(body)
        return fate, None

    def against(self, params, body):
        self.server.violations += against_types(params, body)


class OpenAIBatches(Batches):
    """Files and ``/v1/batches``."""

    operations = (
        ("upload", "POST", "/v1/files"),
        ("content", "GET", "/v1/files/([^/]+)/content"),
        ("create", "POST", "/v1/batches"),
        ("list", "GET", "/v1/batches"),
        ("retrieve", "GET", "/v1/batches/([^/]+)"),
        ("cancel", "POST", "/v1/batches/([^/]+)/cancel"),
    )

    def __init__(self, server):
        super().__init__(server)
        self.headers = {"authorization": f"Bearer {KEY}"}
        self.files = {}
        self.refuse = lambda lines: None  # -> (code, message) with which a whole batch fails

    def upload(self, handler, content):
        head = f"Content-Type: {handler.headers['Content-Type']}\r\n\r\n".encode()
        message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + content)
        parts = {part.get_param("name", header="content-disposition"): part for part in message.iter_parts()}
        if parts["purpose"].get_content().strip() != "batch":
            self.server.violations.append("purpose is not batch")
        name = self.next_id("file")
        self.files[name] = parts["file"].get_payload(decode=True)
        body = {"id": name, "object": "file", "bytes": len(self.files[name]), "created_at": int(time.time())}
        return send(body | {"filename": "x.jsonl", "purpose": "batch", "status": "processed"})

    def create(self, _, content):
        body = json.loads(content)
        self.against(BatchCreateParams, body)
        lines = [json.loads(line) for line in self.files[body["input_file_id"]].splitlines()]
        if len({line["custom_id"] for line in lines}) != len(lines):
            self.server.violations.append("custom ids are not unique")
        self.server.violations += [
            "a line goes elsewhere" for line in lines if (line["url"], line["method"]) != (body["endpoint"], "POST")
        ]
        batch = {
            "id": self.next_id("batch"),
            "object": "batch",
            "endpoint": body["endpoint"],
            "input_file_id": body["input_file_id"],
            "completion_window": "24h",
            "status": "validating",
            "created_at": int(time.time()),
            "metadata": body.get("metadata"),
            "request_counts": {"total": len(lines), "completed": 0, "failed": 0},
        }
        self.batches[batch["id"]] = {"body": batch, "lines": lines, "looks": 0}
        if refused := self.refuse(lines):
            fault = {"code": refused[0], "message": refused[1], "param": None, "line": None}
            batch |= {"status": "failed", "errors": {"object": "list", "data": [fault]}}
        return send(batch)

    def retrieve(self, _, __, batch):
        known = self.batches[batch]
        known["looks"] += 1
        if known["looks"] >= self.looks and known["body"]["status"] in ("validating", "in_progress", "cancelling"):
            self._work_off(known)
        return send(known["body"])

    def list(self, _, __, query=None):
        ids, more = self.page(list(self.batches), query, "after")
        data = [self.batches[each]["body"] for each in ids]
        return send({"object": "list", "data": data, "has_more": more})

    def cancel(self, _, __, batch):
        self.batches[batch]["body"]["status"] = "cancelling"
        return send(self.batches[batch]["body"])

    def content(self, _, __, file):
        return send_raw(self.files[file], kind="application/octet-stream")

    def _work_off(self, known):
        body, output, errors = known["body"], [], []
        cancelled = body["status"] == "cancelling"
        for line in known["lines"]:
            if cancelled and known["looks"] > 0 and len(output) >= len(known["lines"]) // 2:
                fate, answer = "canceled", None
            else:
                fate, answer = self.work(line["custom_id"], line["body"], line["url"])
            entry = {"id": self.next_id("batch_req"), "custom_id": line["custom_id"], "response": None, "error": None}
            if answer is not None:
                output.append(entry | {"response": {"status_code": 200, "request_id": "r", "body": answer}})
            elif isinstance(fate, int):
                fault = openai_error("words of the server")
                errors.append(entry | {"response": {"status_code": fate, "request_id": "r", "body": fault}})
            elif fate in ("expired", "canceled"):
                code = {"expired": "batch_expired", "canceled": "batch_cancelled"}[fate]
                errors.append(entry | {"error": {"code": code, "message": "not executed"}})
        expired = any(entry["error"] and entry["error"]["code"] == "batch_expired" for entry in errors)
        status = "cancelled" if cancelled else "expired" if expired else "completed"
        body |= {"status": status, f"{status}_at": body["created_at"] + 30}
        body["request_counts"] |= {"completed": len(output), "failed": len(errors)}
        for name, lines in (("output_file_id", output), ("error_file_id", errors)):
            if lines:
                body[name] = self.next_id("file")
                # Results come in any order.
                self.files[body[name]] = b"".join(json.dumps(line).encode() + b"\n" for line in reversed(lines))


class AnthropicBatches(Batches):
    """``/v1/messages/batches``."""

    operations = (
        ("create", "POST", "/v1/messages/batches"),
        ("list", "GET", "/v1/messages/batches"),
        ("results", "GET", "/v1/messages/batches/([^/]+)/results"),
        ("retrieve", "GET", "/v1/messages/batches/([^/]+)"),
        ("cancel", "POST", "/v1/messages/batches/([^/]+)/cancel"),
    )

    def __init__(self, server):
        super().__init__(server)
        self.headers = {"x-api-key": KEY, "anthropic-version": "2026-10-21"}

    def create(self, _, content):
        body = json.loads(content)
        self.against(MessageBatchCreateParams, body)
        ids = [request["custom_id"] for request in body["requests"]]
        if len(set(ids)) != len(ids) or not all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", each) for each in ids):
            self.server.violations.append("custom ids are not unique, or not of the form asked for")
        now = datetime.now(UTC)
        counts = {"processing": len(ids), "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0}
        batch = {
            "id": self.next_id("msgbatch"),
            "type": "message_batch",
            "processing_status": "in_progress",
            "request_counts": counts,
            "created_at": now.isoformat(),
            "expires_at": (now + timedelta(hours=24)).isoformat(),
            "ended_at": None,
            "results_url": None,
            "archived_at": None,
            "cancel_initiated_at": None,
        }
        self.batches[batch["id"]] = {"body": batch, "lines": body["requests"], "looks": 0, "results": []}
        return send(batch)

    def retrieve(self, _, __, batch):
        self._look(self.batches[batch])
        return send(self.batches[batch]["body"])

    def list(self, _, __, query=None):
        ids, more = self.page(list(self.batches), query, "after_id")
        for each in ids:
            self._look(self.batches[each])
        data = [self.batches[each]["body"] for each in ids]
        ends = {"first_id": ids[0] if ids else None, "last_id": ids[-1] if ids else None}
        return send({"data": data, "has_more": more} | ends)

    def cancel(self, _, __, batch):
        self.batches[batch]["body"] |= {"processing_status": "canceling", "cancel_initiated_at": None}
        return send(self.batches[batch]["body"])

    def _look(self, known):
        known["looks"] += 1
        if known["looks"] >= self.looks and known["body"]["processing_status"] != "ended":
            self._work_off(known)

    def results(self, _, __, batch):
        lines = b"".join(json.dumps(entry).encode() + b"\n" for entry in self.batches[batch]["results"])
        return send_raw(lines, kind="application/x-jsonl")

    def _work_off(self, known):
        body, kinds = known["body"], {"answered": "succeeded", "expired": "expired", "canceled": "canceled"}
        cancelled = body["processing_status"] == "canceling"
        for number, line in enumerate(known["lines"]):
            if cancelled and number >= len(known["lines"]) // 2:
                fate, answer = "canceled", None
            else:
                fate, answer = self.work(line["custom_id"], line["params"], "/v1/messages")
            if fate == "missing":
                continue
            kind = kinds.get(fate, "errored")
            result = {"type": kind}
            if kind == "succeeded":
                result["message"] = answer
            if kind == "errored":
                names = {400: "invalid_request_error", 429: "rate_limit_error", 500: "api_error"}
                result["error"] = anthropic_error(names[fate], "words of the server")
            known["results"].insert(0, {"custom_id": line["custom_id"], "result": result})
            body["request_counts"][kind] += 1
            body["request_counts"]["processing"] -= 1
        end = (datetime.fromisoformat(body["created_at"]) + timedelta(seconds=30)).isoformat()
        url = f"{self.server.base_url}/v1/messages/batches/{body['id']}/results"
        body |= {"processing_status": "ended", "ended_at": end, "results_url": url}
