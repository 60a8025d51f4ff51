"""Styles in which a persona is put into prompt text. One file each, found by the registry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from aggregators.registry import Registry


@dataclass(frozen=True)
class Trait:
    """One thing to say about a person.

    Parameters
    ----------
    label : str
        What the attribute is called, such as ``"Age"``.
    value : str
        What it is for this person, such as ``"25-34"``.
    """

    label: str
    value: str


Style: TypeAlias = Callable[[Sequence[Trait]], str]

styles: Registry[Style] = Registry("persona style", "personas.styles")
