"""The part of a study that says in how many rounds jurors hear each other, and what they hear."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from jury.deliberation.topologies.base import TopologyBlock, read_topology
from jury.model_block import ModelBlock
from jury.records import Stage, Step

#: Arguments that a juror hears in a round unless a study says otherwise; none where there is a statement instead.
_HEARD = 4


class StatementBlock(BaseModel):
    """Statements for the whole jury, written by a moderator, ranked and criticised by the jurors.

    References
    ----------
    Tessler et al. (2024), AI can help humans find common ground in democratic deliberation. Science 386, eadq2852.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    candidates: int = Field(
        default=4,
        ge=1,
        le=16,
        description="Statements that the moderator writes each time, of which the jury ranks one first.",
    )
    sentences: int = Field(default=3, ge=1, description="Longest statement, in sentences.")
    critique: bool = Field(
        default=True,
        description="Whether jurors criticise the statement that won, the moderator revises it, and they rank again.",
    )
    opinions: int = Field(
        default=24,
        ge=1,
        description="Opinions, and critiques, that the moderator reads at most: a sample if there are more.",
    )
    rule: str = Field(default="schulze", description="The rule that decides which statement the rankings put first.")
    model: (
        Annotated[
            ModelBlock,
            BeforeValidator(
                lambda value: {"name": value} if isinstance(value, str) else value,
                json_schema_input_type=str | ModelBlock,
            ),
        ]
        | None
    ) = Field(
        default=None, description="The moderator's model, asked without a persona; by default the jurors' (first) one."
    )

    @field_validator("rule")
    @classmethod
    def _rule_of_rankings(cls, value: str) -> str:
        from aggregators import AggregatorError, Rankings, decide

        try:
            decide(Rankings.from_orders([("a", "b"), ("b", "a")]), value)
        except AggregatorError as error:
            raise ValueError(f"{value!r} cannot decide by jurors' rankings of statements: {error}") from None
        return value


class DeliberationBlock(BaseModel):
    """Rounds in which jurors hear each other and answer again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rounds: int = Field(
        default=1,
        ge=1,
        le=20,
        description="Rounds after round 0, in which everybody answers unheard and hearing nobody.",
    )
    topology: TopologyBlock = Field(
        default_factory=lambda: read_topology("complete"),
        description='Who hears whom: "complete", "ring", "small-world:k=4,p=0.1", "two-blocs:by=race" ...',
    )
    hear: int | None = Field(
        default=None,
        ge=0,
        description="Arguments that a juror hears in a round at most: by default 4, or none where there are "
        "statements. 0 asks again without anybody being heard, which shows how much answers change by themselves.",
    )
    pick: Literal["random", "longest"] = Field(
        default="random", description="Which arguments, where there are more: a seeded sample, or the longest."
    )
    length: int = Field(
        default=600,
        ge=40,
        description="Characters of an argument after which it is cut; of a statement, twice as many.",
    )
    ballots: Literal["secret", "open"] = Field(
        default="secret", description="Whether those who are heard also tell what they answered (open)."
    )
    statement: Annotated[
        StatementBlock | None,
        BeforeValidator(lambda value: {} if value is True else value, json_schema_input_type=StatementBlock | bool),
    ] = Field(
        default=None, description="Statements for the whole jury by a moderator; true takes them as they usually are."
    )

    @field_validator("statement", mode="before")
    @classmethod
    def _none_for_false(cls, value: Any) -> Any:  # noqa: ANN401 - raw input
        return None if value is False else value

    @property
    def heard(self) -> int:
        """Arguments that a juror hears in a round at most."""
        if self.hear is None:
            return _HEARD if self.statement is None else 0
        return self.hear

    @property
    def is_control(self) -> bool:
        """Whether jurors are asked again and hear nothing, neither arguments nor a statement."""
        return not self.heard and self.statement is None

    def steps(self) -> tuple[Step, ...]:
        """Return the parts of a run in the order in which they are asked.

        Examples
        --------
        >>> [tuple(step) for step in DeliberationBlock(rounds=2).steps()]
        [(0, 'answer'), (1, 'answer'), (2, 'answer')]
        """
        stages: list[Stage] = []
        if self.statement is not None:
            stages = ["draft", "ranking"]
            if self.statement.critique:
                stages += ["critique", "revision", "final-ranking"]
        return (Step(), *(Step(number + 1, stage) for number in range(self.rounds) for stage in (*stages, "answer")))

    def asked(self) -> dict[str, Any]:
        """Return the settings that decide what is asked, as plain JSON types."""
        document = self.model_dump(mode="json", exclude={"statement": {"model"}})
        if self.statement is not None and self.statement.model is not None:
            document["statement"]["model"] = self.statement.model.asked()
        return document
