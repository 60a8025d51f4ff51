"""The narrative, as a source wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personas.styles import Trait, style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from personas.templates import Teller


@style("narrative", shows="narrative")
def narrative(traits: Sequence[Trait], teller: Teller) -> str:
    """Narrative as the source wrote it; attributes only if they are selected, as lines above it.

    A narrative may say what no attribute was selected for: a selection of attributes without ``narrative`` in it is
    therefore refused.

    Examples
    --------
    >>> from personas import Persona, render
    >>> ann = Persona("ann", {"age": 43}, narrative="Ann runs a bakery in Leeds.")
    >>> render(ann, style="narrative")
    'Ann runs a bakery in Leeds.'
    """
    return teller.tell("profile", traits)
