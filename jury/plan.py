"""What is to be asked: every juror about every case, as often as the study says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, get_args

import numpy as np

from jury.backends.base import Layout, Question, Reply, Request, Turn
from jury.cases import Case
from jury.drawing import draw_sample
from jury.elicitation import Answer, Elicited, Mode, Showing, channel
from jury.elicitation.order import shown_order
from jury.elicitation.showing import label_names
from jury.errors import StudyError
from jury.records import FIRST, Ballot, Draft, Juror, Stage, Step, TimedReply
from jury.store import Store
from jury.study import Study
from jury.wording import word_jurors
from personas import PersonaError, Population, Sample

if TYPE_CHECKING:
    from jury.deliberation.hearing import Heard, Hearing

_STAGES = get_args(Stage)


class Reader(Protocol):
    """Whatever reads the replies to a task: an elicitation mode, mostly."""

    def hear(self, showing: Showing, replies: Sequence[Reply], rng: np.random.Generator) -> Answer:
        """Return the answer that the replies to all questions of a task make."""
        ...


@dataclass(frozen=True)
class Task:
    """One ballot to be had; `heard` is what the juror hears before, in later rounds of a deliberation."""

    juror: Juror
    replicate: int
    showing: Showing
    seed: int
    questions: tuple[Question, ...]
    layout: Layout = "persona-first"
    shared: int = 1
    step: Step = FIRST
    heard: Heard | None = None

    @property
    def case(self) -> Case:
        """What the ballot is about."""
        return self.showing.case

    @property
    def prior(self) -> tuple[Turn, ...]:
        """The conversation that stands before the first question."""
        return () if self.heard is None else self.heard.prior

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
            earlier=(
                *self.prior,
                *(Turn(self.questions[before].ask, replies[before]) for before in question.follows),
            ),
            layout=self.layout,
            shared=self.shared,
            replicate=self.replicate,
            heard=() if self.heard is None else self.heard.held,
        )

    def record(self, answer: Answer, replies: Sequence[TimedReply]) -> Ballot | Draft:
        """Return what is stored of `replies` and the answer that was read off them."""
        return Ballot(
            juror=self.juror.id,
            case=self.case.id,
            replicate=self.replicate,
            answer=answer,
            shown=self.showing.order,
            labels=self.showing.marks,
            context=self.questions[0].context,
            seed=self.seed,
            replies=tuple(replies),
            answered_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            step=self.step,
            prior=self.prior,
            heard=None if self.heard is None else self.heard.record,
        )

    def requests(self) -> Iterator[Request]:
        """Return the calls that this ballot takes, in order, as if every reply were empty."""
        for number in range(len(self.questions)):
            yield self.request(number, [""] * number)


@dataclass(frozen=True)
class Plan:
    """All ballots of one step of a run, in an order that keeps together the prompts that start alike.

    A run without deliberation has one step. `hearing` is what the jurors hear in a later one, and `last` says that the
    run is over after this one.

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
    step: Step = FIRST
    hearing: Hearing | None = None
    last: bool = True

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

    @property
    def reader(self) -> Reader:
        """What reads the replies."""
        return self.mode

    @cached_property
    def total(self) -> int:
        """Number of ballots."""
        pairs = ((place, number) for place in range(len(self.cases)) for number in range(self.mode.replicates))
        return len(self.jurors) * sum(self.asks(*pair) for pair in pairs)

    def asks(self, position: int, replicate: int) -> bool:
        """Return whether anything is asked about a case in a replicate; in a step of a deliberation, it may not be."""
        return True

    @cached_property
    def _places(self) -> tuple[int, ...]:
        """The position of each case, of a variant that of its original: both are asked with the same draws."""
        positions = {case.id: position for position, case in enumerate(self.cases)}
        return tuple(positions[case.origin] for case in self.cases)

    def missing(self, store: Store) -> Iterator[Task]:
        """Return the ballots that `store` does not hold yet: one juror, or one case, at a time."""
        if self.layout == "case-first":
            for position, case in enumerate(self.cases):
                held = store.settled_on(case.id, self.step)
                for juror in self.jurors:
                    for replicate in range(self.mode.replicates):
                        if (juror.id, replicate) not in held and self.asks(position, replicate):
                            yield self.task(juror, position, replicate)
            return
        for juror in self.jurors:
            settled = store.settled(juror.id, self.step)
            for position, case in enumerate(self.cases):
                for replicate in range(self.mode.replicates):
                    if (case.id, replicate) not in settled and self.asks(position, replicate):
                        yield self.task(juror, position, replicate)

    def task(self, juror: Juror, position: int, replicate: int) -> Task:
        """Return one ballot; it depends on the seed and the three numbers alone, not on what was asked before."""
        case = self.cases[position]
        seat = juror.id if self.seats is None else juror.id % self.seats
        seed = self._seed(juror.id, position, replicate)
        _, rng = self._draws(seat, position, replicate)
        # Jurors come in random order, so counting them up balances the square over any group.
        turn = seat + self._places[position] + replicate
        order = shown_order(self.mode.order, len(case.alternatives), turn, rng)
        shown = tuple(case.alternative_ids[index] for index in order)
        showing = Showing(case, shown, label_names(self.mode.labels, len(shown), rng), self.readout)
        place = self._places[position]
        heard = None if self.hearing is None else self.hearing.of(juror.id, showing, replicate, place)
        questions = tuple(self.mode.interview(showing, "" if heard is None else heard.words))
        shared = self._shared(len(questions))
        return Task(juror, replicate, showing, seed, questions, self.layout, shared, self.step, heard)

    def _draws(self, number: int, position: int, replicate: int) -> tuple[int, np.random.Generator]:
        """Return the seed of a request, and what order and labels are drawn from, alike in all rounds."""
        key = (1, number, self._places[position], replicate)
        rng = np.random.default_rng(np.random.SeedSequence(self.study_seed, spawn_key=key))
        return int(rng.integers(2**31)), rng

    def _seed(self, number: int, position: int, replicate: int) -> int:
        """Return the seed of a request: of later rounds another one, so that a model's draws are new."""
        if self.step == FIRST:
            return self._draws(number, position, replicate)[0]
        key = (1, number, self._places[position], replicate, self.step.round, _STAGES.index(self.step.stage))
        return int(np.random.default_rng(np.random.SeedSequence(self.study_seed, spawn_key=key)).integers(2**31))

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
