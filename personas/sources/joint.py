"""Joint tables: one row a cell of crossed attributes, with its share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from personas.errors import PopulationError
from personas.groups import factor
from personas.sources import Reading, source
from personas.tables import interpret

if TYPE_CHECKING:
    from personas.population import Population

SHARE = "share"


@source("joint", takes="table")
def joint(reading: Reading) -> Population:
    """Read one cell a row; the weight is the cell's share or count, by default in a column named ``share``.

    Raises
    ------
    PopulationError
        If two rows describe the same cell, or for a file, column, code or share that cannot be used.
    """
    weight = reading.weight or (reading.codebook.weight if reading.codebook else None) or SHARE
    population = interpret(replace(reading, weight=weight), unit="cell")
    if len(factor(population.frame, population.attributes).levels) < len(population):
        repeated = population.frame[population.frame.duplicated()].iloc[0].to_dict()
        raise PopulationError(
            f"{reading.place}: two rows describe the cell {repeated}: add their {weight} into one row"
        )
    return population
