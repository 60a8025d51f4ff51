"""Jurors say what is wrong with the statement that they ranked first together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from jury.backends.base import Form, Question
from jury.deliberation.hearing import TAGS, Heard, Said, own_turns, shortened
from jury.deliberation.statements.written import Written
from jury.elicitation.presenting import enclosed
from jury.plan import Plan, Reader, Task
from jury.records import Juror


@dataclass(frozen=True)
class CritiquePlan(Plan):
    """Critiques of one statement by (case, replicate), after what each juror `said` in the round before."""

    said: Mapping[tuple[str, int], Mapping[int, Said]] = field(default_factory=dict)
    statements: Mapping[tuple[str, int], str] = field(default_factory=dict)
    length: int = 0
    sentences: int = 3

    @property
    def reader(self) -> Reader:
        """Keeps the words."""
        return Written("critique")

    def asks(self, position: int, replicate: int) -> bool:
        """Return whether there is a statement."""
        return (self.cases[position].id, replicate) in self.statements

    def task(self, juror: Juror, position: int, replicate: int) -> Task:
        """Return one critique."""
        plain = super().task(juror, position, replicate)
        key = plain.case.id, replicate
        own = self.said.get(key, {}).get(juror.id, Said())
        ask = critique_asked(self.statements[key], self.sentences, self.length)

        def as_if(utilities: Mapping[str, float]) -> str:
            return f"It should speak for {max(plain.showing.order, key=lambda name: utilities[name])}."

        question = Question(plain.questions[0].context, ask, Form({}), as_if)
        heard = Heard("", own_turns(self.mode, own, plain.showing), (), {"statement": True})
        return replace(plain, questions=(question,), heard=heard)


def critique_asked(statement: str, sentences: int, length: int) -> str:
    """Return the question for a critique of `statement`, of which twice `length` characters are shown."""
    most = "one sentence" if sentences == 1 else f"at most {sentences} sentences"
    return (
        f"The jury ranked this statement first, which a moderator wrote for all of its members. {TAGS}\n\n"
        f"{enclosed('Statement', shortened(statement, 2 * length), 'argument')}\n\n"
        "What is wrong with it, or missing from it, in your eyes? If nothing is, say so. Answer in your own words, in "
        f"{most}."
    )
