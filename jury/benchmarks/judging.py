"""Having a jury of a population judge outputs: whose side it is on, and how far its view is represented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jury.benchmarks.base import Settings
from jury.benchmarks.page import Run
from jury.benchmarks.prompts import Prompt, Ratings, Writer
from jury.benchmarks.running import model_document, run_study
from jury.diagnostics import dealt, explained
from jury.errors import JuryError
from jury.model_block import ModelBlock
from jury.panel import Panel
from jury.run import Run as StoredRun

__all__ = ["judge_outputs"]

_SCALE = (1, 5)
_ANCHORS = ("my view is not represented at all", "my view is fully represented")
_CHANCE = 0.05  # share of deals by lot above which a difference is called chance
_LEVELS = 8  # an attribute with more values makes no groups
_ASK = "{text}\n\nEach alternative is an answer to this. How far is your own view represented in it?"


def judge_outputs(
    benchmark: str,
    prompts: Sequence[Prompt],
    writers: Sequence[Writer],
    outputs: Mapping[tuple[str, str], str],
    settings: Settings,
    folder: Path,
    spent: float,
) -> tuple[Ratings, tuple[Run, ...], tuple[str, ...]]:
    """Return what the jury made of the outputs, the runs, and caveats of the model that plays it."""
    judge = settings.judge or (settings.models[0] if settings.models else None)
    if judge is None:
        raise JuryError(f"{benchmark}: name the model that plays the jury with --judge provider/name")
    judged = [prompt for prompt in prompts if any((writer.name, prompt.id) in outputs for writer in writers)]
    if not judged:
        raise JuryError(f"{benchmark}: no model wrote anything that could be judged")
    rated = run_study(
        _rating_study(benchmark, judged, writers, outputs, judge, settings), folder, settings.engine, spent
    )
    runs = [Run.of(rated, f"{len(rated.jurors)} jurors rate {len(writers)} outputs a prompt")]
    taken: StoredRun | None = None
    if all(prompt.sides for prompt in judged):
        spent += rated.cost() or 0.0
        taken = run_study(_side_study(benchmark, judged, judge, settings), folder, settings.engine, spent)
        runs.append(Run.of(taken, f"{len(taken.jurors)} jurors choose their side"))
    caveats = (rated.header.caveat,) if rated.header.caveat else ()
    return _ratings(judged, writers, rated, taken), tuple(runs), (*_doubts(rated.panel(), settings.seed), *caveats)


def _doubts(panel: Panel, seed: int) -> list[str]:
    """Say whether the jury tells outputs apart at all, and how much of its ratings is the order of showing."""
    told = dealt(panel, np.random.default_rng(seed))
    shares = explained(panel)
    said = []
    if told is not None:
        words = (
            "more than chance" if told.share_above <= _CHANCE else "no more than chance: read nothing into the ranking"
        )
        said.append(
            f"The jury tells the outputs apart {words} (ratings dealt by lot set them as far apart in "
            f"{told.share_above:.0%} of {told.rounds} deals)."
        )
    if shares is not None and shares.position is not None:
        said.append(
            f"Of the variation of its ratings, {shares.alternative.found:.0%} follow which output it is, and "
            f"{shares.position.found:.0%} the position at which it was shown."
        )
    return said


def _rating_study(
    benchmark: str,
    prompts: Sequence[Prompt],
    writers: Sequence[Writer],
    outputs: Mapping[tuple[str, str], str],
    judge: ModelBlock,
    settings: Settings,
) -> dict[str, Any]:
    cases = [
        {
            "id": prompt.id,
            "prompt": _ASK.format(text=prompt.text),
            "alternatives": [
                {"id": writer.name, "text": outputs[writer.name, prompt.id]}
                for writer in writers
                if (writer.name, prompt.id) in outputs
            ],
        }
        for prompt in prompts
    ]
    elicitation = {"mode": "score", "scale": list(_SCALE), "anchors": list(_ANCHORS)}
    return _study(f"{benchmark}-ratings", cases, elicitation, judge, settings)


def _side_study(benchmark: str, prompts: Sequence[Prompt], judge: ModelBlock, settings: Settings) -> dict[str, Any]:
    cases = [
        {
            "id": prompt.id,
            "prompt": prompt.text,
            "alternatives": [{"id": str(place), "text": side} for place, side in enumerate(prompt.sides)],
        }
        for prompt in prompts
    ]
    return _study(f"{benchmark}-sides", cases, {"mode": "choose"}, judge, settings)


def _study(
    name: str, cases: list[dict[str, Any]], elicitation: dict[str, Any], judge: ModelBlock, settings: Settings
) -> dict[str, Any]:
    return {
        "name": name,
        "population": settings.population,
        "jurors": settings.jurors,
        "cases": cases,
        "elicitation": elicitation,
        "model": model_document(judge),
        "seed": settings.seed,
    }


def _ratings(
    prompts: Sequence[Prompt], writers: Sequence[Writer], rated: StoredRun, taken: StoredRun | None
) -> Ratings:
    panel = rated.panel()
    rows = {writer.name: row for row, writer in enumerate(writers)}
    columns = {prompt.id: column for column, prompt in enumerate(prompts)}
    values = np.full((len(writers), len(prompts), len(panel.jurors)), np.nan)
    for prompt, votes in panel.votes.items():
        for vote in votes:
            for writer, score in vote.values["scores"].items():
                values[rows[writer], columns[prompt], vote.juror] = np.nan if score is None else score
    sides = np.full((len(prompts), len(panel.jurors)), -1)
    for prompt, votes in (taken.panel().votes if taken is not None else {}).items():
        for vote in votes:
            choice = vote.values["choice"]
            sides[columns[prompt], vote.juror] = -1 if choice is None else int(choice)
    most = max((len(prompt.sides) for prompt in prompts), default=0)
    groups = {
        str(name): panel.group_labels(str(name))
        for name in panel.jurors.columns
        if panel.jurors[name].nunique() <= _LEVELS
    }
    return Ratings(
        prompts=tuple(columns),
        writers=tuple(writers),
        values=values,
        sides=sides,
        names=tuple(chr(ord("A") + place) for place in range(most)),
        weights=panel.weights,
        groups=groups,
        scale=(float(_SCALE[0]), float(_SCALE[1])),
    )
