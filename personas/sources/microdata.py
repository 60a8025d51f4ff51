"""Microdata: one row a person, as surveys and censuses publish them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personas.sources import Reading, source
from personas.tables import interpret

if TYPE_CHECKING:
    from personas.population import Population


@source("microdata", takes="table")
def microdata(reading: Reading) -> Population:
    """Read one person a row; a file without a weight column counts everybody the same, and says so.

    Raises
    ------
    PopulationError
        For a file, column, code or weight that cannot be used.
    """
    return interpret(reading, unit="person")
