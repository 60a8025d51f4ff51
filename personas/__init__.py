"""Personas: described people, the populations they stand for, and juries drawn from them.

>>> import numpy as np
>>> from personas import load_population, render
>>> population = load_population("us-adults")
>>> jury = population.sample(12, np.random.default_rng(7), design="stratified", by=["race"])
>>> print(render(jury.personas[0], ["age", "sex"]))
Age: 35-44
Sex: Male

Names are imported when first asked for, so that a command line that only prints its help does not wait for
pandas. The registries live in their packages: `personas.designs.designs`, `personas.sources.sources`,
`personas.styles.styles`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from personas.building import build
    from personas.cards import card
    from personas.checking import Check, Finding, check_population
    from personas.codebook import Codebook, Item, built_in_codebooks, load_codebook
    from personas.coverage import coverage_warnings
    from personas.errors import PersonaError, PopulationError, RakingError, SamplingError
    from personas.groups import factor, labels
    from personas.loading import built_in_populations, load_population
    from personas.persona import Persona
    from personas.population import Population
    from personas.provenance import Source
    from personas.raking import Raked, poststratify, rake
    from personas.rendering import Renderer, Rendering, render
    from personas.samples import Sample, Samples
    from personas.saving import save_population
    from personas.scoring import Cuts, Key, load_key, score
    from personas.synthesis import synthesise
    from personas.targets import targets_from
    from personas.templates import Templates, load_templates

_HOMES = {
    "building": ("build",),
    "cards": ("card",),
    "checking": ("Check", "Finding", "check_population"),
    "codebook": ("Codebook", "Item", "built_in_codebooks", "load_codebook"),
    "coverage": ("coverage_warnings",),
    "errors": ("PersonaError", "PopulationError", "RakingError", "SamplingError"),
    "groups": ("factor", "labels"),
    "loading": ("built_in_populations", "load_population"),
    "persona": ("Persona",),
    "population": ("Population",),
    "provenance": ("Source",),
    "raking": ("Raked", "poststratify", "rake"),
    "rendering": ("Renderer", "Rendering", "render"),
    "samples": ("Sample", "Samples"),
    "saving": ("save_population",),
    "scoring": ("Cuts", "Key", "load_key", "score"),
    "synthesis": ("synthesise",),
    "targets": ("targets_from",),
    "templates": ("Templates", "load_templates"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [  # noqa: RUF022 - grouped by what they are for
    "Persona", "Population", "Sample", "Samples", "Source", "load_population", "built_in_populations",
    "Codebook", "Item", "load_codebook", "built_in_codebooks",
    "Raked", "rake", "poststratify", "targets_from", "synthesise", "factor", "labels",
    "render", "Renderer", "Rendering", "Templates", "load_templates", "Cuts", "Key", "load_key", "score",
    "build", "check_population", "Check", "Finding", "coverage_warnings", "save_population", "card",
    "PersonaError", "PopulationError", "RakingError", "SamplingError",
]  # fmt: skip


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
