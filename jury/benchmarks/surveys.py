"""Benchmarks of survey questions: people's answers by group beside those of models, stored or asked live."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from jury.benchmarks.asking import Asked, ask_models
from jury.benchmarks.base import Benchmark, Settings
from jury.benchmarks.card import Sense
from jury.benchmarks.objectives import objectives
from jury.benchmarks.page import Finding, Page, Table, in_order
from jury.benchmarks.running import DEFAULT_FOLDER
from jury.benchmarks.serving import by_groups, by_persons, serving
from jury.benchmarks.spreading import LEAST, compare, even, spreading
from jury.benchmarks.survey import Respondent, Survey
from jury.errors import JuryError
from jury.metrics import Distributional, IsoelasticPath
from jury.metrics.answers import Answers

__all__ = ["SurveyBenchmark"]

#: What stands beside the models wherever they are ranked, so that one model alone is still compared with something.
EVEN, MAJORITY = "even spread", "majority answer"

_PEOPLE = "The people are those of the survey, when and where it was made; a model's answers are not people's."


class SurveyBenchmark(Benchmark):
    """Questions with options, and how groups of people answered; subclasses read the data."""

    @abstractmethod
    def read(self, settings: Settings) -> Survey:
        """Return the survey; raises `DataError`."""

    def more(self, survey: Survey, settings: Settings) -> tuple[Table, ...]:
        """Return further tables of the distributional sense, that only this benchmark's data allow."""
        return ()

    def run(self, settings: Settings) -> Page:
        """Compare every model's answers with people's."""
        whole = self.read(settings)
        groups = whole.known(settings.groups)
        survey = whole.drawn(settings.questions, np.random.default_rng(settings.seed), groups)
        asked = self._ask(survey, settings, groups)
        respondents = [*survey.respondents, *asked.respondents]
        if not respondents:
            raise JuryError(
                f"{self.card.name}: no answers of a model are stored with this data; name a model with --model"
            )
        plain = [each for each in respondents if each.group is None]
        pairs = _pairs(survey, settings, respondents)
        found = compare(survey, respondents, settings.base, settings.seed)
        names = [each.name for each in plain]
        spread = spreading(survey, found, names, groups, pairs)
        spread = Finding(spread.sense, (*spread.tables, *self.more(survey, settings)), spread.remarks, spread.details)
        references = [Respondent(EVEN, even(survey), EVEN), Respondent(MAJORITY, _majority(survey), MAJORITY)]
        beside = {**found, **compare(survey, references, settings.base, settings.seed)}
        ranked = [*plain, *references]
        served, path, what = self._serve(survey, ranked, beside, groups, settings)
        weighed, report = objectives(beside, [each.name for each in ranked], groups, EVEN, settings.seed)
        drawings = _drawings(found, names, groups, pairs) | {
            "welfare-by-alpha": ("leaderboard_by_alpha", {"path": path, "what": what})
        }
        if report is not None:
            drawings["pareto"] = ("pareto_front", {"report": report})
        return Page(
            card=self.card,
            models=tuple(names),
            about=_about(survey, groups, settings, asked),
            findings=in_order([spread, weighed, served], _why_not(settings)),
            caveats=(*asked.caveats, *survey.notes, *self.card.faults, _PEOPLE),
            runs=asked.runs,
            drawings=drawings,
        )

    def _ask(self, survey: Survey, settings: Settings, groups: Sequence[str]) -> Asked:
        if not settings.models:
            return Asked()
        now = datetime.now(UTC)
        folder = settings.engine.out or DEFAULT_FOLDER / f"{self.card.name}-{now:%Y%m%d-%H%M%S}"
        return ask_models(self.card.name, survey, settings, groups, Path(folder))

    def _serve(
        self,
        survey: Survey,
        ranked: Sequence[Respondent],
        found: Mapping[str, Distributional],
        groups: Sequence[str],
        settings: Settings,
    ) -> tuple[Finding, IsoelasticPath, str]:
        if survey.persons is not None:
            what = "chance that the model gives the juror's own answer"
            found_by = serving(by_persons(survey, ranked), what=what, whom="persons of the survey", seed=settings.seed)
            return *found_by, what
        judged, others = by_groups(found, [each.name for each in ranked], groups, LEAST)
        what = "closeness to the group, 1 less the mean distance"
        whom = f"groups asked {LEAST} questions, or shown, each counting as one; {others} other groups are none"
        return *serving(judged, what=what, whom=whom, seed=settings.seed, resample="jurors"), what


def _pairs(survey: Survey, settings: Settings, respondents: Sequence[Respondent]) -> tuple[tuple[str, str], ...]:
    known = [each.name for each in respondents]
    for name in (name for pair in settings.pairs for name in pair):
        if name not in known:
            raise JuryError(f"pair: no answers of {name!r}; known: {', '.join(known)}")
    return settings.pairs or survey.pairs


def _majority(survey: Survey) -> dict[str, Answers]:
    favourites = {item.id: survey.majority(item.id) for item in survey.items}
    return {question: Answers({option: 1.0}) for question, option in favourites.items() if option is not None}


def _about(survey: Survey, groups: Sequence[str], settings: Settings, asked: Asked) -> tuple[str, ...]:
    sizes = [sum(item.id in survey.people[group] for item in survey.items) for group in groups]
    lines = [
        f"{len(survey.items)} questions, {len(survey.people)} groups of people; shown: "
        + ", ".join(f"{group} ({size} questions)" for group, size in zip(groups, sizes, strict=True))
        + "."
    ]
    stored = [each.name for each in survey.respondents]
    if stored:
        lines.append(f"Stored answers: {', '.join(stored)}.")
    if asked.runs:
        lines.append(
            f"Asked live: each question {settings.repetitions} times, after {settings.shots} in-context questions with "
            f"random answers; options in their order; spellings of an option pooled by {settings.token_variants}."
        )
    return tuple(lines)


def _why_not(settings: Settings) -> dict[Sense, str]:
    live = "give --model and --steer: models are then asked again as a member of each group shown"
    return {
        "Overton": "Not measured: a choice among options shows no answer in words whose views could be counted; "
        "run habermas-questions, polis, or a file of outputs.",
        "steerable": f"Not measured: needs answers that a model gave for a group; {live}.",
        "multi-objective": "Not measured: needs two groups at least as objectives; name them with --group.",
        "trade-off steerable": f"Not measured: needs a model steered to two groups; {live}.",
    }


def _drawings(
    found: Mapping[str, Distributional],
    names: Sequence[str],
    groups: Sequence[str],
    pairs: Sequence[tuple[str, str]],
) -> dict[str, tuple[str, Mapping[str, Any]]]:
    drawings: dict[str, tuple[str, Mapping[str, Any]]] = {
        "entropy": ("entropy_histograms", {"found": {name: found[name] for name in names}})
    }
    for number, (before, after) in enumerate(pairs, start=1):
        drawings[f"distances-{number}"] = (
            "before_after_distances",
            {"before": found[before], "after": found[after], "names": (before, after), "groups": tuple(groups)},
        )
    return drawings
