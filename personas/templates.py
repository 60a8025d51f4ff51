r"""Templates: the words in which personas are described, as data.

Each language that comes with the package is a file in ``personas/styles/locales``. A user's file says what is to be
different, and leaves the rest to the language that it names::

    locale: en                      # what this file does not say is taken from here
    labels: {age: Age in years}     # what attributes are called, before the population's own labels
    values: {sex: {Female: woman}}  # words for values
    numbers: {decimal: ".", group: ","}          # 52,000.5; whole numbers below 10,000 are not grouped
    dates: {form: "{day} {month} {year}", months: [January, ...]}  # for values such as 1984-05-03
    styles:
      second-person: {each: ["You: {label} = {value}."], between: " ", before: "", after: ""}
      telegram: {each: "{Label} {value} stop", between: " "}       # a style of one's own
    attributes:                     # words for one attribute, by style
      age: {interview: "Interviewer: Born when?\nRespondent: {value} years ago."}
    portraits:                      # sentences by construct and level
      care: {low: ..., average: ..., high: ...}
    instruction: "Answer as this person would.\n\n{description}"   # of a study, around the description

``{label}`` is what an attribute is called inside a sentence, ``{Label}`` as it stands, ``{value}`` its value. Wherever
a text stands a list may, of wordings of which `wording: seeded` takes one for each juror and attribute.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Annotated, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from personas.codebook import Words
from personas.documents import read_document, validate
from personas.errors import PopulationError
from personas.groups import readable
from personas.styles import Style, Trait, styles

if TYPE_CHECKING:
    import numpy as np

    from personas.persona import Value

LOCALES = Path(__file__).parent / "styles" / "locales"
DEFAULT_LOCALE = "en"

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_GROUPED_FROM = 10_000  # a year is not grouped


def _slots(text: str, known: set[str], needed: set[str]) -> str:
    """Return `text` if its placeholders are `known` and those `needed` are there."""
    try:
        fields = list(Formatter().parse(text))
    except ValueError as error:
        raise ValueError(f"{text!r}: {error}: write a brace that is meant as {{{{ or }}}}") from None
    names = {name for _, name, _, _ in fields if name is not None}
    listed = ", ".join(f"{{{name}}}" for name in sorted(known)) or "none"
    if any(spec or conversion for _, _, spec, conversion in fields) or not names <= known:
        raise ValueError(f"{text!r}: a placeholder is none of the known ones: {listed}")
    if not needed <= names:
        raise ValueError(f"{text!r}: lacks {{{min(needed - names)}}}")
    return text


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _of_trait(text: str) -> str:
    return _slots(text, {"label", "Label", "value"}, {"value"})


def _of_portrait(text: str) -> str:
    return _slots(text, {"label", "Label", "value"}, set())


Sentences: TypeAlias = Annotated[
    tuple[Annotated[str, AfterValidator(_of_trait)], ...], BeforeValidator(_several), Field(min_length=1)
]
"""Wordings that tell an attribute; the first is used unless wording is seeded."""

Portraits: TypeAlias = Annotated[
    tuple[Annotated[str, AfterValidator(_of_portrait)], ...], BeforeValidator(_several), Field(min_length=1)
]


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StyleTemplate(_Block):
    """How a style tells an attribute, and what stands between two, before all and after all."""

    each: Sentences
    between: str = "\n"
    before: str = ""
    after: str = ""


class Numbers(_Block):
    """How numbers are written."""

    decimal: str = "."
    group: str = ""


class Dates(_Block):
    """How a date such as 1984-05-03 is written."""

    form: Annotated[str, AfterValidator(lambda text: _slots(text, {"day", "month", "year"}, {"year"}))]
    months: tuple[str, ...] = Field(min_length=12, max_length=12)


class Templates(_Block):
    """The words in which personas are described; the module's docstring shows a file.

    Parameters
    ----------
    locale : str
        The language; of a user's file, the one that says what the file does not.
    lower_labels : bool
        Whether a label begins with a small letter inside a sentence, as in English and unlike in German.
    styles : mapping of str to StyleTemplate
        By style; a name that is no registered style is a style of its own.
    attributes : mapping
        Sentences for one attribute, by its name and then by style.
    portraits : mapping
        Sentences by construct and level.
    labels, values : mapping
        What attributes are called, and words for their values, by attribute.
    numbers : Numbers
        How numbers are written.
    dates : Dates, optional
        How dates are written; without, as they stand.
    instruction : str, optional
        What a study puts around the description, which stands for ``{description}``.
    """

    locale: str = DEFAULT_LOCALE
    lower_labels: bool = True
    numbers: Numbers = Numbers()
    dates: Dates | None = None
    instruction: Annotated[str, AfterValidator(lambda text: _slots(text, {"description"}, {"description"}))] | None = (
        None
    )
    labels: dict[str, str] = {}
    values: dict[str, dict[Words, Words]] = {}
    styles: dict[str, StyleTemplate] = {}
    attributes: dict[str, dict[str, Sentences]] = {}
    portraits: dict[str, dict[Words, Portraits]] = {}

    def over(self, base: Templates) -> Templates:
        """Return these templates with `base` for what they do not say; mappings are merged entry by entry."""
        update: dict[str, object] = {name: getattr(self, name) for name in self.model_fields_set}
        for name in ("labels", "styles", "portraits"):
            update[name] = {**getattr(base, name), **getattr(self, name)}
        for name in ("values", "attributes"):
            ours, theirs = getattr(self, name), getattr(base, name)
            update[name] = {key: {**theirs.get(key, {}), **ours.get(key, {})} for key in {**theirs, **ours}}
        return base.model_copy(update=update)

    def style(self, name: str) -> Style:
        """Return a registered style, or one that these templates define.

        Raises
        ------
        PopulationError
            For an unknown name; the message lists the known ones.
        """
        if name in styles:
            return styles[name]
        if name in self.styles:
            return Style(lambda traits, teller: teller.tell(name, traits))
        known = ", ".join(sorted({*styles, *self.styles}))
        raise PopulationError(f"style: no persona style named {name!r}. Known: {known}")

    def value(self, name: str, value: Value) -> str:
        """Return the value of an attribute in words."""
        text = readable(value)
        if (word := self.values.get(name, {}).get(text)) is not None:
            return word
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return self._number(text)
        if self.dates is not None and (date := _DATE.fullmatch(text)) and 1 <= int(date[2]) <= len(self.dates.months):
            month = self.dates.months[int(date[2]) - 1]
            return self.dates.form.format(day=int(date[3]), month=month, year=date[1])
        return text

    def inside(self, label: str) -> str:
        """Return a label as it is written inside a sentence; an acronym keeps its capitals."""
        return label if not self.lower_labels or label[:2].isupper() else label[:1].lower() + label[1:]

    def _number(self, text: str) -> str:
        whole, point, rest = text.partition(".")
        if not whole.lstrip("-").isdigit() or (point and not rest.isdigit()):  # 1e-07, inf
            return text
        if self.numbers.group and abs(int(whole)) >= _GROUPED_FROM:
            whole = f"{int(whole):,}".replace(",", self.numbers.group)
        return whole + (self.numbers.decimal + rest if point else "")


class Teller:
    """Puts traits into the words of templates, and remembers which of several wordings it took.

    Parameters
    ----------
    templates : Templates
        The words.
    rng : numpy.random.Generator, optional
        What chooses among wordings; without, the first is taken.
    """

    def __init__(self, templates: Templates, rng: np.random.Generator | None = None) -> None:
        self.templates = templates
        self.taken: list[int] = []
        self._rng = rng

    def tell(self, style: str, traits: Sequence[Trait], *, portrayed: bool = False) -> str:
        """Return all traits as the templates of `style` say; with `portrayed`, by their portraits where there are any.

        Raises
        ------
        PopulationError
            If the templates have no such style.
        """
        template = self.templates.styles.get(style)
        if template is None:
            raise PopulationError(f"templates: locale {self.templates.locale!r} has none for style {style!r}: add them")
        told = [self._sentence(style, template, trait, portrayed=portrayed) for trait in traits]
        return template.before + template.between.join(told) + template.after if told else ""

    def _sentence(self, style: str, template: StyleTemplate, trait: Trait, *, portrayed: bool) -> str:
        wordings = self.templates.attributes.get(trait.name, {}).get(style, template.each)
        if portrayed:
            levels = self.templates.portraits.get(construct(trait.name), {})
            wordings = levels.get(trait.level or trait.value, wordings)
        several = self._rng is not None and len(wordings) > 1
        number = int(self._rng.integers(len(wordings))) if several and self._rng is not None else 0
        self.taken.append(number)
        label = self.templates.inside(trait.label)
        return wordings[number].format(label=label, Label=trait.label, value=trait.value)


def construct(name: str) -> str:
    """Return the key under which portraits of the attribute `name` stand.

    Examples
    --------
    >>> construct("Self-direction")
    'self_direction'
    """
    return re.sub(r"[\s\-.]+", "_", name.strip().lower())


def locales() -> tuple[str, ...]:
    """Return the languages that come with the package."""
    return tuple(sorted(path.stem for path in LOCALES.glob("*.yaml")))


def load_templates(locale: str | None = None, file: str | Path | None = None) -> Templates:
    """Return the templates of a language, with those of a user's file before them.

    Parameters
    ----------
    locale : str, optional
        A language, such as ``"de"`` or ``"de-AT"``; by default the file's, or else English.
    file : str or Path, optional
        A YAML file of templates.

    Raises
    ------
    PopulationError
        For an unknown language, or the first thing that is wrong in the file, with its line.

    Examples
    --------
    >>> load_templates("de").value("income", 52000.5)
    '52.000,5'
    """
    path = None if file is None else Path(file)
    own = None if path is None else validate(Templates, read_document(path), path)
    base = _built_in(locale or (own.locale if own is not None else DEFAULT_LOCALE))
    if own is None:
        return base
    return own.over(base).model_copy(update={"locale": base.locale})


@lru_cache(maxsize=32)
def _built_in(locale: str) -> Templates:
    for name in (locale, locale.replace("_", "-").partition("-")[0]):
        path = LOCALES / f"{name}.yaml"
        if name in locales():
            return validate(Templates, read_document(path), path)
    raise PopulationError(f"locale: {locale!r} does not come with the package; known: {', '.join(locales())}")
