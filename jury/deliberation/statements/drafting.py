"""A moderator writes statements from the jurors' opinions, and revises them by their critiques."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

import numpy as np

from jury.backends.base import Form, Question
from jury.deliberation.block import StatementBlock
from jury.deliberation.hearing import TAGS, Said, shortened
from jury.deliberation.statements.written import Written
from jury.elicitation import Answer, Showing
from jury.elicitation.presenting import enclosed, present
from jury.plan import Plan, Reader, Task
from jury.records import Draft, Juror, TimedReply
from jury.store import Store

_DRAFTS = 4  # a stream of the study's seed


@dataclass(frozen=True)
class DraftTask(Task):
    """One candidate statement."""

    number: int = 0

    def record(self, answer: Answer, replies: Sequence[TimedReply]) -> Draft:
        """Return what is stored."""
        return Draft(
            case=self.case.id,
            replicate=self.replicate,
            step=self.step,
            number=self.number,
            answer=answer,
            prompt=f"{self.questions[0].context}\n\n{self.questions[0].ask}",
            seed=self.seed,
            replies=tuple(replies),
            answered_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        )


@dataclass(frozen=True)
class DraftPlan(Plan):
    """All candidates of one step: `block` says how many of which `model`; first ones, or revisions of `statements`."""

    said: Mapping[tuple[str, int], Mapping[int, Said]] = field(default_factory=dict)
    statements: Mapping[tuple[str, int], str] = field(default_factory=dict)
    critiques: Mapping[tuple[str, int], Mapping[int, str]] = field(default_factory=dict)
    length: int = 0
    block: StatementBlock = field(default_factory=StatementBlock)
    model: str = ""

    @property
    def reader(self) -> Reader:
        """Keeps the words."""
        return Written("text")

    @cached_property
    def total(self) -> int:
        """Number of statements."""
        pairs = ((place, number) for place in range(len(self.cases)) for number in range(self.mode.replicates))
        return self.block.candidates * sum(self.asks(*pair) for pair in pairs)

    def asks(self, position: int, replicate: int) -> bool:
        """Return whether there is anything to write a statement from."""
        key = self.cases[position].id, replicate
        if self.step.stage == "revision":
            return key in self.statements and bool(self.critiques.get(key))
        return any(said.opinion for said in self.said.get(key, {}).values())

    def missing(self, store: Store) -> Iterator[Task]:
        """Return the statements that `store` does not hold yet."""
        return self.drafts(store.settled_drafts(self.step))

    def drafts(self, held: Collection[tuple[str, int, int]] = ()) -> Iterator[Task]:
        """Return all statements but those that are `held`: (case, replicate, number)."""
        for position, case in enumerate(self.cases):
            for replicate in range(self.mode.replicates):
                if self.asks(position, replicate):
                    for number in range(self.block.candidates):
                        if (case.id, replicate, number) not in held:
                            yield self._draft(position, replicate, number)

    def _draft(self, position: int, replicate: int, number: int) -> Task:
        case = self.cases[position]
        spawn = (
            _DRAFTS,
            self._places[position],
            replicate,
            self.step.round,
            int(self.step.stage == "revision"),
            number,
        )
        rng = np.random.default_rng(np.random.SeedSequence(self.study_seed, spawn_key=spawn))
        seed = int(rng.integers(2**31))
        showing = Showing.plain(case)
        moderator = Juror(number, "moderator", "moderator", 0.0, self.model, {}, "")
        question = self._question(showing, replicate, number, rng)
        return DraftTask(moderator, replicate, showing, seed, (question,), self.layout, 0, self.step, None, number)

    def _question(self, showing: Showing, replicate: int, number: int, rng: np.random.Generator) -> Question:
        key = showing.case.id, replicate
        speaking = {juror: said.opinion for juror, said in self.said.get(key, {}).items() if said.opinion}
        # Another order for each candidate: what comes first counts for more with a model.
        order = [int(juror) for juror in rng.permutation(sorted(speaking))][: self.block.opinions]
        names = {juror: f"Juror {place}" for place, juror in enumerate(order, start=1)}
        parts = [
            f"These are the opinions of the members of a jury. {TAGS}",
            *(enclosed(names[juror], shortened(speaking[juror], self.length), "opinion") for juror in order),
        ]
        most = "one sentence" if self.block.sentences == 1 else f"at most {self.block.sentences} sentences"
        aim = "that as many of its members as possible can stand behind, and that does justice to those who differ"
        task = f"You moderate this jury. Write one statement on the question, {aim}."
        if self.step.stage == "revision":
            said = self.critiques.get(key, {})
            parts += [
                "The jury ranked this statement first:",
                enclosed("Statement", shortened(self.statements[key], 2 * self.length), "argument"),
                "Its members say of it:",
                *(
                    enclosed(names[juror], shortened(said[juror], self.length), "argument")
                    for juror in order
                    if juror in said
                ),
            ]
            task = f"You moderate this jury. Revise the statement in the light of what they say, into one {aim}."
        ask = "\n\n".join([*parts, f"{task} Write the statement alone, in {most}."])
        named = _named(showing.order, speaking.values())

        def as_if(_: Mapping[str, float]) -> str:
            return f"Most of us like {named[number % len(named)]} best."

        return Question(present(showing), ask, Form({}), as_if)


def _named(alternatives: Sequence[str], opinions: Iterable[str]) -> list[str]:
    """Return the alternatives, those that most opinions name first, which is what synthetic moderators go by."""
    texts = list(opinions)
    return sorted(alternatives, key=lambda name: (-sum(name in text for text in texts), name))
