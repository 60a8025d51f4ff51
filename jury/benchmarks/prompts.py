"""Prompts, what models wrote on them, and what jurors made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["Prompt", "Ratings", "Writer"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Writer:
    """Who wrote an output: a model, as itself or steered.

    Attributes
    ----------
    name : str
        As it is called in tables.
    model : str
    shares : tuple of float or None
        How much room each side was to be given; None for the model as itself.
    """

    name: str
    model: str
    shares: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Prompt:
    """What models write on.

    Attributes
    ----------
    id : str
    text : str
    sides : tuple of str
        Positions that people take, in words; jurors say which is theirs. None where there are none.
    outputs : Mapping
        Writer's name -> stored output.
    """

    id: str
    text: str
    sides: tuple[str, ...] = ()
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Ratings:
    """What jurors made of outputs.

    Attributes
    ----------
    prompts : tuple of str
    writers : tuple of Writer
    values : ndarray of shape (writers, prompts, jurors)
        "My view is represented", higher is better; NaN for none.
    sides : ndarray of shape (prompts, jurors)
        Position of each juror's side; -1 for none.
    names : tuple of str
        Of the sides.
    weights : ndarray of shape (jurors,)
    groups : Mapping
        Attribute -> (jurors,) group.
    scale : tuple of float
        Lowest and highest rating.
    """

    prompts: tuple[str, ...]
    writers: tuple[Writer, ...]
    values: FloatArray
    sides: NDArray[np.int64]
    names: tuple[str, ...]
    weights: FloatArray
    groups: Mapping[str, NDArray[np.str_]]
    scale: tuple[float, float]

    def by_side(self, writer: int) -> FloatArray:
        """Return (prompts, sides) weighted mean ratings of a writer's outputs; NaN where nobody of a side rated."""
        found = np.full((len(self.prompts), len(self.names)), np.nan)
        for side in range(len(self.names)):
            mass = np.where((self.sides == side) & ~np.isnan(self.values[writer]), self.weights, 0.0)
            total = mass.sum(axis=1)
            held = total > 0
            sums = (mass * np.nan_to_num(self.values[writer])).sum(axis=1)
            found[held, side] = sums[held] / total[held]
        return found
