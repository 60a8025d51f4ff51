"""Jurors in words: the system text that makes a model a person, in one wording or several, or none at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from jury.elicitation.neutral import neutral
from jury.study import NO_PERSONA, Study
from personas import Persona, PersonaError, Population
from personas.rendering import Renderer
from personas.templates import Templates

_STREAM = 2  # of the study's seed, like the renderings themselves; the variants of a juror have a stream below it
_TRIES = 20  # draws for each variant before a juror is taken to have no further wording


@dataclass(frozen=True, slots=True)
class Worded:
    """A juror in words: system text, how it came about, and the same person in other words."""

    text: str
    rendering: dict[str, Any]
    variants: tuple[str, ...] = ()


def word_jurors(study: Study, population: Population, sample: Population) -> Iterator[tuple[Persona, Worded]]:
    """Yield every persona of `sample`, with its text.

    Raises
    ------
    StudyError
        For attributes or a style that there are not, or more variants than replicates or than ways of saying it.
    PersonaError
        If a persona cannot be told.
    """
    templates = study.load_templates()
    if study.persona.style == NO_PERSONA:
        for persona in sample:
            yield persona, Worded("", {"style": NO_PERSONA, "told": []})
        return
    variants = study.persona.variants
    if variants > study.elicitation.replicates:
        raise study.fault(
            ("persona", "variants"),
            f"{variants} wordings take turns over the replicates, and there are {study.elicitation.replicates}; set "
            f"elicitation.replicates to {variants} or more",
        )
    renderer = _renderer(study, population, templates)
    tell = juror_text if templates.instruction is None else _filling(templates.instruction)

    def instruct(description: str) -> str:
        return tell(neutral(description))  # what people wrote about themselves is untrusted too

    for number, (persona, told) in enumerate(renderer.stream(sample, study.seed)):
        record = told.record()
        others: list[str] = []
        if variants > 1:
            rng = np.random.default_rng(np.random.SeedSequence(study.seed, spawn_key=(_STREAM, number, 0)))
            further = _other_wordings(study, renderer, persona, told.text, rng)
            others = list(further)
            record |= {"variants": list(further.values())}
        yield persona, Worded(instruct(told.text), record, tuple(map(instruct, others)))


def _other_wordings(
    study: Study, renderer: Renderer, persona: Persona, first: str, rng: np.random.Generator
) -> dict[str, dict[str, Any]]:
    """Return other texts about a persona, all different, each with how it came about."""
    wanted = study.persona.variants - 1
    drawing = replace(renderer, wording="seeded")
    found: dict[str, dict[str, Any]] = {}
    for _ in range(_TRIES * wanted):
        told = drawing(persona, rng)
        if told.text != first:
            found.setdefault(told.text, told.record())
        if len(found) == wanted:
            return found
    raise study.fault(
        ("persona", "variants"),
        f"{wanted + 1} wordings are more than style {study.persona.style!r} has for juror {persona.id!r}, of which "
        f"{len(found) + 1} were found; choose a style with several wordings such as first-person, set persona.order to "
        "seeded, or name templates that have more",
    )


def _renderer(study: Study, population: Population, templates: Templates) -> Renderer:
    block = study.persona
    try:
        return Renderer.of(
            population,
            block.attributes,
            style=block.style,
            templates=templates,
            order=block.order,
            wording=block.wording,
        )
    except PersonaError as error:
        field, colon, rest = str(error).partition(": ")
        raise study.fault(("persona", field) if colon else ("persona",), rest or field) from None


def juror_text(description: str) -> str:
    """Return the system text that makes a model the person of `description`.

    Examples
    --------
    >>> print(juror_text("Age: 25-34"))
    You are taking part in a survey as the person described here.
    <BLANKLINE>
    Age: 25-34
    <BLANKLINE>
    Answer every question as this person would, from this person's own point of view.
    """
    return (
        f"You are taking part in a survey as the person described here.\n\n{description}\n\n"
        "Answer every question as this person would, from this person's own point of view."
    )


def _filling(instruction: str) -> Callable[[str], str]:
    return lambda description: instruction.format(description=description)
