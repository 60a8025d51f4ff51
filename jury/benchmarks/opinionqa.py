"""``opinionqa``: American Trends Panel surveys in the format of OpinionQA, by demographic group."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from jury.benchmarks.base import Settings, benchmarks
from jury.benchmarks.card import Card
from jury.benchmarks.finding import find, read_table
from jury.benchmarks.survey import Survey
from jury.benchmarks.surveys import SurveyBenchmark
from jury.benchmarks.tallied import EVERYBODY, Persons, tallied
from jury.errors import DataError
from jury.metrics import Item

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["OpinionQA"]

_ATTRIBUTES = ("POLIDEOLOGY", "POLPARTY", "RACE", "SEX", "AGE", "EDUCATION", "CREGION", "INCOME", "RELIG")
_SHOWN = ("POLPARTY: Democrat", "POLPARTY: Republican", EVERYBODY)
_NEEDED = ("key", "question", "references", "option_ordinal")


class OpinionQA(SurveyBenchmark):
    """One wave of the panel: info.csv with the questions, responses.csv with a row a person."""

    card = Card(
        name="opinionqa",
        title="OpinionQA: a wave of Pew's American Trends Panel, by demographic group",
        measures="Whether a model's opinions spread as those of US adults do, by ideology, party, race, sex, "
        "age and more.",
        senses=("steerable", "distributional", "multi-objective", "trade-off steerable", "jury-pluralistic"),
        source="Santurkar et al. (2023), Whose opinions do language models reflect?, arXiv:2303.17548; Pew Research "
        "Center.",
        licence="Pew Research Center's terms of use; the data may not be passed on",
        obtain="https://github.com/tatsu-lab/opinions_qa names where; a wave's folder (info.csv, responses.csv), "
        "such as human_resp/American_Trends_Panel_W26",
        looks_for=("info.csv",),
        faults=(
            "The order of the options is the authors' coding: 'neither' stands halfway between two sides.",
            "Refusals are in no distance, as in the paper; their rate is reported.",
        ),
    )

    def read(self, settings: Settings) -> Survey:
        """Return the questions of one wave and who answered them."""
        place = find(self.card, settings.data)
        if place is None or place.is_file():
            raise DataError(f"{self.card.name}: name a wave's folder with --data PATH. Get it: {self.card.obtain}")
        info, responses = read_table(place / "info.csv"), _responses(place)
        missing = [name for name in _NEEDED if name not in info.columns]
        if missing:
            raise DataError(f"{place / 'info.csv'}: no column {missing[0]!r}; needed: {', '.join(_NEEDED)}")
        items, texts, chosen = [], {}, {}
        for key, question, references, ordinal in info[list(_NEEDED)].itertuples(index=False):
            if key not in responses.columns:
                continue
            item = _item(str(key), _listed(place, references), _listed(place, ordinal))
            places = {option: float(position) for position, option in enumerate(item.options)}
            items.append(item)
            texts[item.id] = str(question)
            chosen[item.id] = np.array([places.get(said, np.nan) for said in responses[key]], dtype=float)
        if not items:
            raise DataError(f"{place}: responses.csv has none of the questions of info.csv")
        persons = Persons(tuple(items), texts, chosen, _stated(responses), _weights(place, responses))
        return tallied(persons, shown=_SHOWN, steering="An adult of the United States ({group}).")


def _responses(place: Path) -> pd.DataFrame:
    path = next((place / name for name in ("responses.csv", "responses.csv.gz") if (place / name).exists()), None)
    if path is None:
        raise DataError(f"{place}: holds info.csv, but no responses.csv, which has a row a person")
    return read_table(path)


def _listed(place: Path, text: object) -> list[object]:
    try:
        return list(ast.literal_eval(str(text)))
    except (ValueError, SyntaxError, TypeError):
        raise DataError(f"{place / 'info.csv'}: {str(text)[:60]!r} is no list") from None


def _item(key: str, references: Iterable[object], ordinal: Iterable[object]) -> Item:
    """Return a question; options beyond those with a place on the scale are refusals.

    The options are put in the order of the scale. One whose places are not all different is no scale.
    """
    options, places = [str(option) for option in references], [float(str(value)) for value in ordinal]
    opinions, refusals = options[: len(places)], options[len(places) :]
    if len(set(places)) < len(places):
        return Item(key, tuple(options), refusals=frozenset(refusals))
    order = np.argsort(places, kind="stable")
    return Item(
        key,
        (*(opinions[position] for position in order), *refusals),
        ordinal=True,
        positions=tuple(float(places[position]) for position in order),
        refusals=frozenset(refusals),
    )


def _stated(responses: pd.DataFrame) -> dict[str, np.ndarray]:
    return {
        name: np.array(["" if said != said or said == "Refused" else str(said) for said in responses[name]])
        for name in _ATTRIBUTES
        if name in responses.columns
    }


def _weights(place: Path, responses: pd.DataFrame) -> np.ndarray:
    names = [name for name in responses.columns if name.startswith("WEIGHT")]
    if not names:
        return np.ones(len(responses))
    try:
        weights = responses[names[0]].astype(float).fillna(0.0).to_numpy()
    except ValueError as error:
        raise DataError(f"{place / 'responses.csv'}: column {names[0]!r}: {error}") from None
    return np.asarray(weights)


benchmarks.add("opinionqa", OpinionQA())
