"""Persona sources: readers that turn a data file into a population. One file each, found by the registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from aggregators.registry import Registry
from personas.population import Population

if TYPE_CHECKING:
    from pathlib import Path

    from personas.codebook import Codebook


@dataclass(frozen=True)
class Reading:
    """What a source is asked to read.

    Parameters
    ----------
    path : Path
        The data file.
    name : str
        What the population will be called.
    codebook : Codebook, optional
        What the columns mean; without one they are taken as they are.
    weight : str, optional
        Column of base weights; goes before the codebook's.
    """

    path: Path
    name: str
    codebook: Codebook | None = None
    weight: str | None = None


Reader: TypeAlias = Callable[[Reading], Population]

sources: Registry[Reader] = Registry("persona source", "personas.sources")
