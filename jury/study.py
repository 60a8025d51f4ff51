"""The study file: one YAML document that says who is asked what, by which model, decided by which rules."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    SerializeAsAny,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from aggregators.registry import UnknownName
from jury.cases import Case, check_variants, first_repeated, read_cases
from jury.elicitation import Mode, modes
from jury.elicitation.neutral import neutral
from jury.errors import StudyError
from jury.model_block import ModelBlock, read_models
from personas import PersonaError, Population, load_population
from personas.codebook import Words, code
from personas.documents import first_fault, line_of, read_document, validate
from personas.rendering import Order, Wording
from personas.templates import Templates, load_templates

BUILT_IN = Path(__file__).parent / "studies"
DEFAULT_STUDY = "minimum-wage"

#: The style of personas that asks the model as itself: the same jury, orders and seeds, and no system text.
NO_PERSONA = "none"


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PopulationBlock(_Block):
    """Where the jurors come from."""

    source: str = Field(description="A built-in population, or the path of a .yaml, .csv or .parquet file.")
    codebook: str | None = Field(default=None, description="A built-in codebook, or the path of one.")
    weight: str | None = Field(default=None, description="Column that holds the survey weights.")


class JurorsBlock(_Block):
    """How many jurors are drawn, and how."""

    n: int = Field(default=24, ge=1, description="Number of jurors.")
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


class PersonaBlock(_Block):
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
        given = [name for name in self.model_fields_set if name != "style" and getattr(self, name) != _default(name)]
        if self.style == NO_PERSONA and given:
            raise ValueError(f"style {NO_PERSONA!r} tells nothing about a juror; leave {min(given)} out")
        return self


def _default(name: str) -> Any:  # noqa: ANN401 - whatever the field holds
    return PersonaBlock.model_fields[name].default


class CasesBlock(_Block):
    """Cases from somewhere else than the study file."""

    file: str | None = Field(default=None, description="A .jsonl or .csv file of cases.")
    items: Literal["all"] | tuple[str, ...] | None = Field(
        default=None, description="Survey questions of the population's codebook: all, or their names."
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> CasesBlock:
        if (self.file is None) == (self.items is None):
            raise ValueError("give a list of cases, or one of file and items")
        return self


_CASES = TypeAdapter(tuple[Case, ...])


def _in_block(key: str, bare: type[str | int], block: type[_Block]) -> BeforeValidator:
    """Let a `bare` value stand for a `block` that has only `key`."""
    return BeforeValidator(
        lambda value: {key: value} if isinstance(value, str | int) else value, json_schema_input_type=bare | block
    )


def _elicitation(value: Any) -> Any:  # noqa: ANN401 - raw input
    if isinstance(value, Mode):
        return value
    if isinstance(value, str):
        value = {"mode": value}
    if not isinstance(value, dict):
        raise ValueError("expected a mode or a mapping with a mode")  # noqa: TRY004 - pydantic reads ValueError
    try:
        return modes[str(value.get("mode", "score"))].model_validate(value)
    except UnknownName as error:
        raise ValueError(str(error)) from None


def _elicitation_schema() -> dict[str, Any]:
    return {"anyOf": [{"enum": list(modes)}, *(mode.model_json_schema() for mode in modes.values())]}


class Study(_Block):
    """A validated study.

    Examples
    --------
    >>> study = Study.load("minimum-wage")
    >>> study.population.source, study.elicitation.mode
    ('us-adults', 'score')
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="Short name; run files are called after it.")
    description: str = Field(default="", description="What the study is about, for readers.")
    population: Annotated[PopulationBlock, _in_block("source", str, PopulationBlock)] = Field(
        default=PopulationBlock(source="us-adults"), description="Where the jurors come from."
    )
    jurors: Annotated[JurorsBlock, _in_block("n", int, JurorsBlock)] = Field(
        default=JurorsBlock(), description="The jury to draw."
    )
    groups: tuple[str, ...] = Field(
        default=(), description='Groups that audits report: attributes, or crossings such as "race & sex".'
    )
    persona: Annotated[PersonaBlock, _in_block("style", str, PersonaBlock)] = Field(
        default=PersonaBlock(), description="How a persona is put into words."
    )
    cases: tuple[Case, ...] | CasesBlock = Field(description="What is judged: a list, or {file: ...} or {items: ...}.")
    elicitation: Annotated[SerializeAsAny[Mode], BeforeValidator(_elicitation)] = Field(
        default_factory=lambda: _elicitation({}), description="How jurors are asked."
    )
    model: Annotated[
        ModelBlock | tuple[ModelBlock, ...],
        BeforeValidator(
            read_models,
            json_schema_input_type=str | ModelBlock | Annotated[list[str | ModelBlock], Field(min_length=1)],
        ),
    ] = Field(default=ModelBlock(), description="Which model plays the jurors, or a list of models that share them.")
    rules: tuple[str, ...] = Field(default=(), description='Rules that decide, such as nash or "isoelastic:alpha=2".')
    scenarios: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description="What-ifs by name, each a mapping of key to value: "
        '{two seats: {jurors: 12, "seats:race=Black": 2}}.'
        " jury whatif answers them from stored ballots.",
    )
    seed: int = Field(default=0, ge=0, le=2**63 - 1, description="The same seed gives the same run.")

    _folder: Path = PrivateAttr(default_factory=Path)
    _file: Path | None = PrivateAttr(default=None)
    _changed: frozenset[str] = PrivateAttr(default=frozenset())  # keys that no longer are what the file says

    @field_validator("cases", mode="before")
    @classmethod
    def _list_or_block(cls, value: Any) -> Any:  # noqa: ANN401 - raw input
        # Told apart here, so that an error speaks of the one that was meant.
        if isinstance(value, CasesBlock | dict):
            return CasesBlock.model_validate(value)
        if isinstance(value, list | tuple):
            return _CASES.validate_python(value)
        raise ValueError(f"{value!r} is no list of cases, nor one of {{file: ...}} and {{items: ...}}")

    @field_validator("cases")
    @classmethod
    def _distinct_cases(cls, value: tuple[Case, ...] | CasesBlock) -> tuple[Case, ...] | CasesBlock:
        if not isinstance(value, CasesBlock):
            if not value:
                raise ValueError("the list is empty; give at least one case")
            repeated = first_repeated(case.id for case in value)
            if repeated is not None:
                raise ValueError(f"id {repeated!r} is given twice; ids must differ")
        return value

    @field_validator("rules")
    @classmethod
    def _known_rules(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        from aggregators import AggregatorError
        from aggregators.rulebook import parse_rule

        for rule in value:
            try:
                parse_rule(rule)
            except AggregatorError as error:
                raise ValueError(str(error)) from None
        return value

    @field_validator("scenarios")
    @classmethod
    def _possible_scenarios(cls, value: dict[str, dict[str, Any]], info: ValidationInfo) -> dict[str, dict[str, Any]]:
        mode = info.data.get("elicitation")
        if value and mode is not None:  # whose own fault comes first
            from jury.whatif.grid import named

            try:
                list(named(value, (info.data.get("rules") or mode.default_rules)[0]))
            except StudyError as error:
                raise ValueError(str(error)) from None
        return value

    @classmethod
    def load(cls, source: str | Path) -> Study:
        """Read a study file, or a built-in study by its name.

        Raises
        ------
        StudyError
            For the first thing that is wrong, with its line and key.
        """
        path = Path(source)
        if path.suffix not in (".yaml", ".yml"):
            path = BUILT_IN / f"{source}.yaml"
            if not path.is_file():
                known = ", ".join(built_in_studies())
                raise StudyError(f"study {str(source)!r}: neither a .yaml file nor a built-in study; built in: {known}")
        try:
            study = validate(cls, read_document(path), path)
        except PersonaError as error:
            raise StudyError(str(error)) from None
        study._folder, study._file = path.parent, path  # noqa: SLF001 - our own class
        return study

    @classmethod
    def restore(cls, document: dict[str, Any]) -> Study:
        """Return the study that a run file recorded as `document`."""
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            raise StudyError(f"the recorded study cannot be read: {error.errors()[0]['msg']}") from None

    def changed(self, **changes: Any) -> Study:  # noqa: ANN401 - as the fields
        """Return a copy with some fields replaced, checked again.

        Raises
        ------
        StudyError
            If the new value is no good.
        """
        document = {**self.model_dump(mode="json"), **changes}
        try:
            study = type(self).model_validate(document)
        except ValidationError as error:
            key, message = first_fault(error)
            raise StudyError(f"{'.'.join(map(str, key))}: {message}") from None
        study._folder, study._file = self._folder, self._file  # noqa: SLF001 - our own class
        study._changed = self._changed | changes.keys()  # noqa: SLF001 - our own class
        return study

    def fault(self, key: tuple[str, ...], message: str) -> StudyError:
        """Return the error that names `key` and, if it is as the study's file has it, the file and the line."""
        words = f"{'.'.join(key)}: {message}"
        if self._file is None or key[0] in self._changed:
            return StudyError(words)
        return StudyError(f"{self._file}, line {line_of(self._file, key)}: {words}")

    def load_population(self) -> Population:
        """Return the population that jurors are drawn from; raises `StudyError`."""
        block = self.population
        try:
            return load_population(
                self._resolve(block.source),
                codebook=self._resolve(block.codebook) if block.codebook else None,
                weight=block.weight,
            )
        except PersonaError as error:
            raise StudyError(f"population: {error}") from None

    def load_templates(self) -> Templates:
        """Return the words in which jurors are described; raises `StudyError`."""
        block = self.persona
        try:
            return load_templates(block.locale, self._resolve(block.templates) if block.templates else None)
        except PersonaError as error:
            raise StudyError(f"persona: {error}") from None

    def load_cases(self, population: Population) -> tuple[Case, ...]:
        """Return the cases, wherever they are; raises `StudyError`."""
        if not isinstance(self.cases, CasesBlock):
            return _checked(self.cases)
        if self.cases.file is not None:
            return _checked(read_cases(self._folder / self.cases.file))
        return _checked(_survey_cases(population, self.cases.items or ()))

    @property
    def models(self) -> tuple[ModelBlock, ...]:
        """The models that play the jurors, one or several."""
        return self.model if isinstance(self.model, tuple) else (self.model,)

    def rule_names(self) -> tuple[str, ...]:
        """Return the rules that decide: those of the study, or the elicitation mode's own."""
        return self.rules or self.elicitation.default_rules

    def fingerprint(self, cases: tuple[Case, ...], jury: Sequence[Any] = ()) -> str:
        """Return a digest of everything that decides what is asked of whom; `jury` is anything JSON can hold.

        Name, rules, groups and scenarios are left out: they change what is concluded, not what is asked.
        """
        left_out: Any = {
            "name": True,
            "rules": True,
            "groups": True,
            "description": True,
            "scenarios": True,
            "cases": True,
            "model": True,
        }
        document = self.model_dump(mode="json", exclude=left_out)
        # What came later counts where it says something: a run of before can still be resumed.
        for name in ("order", "wording", "locale", "templates", "variants"):
            if document["persona"][name] == _default(name):
                del document["persona"][name]
        for name in ("size", "at_least"):
            if document["jurors"][name] is None:
                del document["jurors"][name]
        if document["jurors"]["mix"] == JurorsBlock.model_fields["mix"].default:
            del document["jurors"]["mix"]
        models = [model.asked() for model in self.models]
        document["model"] = models if isinstance(self.model, tuple) else models[0]
        document["cases"] = [
            case.model_dump(mode="json", exclude=None if case.variant_of else {"variant_of"}) for case in cases
        ]
        document["jury"] = list(jury)
        text = json.dumps(document, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def _resolve(self, name: str) -> str:
        """Return `name` relative to the study's folder if a file is there, else as it is (built in)."""
        beside = self._folder / name
        return str(beside) if beside.is_file() else name


def _checked(cases: tuple[Case, ...]) -> tuple[Case, ...]:
    """Return the cases if their variants have originals, and each text shows something to a juror."""
    for case in check_variants(cases):
        blank = next((item.id for item in case.alternatives if not neutral(item.text)), None)
        if blank is not None or not neutral(case.prompt):
            what = "prompt" if blank is None else f"alternative {blank!r}"
            raise StudyError(f"case {case.id!r}: {what}: shows nothing to a juror; write words that can be seen")
    return cases


def _survey_cases(population: Population, wanted: Literal["all"] | tuple[str, ...]) -> tuple[Case, ...]:
    if not population.items:
        raise StudyError("cases.items: the population's codebook has no items; name a codebook that has, or give cases")
    names = tuple(population.items) if wanted == "all" else wanted
    unknown = [name for name in names if name not in population.items]
    if unknown:
        raise StudyError(f"cases.items: no item {unknown[0]!r}; known: {', '.join(population.items)}")
    return tuple(
        Case(
            id=name,
            prompt=population.items[name].text,
            alternatives=tuple(population.items[name].options.values()),  # type: ignore[arg-type] # strings stand for both
        )
        for name in names
    )


def built_in_studies() -> tuple[str, ...]:
    """Return the names of the studies that come with the package."""
    return tuple(sorted(path.stem for path in BUILT_IN.glob("*.yaml")))


def study_schema() -> dict[str, Any]:
    """Return the JSON Schema of study files, for editors that complete YAML."""
    schema = Study.model_json_schema()
    schema["properties"]["elicitation"] = _elicitation_schema() | {"description": "How jurors are asked."}
    return schema
