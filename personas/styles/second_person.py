"""Prose that speaks to the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personas.styles import Trait, styles

if TYPE_CHECKING:
    from collections.abc import Sequence


@styles.register("second-person")
def second_person(traits: Sequence[Trait]) -> str:
    """Write one sentence a trait.

    Examples
    --------
    >>> second_person([Trait("Age", "25-34"), Trait("Party identification", "Independent")])
    'Your age is 25-34. Your party identification is Independent.'
    """
    return " ".join(f"Your {_inside(trait.label)} is {trait.value}." for trait in traits)


def _inside(label: str) -> str:
    """Return a label as it is written inside a sentence; an acronym keeps its capitals."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]
