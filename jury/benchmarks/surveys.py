"""Benchmarks of survey questions: people's answers by group beside those of models, stored or asked live."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from jury.benchmarks.asking import Asked, ask_models
from jury.benchmarks.base import Benchmark, Settings
from jury.benchmarks.card import Sense
from jury.benchmarks.objectives import objectives
from jury.benchmarks.page import Drawings, Finding, Page, Table, cause, in_order
from jury.benchmarks.running import run_folder
from jury.benchmarks.serving import FEW_JURORS, by_groups, by_persons, by_questions, serving
from jury.benchmarks.spreading import LEAST, compare, even, spreading
from jury.benchmarks.steered import Steered, by_model, steerable, trade_offs
from jury.benchmarks.survey import Respondent, Survey
from jury.errors import JuryError
from jury.metrics import Answers, Distributional
from jury.metrics.jury_leaderboards import Resample

__all__ = ["SurveyBenchmark"]

#: What stands beside the models wherever they are ranked, so that one model alone is still compared with something.
EVEN, MAJORITY = "even spread", "majority answer"

_PEOPLE = "The people are those of the survey, when and where it was made; a model's answers are not people's."


class SurveyBenchmark(Benchmark):
    """Questions with options, and how groups of people answered; subclasses read the data."""

    @abstractmethod
    def read(self, settings: Settings) -> Survey:
        """Return the survey; raises `DataError`."""

    def more(self, survey: Survey, settings: Settings, plain: Sequence[Respondent]) -> tuple[Table, ...]:
        """Return further tables of the distributional sense, that only this benchmark has.

        `plain` are the models as themselves.
        """
        return ()

    def overton(self, survey: Survey, plain: Sequence[Respondent], settings: Settings) -> Finding | None:
        """Return the Overton sense, where the data has viewpoints."""
        return None

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
        silent = sorted({each.of for each in respondents if each.group is None and not _answered(each)})
        respondents = [each for each in respondents if each.of not in silent]
        if not respondents:
            raise JuryError(f"{self.card.name}: no question was answered by {', '.join(silent)}{cause(asked.runs)}")
        pairs = _pairs(survey, settings, respondents)
        measured = _Measured.of(survey, respondents, groups, settings)
        plain = [each for each in respondents if each.group is None]
        findings, drawings = measured.findings(pairs, self.more(survey, settings, plain))
        covered = self.overton(survey, plain, settings)
        findings += [covered] if covered is not None else []
        return Page(
            card=self.card,
            models=tuple(measured.plain),
            about=_about(survey, groups, settings, asked),
            findings=in_order(findings, _why_not(settings)),
            caveats=(
                *(f"{name} answered no question, and is left out." for name in silent),
                *asked.caveats,
                *survey.notes,
                *self.card.faults,
                _PEOPLE,
            ),
            runs=asked.runs,
            drawings=drawings,
        )

    def _ask(self, survey: Survey, settings: Settings, groups: Sequence[str]) -> Asked:
        if not settings.models:
            return Asked()
        return ask_models(self.card.name, survey, settings, groups, run_folder(self.card.name, settings.engine))


@dataclass(frozen=True)
class _Measured:
    """Respondents beside people, and what knows nothing beside them."""

    survey: Survey
    groups: Sequence[str]
    settings: Settings
    respondents: Mapping[str, Respondent]
    found: Mapping[str, Distributional]

    @classmethod
    def of(
        cls, survey: Survey, respondents: Sequence[Respondent], groups: Sequence[str], settings: Settings
    ) -> _Measured:
        references = [Respondent(EVEN, even(survey), EVEN), Respondent(MAJORITY, _majority(survey), MAJORITY)]
        every = [*respondents, *references]
        found = compare(survey, every, settings.base, settings.seed)
        return cls(survey, groups, settings, {each.name: each for each in every}, found)

    @property
    def ranked(self) -> list[str]:
        """Models as themselves, and the references."""
        return [name for name, each in self.respondents.items() if each.group is None]

    @property
    def plain(self) -> list[str]:
        """Models as themselves."""
        return [name for name in self.ranked if name not in (EVEN, MAJORITY)]

    def findings(self, pairs: Sequence[tuple[str, str]], more: Sequence[Table]) -> tuple[list[Finding], Drawings]:
        """Return what was measured, by sense, and what can be drawn of it."""
        spread = spreading(self.survey, self.found, self.plain, self.groups, pairs)
        spread = replace(spread, tables=(*spread.tables, *more))
        served, drawn = self._serve()
        weighed, report = objectives(self.found, self.ranked, self.groups, EVEN, self.settings.seed)
        drawings = _drawings(self.found, self.plain, self.groups, pairs) | drawn
        if report is not None:
            drawings["pareto"] = ("pareto_front", {"report": report})
        found = [spread, weighed, served]
        if turned := by_model(list(self.respondents.values())):
            found += self._steer(turned, drawings)
        return found, drawings

    def _steer(self, turned: Steered, drawings: Drawings) -> list[Finding]:
        base, seed = self.settings.base, self.settings.seed
        steered, matrices = steerable(self.survey, self.found, turned, seed)
        traded, paths = trade_offs(self.survey, self.found, turned, self.found[EVEN], base, seed)
        for number, (model, matrix) in enumerate(matrices.items(), start=1):
            drawings[f"steering-{number}"] = ("steering_matrix", {"matrix": matrix, "model": model})
        for number, (model, path) in enumerate(paths.items(), start=1):
            drawings[f"trade-off-{number}"] = ("tradeoff_path", {"steered": path, "model": model})
        return [steered, traded]

    def _serve(self) -> tuple[Finding, Drawings]:
        what, whom = "closeness to the group, 1 less the distance", "persons of the survey"
        resample: Resample = "both"
        if self.survey.persons is not None:
            judged = by_persons(self.survey, [self.respondents[name] for name in self.ranked])
            what = "chance that the model gives the juror's own answer"
        else:
            judged, others = by_groups(self.found, self.ranked, self.groups, LEAST)
            whom = f"groups asked {LEAST} questions, or shown, each counting as one; {others} other groups are none"
            resample = "jurors"
            if len(judged.weights) < FEW_JURORS:
                judged = by_questions(self.found, self.ranked, self.groups)
                whom, resample = f"groups, each counting as one: {', '.join(self.groups)}", "prompts"
        finding, path = serving(judged, what=what, whom=whom, seed=self.settings.seed, resample=resample)
        return finding, {} if path is None else {
            "welfare-by-alpha": ("leaderboard_by_alpha", {"path": path, "what": what})
        }


def _answered(respondent: Respondent) -> bool:
    return any(sum(answers.shares.values()) > 0 for answers in respondent.answers.values())


def _pairs(survey: Survey, settings: Settings, respondents: Sequence[Respondent]) -> tuple[tuple[str, str], ...]:
    known = [each.name for each in respondents]
    for name in (name for pair in settings.pairs for name in pair):
        if name not in known:
            raise JuryError(f"pair: no answers of {name!r}; known: {', '.join(known)}")
    for before, after in settings.pairs:
        if before == after:
            raise JuryError(f"pair: {before!r} twice; name two models, before and after")
    return settings.pairs or survey.pairs


def _majority(survey: Survey) -> dict[str, Answers]:
    favourites = {item.id: survey.majority(item.id) for item in survey.items}
    return {question: Answers({option: 1.0}) for question, option in favourites.items() if option is not None}


def _about(survey: Survey, groups: Sequence[str], settings: Settings, asked: Asked) -> tuple[str, ...]:
    sizes = [sum(item.id in survey.people[group] for item in survey.items) for group in groups]
    lines = [
        f"{_questions(len(survey.items))}, {len(survey.people)} groups of people; shown: "
        + ", ".join(f"{group} ({_questions(size)})" for group, size in zip(groups, sizes, strict=True))
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


def _questions(number: int) -> str:
    return "1 question" if number == 1 else f"{number} questions"


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
) -> Drawings:
    drawings: Drawings = {"entropy": ("entropy_histograms", {"found": {name: found[name] for name in names}})}
    for number, (before, after) in enumerate(pairs, start=1):
        drawings[f"distances-{number}"] = (
            "before_after_distances",
            {"before": found[before], "after": found[after], "names": (before, after), "groups": tuple(groups)},
        )
    return drawings
