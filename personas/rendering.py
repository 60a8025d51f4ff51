"""Putting a persona into prompt text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from personas.errors import PopulationError
from personas.persona import Persona
from personas.scoring import Cuts
from personas.styles import Style, Trait
from personas.templates import Teller, Templates, construct, load_templates

if TYPE_CHECKING:
    from personas.population import Population

NARRATIVE = "narrative"
"""What selects the narrative among the attributes; an attribute of this name goes before it."""

Order: TypeAlias = Literal["given", "seeded"]
Wording: TypeAlias = Literal["first", "seeded"]

_STREAM = 2  # spawn key of renderings: the draw of a jury has 0, its ballots 1


@dataclass(frozen=True)
class Rendering:
    """A persona in words, and how it was put so.

    Parameters
    ----------
    text : str
        About the person alone, without any instruction.
    style, locale : str
        The style and the language of the templates.
    told : tuple of str
        Attributes that were told, in order; what was not stated is not among them.
    wording : tuple of int
        For each of them which of the templates' wordings was used, counted from 0.
    levels : mapping of str to str
        Levels that stood for numbers.
    """

    text: str
    style: str
    locale: str
    told: tuple[str, ...]
    wording: tuple[int, ...]
    levels: Mapping[str, str] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        """Return how the text came about, as plain JSON types."""
        record: dict[str, Any] = {"style": self.style, "locale": self.locale, "told": list(self.told)}
        record["wording"] = list(self.wording)
        return record | ({"levels": dict(self.levels)} if self.levels else {})


@dataclass(frozen=True)
class Renderer:
    """A way to put personas into words, checked once for all of them.

    Parameters
    ----------
    attributes : sequence of str, optional
        What to tell, in this order: attributes, and ``"narrative"`` for the narrative, which comes last. By default
        what the style shows: every attribute that is not only there to group by, and no narrative; or the narrative
        alone.
    style : str
        A registered style, or one that the templates define.
    templates : Templates
        The words; by default English.
    labels : mapping of str to str
        What attributes are called, where the templates do not say; by default their names, made readable.
    order : {"given", "seeded"}
        Whether attributes are told in the order given, or in a random one for each persona.
    wording : {"first", "seeded"}
        Whether the templates' first wording is used, or a random one for each persona and attribute.
    cuts : mapping of str to Cuts
        Where levels begin and end, for numbers that are told as levels.

    Raises
    ------
    PopulationError
        For an unknown style, or attributes under style ``narrative`` without the narrative among them.

    Examples
    --------
    >>> import numpy as np
    >>> ann = Persona("p1", {"age": 43, "sex": "Female", "region": "South"})
    >>> told = Renderer(style="second-person", order="seeded")(ann, np.random.default_rng(2))
    >>> told.text, told.told
    ('Your region is South. Your age is 43. Your sex is Female.', ('region', 'age', 'sex'))
    """

    attributes: Sequence[str] | None = None
    style: str = "profile"
    templates: Templates = field(default_factory=load_templates)
    labels: Mapping[str, str] = field(default_factory=dict)
    order: Order = "given"
    wording: Wording = "first"
    cuts: Mapping[str, Cuts] = field(default_factory=dict)
    _style: Style = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_style", self.templates.style(self.style))
        names = self.attributes
        if isinstance(names, str):
            raise PopulationError(f"attributes: {names!r} is one word: give a list of names")
        if names is not None and len(set(names)) < len(names):
            raise PopulationError(f"attributes: {list(names)} names one twice: name each once")
        if names is not None and self._style.shows == "narrative" and NARRATIVE not in names:
            raise PopulationError(
                f"attributes: style {self.style!r} tells the narrative, which is not among {list(names)}: add"
                f" {NARRATIVE!r}, or choose another style"
            )

    @classmethod
    def of(
        cls,
        population: Population,
        attributes: Sequence[str] | None = None,
        *,
        style: str = "profile",
        templates: Templates | None = None,
        order: Order = "given",
        wording: Wording = "first",
    ) -> Renderer:
        """Return the renderer for the personas of a population, and for juries drawn from it.

        It knows the population's labels, which attributes are not for prompts, and where the levels of its numbers are.

        Raises
        ------
        PopulationError
            For an unknown attribute or style, or for the narratives of a population that has none.
        """
        templates = templates or load_templates()
        chosen = templates.style(style)
        if attributes is None:
            attributes = (NARRATIVE,) if chosen.shows == "narrative" else population.prompt_attributes
        for name in attributes:
            if name not in population.attributes and (name != NARRATIVE or population.narratives is None):
                known = ", ".join((*population.attributes, *([NARRATIVE] if population.narratives is not None else [])))
                raise PopulationError(f"attributes: {population.name} has no {name!r}; known: {known}")
        cuts = _cuts(population, attributes, templates) if chosen.levels else {}
        return cls(tuple(attributes), style, templates, population.labels, order, wording, cuts)

    @property
    def random(self) -> bool:
        """Whether a text depends on a Generator."""
        return self.order == "seeded" or self.wording == "seeded"

    def __call__(self, persona: Persona, rng: np.random.Generator | None = None) -> Rendering:
        """Return `persona` in words.

        Parameters
        ----------
        persona : Persona
            Whom to describe.
        rng : numpy.random.Generator, optional
            What order and wording are drawn from, where they are seeded.

        Raises
        ------
        PopulationError
            For an unknown attribute, if a Generator is needed and absent, or if there is no narrative to tell.
        """
        if self.random and rng is None:
            raise PopulationError("rng: order or wording is seeded: give a numpy Generator")
        traits = self._traits(persona)
        if self.order == "seeded" and rng is not None:
            traits = [traits[position] for position in rng.permutation(len(traits))]
        teller = Teller(self.templates, rng if self.wording == "seeded" else None)
        parts = [self._style.tell(traits, teller)]
        told = [trait.name for trait in traits]
        if self._tells_narrative(persona) and persona.narrative:
            parts.append(persona.narrative)
            told.append(NARRATIVE)
            teller.taken.append(0)
        elif self._style.shows == "narrative" and NARRATIVE not in told:
            raise PopulationError(
                f"style: persona {persona.id!r} has no narrative: choose another style than narrative"
            )
        levels = {trait.name: trait.level for trait in traits if trait.level is not None}
        text = "\n\n".join(part for part in parts if part)
        return Rendering(text, self.style, self.templates.locale, tuple(told), tuple(teller.taken), levels)

    def stream(self, population: Population, seed: int = 0) -> Iterator[tuple[Persona, Rendering]]:
        """Yield every persona with its text, one at a time and in bounded memory.

        Parameters
        ----------
        population : Population
            Whom to describe, in order.
        seed : int
            What order and wording are drawn from: the same seed and position give the same text.
        """
        for number, persona in enumerate(population):
            sequence = np.random.SeedSequence(seed, spawn_key=(_STREAM, number)) if self.random else None
            yield persona, self(persona, None if sequence is None else np.random.default_rng(sequence))

    def _tells_narrative(self, persona: Persona) -> bool:
        if self.attributes is None:
            return self._style.shows == "narrative"
        return NARRATIVE in self.attributes and NARRATIVE not in persona.attributes

    def _traits(self, persona: Persona) -> list[Trait]:
        names = self.attributes
        if names is None:
            names = (
                ()
                if self._style.shows == "narrative"
                else tuple(name for name in persona.attributes if name not in persona.unprompted)
            )
        traits = []
        for name in names:
            if name not in persona.attributes:
                if name == NARRATIVE:
                    continue
                known = ", ".join(persona.attributes)
                raise PopulationError(f"attributes: persona {persona.id!r} has no {name!r}; known: {known}")
            value = persona.attributes[name]
            if value is None:
                continue
            level = self.cuts[name].word(float(value)) if name in self.cuts else None
            label = self.templates.labels.get(name) or self.labels.get(name) or _label(name)
            traits.append(Trait(label, self.templates.value(name, value), name, level))
        return traits


def render(
    persona: Persona,
    attributes: Sequence[str] | None = None,
    *,
    style: str = "profile",
    labels: Mapping[str, str] | None = None,
    templates: Templates | None = None,
    order: Order = "given",
    wording: Wording = "first",
    rng: np.random.Generator | None = None,
) -> str:
    """Return text about `persona`: about the person alone, without any instruction.

    Parameters
    ----------
    persona : Persona
        Whom to describe.
    attributes : sequence of str, optional
        What to tell, in this order; by default everything but the narrative and what is only there to group by
        (`Persona.unprompted`), in the persona's order. Nothing else is
        told, and neither is what the person did not state. ``"narrative"`` selects the narrative.
    style : str, default "profile"
        A registered style: ``profile`` (lines), ``interview``, ``first-person``, ``second-person``, ``third-person``,
        ``portrait`` (of values) or ``narrative``; or one that the templates define.
    labels : mapping of str to str, optional
        What attributes are called, usually ``population.labels``; by default their names, made readable.
    templates : Templates, optional
        The words (`load_templates`); by default English.
    order, wording : str
        ``"seeded"`` for a random order of the attributes, or a random choice among the templates' wordings.
    rng : numpy.random.Generator, optional
        What they are drawn from.

    Returns
    -------
    str
        Empty where nothing selected was stated.

    Raises
    ------
    PopulationError
        For an unknown attribute or style; the message lists the known ones.

    See Also
    --------
    Renderer.of : for many personas of one population, and for levels of its numbers.

    Examples
    --------
    >>> from personas import Persona
    >>> ann = Persona("p1", {"age": "25-34", "home_region": "South", "vote": "secret"})
    >>> print(render(ann, ["home_region", "age"]))
    Home region: South
    Age: 25-34
    """
    templates = templates or load_templates()
    return Renderer(attributes, style, templates, labels or {}, order, wording)(persona, rng).text


def _cuts(population: Population, attributes: Sequence[str], templates: Templates) -> dict[str, Cuts]:
    """Return the levels of the numbers that `templates` portray."""
    import pandas as pd

    found = {}
    for name in attributes:
        if name not in population.frame.columns or construct(name) not in templates.portraits:
            continue
        column = population.frame[name]
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column) and column.notna().any():
            found[name] = Cuts.of(column.to_numpy(dtype=np.float64, na_value=np.nan), population.weights)
    return found


def _label(name: str) -> str:
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]
