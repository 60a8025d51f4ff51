"""Prose that speaks to the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personas.styles import Trait, style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from personas.templates import Teller


@style("second-person")
def second_person(traits: Sequence[Trait], teller: Teller) -> str:
    """Biography that speaks to the person ("Your age is 43.").

    Examples
    --------
    >>> from personas import Persona, render
    >>> ann = Persona("p", {"age": "25-34", "party_identification": "Independent"})
    >>> render(ann, style="second-person")
    'Your age is 25-34. Your party identification is Independent.'
    """
    return teller.tell("second-person", traits)
