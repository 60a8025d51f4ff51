"""``globalopinionqa``: questions of world surveys, with answers by country; the paper's own experiment."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from jury.benchmarks.base import Settings, benchmarks
from jury.benchmarks.card import Card
from jury.benchmarks.finding import find, hub_rows, read_json, read_table
from jury.benchmarks.page import Cell, Table
from jury.benchmarks.spreading import LEAST
from jury.benchmarks.survey import Respondent, Survey, check_shares
from jury.benchmarks.surveys import SurveyBenchmark
from jury.errors import DataError
from jury.estimates import mean_estimate
from jury.metrics import Answers, Item

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["GlobalOpinionQA"]

_SMALL = "human_distributions_small.json.gz"
_STORED = "model_answers"
_NOT_ASKED = -1.0
_PAPER = ("United States", "Japan")  # the countries of Sorensen et al. (2024)
_PAIRS = (("Llama-2-7b-hf", "Llama-2-7b-chat-hf"), ("Mistral-7B-v0.1", "zephyr-7b-beta"))
_OTHER = {
    "question",
    "options",
    "probs",
    "model_id",
    "load_8bit",
    "max_choice",
    "chose_first",
    "chose_last",
    "chose_middle",
}
_HEADER = ("question", "options", "probs", "model_id")

_NO_COUNTS = (
    "GlobalOpinionQA publishes shares without the number of people behind them, so that no noise floor can be given."
)
_EVERY_OPTION = (
    "All options count, those that say nothing (DK/Refused) too, as in the published experiments; where shares do not "
    "add up to 1, the small file gives the rest to the last option, whatever it is."
)

_Raw = tuple[str, Sequence[str], Mapping[str, Sequence[float]]]


class GlobalOpinionQA(SurveyBenchmark):
    """Questions of the Pew Global Attitudes and World Values Surveys, with answers by country."""

    card = Card(
        name="globalopinionqa",
        title="GlobalOpinionQA: world surveys by country, and models before and after alignment",
        measures="Whether a model's answers to questions of world surveys spread as those of people of a country do, "
        "and whether alignment moved them closer.",
        senses=("steerable", "distributional", "multi-objective", "trade-off steerable", "jury-pluralistic"),
        source="Durmus et al. (2023), arXiv:2306.16388; questions of Pew Global Attitudes and World Values Survey. "
        "Stored model answers: Ryan et al. (2024), arXiv:2402.15018. Experiment: Sorensen et al. (2024), "
        "arXiv:2402.05070.",
        licence="questions and people's answers CC BY-NC-SA 4.0 (no commercial use); stored model answers MIT",
        obtain="global_opinions.csv of Anthropic/llm_global_opinions on the Hugging Face hub; or the file "
        f"{_SMALL} with a folder {_STORED}/ of answers of models",
        looks_for=(_SMALL, "global_opinions.csv", "data/global_opinions.csv"),
        hub="Anthropic/llm_global_opinions",
        faults=(_NO_COUNTS, _EVERY_OPTION),
    )

    def read(self, settings: Settings) -> Survey:
        """Return the questions, and the answers of models that lie beside them."""
        place = find(self.card, settings.data)
        if place is None:
            return _survey(_published(hub_rows(self.card), str(self.card.hub)), ())
        path = next((place / name for name in self.card.looks_for if (place / name).exists()), place)
        if path.name.endswith((".json", ".json.gz")):
            raw = _small(path)
        else:
            table = read_table(path)
            raw = _published([dict(row) for _, row in table.iterrows()], str(path))
        return _survey(raw, _stored(path.parent / _STORED))

    def more(self, survey: Survey, settings: Settings, plain: Sequence[Respondent]) -> tuple[Table, ...]:
        """Return the change by country from the similarities that lie with the stored answers."""
        place = find(self.card, settings.data)
        folder = None if place is None or place.is_file() else place / _STORED
        if folder is None or not folder.is_dir() or settings.questions is not None:
            return ()
        tables = {str(table["model_id"].iloc[0]): table for table in _tables(folder)}
        shown = survey.known(settings.groups)
        return tuple(
            _similarities(tables[before], tables[after], before, after, shown, settings.base)
            for before, after in survey.pairs
            if before in tables and after in tables
        )


benchmarks.add("globalopinionqa", GlobalOpinionQA())


def _small(path: Path) -> Iterator[_Raw]:
    """Yield (question, options, country -> shares) of the small file: one record a question and country."""
    records = read_json(path)
    gathered: dict[tuple[str, tuple[str, ...]], dict[str, Sequence[float]]] = {}
    for number, record in enumerate(records if isinstance(records, list) else [records], start=1):
        try:
            text, options = str(record["question"]), tuple(map(str, record["options"]))
            country, shares = str(record["attribute"]), record["gold_distribution"]
        except (KeyError, TypeError) as error:
            raise DataError(f"{path}, record {number}: no {error}; it has to hold question, options, ...") from None
        gathered.setdefault((_bare(text), options), {})[country] = shares
    for (question, options), people in gathered.items():
        yield question, options, people


def _bare(text: str) -> str:
    """Return a question without the prompt around it."""
    return text.removeprefix("Question: ").partition("\nOptions:")[0]


def _published(rows: Sequence[Mapping[str, Any]], place: str) -> Iterator[_Raw]:
    """Yield the same of the published file: one row a question, its columns written as Python."""
    for number, row in enumerate(rows, start=1):
        question = row.get("question")
        if not isinstance(question, str) or not question.strip():
            continue
        try:
            options, selections = row["options"], str(row["selections"])
            listed = ast.literal_eval(options) if isinstance(options, str) else list(options)
            shares = ast.literal_eval(selections[selections.index("{") : selections.rindex("}") + 1])
        except (KeyError, ValueError, SyntaxError) as error:
            raise DataError(f"{place}, row {number}: options or selections cannot be read: {error}") from None
        yield question, tuple(map(str, listed)), shares


def _survey(raw: Iterator[_Raw], respondents: tuple[Respondent, ...]) -> Survey:
    items, texts, repeated = [], {}, 0
    people: dict[str, dict[str, Answers]] = {}
    for question, options, by_country in raw:
        name = _name(question, options)
        if len(set(options)) < len(options) or name in texts:
            repeated += 1
            continue
        items.append(Item(name, tuple(options)))
        texts[name] = question
        for country, shares in by_country.items():
            place = f"question {question[:60]!r}, {country}"
            people.setdefault(country, {})[name] = Answers(check_shares(place, shares, options))
    kept = tuple(
        Respondent(each.name, {name: given for name, given in each.answers.items() if name in texts}, each.of)
        for each in respondents
    )
    notes = [f"Questions left out, asked twice or with the same option twice: {repeated}."] if repeated else []
    names = {each.name for each in kept}
    order = [name for pair in _PAIRS for name in pair]
    return Survey(
        items=tuple(items),
        texts=texts,
        people={country: people[country] for country in sorted(people)},
        shown=tuple(country for country in _PAPER if country in people) or tuple(sorted(people)[:2]),
        steering="A person who lives in {group} and is like most people there.",
        respondents=tuple(sorted(kept, key=lambda each: order.index(each.name) if each.name in order else len(order))),
        pairs=tuple(pair for pair in _PAIRS if set(pair) <= names),
        notes=tuple(notes),
    )


def _name(question: str, options: Sequence[str]) -> str:
    """Return an id that is the same wherever the question comes from."""
    return hashlib.sha256("\n".join([question.strip(), *options]).encode()).hexdigest()[:12]


def _tables(folder: Path) -> Iterator[pd.DataFrame]:
    for path in sorted([*folder.glob("*.csv"), *folder.glob("*.csv.gz")]):
        table = read_table(path)
        missing = [name for name in _HEADER if name not in table.columns]
        if missing:
            raise DataError(f"{path}: no column {missing[0]!r}; needed: {', '.join(_HEADER)}")
        yield table


def _stored(folder: Path) -> tuple[Respondent, ...]:
    return tuple(_respondent(table) for table in _tables(folder)) if folder.is_dir() else ()


def _respondent(table: pd.DataFrame) -> Respondent:
    answers = {}
    for question, options, probabilities in zip(table["question"], table["options"], table["probs"], strict=True):
        if not isinstance(question, str):
            continue
        listed = tuple(map(str, ast.literal_eval(options)))
        place = f"{table['model_id'].iloc[0]}, question {question[:60]!r}"
        shares = check_shares(place, ast.literal_eval(probabilities), listed)
        answers[_name(question, listed)] = Answers(shares)
    model = str(table["model_id"].iloc[0])
    return Respondent(model, answers, model)


def _similarities(
    first: pd.DataFrame, second: pd.DataFrame, before: str, after: str, shown: Sequence[str], base: float
) -> Table:
    """Compare two models by the stored similarities, 1 - Jensen-Shannon distance with the natural logarithm."""
    countries = [name for name in first.columns if name in second.columns and name not in _OTHER]
    scale = 1 / np.sqrt(np.log(base))
    distances = {
        country: tuple(_as_distances(table[country], scale) for table in (first, second)) for country in countries
    }
    known = [country for country in shown if country in distances]
    rows = [_moved(f"distance to {country}", *distances[country]) for country in known]
    shared = np.all([~np.isnan(side) for country in known for side in distances[country]], axis=0)
    if len(known) > 1:
        both = " and ".join(known)
        rows += [
            _moved(f"... {country}, on questions asked in {both}", *(side[shared] for side in distances[country]))
            for country in known
        ]
    moved = [mean_estimate(after - before, "questions") for before, after in distances.values()]
    enough = [each for each in moved if each.count >= LEAST]
    closer, farther = sum(each.high < 0 for each in enough), sum(each.low > 0 for each in enough)
    return Table(
        f"From {before} to {after}, by the similarities stored with the answers (Jensen-Shannon, base {base:g})",
        ("figure", "before", "after", "change", "questions"),
        tuple(rows),
        f"These rest on more questions than there are people's answers for here. Of {len(enough)} countries with at "
        f"least {LEAST} questions: closer to {closer}, farther from {farther}, not settled for "
        f"{len(enough) - closer - farther}.",
    )


def _as_distances(column: pd.Series[str], scale: float) -> np.ndarray:
    similarity = column.astype(float).to_numpy()
    return np.where(similarity == _NOT_ASKED, np.nan, scale * (1 - similarity))


def _moved(what: str, before: np.ndarray, after: np.ndarray) -> tuple[Cell, ...]:
    change = mean_estimate(after - before, "questions")
    return what, mean_estimate(before, "questions"), mean_estimate(after, "questions"), change, change.count
