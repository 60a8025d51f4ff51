"""Juries drawn from a population: one of them, or many as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from personas.designs import Draw
from personas.population import Population
from personas.weights import average_one

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False, kw_only=True)
class Sample(Population):
    """A jury: personas drawn from a population, each under a juror id of its own.

    It is a population of its own (weights, groups, margins, further samples) that remembers how it was drawn.

    Parameters
    ----------
    design : str
        How it was drawn, in words.
    origin : Series
        The id in the population of the persona behind each juror.
    expansion : (n,) array of float, optional
        How much of the population's weight each juror stands for: sums of it times a value are unbiased for the
        population's weighted totals (Horvitz and Thompson). None where the design is no probability design.
    inclusion : (n,) array of float, optional
        How often each juror's row was expected to be drawn; of a stratified jury, given the numbers from each stratum
        where these are not proportional. Without replacement it is the inclusion probability.
    warnings : tuple of str
        What whoever reads figures about the jury must know: a design without known probabilities, groups of the
        controlled attributes with no juror or with one only.
    """

    design: str
    origin: pd.Series
    expansion: NDArray[np.float64] | None = None
    inclusion: NDArray[np.float64] | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Samples:
    """Many juries drawn from one population, as arrays.

    Parameters
    ----------
    population : Population
        Whom they were drawn from.
    rows : (count, n) array of int
        Positions in the population, in random order within each jury.
    weights : (count, n) array of float
        On the scale on which a juror of an equally weighted jury counts 1. Under a probability design, the mean over
        the n jurors of weight times value is unbiased for the population's weighted mean.
    design : str
        How each was drawn, in words.
    unbiased : bool
        Whether that was a probability design.
    warnings : tuple of str
        What whoever reads figures about the juries must know.
    """

    population: Population
    rows: NDArray[np.intp]
    weights: NDArray[np.float64]
    design: str
    unbiased: bool
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def means(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return the weighted mean of a value over each jury.

        Parameters
        ----------
        values : (rows,) array_like
            The value of each row of the population.

        Returns
        -------
        (count,) array of float
        """
        seated = np.asarray(values, dtype=np.float64)[self.rows]
        return np.asarray((self.weights * seated).sum(axis=1) / self.weights.sum(axis=1))

    def jury(self, number: int) -> Sample:
        """Return one of the juries, counted from 0, as `Population.sample` returns it."""
        scale = self.population.weights.sum() / self.rows.shape[1] if self.unbiased else 1.0
        drawn = Draw(self.rows[number], self.weights[number] * scale, self.unbiased)
        return seat(self.population, drawn, self.design, self.warnings)


def seat(population: Population, drawn: Draw, design: str, warnings: tuple[str, ...]) -> Sample:
    """Return the jury of the rows drawn, each under an id of its own."""
    import pandas as pd

    rows = drawn.rows
    width = max(4, len(str(len(rows))))
    ids = pd.Index([f"j{number:0{width}d}" for number in range(1, len(rows) + 1)], name="juror")
    return Sample(
        population.frame.iloc[rows].set_axis(ids, axis=0),
        average_one(drawn.weights),
        name=population.name,
        source=population.source,
        labels=population.labels,
        items=population.items,
        answers=None if population.answers is None else population.answers.iloc[rows].set_axis(ids, axis=0),
        unprompted=population.unprompted,
        narratives=None if population.narratives is None else [population.narratives[row] for row in rows],
        design=design,
        origin=pd.Series(population.frame.index[rows], index=ids, name="persona"),
        expansion=drawn.weights if drawn.unbiased else None,
        inclusion=population.weights[rows] / drawn.weights if drawn.unbiased else None,
        warnings=warnings,
    )
