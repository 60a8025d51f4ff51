"""Putting a survey to live models: in-context questions with random answers, repetitions, first-token probabilities.

The protocol is that of Sorensen et al. (2024) as far as it is stated: options "A. ...", a prompt that ends "Answer
Choice:", three questions before it whose answers are drawn at random anew for each repetition. Every answer goes
through the engine, so it is stored, cached, budgeted and resumable.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from jury.benchmarks.base import Settings
from jury.benchmarks.page import Run
from jury.benchmarks.running import model_document, run_study, slug
from jury.benchmarks.survey import Respondent, Survey
from jury.cases import Alternative, Case
from jury.elicitation.reading import TokenVariants
from jury.metrics import Answers
from jury.model_block import ModelBlock
from jury.study import NO_PERSONA

if TYPE_CHECKING:
    import pandas as pd

    from jury.run import Run as StoredRun

__all__ = ["Asked", "ask_models"]

#: Questions about nothing in any survey, so that their answers can be drawn by lot.
_EXAMPLES = (
    ("How often do you listen to the radio?", ("Every day", "Now and then", "Never")),
    ("How do you like the weather of this week?", ("Very much", "Quite well", "Not much", "Not at all")),
    ("How long is your usual way to work?", ("Short", "Neither short nor long", "Long", "I do not go to work")),
)
_OPTION = "o"  # ids of alternatives: the letter and the place of the option
_REPETITION = "#"
_STREAM = 11


@dataclass(frozen=True)
class Asked:
    """Live answers.

    Attributes
    ----------
    respondents : tuple of Respondent
    runs : tuple of Run
    caveats : tuple of str
    """

    respondents: tuple[Respondent, ...] = ()
    runs: tuple[Run, ...] = ()
    caveats: tuple[str, ...] = ()


def ask_models(name: str, survey: Survey, settings: Settings, groups: Sequence[str], folder: Path) -> Asked:
    """Put `survey` to each model of `settings`, as itself and, to steer, as a member of each of `groups`."""
    cases = _cases(survey, settings)
    found = Asked()
    for model in settings.models:
        steerings = (None, tuple(groups)) if settings.steer else (None,)
        for steering in steerings:
            study = _study(name, model, cases, settings, _personas(survey, steering, folder) if steering else None)
            spent = sum(run.cost or 0.0 for run in found.runs)
            run = run_study(study, folder, settings.engine, spent)
            found = _joined(found, run, survey, model.known_as, steering, settings)
    return found


def _joined(
    found: Asked, run: StoredRun, survey: Survey, model: str, steering: tuple[str, ...] | None, settings: Settings
) -> Asked:
    ballots = run.ballots()
    pool = _POOLED[settings.token_variants]
    new = []
    for group in steering or (None,):
        own = ballots if group is None else ballots[ballots["persona.group"] == group]
        answers = _answers(own, survey, pool)
        new.append(Respondent(model if group is None else f"{model} as {group}", answers, model, group))
    what = f"{model} as itself" if steering is None else f"{model} as a member of {len(steering)} groups"
    record = Run.of(run, what)
    caveats = (run.header.caveat,) if run.header.caveat else ()
    return Asked((*found.respondents, *new), (*found.runs, record), tuple(dict.fromkeys((*found.caveats, *caveats))))


def _cases(survey: Survey, settings: Settings) -> list[dict[str, Any]]:
    cases = []
    for place, item in enumerate(survey.items):
        favourite = survey.majority(item.id)
        for repetition in range(settings.repetitions):
            seed = np.random.SeedSequence(settings.seed, spawn_key=(_STREAM, place, repetition))
            lead = _examples(settings.shots, np.random.default_rng(seed))
            case = Case(
                id=f"{item.id}{_REPETITION}{repetition}",
                prompt=f"{lead}{survey.texts[item.id]}",
                alternatives=tuple(
                    Alternative(id=f"{_OPTION}{number}", text=option) for number, option in enumerate(item.options)
                ),
                majority=None if favourite is None else f"{_OPTION}{item.options.index(favourite)}",
            )
            cases.append(case.model_dump(mode="json", exclude_none=True))
    return cases


def _examples(count: int, rng: np.random.Generator) -> str:
    shown = []
    for question, options in _EXAMPLES[:count]:
        letters = [chr(ord("A") + place) for place in range(len(options))]
        listed = "\n".join(f"{letter}. {option}" for letter, option in zip(letters, options, strict=True))
        shown.append(f"{question}\n\n{listed}\nAnswer Choice: {letters[rng.integers(len(options))]}\n\n")
    return "".join(shown)


def _study(
    name: str, model: ModelBlock, cases: list[dict[str, Any]], settings: Settings, personas: Path | None
) -> dict[str, Any]:
    # One juror, who is nobody, stands for the model as itself.
    group = {"population": str(personas), "persona": {"style": "narrative"}}
    nobody = {"population": "us-adults", "persona": NO_PERSONA, "jurors": 1}
    return {
        "name": f"{name}-{'steered' if personas else 'plain'}-{slug(model.known_as)}",
        "cases": cases,
        "elicitation": {"mode": "choose", "order": "fixed", "token_variants": settings.token_variants},
        "model": model_document(model),
        "seed": settings.seed,
        **({**group, "jurors": _size(personas)} if personas else nobody),
    }


def _personas(survey: Survey, groups: Sequence[str], folder: Path) -> Path:
    """Write one persona a group, and return the file."""
    lines = [
        json.dumps(
            {
                "id": f"group-{number}",
                "narrative": survey.steering.format(group=group),
                "attributes": {"group": group},
            },
            ensure_ascii=False,
        )
        for number, group in enumerate(groups)
    ]
    text = "\n".join(lines) + "\n"
    path = folder / f"groups-{hashlib.sha256(text.encode()).hexdigest()[:8]}.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _size(personas: Path) -> int:
    return len(personas.read_text(encoding="utf-8").splitlines())


def _answers(ballots: pd.DataFrame, survey: Survey, pool: Callable[[np.ndarray], np.ndarray]) -> dict[str, Answers]:
    if ballots.empty:
        return {}
    asked = ballots.assign(question=ballots["case"].str.rpartition(_REPETITION)[0])
    known = {item.id: item for item in survey.items}
    found = {}
    for question, rows in asked.groupby("question", sort=False):
        options = known[str(question)].options
        answered = rows[rows["status"] == "answered"]
        refused = float((rows["status"] == "refused").mean())
        if "probabilities" in rows and answered["probabilities"].notna().any():
            given = [_vector(row, len(options)) for row in answered["probabilities"] if isinstance(row, dict)]
            shares, count = pool(np.array(given)), None
            masses = answered["label_mass"].dropna()
            mass = float(masses.mean()) if len(masses) else None
        else:
            places = [int(choice.removeprefix(_OPTION)) for choice in answered.get("choice", []) if choice]
            shares, count = np.bincount(places, minlength=len(options)).astype(float), len(places) or None
            mass = None
        spread = dict(zip(options, shares.tolist(), strict=True)) if shares.sum() > 0 else {}
        found[str(question)] = Answers(spread, count=count, refused=refused, label_mass=mass)
    return found


def _vector(probabilities: Mapping[str, float], size: int) -> list[float]:
    return [probabilities[f"{_OPTION}{place}"] for place in range(size)]


def _arithmetic(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows.mean(axis=0))


def _geometric(rows: np.ndarray) -> np.ndarray:
    """Average scores before the softmax, as the released code did: a geometric mean of probabilities.

    Repetitions and spellings are both summed there, so that their order does not matter.
    """
    with np.errstate(divide="ignore"):
        scores = np.log(rows).mean(axis=0)
    top = scores.max()
    if not math.isfinite(top):
        return _arithmetic(rows)
    raised = np.exp(scores - top)
    return np.asarray(raised / raised.sum())


_POOLED: dict[TokenVariants, Callable[[np.ndarray], np.ndarray]] = {
    "logsumexp": _arithmetic,
    "legacy_sum": _geometric,
}
