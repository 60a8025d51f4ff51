"""Prose about the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personas.styles import Trait, style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from personas.templates import Teller


@style("third-person")
def third_person(traits: Sequence[Trait], teller: Teller) -> str:
    """Biography about the person ("This person's age is 43.").

    No pronoun is used: "she" would tell the sex of a person whose sex was not selected.

    Examples
    --------
    >>> from personas import Persona, render
    >>> render(Persona("p", {"age": "25-34", "sex": "Female"}), style="third-person")
    "This person's age is 25-34. This person's sex is Female."
    """
    return teller.tell("third-person", traits)
