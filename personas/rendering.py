"""Putting a persona into prompt text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregators.registry import UnknownName
from personas.errors import PopulationError
from personas.groups import readable
from personas.styles import Trait, styles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from personas.persona import Persona


def render(
    persona: Persona,
    attributes: Sequence[str] | None = None,
    *,
    style: str = "profile",
    labels: Mapping[str, str] | None = None,
) -> str:
    """Return text about `persona`: about the person alone, without any instruction.

    Parameters
    ----------
    persona : Persona
        Whom to describe.
    attributes : sequence of str, optional
        What to tell, in this order; by default everything, in the persona's order. Nothing else is told, and
        neither is what the person did not state.
    style : str, default "profile"
        A registered style: ``profile`` (lines) or ``second-person`` (prose).
    labels : mapping of str to str, optional
        What attributes are called, usually ``population.labels``; by default their names, made readable.

    Returns
    -------
    str
        Empty where nothing selected was stated.

    Raises
    ------
    PopulationError
        For an unknown attribute or style; the message lists the known ones.

    Examples
    --------
    >>> from personas import Persona
    >>> ann = Persona("p1", {"age": "25-34", "home_region": "South", "vote": "secret"})
    >>> print(render(ann, ["home_region", "age"]))
    Home region: South
    Age: 25-34
    """
    names = list(persona.attributes) if attributes is None else list(attributes)
    if unknown := [name for name in names if name not in persona.attributes]:
        known = ", ".join(persona.attributes)
        raise PopulationError(f"attributes: persona {persona.id!r} has no {unknown[0]!r}; known: {known}")
    traits = [
        Trait((labels or {}).get(name) or _label(name), readable(value))
        for name in names
        if (value := persona.attributes[name]) is not None
    ]
    try:
        return styles[style](traits)
    except UnknownName as error:
        raise PopulationError(f"style: {error}") from None


def _label(name: str) -> str:
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]
