"""Styles in which a persona is put into prompt text. One file each, found by the registry.

What a style says is in the templates (``personas/styles/locales``, or a file of the user's); a style says how they go
together. A template file may also define styles of its own, which need no Python.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from aggregators.registry import Registry

if TYPE_CHECKING:
    from personas.templates import Teller


@dataclass(frozen=True)
class Trait:
    """One thing to say about a person.

    Parameters
    ----------
    label : str
        What the attribute is called, such as ``"Age"``.
    value : str
        What it is for this person, such as ``"25-34"``.
    name : str
        The attribute's name, by which templates may have words for it alone.
    level : str, optional
        Where a number stands among those of the population, such as ``"high"``.
    """

    label: str
    value: str
    name: str = ""
    level: str | None = None


Tell: TypeAlias = Callable[[Sequence[Trait], "Teller"], str]


@dataclass(frozen=True)
class Style:
    """A way to describe a person.

    Parameters
    ----------
    tell : callable
        From traits, in the order in which they are told, and a `Teller` to text.
    shows : {"attributes", "narrative"}
        What is told unless somebody selects: the attributes, or the narrative as a source wrote it.
    levels : bool
        Whether numbers that templates have a portrait for are told as their level in the population.
    """

    tell: Tell
    shows: Literal["attributes", "narrative"] = "attributes"
    levels: bool = False


styles: Registry[Style] = Registry("persona style", "personas.styles")


def style(
    name: str, *, shows: Literal["attributes", "narrative"] = "attributes", levels: bool = False
) -> Callable[[Tell], Tell]:
    """Return a decorator that registers the style `name`; see `Style`."""

    def register(tell: Tell) -> Tell:
        styles.add(name, Style(tell, shows, levels))
        return tell

    return register
