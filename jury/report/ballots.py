"""The ballots themselves, as they were asked and answered, in columns that hold each text once."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from jury.report.records import stored_ballots

if TYPE_CHECKING:
    from jury.panel import Panel
    from jury.run import Run

__all__ = ["Texts", "ballots", "jurors"]

_FIELDS = ("juror", "case", "replicate", "round", "status", "shown", "labels", "context", "answer", "utilities")
_MORE = ("mass", "problem", "seed", "at", "cost", "prior", "heard", "replies")


class Texts:
    """Texts by number, each kept once: prompts of one case differ little, and there are many of them."""

    def __init__(self) -> None:
        self.found: list[Any] = []
        self._number: dict[Hashable, int] = {}

    def add(self, text: Any, key: Hashable | None = None) -> int | None:  # noqa: ANN401 - whatever JSON holds
        """Return the number of a text, None for None; `key` stands for what cannot be looked up itself."""
        if text is None:
            return None
        key = text if key is None else key
        number = self._number.get(key)
        if number is None:
            number = self._number[key] = len(self.found)
            self.found.append(text)
        return number


def jurors(panel: Panel, run: Run | None) -> dict[str, Any]:
    """Return the jurors in columns: names, weights, models, the words that described them, attributes by code."""
    texts = Texts()
    wordings: list[list[int | None]] = []
    if run is not None:
        wordings = [[texts.add(juror.text), *map(texts.add, juror.variants)] for juror in run.jurors]
    attributes = {}
    for name in map(str, panel.jurors.columns):
        values = ["" if value is None or value != value else str(value) for value in panel.jurors[name].tolist()]
        levels, codes = np.unique(np.array(values, dtype=np.str_), return_inverse=True)
        attributes[name] = {"levels": levels, "codes": codes}
    return {
        "name": [str(name) for name in panel.jurors.index],
        "weight": panel.weights,
        "model": None if run is None else [juror.model for juror in run.jurors],
        "wordings": wordings,
        "texts": texts.found,
        "attributes": attributes,
    }


def ballots(panel: Panel, run: Run | None, most: int) -> dict[str, Any]:
    """Return the ballots in columns, of more than `most` as many drawn by lot.

    Returns
    -------
    dict
        ``total, kept, layout``; ``texts`` and ``values`` that columns name by number; the columns ``juror, case,
        replicate, round, status`` ..., in which ``replies`` has, a question, the numbers of what was asked, of what
        came back, of the model and of its parameters, then tokens, cost, seconds, attempts and source.
    """
    texts, values = Texts(), Texts()
    columns: dict[str, list[Any]] = {name: [] for name in (*_FIELDS, *_MORE)}
    case_number = {case.id: number for number, case in enumerate(panel.cases)}
    records: Iterable[Mapping[str, Any]]
    total, records = _of_panel(panel, most) if run is None else stored_ballots(run.path, most)
    for record in records:
        case = panel.cases[case_number[record["case"]]]
        index = {name: place for place, name in enumerate(case.alternative_ids)}
        answer = record["answer"]
        columns["juror"].append(record["juror"])
        columns["case"].append(case_number[case.id])
        columns["replicate"].append(record["replicate"])
        columns["round"].append(record["round"])
        columns["status"].append(texts.add(record["status"]))
        columns["shown"].append(_numbered(values, [index[name] for name in record["shown"]]))
        columns["labels"].append(_numbered(values, record["labels"]))
        columns["context"].append(texts.add(record["context"]))
        columns["answer"].append(_numbered(values, answer))
        given = panel.mode.utilities_of(answer, case) if record["status"] == "answered" else None
        columns["utilities"].append(None if given is None else _numbered(values, [_or_none(value) for value in given]))
        columns["mass"].append(record["mass"])
        columns["problem"].append(texts.add(record["problem"]))
        columns["seed"].append(record["seed"])
        columns["at"].append(record["at"])
        columns["cost"].append(record["cost"])
        columns["prior"].append([[texts.add(said) for said in turn] for turn in record["prior"]])
        columns["heard"].append(_numbered(values, record["heard"]) if record["heard"] else None)
        columns["replies"].append([_reply(reply, texts, values) for reply in record["replies"]])
    kept = len(columns["juror"])
    layout = None if run is None else run.header.layout
    return {
        "total": total,
        "kept": kept,
        "layout": layout,
        "texts": texts.found,
        "values": values.found,
        **{name: column for name, column in columns.items() if any(value not in (None, []) for value in column)},
    }


def _numbered(values: Texts, value: Any) -> int | None:  # noqa: ANN401 - whatever JSON holds
    return values.add(value, json.dumps(value))


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value


def _reply(reply: Mapping[str, Any], texts: Texts, values: Texts) -> list[Any]:
    return [
        texts.add(reply["ask"]),
        texts.add(reply["text"]),
        texts.add(reply["model"]),
        _numbered(values, reply["parameters"]),
        None if reply["logprobs"] is None else _numbered(values, reply["logprobs"]),
        texts.add(reply["finish_reason"]),
        reply["input_tokens"],
        reply["output_tokens"],
        reply["cost_usd"],
        None if reply["seconds"] is None else round(reply["seconds"], 3),
        reply["attempts"],
        texts.add(reply["source"]),
    ]


def _of_panel(panel: Panel, most: int) -> tuple[int, list[dict[str, Any]]]:
    found = [(case.id, vote) for case in panel.cases for vote in panel.votes.get(case.id, ())]
    places: Iterable[int] = range(len(found))
    if len(found) > most:
        places = sorted(np.random.default_rng(0).choice(len(found), most, replace=False).tolist())
    nothing = dict.fromkeys(("context", "mass", "problem", "seed", "at", "cost"))
    records = []
    for place in places:
        case, vote = found[place]
        records.append(
            {
                **nothing,
                "juror": vote.juror,
                "case": case,
                "replicate": vote.replicate,
                "round": 0,
                "prior": [],
                "heard": None,
                "status": "answered",
                "answer": dict(vote.values),
                "shown": list(vote.shown),
                "labels": list(vote.labels),
                "replies": [],
            }
        )
    return len(found), records
