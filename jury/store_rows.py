"""How records become rows of a run file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from jury.cases import Case
from jury.records import Ballot, Draft, Header, Juror, TimedReply

# ruff: noqa: S608 - statements are put together from names that stand in this file

KEY = "juror_id, case_id, replicate, round, stage"  # of a ballot
OPTIONAL = ("survey_answers", "rendering")  # JSON of a juror that may be absent


def insert_plan(connection: sqlite3.Connection, header: Header, jurors: Sequence[Juror], cases: Sequence[Case]) -> None:
    """Write what is known before anything is asked."""
    record = {name: getattr(header, name) for name in Header.__dataclass_fields__}
    record["study"], record["provenance"] = _json(header.study), _json(header.provenance)
    _insert(connection, "run", [record])
    _insert(
        connection,
        "juror",
        [
            {
                **{name: getattr(juror, name) for name in Juror.__dataclass_fields__},
                "attributes": _json(juror.attributes),
                **{name: _json(value) if (value := getattr(juror, name)) is not None else None for name in OPTIONAL},
                "variants": _json(juror.variants) if juror.variants else None,
            }
            for juror in jurors
        ],
    )
    _insert(
        connection,
        "case_",
        [{**case.model_dump(exclude={"alternatives"}), "position": position} for position, case in enumerate(cases)],
    )
    _insert(
        connection,
        "alternative",
        [
            {"case_id": case.id, "id": item.id, "position": position, "text": item.text}
            for case in cases
            for position, item in enumerate(case.alternatives)
        ],
    )


def insert_ballot(connection: sqlite3.Connection, ballot: Ballot) -> None:
    """Write a ballot and its replies, in the place of a failed one if there is one."""
    key = {"juror_id": ballot.juror, "case_id": ballot.case, "replicate": ballot.replicate} | ballot.step._asdict()
    _forget_failed(connection, "ballot", "reply", key)
    answer = ballot.answer
    record = {
        "status": answer.status,
        "answer": _json(answer.values),
        "label_mass": answer.label_mass,
        "problem": answer.problem or None,
        "shown": _json(ballot.shown),
        "labels": _json(ballot.labels),
        "prior": _json(ballot.prior) if ballot.prior else None,
        "heard": None if ballot.heard is None else _json(ballot.heard),
        "context": ballot.context,
        "seed": ballot.seed,
        "cost_usd": ballot.cost,
        "answered_at": ballot.answered_at,
    }
    _insert(connection, "ballot", [key | record])
    _insert(
        connection,
        "reply",
        [key | _reply_record(number, timed) for number, timed in enumerate(ballot.replies)],
    )


def insert_draft(connection: sqlite3.Connection, draft: Draft) -> None:
    """Write a moderator's statement, in the place of a failed one if there is one."""
    key = {"case_id": draft.case, "replicate": draft.replicate, "number": draft.number} | draft.step._asdict()
    _forget_failed(connection, "statement", "statement", key)
    record = {
        "status": draft.answer.status,
        "text": draft.answer.values.get("text", ""),
        "problem": draft.answer.problem or None,
        "prompt": draft.prompt,
        "seed": draft.seed,
        "attempts": 0,
        "answered_at": draft.answered_at,
    }
    for timed in draft.replies:  # one at most
        reply = _reply_record(0, timed)
        record |= {name: value for name, value in reply.items() if name in _OF_STATEMENT}
    _insert(connection, "statement", [key | record])


#: What a statement keeps of the reply that it was.
_OF_STATEMENT = frozenset(
    [
        *("model", "parameters", "input_tokens", "output_tokens", "cached_tokens", "written_tokens"),
        *("cost_usd", "seconds", "attempts", "source"),
    ]
)


def _forget_failed(connection: sqlite3.Connection, table: str, priced: str, key: dict[str, Any]) -> None:
    """Make room for what is asked again: the failed one goes with its replies; what they cost is not forgotten."""
    same = " AND ".join(f"{name} = :{name}" for name in key)
    costs = priced if priced == table else f"{priced} JOIN {table} USING ({KEY})"
    connection.execute(
        "UPDATE run SET spent_on_failed_usd = spent_on_failed_usd + ("
        f"SELECT TOTAL({priced}.cost_usd) FROM {costs} WHERE status = 'failed' AND {same})",
        key,
    )
    connection.execute(f"DELETE FROM {table} WHERE status = 'failed' AND {same}", key)


def _reply_record(number: int, timed: TimedReply) -> dict[str, Any]:
    reply = timed.reply
    return {
        "question": number,
        "ask": timed.ask,
        "text": reply.text,
        "logprobs": None if reply.logprobs is None else _json(reply.logprobs),
        "floor": reply.floor,
        "refused": int(reply.refused),
        "finish_reason": reply.finish_reason,
        "model": reply.model,
        "parameters": _json(reply.parameters),
        "input_tokens": reply.usage.input,
        "output_tokens": reply.usage.output,
        "cached_tokens": reply.usage.cached,
        "written_tokens": reply.usage.written,
        "cost_usd": timed.cost,
        "seconds": timed.seconds,
        "attempts": timed.attempts,
        "source": timed.source,
    }


def _insert(connection: sqlite3.Connection, table: str, records: Sequence[dict[str, Any]]) -> None:
    if records:
        columns = list(records[0])
        marks = ", ".join(f":{column}" for column in columns)
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        connection.executemany(statement, [{name: _storable(value) for name, value in row.items()} for row in records])


def _storable(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    """Return text without lone surrogates, which have no place in a database; anything else as it is."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _json(value: Any) -> str:  # noqa: ANN401 - anything that JSON can hold
    return json.dumps(value if not hasattr(value, "items") else dict(value), ensure_ascii=False)
