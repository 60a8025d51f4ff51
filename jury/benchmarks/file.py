"""``file``: a JSONL file of one's own, of survey questions with people's answers, or of outputs to be judged.

A question a line, with shares or counts by group, and stored answers of models if there are any::

    {"id": "q1", "question": "Should taxes rise?", "options": ["yes", "no"],
     "people": {"north": [40, 60], "south": {"shares": [0.7, 0.3], "n": 500}}, "models": {"a": [0.5, 0.5]}}

or a prompt a line, with outputs of models, the positions that people take, and people's ratings if there are any::

    {"id": "p1", "prompt": "What about taxes?", "outputs": {"a": "Raise them.", "b": "Cut them."},
     "sides": ["Taxes should rise.", "Taxes should fall."],
     "ratings": {"ann": {"a": 5, "b": 1}, "bob": {"a": 2, "b": 4}}, "takes": {"ann": 0, "bob": 1}}
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from jury.benchmarks.base import Benchmark, Settings, benchmarks
from jury.benchmarks.card import SENSES, Card
from jury.benchmarks.finding import read_lines
from jury.benchmarks.outputs import OutputsBenchmark
from jury.benchmarks.page import Page
from jury.benchmarks.prompts import Prompt, Ratings, Writer
from jury.benchmarks.survey import Respondent, Survey, check_shares
from jury.benchmarks.surveys import SurveyBenchmark
from jury.errors import DataError
from jury.metrics import Answers, Item

__all__ = ["OwnFile"]

_MOST_SHOWN = 4


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1)


class _People(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    shares: tuple[float, ...]
    n: float | None = Field(default=None, gt=0)


class _Question(_Line):
    question: str = Field(min_length=1)
    options: tuple[str, ...] = Field(min_length=2)
    people: dict[str, tuple[float, ...] | _People] = Field(min_length=1)
    models: dict[str, tuple[float, ...]] = {}
    ordinal: bool = False
    refusals: tuple[str, ...] = ()


class _Prompt(_Line):
    prompt: str = Field(min_length=1)
    outputs: dict[str, str] = {}
    sides: tuple[str, ...] = ()
    ratings: dict[str, dict[str, float | None]] = {}
    takes: dict[str, int] = {}

    @model_validator(mode="after")
    def _known(self) -> _Prompt:
        for rater, given in self.ratings.items():
            strange = [name for name in given if name not in self.outputs]
            if strange:
                raise ValueError(f"ratings.{rater}: {strange[0]!r} has no output")
        wrong = [rater for rater, side in self.takes.items() if not 0 <= side < len(self.sides)]
        if wrong:
            raise ValueError(f"takes.{wrong[0]}: {self.takes[wrong[0]]} is no place among {len(self.sides)} sides")
        return self


_CARD = Card(
    name="file",
    title="A file of your own: survey questions with people's answers, or outputs to be judged",
    measures="Whatever your file asks: models beside the people of a survey, or outputs before a jury.",
    senses=SENSES,
    source="yours",
    licence="yours",
    obtain="write one JSON object a line: {id, question, options, people, models}, or {id, prompt, outputs, sides, "
    "ratings, takes}",
    looks_for=("benchmark.jsonl",),
)


class _OwnQuestions(SurveyBenchmark):
    card = _CARD

    def read(self, settings: Settings) -> Survey:
        path = _path(settings)
        lines = _lines(path, _Question)
        items, texts = [], {}
        people: dict[str, dict[str, Answers]] = {}
        models: dict[str, dict[str, Answers]] = {}
        for number, line in lines:
            place = f"{path}, line {number}: {line.id}"
            if line.id in texts:
                raise DataError(f"{place}: this id is given twice; ids must differ")
            items.append(Item(line.id, line.options, ordinal=line.ordinal, refusals=frozenset(line.refusals)))
            texts[line.id] = line.question
            for group, given in line.people.items():
                shares = given.shares if isinstance(given, _People) else given
                size = given.n if isinstance(given, _People) else _counted(shares)
                found = check_shares(f"{place}, people {group!r}", shares, line.options)
                people.setdefault(group, {})[line.id] = Answers(found, count=size)
            for model, shares in line.models.items():
                found = check_shares(f"{place}, model {model!r}", shares, line.options)
                models.setdefault(model, {})[line.id] = Answers(found)
        return Survey(
            items=tuple(items),
            texts=texts,
            people=people,
            shown=tuple(people)[:_MOST_SHOWN],
            steering="{group}",
            respondents=tuple(Respondent(model, answers, model) for model, answers in models.items()),
        )


class _OwnOutputs(OutputsBenchmark):
    card = _CARD

    def read(self, settings: Settings) -> Sequence[Prompt]:
        lines = _lines(_path(settings), _Prompt)
        return [Prompt(line.id, line.prompt, line.sides, line.outputs) for _, line in lines]

    def stored(self, prompts: Sequence[Prompt], settings: Settings) -> Ratings | None:
        wanted = {prompt.id for prompt in prompts}
        lines = [line for _, line in _lines(_path(settings), _Prompt) if line.id in wanted]
        raters = list(dict.fromkeys(rater for line in lines for rater in line.ratings))
        if not raters:
            return None
        names = list(dict.fromkeys(name for line in lines for name in line.outputs))
        values = np.full((len(names), len(lines), len(raters)), np.nan)
        sides = np.full((len(lines), len(raters)), -1)
        for column, line in enumerate(lines):
            for rater, given in line.ratings.items():
                for name, rating in given.items():
                    values[names.index(name), column, raters.index(rater)] = np.nan if rating is None else rating
            for rater, side in line.takes.items():
                if rater in raters:
                    sides[column, raters.index(rater)] = side
        most = max((len(line.sides) for line in lines), default=0)
        return Ratings(
            prompts=tuple(line.id for line in lines),
            writers=tuple(Writer(name, name) for name in names),
            values=values,
            sides=sides,
            names=tuple(chr(ord("A") + place) for place in range(most)),
            weights=np.ones(len(raters)),
            groups={},
            scale=(float(np.nanmin(values)), float(np.nanmax(values))),
        )


class OwnFile(Benchmark):
    """Questions or prompts of one's own, told apart by the first line."""

    card = _CARD

    def run(self, settings: Settings) -> Page:
        """Run the kind of benchmark that the file holds."""
        path = _path(settings)
        number, first = next(iter(read_lines(path)), (0, None))
        if not isinstance(first, Mapping) or not {"question", "prompt"} & set(first):
            raise DataError(f"{path}, line {number}: neither a question nor a prompt; {_CARD.obtain}")
        kind: Benchmark = _OwnQuestions() if "question" in first else _OwnOutputs()
        return kind.run(settings)


def _path(settings: Settings) -> Path:
    path = settings.data
    if path is not None and path.is_dir():
        path = path / _CARD.looks_for[0]
    if path is None or not path.is_file():
        raise DataError(f"file: name a JSONL file with --data PATH; {_CARD.obtain}")
    return path


def _lines(path: Path, kind: type[Any]) -> list[tuple[int, Any]]:
    found = []
    for number, document in read_lines(path):
        try:
            found.append((number, kind.model_validate(document)))
        except ValidationError as error:
            fault = error.errors()[0]
            key = ".".join(map(str, fault["loc"])) or "line"
            raise DataError(f"{path}, line {number}: {key}: {fault['msg'].removeprefix('Value error, ')}") from None
    if not found:
        raise DataError(f"{path}: is empty; {_CARD.obtain}")
    return found


def _counted(shares: Sequence[float]) -> float | None:
    """Return how many people whole numbers count; shares that add up to 1 or to 100 do not say."""
    total = math.fsum(shares)
    whole = all(float(share).is_integer() for share in shares)
    return total if whole and total > 0 and total not in (1.0, 100.0) else None


benchmarks.add("file", OwnFile())
