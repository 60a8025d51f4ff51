"""A short list of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personas.styles import Trait, style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from personas.templates import Teller


@style("profile")
def profile(traits: Sequence[Trait], teller: Teller) -> str:
    """Lines: one a trait.

    Examples
    --------
    >>> from personas import Persona, render
    >>> print(render(Persona("p", {"age": "25-34", "sex": "Female"}), style="profile"))
    Age: 25-34
    Sex: Female
    """
    return teller.tell("profile", traits)
