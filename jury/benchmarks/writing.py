"""Having live models write on prompts, as themselves or giving sides the room that is asked for.

A model is shown the question with the positions that people take, answers in a few sentences, and then chooses one; the
answer is what is judged. All of it goes through the engine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jury.benchmarks.base import Settings
from jury.benchmarks.page import Run
from jury.benchmarks.prompts import Prompt, Writer
from jury.benchmarks.running import model_document, run_study, slug
from jury.model_block import ModelBlock
from jury.study import NO_PERSONA

__all__ = ["SHARES", "write_outputs"]

#: Room for the first and the second side, of those that steering asks for.
SHARES = ((0.0, 1.0), (0.25, 0.75), (0.5, 0.5), (0.75, 0.25), (1.0, 0.0))

_SENTENCES = 4
_TOKENS = 220
_ROOM = (
    "A writer who gives the views of people who choose A {first:.0%} of the room, and those who choose B {second:.0%}."
)

Written = dict[tuple[str, str], str]


def write_outputs(
    benchmark: str, prompts: Sequence[Prompt], settings: Settings, folder: Path
) -> tuple[tuple[Writer, ...], Written, tuple[Run, ...], tuple[str, ...]]:
    """Return the writers, (writer, prompt) -> output, the runs, and caveats of the models."""
    writers: list[Writer] = []
    outputs: Written = {}
    runs: list[Run] = []
    caveats: list[str] = []
    two_sides = all(len(prompt.sides) == 2 for prompt in prompts)
    for model in settings.models:
        for shares in (None, SHARES) if settings.steer and two_sides else (None,):
            study = _study(benchmark, model, prompts, settings, shares, folder)
            run = run_study(study, folder, settings.engine, sum(each.cost or 0.0 for each in runs))
            name = model.known_as
            own = (
                [Writer(name, name)]
                if shares is None
                else [Writer(f"{name} {first:.0%} : {second:.0%}", name, (first, second)) for first, second in shares]
            )
            writers += own
            for row in run.ballots().to_dict(orient="records"):
                text = row.get("opinion")
                if row["status"] == "answered" and isinstance(text, str) and text.strip():
                    outputs[_writer_of(row, own).name, str(row["case"])] = text.strip()
            what = f"{name} writes{'' if shares is None else f', steered to {len(own)} trade-offs'}"
            runs.append(Run.of(run, what))
            caveats += [run.header.caveat] if run.header.caveat else []
    return tuple(writers), outputs, tuple(runs), tuple(dict.fromkeys(caveats))


def _writer_of(row: dict[Any, Any], writers: Sequence[Writer]) -> Writer:
    return writers[int(row["persona.writer"])] if len(writers) > 1 else writers[0]


def _study(
    benchmark: str,
    model: ModelBlock,
    prompts: Sequence[Prompt],
    settings: Settings,
    shares: Sequence[tuple[float, float]] | None,
    folder: Path,
) -> dict[str, Any]:
    cases = [
        {
            "id": prompt.id,
            "prompt": prompt.text,
            "alternatives": [
                {"id": str(place), "text": side} for place, side in enumerate(prompt.sides or ("Yes.", "No."))
            ],
        }
        for prompt in prompts
    ]
    block = model_document(model) | {"max_tokens": min(model.max_tokens, _TOKENS)}
    whom: dict[str, Any] = {"population": "us-adults", "persona": NO_PERSONA, "jurors": 1}
    if shares is not None:
        whom = {
            "population": str(_personas(shares, folder)),
            "persona": {"style": "narrative"},
            "jurors": len(shares),
        }
    return {
        "name": f"{benchmark}-writes-{'plain' if shares is None else 'steered'}-{slug(model.known_as)}",
        "cases": cases,
        "elicitation": {"mode": "choose", "order": "fixed", "opinion": _SENTENCES},
        "model": block,
        "seed": settings.seed,
        **whom,
    }


def _personas(shares: Sequence[tuple[float, float]], folder: Path) -> Path:
    lines = [
        json.dumps(
            {
                "id": f"writer-{number}",
                "narrative": _ROOM.format(first=first, second=second),
                "attributes": {"writer": str(number)},
            }
        )
        for number, (first, second) in enumerate(shares)
    ]
    text = "\n".join(lines) + "\n"
    path = folder / f"writers-{hashlib.sha256(text.encode()).hexdigest()[:8]}.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
