"""Jurors rank the candidates of a moderator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from jury.backends.base import Question, Request, Turn
from jury.cases import Alternative
from jury.deliberation.hearing import TAGS, Heard, Said, own_turns, shortened
from jury.deliberation.statements.counting import statement_id
from jury.deliberation.statements.critique import critique_asked
from jury.elicitation.forms import example
from jury.elicitation.order import shown_order
from jury.elicitation.presenting import enclosed
from jury.elicitation.rank import Rank
from jury.elicitation.showing import Showing, label_names
from jury.plan import Plan, Reader, Task
from jury.records import Juror

_RANK = Rank()


@dataclass(frozen=True)
class RankingTask(Task):
    """One juror's ranking; `options` are the alternatives of the case itself, in the order shown before."""

    options: tuple[str, ...] = ()

    def request(self, number: int, replies: Sequence[str]) -> Request:
        """Return the call; synthetic jurors are told of the case's own alternatives, which they have utilities for."""
        return replace(super().request(number, replies), shown=self.options)


@dataclass(frozen=True)
class RankingPlan(Plan):
    """Rankings of statements by (case, replicate) and number, after what each juror `said` in the round before.

    Of revisions also after the juror's critique of the statement that was `first`.
    """

    said: Mapping[tuple[str, int], Mapping[int, Said]] = field(default_factory=dict)
    statements: Mapping[tuple[str, int], Mapping[int, str]] = field(default_factory=dict)
    first: Mapping[tuple[str, int], str] = field(default_factory=dict)
    critiques: Mapping[tuple[str, int], Mapping[int, str]] = field(default_factory=dict)
    length: int = 0
    sentences: int = 3

    @property
    def reader(self) -> Reader:
        """Rankings are read as those of the mode ``rank``."""
        return _RANK

    def asks(self, position: int, replicate: int) -> bool:
        """Return whether there are two statements or more."""
        return len(self.statements.get((self.cases[position].id, replicate), ())) > 1

    def task(self, juror: Juror, position: int, replicate: int) -> Task:
        """Return one ranking: statements are shown in orders that balance over the jurors."""
        plain = super().task(juror, position, replicate)
        written = self.statements[plain.case.id, replicate]
        texts = {statement_id(number): shortened(text, 2 * self.length) for number, text in sorted(written.items())}
        order = shown_order("counterbalanced", len(texts), juror.id + replicate, np.random.default_rng(plain.seed))
        ids = [list(texts)[index] for index in order]
        # Labels of another kind than those of the alternatives, which stand in the same conversation.
        labels = label_names("letters" if self.mode.labels == "numbers" else "numbers", len(ids))
        alternatives = tuple(Alternative(id=name, text=text) for name, text in texts.items())
        showing = Showing(
            plain.case.model_copy(update={"alternatives": alternatives, "majority": None}), tuple(ids), labels, "sample"
        )
        key = plain.case.id, replicate
        turns = own_turns(self.mode, self.said.get(key, {}).get(juror.id, Said()), plain.showing)
        if (critique := self.critiques.get(key, {}).get(juror.id)) is not None:
            turns += (Turn(critique_asked(self.first[key], self.sentences, self.length), critique),)
        return RankingTask(
            juror,
            replicate,
            showing,
            plain.seed,
            (_asked(plain.questions[0].context, showing, plain.showing.order),),
            self.layout,
            plain.shared,
            self.step,
            Heard("", turns, (), {"statements": sorted(written)}),
            plain.showing.order,
        )


def _asked(context: str, showing: Showing, options: Sequence[str]) -> Question:
    ranked = _RANK.questions(showing)[0]
    texts = {item.id: item.text for item in showing.case.alternatives}
    shown = "\n\n".join(
        enclosed(f"Statement {mark}", texts[name], "argument") for mark, name in showing.by_mark.items()
    )
    kind = "number" if showing.marks[0].isdigit() else "letter"
    form = example(["ranking"], ", ".join("…" * len(showing.order)))
    ask = (
        f"A moderator wrote these statements for the whole jury. {TAGS}\n\n{shown}\n\n"
        f"Rank the statements by how far you can stand behind them. Name each once by its {kind} alone, the best "
        f"first, with commas between them. Reply with JSON only, in the form {form}."
    )

    def as_if(utilities: Mapping[str, float]) -> str | dict[str, float]:
        """Rank a statement as the alternatives that it names are ranked."""
        named = {
            name: [utilities[option] for option in options if option in text] or [0.5] for name, text in texts.items()
        }
        return ranked.as_if({name: sum(values) / len(values) for name, values in named.items()})

    return Question(context, ask, ranked.form, as_if)
