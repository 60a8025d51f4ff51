"""Prose in which the person speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personas.styles import Trait, style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from personas.templates import Teller


@style("first-person")
def first_person(traits: Sequence[Trait], teller: Teller) -> str:
    """Biography in which the person speaks ("My age is 43.").

    References
    ----------
    Argyle, L. P. et al. (2023). Out of One, Many: Using Language Models to Simulate Human Samples. Political Analysis
    31(3): conditions a model on first-person backstories.

    Examples
    --------
    >>> from personas import Persona, render
    >>> render(Persona("p", {"age": "25-34", "sex": "Female"}), style="first-person")
    'My age is 25-34. My sex is Female.'
    """
    return teller.tell("first-person", traits)
