"""The blocks of a study file: where jurors come from, how they are drawn, put into words, and what they judge."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from jury.cases import Text
from jury.errors import MeasureError
from personas.codebook import Words, code
from personas.rendering import Order, Wording

#: Jurors of one jury: more are several juries, drawn one by one.
MOST_JURORS = 1_000_000
#: The style of personas that asks the model as itself: the same jury, orders and seeds, and no system text.
NO_PERSONA = "none"


class Block(BaseModel):
    """A part of a study; it takes no other keys than its fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PopulationBlock(Block):
    """Where the jurors come from."""

    source: str = Field(description="A built-in population, or the path of a .yaml, .csv or .parquet file.")
    codebook: str | None = Field(default=None, description="A built-in codebook, or the path of one.")
    weight: str | None = Field(default=None, description="Column that holds the survey weights.")


class JurorsBlock(Block):
    """How many jurors are drawn, and how."""

    n: int = Field(default=24, ge=1, le=MOST_JURORS, description="Number of jurors.")
    design: str = Field(
        default="srs", description="Sampling design: srs, stratified, quota, systematic, pps or constrained."
    )
    by: tuple[str, ...] = Field(
        default=(), description="Attributes that the design controls: stratified, quota, systematic."
    )
    allocation: Literal["proportional", "equal"] | dict[Words, float | dict[Words, float]] = Field(
        default="proportional",
        description="Seats in proportion to a group's share, or equal; or relative numbers for each group, such as"
        ' {Black: 6, White: 6} or, for two attributes, {"Black & Female": 3, ...}; for quotas on several attributes,'
        " such numbers by attribute.",
    )
    size: str | None = Field(
        default=None, description="Design pps: the attribute of numbers that chances are proportional to."
    )
    at_least: dict[str, int | dict[Words, int]] | None = Field(
        default=None,
        description='Design constrained: for each attribute, or crossing such as "race & sex", how many jurors each'
        " group has at least: one number for all, or numbers by level.",
    )
    replace: bool | None = Field(
        default=None, description="Whether a person may sit more than once; by default only cells of a table may."
    )
    mix: Literal["split", "crossed"] = Field(
        default="split",
        description="With several models: each juror is played by one of them (split), or by every one, a persona "
        "still counting once (crossed).",
    )

    @field_validator("allocation", mode="before")
    @classmethod
    def _shares(cls, value: Any) -> Any:  # noqa: ANN401 - raw input
        # Told here: of a union pydantic would name every member that did not fit.
        if isinstance(value, dict):
            _numbers("", value, nested=True)
        elif value not in ("proportional", "equal"):
            raise ValueError(f"{value!r} is none of proportional, equal and numbers for each group")
        return value

    @field_validator("at_least", mode="before")
    @classmethod
    def _minima(cls, value: Any) -> Any:  # noqa: ANN401 - raw input
        if value is not None and not isinstance(value, dict):
            raise ValueError(f"{value!r} names no attribute: write, for instance, at_least: {{race: 2}}")
        _numbers("", value or {}, nested=True, whole=True)
        return value


def _numbers(at: str, value: dict[Any, Any], *, nested: bool, whole: bool = False) -> None:
    """Refuse what is no mapping of numbers, or, if `nested`, of numbers and mappings of them."""
    for key, number in value.items():
        name = f"{at}{code(key)}"
        if isinstance(number, dict) and nested:
            _numbers(f"{name}: ", number, nested=False, whole=whole)
        elif isinstance(number, bool) or not isinstance(number, int if whole else (int, float)) or number < 0:
            kind = "a whole number" if whole else "a number"
            raise ValueError(f"{name}: {number!r} is not {kind} of at least 0")


class PersonaBlock(Block):
    """How a persona is put into words."""

    style: str = Field(
        default="profile",
        description="A registered style (profile, interview, first-person, second-person, third-person, portrait,"
        " narrative), or one that the templates define; or none, which asks the model as itself.",
    )
    attributes: tuple[str, ...] | None = Field(
        default=None,
        description="What jurors are told about themselves, narrative among it; all attributes by default.",
    )
    order: Order = Field(
        default="given", description="Order of the attributes: as given, or seeded, a random one for each juror."
    )
    wording: Wording = Field(
        default="first", description="The templates' first wording, or seeded, a random one for each juror."
    )
    locale: str | None = Field(default=None, description="Language of the templates; by default English.")
    templates: str | None = Field(default=None, description="A YAML file of templates that go before the language's.")
    variants: int = Field(
        default=1,
        ge=1,
        description="In how many wordings each juror is described, all different; they take turns over the replicates.",
    )

    @model_validator(mode="after")
    def _none_of_them(self) -> PersonaBlock:
        given = [name for name in self.model_fields_set if name != "style" and getattr(self, name) != default_of(name)]
        if self.style == NO_PERSONA and given:
            raise ValueError(f"style {NO_PERSONA!r} tells nothing about a juror; leave {min(given)} out")
        return self


def default_of(name: str) -> Any:  # noqa: ANN401 - whatever the field holds
    """Return what a setting of `PersonaBlock` is where a study says nothing."""
    return PersonaBlock.model_fields[name].default


class PackagesBlock(Block):
    """Cases in which policy packages, built from attributes by a design, are judged side by side."""

    prompt: Text = Field(description="What is asked about the packages of every case.")
    attributes: dict[Text, tuple[Text, ...]] = Field(
        description="Attribute -> its levels, two or more; effects are told against the first."
    )
    design: Literal["full", "fractional", "balanced"] = Field(
        default="full",
        description="Every combination; or `size` of them that tell the attributes' own effects best (D-optimal); or"
        " `size` at random in which every level stands equally often.",
    )
    size: int | None = Field(default=None, ge=2, description="Number of packages, for the last two designs.")
    per_case: int = Field(default=2, ge=2, description="Packages side by side in a case.")
    rounds: int = Field(default=1, ge=1, description="In how many cases each package stands.")
    seed: int = Field(default=0, ge=0, description="Of the design and of who stands beside whom.")

    @model_validator(mode="after")
    def _possible(self) -> PackagesBlock:
        from jury.whatif.conjoint import check_design

        try:
            many = check_design(self.attributes, self.design, self.size)
        except MeasureError as error:
            raise ValueError(str(error)) from None
        if self.per_case > many:
            raise ValueError(f"per_case={self.per_case}, more than the {many} packages; give fewer")
        return self


class CasesBlock(Block):
    """Cases from somewhere else than the study file."""

    file: str | None = Field(default=None, description="A .jsonl or .csv file of cases.")
    items: Literal["all"] | tuple[str, ...] | None = Field(
        default=None, description="Survey questions of the population's codebook: all, or their names."
    )
    packages: PackagesBlock | None = Field(
        default=None, description="Policy packages built from attributes; jury packages tells what each part does."
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> CasesBlock:
        if sum(each is not None for each in (self.file, self.items, self.packages)) != 1:
            raise ValueError("give a list of cases, or one of file, items and packages")
        return self


def in_block(key: str, bare: type[str | int], block: type[Block]) -> BeforeValidator:
    """Return a validator that lets a `bare` value stand for a `block` that has only `key`."""
    return BeforeValidator(
        lambda value: {key: value} if isinstance(value, str | int) else value, json_schema_input_type=bare | block
    )
