"""Persona sources: readers that turn a data file into a population. One file each, found by the registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from aggregators.registry import Registry
from personas.population import Population

if TYPE_CHECKING:
    import pandas as pd

    from personas.codebook import Codebook
    from personas.provenance import Source


@dataclass(frozen=True)
class Reading:
    """What a source is asked to read.

    Parameters
    ----------
    place : str
        The data file, or whatever else the source looks up; messages begin with it.
    name : str
        What the population will be called.
    codebook : Codebook, optional
        What the columns mean; without one they are taken as they are.
    weight : str, optional
        Column of base weights; goes before the codebook's.
    frame : DataFrame, optional
        The table itself; then no file is read.
    source : Source, optional
        Where the data come from, for data without a codebook; by default no more than `place` is known.
    """

    place: str
    name: str
    codebook: Codebook | None = None
    weight: str | None = None
    frame: pd.DataFrame | None = None
    source: Source | None = None

    @property
    def path(self) -> Path:
        """The data file."""
        return Path(self.place)


Read: TypeAlias = Callable[[Reading], Population]

Takes: TypeAlias = Literal["table", "document", "name"]


@dataclass(frozen=True)
class Reader:
    """A way to read people.

    Parameters
    ----------
    read : callable
        From a `Reading` to a `Population`.
    takes : {"table", "document", "name"}
        What it reads: a table of rows and columns (a file or a data frame), a file of its own format, which may be
        the population file itself, or something that a name stands for.
    """

    read: Read
    takes: Takes


sources: Registry[Reader] = Registry("persona source", "personas.sources")


def source(name: str, *, takes: Takes) -> Callable[[Read], Read]:
    """Return a decorator that registers a reader as the source `name`; see `Reader`."""

    def register(read: Read) -> Read:
        sources.add(name, Reader(read, takes))
        return read

    return register
