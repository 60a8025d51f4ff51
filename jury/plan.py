"""What is to be asked: every juror about every case, as often as the study says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from jury.backends.base import Layout, Question, Request, Turn
from jury.cases import Case
from jury.drawing import draw_sample
from jury.elicitation import Elicited, Mode, Showing, channel
from jury.elicitation.order import shown_order
from jury.elicitation.showing import label_names
from jury.errors import StudyError
from jury.records import Juror
from jury.store import Store
from jury.study import Study
from jury.wording import word_jurors
from personas import PersonaError, Population, Sample


@dataclass(frozen=True)
class Task:
    """One ballot to be had."""

    juror: Juror
    replicate: int
    showing: Showing
    seed: int
    questions: tuple[Question, ...]
    layout: Layout = "persona-first"
    shared: int = 1

    @property
    def case(self) -> Case:
        """What the ballot is about."""
        return self.showing.case

    def request(self, number: int, replies: Sequence[str]) -> Request:
        """Return the call for question `number`, after these replies to the earlier ones."""
        question = self.questions[number]
        # An opinion is text whatever the others are read off.
        readout = channel(self.showing.readout) if question.form.options else "sample"
        return Request(
            persona=self.juror.wording(self.replicate),
            question=question,
            readout=readout,
            seed=self.seed,
            attributes=self.juror.attributes,
            case=self.case.origin,
            shown=self.showing.order,
            majority=self.case.majority,
            earlier=tuple(Turn(self.questions[before].ask, replies[before]) for before in question.follows),
            layout=self.layout,
            shared=self.shared,
            replicate=self.replicate,
        )

    def requests(self) -> Iterator[Request]:
        """Return the calls that this ballot takes, in order, as if every reply were empty."""
        for number in range(len(self.questions)):
            yield self.request(number, [""] * number)


@dataclass(frozen=True)
class Plan:
    """All ballots of a run, in an order that keeps together the prompts that start alike.

    `seats` is how many personas sit where each of them is played by every model: jurors whose ids are equal modulo it
    are one persona, and see the same order and labels, so that models differ in nothing else.
    """

    study_seed: int
    mode: Mode
    readout: Elicited
    jurors: Sequence[Juror]
    cases: Sequence[Case]
    layout: Layout = "persona-first"
    seats: int | None = None

    @classmethod
    def of(
        cls,
        study: Study,
        readout: Elicited,
        jurors: Sequence[Juror],
        cases: Sequence[Case],
        layout: Layout = "persona-first",
    ) -> Plan:
        """Return what `study` asks of `jurors` about `cases`."""
        seats = len(jurors) // len(study.models) if study.jurors.mix == "crossed" else None
        return cls(study.seed, study.elicitation, readout, jurors, cases, layout, seats)

    @cached_property
    def total(self) -> int:
        """Number of ballots."""
        return len(self.jurors) * len(self.cases) * self.mode.replicates

    @cached_property
    def _places(self) -> tuple[int, ...]:
        """The position of each case, of a variant that of its original: both are asked with the same draws."""
        positions = {case.id: position for position, case in enumerate(self.cases)}
        return tuple(positions[case.origin] for case in self.cases)

    def missing(self, store: Store) -> Iterator[Task]:
        """Return the ballots that `store` does not hold yet: one juror, or one case, at a time."""
        if self.layout == "case-first":
            for position, case in enumerate(self.cases):
                held = store.settled_on(case.id)
                for juror in self.jurors:
                    for replicate in range(self.mode.replicates):
                        if (juror.id, replicate) not in held:
                            yield self.task(juror, position, replicate)
            return
        for juror in self.jurors:
            settled = store.settled(juror.id)
            for position, case in enumerate(self.cases):
                for replicate in range(self.mode.replicates):
                    if (case.id, replicate) not in settled:
                        yield self.task(juror, position, replicate)

    def task(self, juror: Juror, position: int, replicate: int) -> Task:
        """Return one ballot; it depends on the seed and the three numbers alone, not on what was asked before."""
        case = self.cases[position]
        seat = juror.id if self.seats is None else juror.id % self.seats
        seed, _ = self._draws(juror.id, position, replicate)
        _, rng = self._draws(seat, position, replicate)
        # Jurors come in random order, so counting them up balances the square over any group.
        turn = seat + self._places[position] + replicate
        order = shown_order(self.mode.order, len(case.alternatives), turn, rng)
        shown = tuple(case.alternative_ids[index] for index in order)
        showing = Showing(case, shown, label_names(self.mode.labels, len(shown), rng), self.readout)
        questions = tuple(self.mode.interview(showing))
        return Task(juror, replicate, showing, seed, questions, self.layout, self._shared(len(questions)))

    def _draws(self, number: int, position: int, replicate: int) -> tuple[int, np.random.Generator]:
        """Return the seed of a request, and what order and labels are drawn from."""
        key = (1, number, self._places[position], replicate)
        rng = np.random.default_rng(np.random.SeedSequence(self.study_seed, spawn_key=key))
        return int(rng.integers(2**31)), rng

    def _shared(self, questions: int) -> int:
        """Return how much of a prompt others start with too: nothing, its first part, or both parts."""
        if questions > 1:
            return 2
        alone = len(self.jurors) if self.layout == "case-first" else len(self.cases)
        return int(alone * self.mode.replicates > 1)


def draw_jury(study: Study, population: Population, sample: Sample | None = None) -> tuple[Juror, ...]:
    """Put each juror of `sample` into words, and draw it first if there is none; raises `StudyError`."""
    sample = draw_sample(study, population) if sample is None else sample
    try:
        answers = sample.answers
        return tuple(
            Juror(
                id=number,
                name=persona.id,
                persona=str(sample.origin.iloc[number]),
                weight=persona.weight,
                model=study.models[0].known_as,
                attributes=dict(persona.attributes),
                text=worded.text,
                survey_answers=None if answers is None else _stated(answers.iloc[number].to_dict()),
                rendering=worded.rendering,
                variants=worded.variants,
            )
            for number, (persona, worded) in enumerate(word_jurors(study, population, sample))
        )
    except PersonaError as error:
        raise StudyError(f"jurors: {error}") from None


def _stated(answers: Mapping[Any, Any]) -> dict[str, str]:
    return {str(item): answer for item, answer in answers.items() if isinstance(answer, str)}
