"""One described person."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from personas.groups import readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Value: TypeAlias = str | int | float | None
"""What an attribute holds in readable form; None where the person did not state it."""


@dataclass(frozen=True)
class Persona:
    """One described person.

    Parameters
    ----------
    id : str
        Unique within its population or jury.
    attributes : mapping of str to str, int, float or None
        Readable values in the population's order; None means "not stated" and is never rendered.
    weight : float, default 1.0
        How many people this one stands for, on the scale of its population.
    narrative : str, optional
        Free text about the person, as a source wrote it.
    unprompted : frozenset of str
        Attributes that are there to group by, and are told only where somebody selects them.

    Examples
    --------
    >>> ann = Persona("p1", {"age": "25-34", "sex": "Female"})
    >>> ann.attributes["age"], ann.weight
    ('25-34', 1.0)
    """

    id: str
    attributes: Mapping[str, Value] = field(hash=False)
    weight: float = 1.0
    narrative: str | None = None
    unprompted: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "attributes", MappingProxyType(dict(self.attributes)))

    def __reduce__(self) -> tuple[type[Persona], tuple[object, ...]]:
        kept = (self.id, dict(self.attributes), self.weight, self.narrative, self.unprompted)
        return Persona, kept  # a proxy cannot be pickled


def plain(values: Iterable[Any]) -> list[Value]:
    """Return the values of a column as plain Python values, None where they are missing."""
    import pandas as pd

    items = (value.item() if isinstance(value, np.generic) else value for value in values)
    return [
        None if pd.isna(value) else value if isinstance(value, (str, int, float)) else readable(value)
        for value in items
    ]
