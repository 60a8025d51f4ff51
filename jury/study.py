"""The study file: one YAML document that says who is asked what, by which model, decided by which rules."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    PrivateAttr,
    SerializeAsAny,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from aggregators.registry import UnknownName
from jury.cases import Case, check_variants, first_repeated, read_cases
from jury.deliberation.block import DeliberationBlock
from jury.elicitation import Mode, modes
from jury.elicitation.neutral import neutral
from jury.errors import StudyError
from jury.model_block import ModelBlock, read_models
from jury.records import FIRST, Step
from jury.study_blocks import (
    NO_PERSONA,
    Block,
    CasesBlock,
    JurorsBlock,
    PersonaBlock,
    PopulationBlock,
    default_of,
    in_block,
)
from personas import PersonaError, Population, load_population
from personas.documents import first_fault, line_of, read_document, validate
from personas.templates import Templates, load_templates

__all__ = ["BUILT_IN", "NO_PERSONA", "Study", "built_in_studies", "study_schema"]

BUILT_IN = Path(__file__).parent / "studies"

_CASES = TypeAdapter(tuple[Case, ...])


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


class Study(Block):
    """A validated study.

    Examples
    --------
    >>> study = Study.load("minimum-wage")
    >>> study.population.source, study.elicitation.mode
    ('us-adults', 'score')
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="Short name; run files are called after it.")
    description: str = Field(default="", description="What the study is about, for readers.")
    population: Annotated[PopulationBlock, in_block("source", str, PopulationBlock)] = Field(
        default=PopulationBlock(source="us-adults"), description="Where the jurors come from."
    )
    jurors: Annotated[JurorsBlock, in_block("n", int, JurorsBlock)] = Field(
        default=JurorsBlock(), description="The jury to draw."
    )
    groups: tuple[str, ...] = Field(
        default=(), description='Groups that audits report: attributes, or crossings such as "race & sex".'
    )
    persona: Annotated[PersonaBlock, in_block("style", str, PersonaBlock)] = Field(
        default=PersonaBlock(), description="How a persona is put into words."
    )
    cases: tuple[Case, ...] | CasesBlock = Field(
        description="What is judged: a list, or {file: ...}, {items: ...} or {packages: ...}."
    )
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
    deliberation: Annotated[DeliberationBlock | None, in_block("rounds", int, DeliberationBlock)] = Field(
        default=None, description="Rounds in which jurors hear each other and answer again; none by default."
    )
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
        raise ValueError(f"{value!r} is no list of cases, nor {{file: ...}}, {{items: ...}} or {{packages: ...}}")

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

    @field_validator("deliberation")
    @classmethod
    def _something_to_hear(cls, value: DeliberationBlock | None, info: ValidationInfo) -> DeliberationBlock | None:
        mode = info.data.get("elicitation")
        if value is None or mode is None:  # whose own fault comes first
            return value
        if not mode.opinion:
            raise ValueError(
                "jurors exchange opinions, and elicitation.opinion is 0; set it to how many sentences each may have, "
                "such as 2"
            )
        if value.ballots == "open" and not mode.orders_context:
            raise ValueError(
                f"ballots: 'open' tells answers by the labels of alternatives, and mode {mode.mode!r} does not show "
                "all of them at once; take ballots: secret, or another mode"
            )
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
        if self.cases.packages is not None:
            from jury.whatif.side_by_side import check_compared, package_cases

            built = package_cases(self.cases.packages)
            check_compared(self.cases.packages, built, self.elicitation)
            return _checked(built)
        return _checked(_survey_cases(population, self.cases.items or ()))

    @property
    def models(self) -> tuple[ModelBlock, ...]:
        """The models that play the jurors, one or several."""
        return self.model if isinstance(self.model, tuple) else (self.model,)

    def rule_names(self) -> tuple[str, ...]:
        """Return the rules that decide: those of the study, or the elicitation mode's own."""
        return self.rules or self.elicitation.default_rules

    def steps(self) -> tuple[Step, ...]:
        """Return the steps in which a jury is asked: one, or those of a deliberation."""
        return (FIRST,) if self.deliberation is None else self.deliberation.steps()

    @property
    def moderator(self) -> ModelBlock:
        """The model that writes statements for the jury, if any are written."""
        block = None if self.deliberation is None else self.deliberation.statement
        return self.models[0] if block is None or block.model is None else block.model

    def drafts(self, cases: int) -> int:
        """Return how many statements a moderator writes at a time about so many cases."""
        block = None if self.deliberation is None else self.deliberation.statement
        return 0 if block is None else block.candidates * cases * self.elicitation.replicates

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
            if document["persona"][name] == default_of(name):
                del document["persona"][name]
        for name in ("size", "at_least"):
            if document["jurors"][name] is None:
                del document["jurors"][name]
        if document["jurors"]["mix"] == JurorsBlock.model_fields["mix"].default:
            del document["jurors"]["mix"]
        if self.deliberation is None:
            del document["deliberation"]
        else:
            document["deliberation"] = self.deliberation.asked()
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
