"""What a benchmark says about itself before anybody runs it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

__all__ = ["SENSES", "Card", "Sense"]

#: The senses in which a model or a benchmark can be pluralistic (Sorensen et al. 2024), in the paper's order.
Sense = Literal["Overton", "steerable", "distributional", "multi-objective", "trade-off steerable", "jury-pluralistic"]

SENSES: tuple[Sense, ...] = get_args(Sense)


@dataclass(frozen=True)
class Card:
    """A benchmark's card.

    Attributes
    ----------
    name : str
        As registered.
    title : str
    measures : str
        What it measures, in a sentence.
    senses : tuple of str
        The senses that its data can speak to, some of them only of models that are asked live.
    source : str
        Who made the data, and where it is described.
    licence : str
    obtain : str
        How to get it, in a sentence that follows "get it: ".
    looks_for : tuple of str
        Paths below the folder given as ``--data``; the first of them that is there is read.
    hub : str or None
        Name of the data set on the Hugging Face hub, read with the package ``datasets`` when no path is given.
    faults : tuple of str
        What is known to be wrong with it, or with reading much into it.
    """

    name: str
    title: str
    measures: str
    senses: tuple[Sense, ...]
    source: str
    licence: str
    obtain: str
    looks_for: tuple[str, ...]
    hub: str | None = None
    faults: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the card as plain JSON types."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
