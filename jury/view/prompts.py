"""One ballot, with every message that was sent for it and every reply as it came."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jury.backends.base import Form, Message, Question, Request, Turn
from jury.cases import Case
from jury.plan import Plan, Task
from jury.records import Juror
from jury.run import Run
from jury.store import reading
from jury.view.ballots import ballot_key

#: Of a ballot's key, where a run has no rounds.
_USUAL = {"round": "0", "stage": "answer"}


def ballot(path: Path, run: Run, key: Mapping[str, str]) -> dict[str, Any] | None:
    """Return a ballot with its prompts and raw replies; None if there is none of that key.

    Parameters
    ----------
    path : Path
    run : Run
        The same run, opened.
    key : mapping
        Columns that tell ballots apart -> value, as text.
    """
    with reading(path) as store:
        names = ballot_key(store.connection).split(", ")
        same = " AND ".join(f"{name} = ?" for name in names)
        given = [key.get(name, _USUAL.get(name, "")) for name in names]
        query = f"SELECT * FROM ballot WHERE {same}"  # noqa: S608 - names of columns are the database's
        found = store.connection.execute(query, given).fetchone()
        if found is None:
            return None
        cases = store.cases()
        replies = [
            dict(row)
            for row in store.connection.execute(
                f"SELECT * FROM reply WHERE {same} ORDER BY question",  # noqa: S608 - likewise
                given,
            )
        ]
    row = dict(found)
    juror = run.jurors[row["juror_id"]]
    asked, exact = _messages(run, cases, juror, row, replies)
    return {
        "juror": juror.name,
        "persona": juror.persona,
        "attributes": juror.attributes,
        "weight": juror.weight,
        "case": row["case_id"],
        "replicate": row["replicate"],
        "round": row.get("round"),
        "stage": row.get("stage", "answer"),
        "heard": json.loads(row.get("heard") or "null"),
        "status": row["status"],
        "answer": json.loads(row["answer"]),
        "problem": row["problem"],
        "label_mass": row["label_mass"],
        "shown": json.loads(row["shown"]),
        "labels": json.loads(row.get("labels") or "[]"),
        "seed": row["seed"],
        "answered_at": row["answered_at"],
        "cost_usd": row["cost_usd"],
        "exact": exact,
        "replies": [_reply(reply, messages) for reply, messages in zip(replies, asked, strict=True)],
    }


def _messages(
    run: Run, cases: Sequence[Case], juror: Juror, row: Mapping[str, Any], replies: Sequence[Mapping[str, Any]]
) -> tuple[list[list[dict[str, str]]], bool]:
    """Return the messages sent for each reply, and whether they are known to be exactly those.

    The file has the words; which question continues which other one is made again from the run's plan.
    """
    plan = Plan.of(run.study, run.header.readout, run.jurors, cases, run.header.layout)
    task = plan.task(juror, [case.id for case in cases].index(row["case_id"]), row["replicate"])
    said = [reply["text"] for reply in replies]
    numbers = range(len(replies))
    if _as_planned(task, row, replies):
        return [list(map(_told, task.request(number, said[:number]).messages())) for number in numbers], True
    asked = task.questions if row.get("stage", "answer") == "answer" else ()
    prior = tuple(Turn(*turn) for turn in json.loads(row.get("prior") or "[]"))
    found = []
    for number, reply in enumerate(replies):
        follows = asked[number].follows if number < len(asked) else ()
        earlier = (*prior, *(Turn(replies[before]["ask"], said[before]) for before in follows))
        question = Question(row["context"], reply["ask"], Form({}), lambda _: "")
        persona = juror.wording(row["replicate"])
        request = Request(persona, question, "sample", row["seed"], earlier=earlier, layout=run.header.layout)
        found.append([_told(message) for message in request.messages()])
    one_context = len({question.context for question in asked}) == 1
    return found, len(replies) <= 1 or (one_context and len(replies) <= len(asked))


def _as_planned(task: Task, row: Mapping[str, Any], replies: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether the ballot is of the first round, and the words stored are those of the plan."""
    if row.get("prior") or row.get("stage", "answer") != "answer":
        return False
    asks = [question.ask for question in task.questions[: len(replies)]]
    return task.questions[0].context == row["context"] and asks == [reply["ask"] for reply in replies]


def _told(message: Message) -> dict[str, str]:
    return {"role": message.role, "text": message.text}


def _reply(row: Mapping[str, Any], messages: list[dict[str, str]]) -> dict[str, Any]:
    names = ("text", "model", "finish_reason", "input_tokens", "output_tokens", "cost_usd", "seconds", "attempts")
    return {
        "messages": messages,
        **{name: row[name] for name in names},
        "refused": bool(row["refused"]),
        "source": row.get("source", "model"),
        "parameters": json.loads(row["parameters"]),
        "logprobs": json.loads(row["logprobs"]) if row.get("logprobs") else None,
    }
