"""Building a documented population from a survey file: words, traits and weights, and a note on each step."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from personas.errors import PopulationError
from personas.groups import attribute_names
from personas.loading import load_population
from personas.population import Population
from personas.raking import rake
from personas.scoring import load_key, score
from personas.targets import targets_from

if TYPE_CHECKING:
    from personas.ipf import Bounds
    from personas.raking import Raked


def build(
    spec: str | Path,
    codebook: str | Path | None = None,
    *,
    weight: str | None = None,
    key: str | Path | None = None,
    to: str | Path | None = None,
    on: Sequence[str] = (),
    bounds: Bounds | None = None,
    name: str | None = None,
) -> tuple[Population, Raked | None]:
    """Return a population from a survey file, with notes that trace its figures.

    Parameters
    ----------
    spec, codebook, weight
        As for `load_population`.
    key : str or Path, optional
        A scoring key, built in or a file, that turns items into traits; its codebook is used if none is given.
    to : str or Path, optional
        The population to whose margins this one is weighted: a built-in name or a file, such as ``kind: marginals``.
    on : sequence of str
        What is weighted on: attributes, crossings such as ``"race & sex"``, or ``"ours=theirs"`` for an attribute
        that is called otherwise in `to`. Levels must have the same words in both.
    bounds : (float, float), optional
        Least and largest weight, as multiples of the mean.
    name : str, optional
        What the population is called; by default as its file.

    Returns
    -------
    (Population, Raked or None)
        The population, and how weighting went. People who did not state an attribute that is weighted on keep their
        share.

    Raises
    ------
    PopulationError
        If the file cannot be used, or only one of `to` and `on` is given.
    RakingError
        If the margins cannot be met.
    """
    if (to is None) != (not on):
        raise PopulationError("to, on: weighting needs both, the margins of whom and of which attributes: give both")
    scoring = None if key is None else load_key(key)
    book = codebook if codebook is not None or scoring is None else scoring.codebook
    population = load_population(spec, book, weight=weight)
    if scoring is not None:
        population = score(population, scoring)
    source = population.source
    if Path(spec).is_file():
        digest = hashlib.sha256(Path(spec).read_bytes()).hexdigest()
        source = source.with_note(f"Built from {Path(spec).name} (SHA-256 {digest}), {len(population)} rows.")
    if weight is not None:
        source = source.with_note(f"The survey's own weights are column {weight} of that file.")
    raked = None
    if to is not None:
        raked, note = _weighted(population, to, on, bounds)
        population = Population(**{each.name: getattr(raked, each.name) for each in fields(Population)})
        source = source.model_copy(
            update={"notes": tuple(note for note in source.notes if not note.startswith("No weight column"))}
        ).with_note(note)
    return replace(population, source=source, name=name or population.name), raked


def _weighted(population: Population, to: str | Path, on: Sequence[str], bounds: Bounds | None) -> tuple[Raked, str]:
    target = load_population(to)
    targets: dict[str | tuple[str, ...], Mapping[object, float]] = {}
    for each in on:
        ours, theirs = _pair(each, population.attributes)
        names = attribute_names(ours, population.attributes, field="on")
        (shares,) = targets_from(target, [theirs], not_stated="refuse").values()
        targets[names[0] if len(names) == 1 else names] = shares
    raked = rake(population, targets, bounds=bounds, not_stated="keep")
    least, largest = raked.weight_range
    about = target.source
    traced = (about.citation or about.title).rstrip(".") + (f"; {about.year}" if about.year else "")
    trimmed = "" if bounds is None else f", weights bounded to {bounds[0]:g} to {bounds[1]:g} times their mean"
    margins = ", ".join(raked.convergence.index)
    note = (
        f"Weighted by raking to the margins of {target.name} ({traced}) on {margins}{trimmed}:"
        f" {raked.iterations} sweeps, no share further than {raked.deviation:.1g} from its target; weights from"
        f" {least:.2f} to {largest:.2f} times their mean, design effect {raked.design_effect:.3f}."
        " Beyond these margins the joint distribution is the survey's."
    )
    return raked, note


def _pair(text: str, attributes: Sequence[str]) -> tuple[str, str]:
    """Return what is weighted on, and what it is called in the target."""
    ours, equals, theirs = ("", "", "") if text in attributes else text.partition("=")
    return (ours.strip(), theirs.strip()) if equals else (text.strip(), text.strip())
