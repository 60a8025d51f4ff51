"""A stored run, opened for reading."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from jury.drawing import MODEL, Drawn
from jury.elicitation import Vote
from jury.elicitation.base import Profile
from jury.errors import RunError
from jury.panel import Panel
from jury.progress import Effort
from jury.records import FIRST, Header, Juror, Step
from jury.runner import End
from jury.store import reading
from jury.study import NO_PERSONA, Study

if TYPE_CHECKING:
    import sqlite3

    import pandas as pd

_NO_EFFORT = Effort()

_SEATED_AGAIN = (
    "Every persona sits once for each model: intervals and tests take these seats for independent jurors, and are too "
    "narrow where the models agree about a persona."
)
_HEARD = (
    "These are answers of round {}, after jurors heard each other: intervals and tests take them for independent, and "
    "are too narrow. Had others sat there, they would have heard other things."
)
_ASKED_AGAIN = "These are answers of round {}, in which jurors were asked again and heard nobody: the run is a control."
_UNDESCRIBED = (
    "The model was asked as itself, without personas: groups of jurors can differ in their answers by chance alone."
)


class Run:
    """One stored simulation.

    Attributes
    ----------
    path : Path
    end : str or None
        Why the call that made or resumed it ended: complete, interrupted, budget, failing; None when it was
        only opened.
    problem : str
        The last failure's message, if there was one.
    effort : Effort
        What the call that made or resumed it took.
    """

    def __init__(self, path: Path, *, end: End | None = None, problem: str = "", effort: Effort = _NO_EFFORT) -> None:
        self.path = path
        self.end = end
        self.problem = problem
        self.effort = effort

    @classmethod
    def open(cls, path: str | Path, *, end: End | None = None, problem: str = "", effort: Effort = _NO_EFFORT) -> Run:
        """Open a run file; raises `RunError` if it is none."""
        run = cls(Path(path), end=end, problem=problem, effort=effort)
        _ = run.header
        return run

    @cached_property
    def header(self) -> Header:
        """What the run says about itself."""
        with reading(self.path) as store:
            return store.header()

    @cached_property
    def study(self) -> Study:
        """The study as it was run."""
        return Study.restore(self.header.study)

    @cached_property
    def jurors(self) -> tuple[Juror, ...]:
        """The jury, in the order drawn."""
        with reading(self.path) as store:
            return tuple(store.jurors())

    @property
    def rounds(self) -> int:
        """Rounds in which jurors heard each other before they answered; 0 without deliberation."""
        return self.study.steps()[-1].round

    @cached_property
    def latest_round(self) -> int:
        """The last round of which there is any answer; `rounds` once the run is complete."""
        if not self.rounds:
            return 0
        with reading(self.path) as store:
            return max((step.round for step in store.begun() if step.stage == "answer"), default=0)

    def denominators(self) -> dict[str, int]:
        """Return the ballots asked in all rounds, by status and missing; those of one are its panel's."""
        each = [self.panel(number).denominators() for number in range(self.rounds + 1)]
        return {name: sum(counts[name] for counts in each) for name in each[0]}

    def fillable(self) -> int:
        """Return how many ballots going on with the run would ask, those of rounds not begun included.

        What failed in a round is asked again as long as no later one has begun.
        """
        counts = self.denominators()
        closed = sum(self.panel(number).counts["failed"] for number in range(self.latest_round))
        return counts["missing"] + counts["failed"] - closed

    def cost(self) -> float | None:
        """Return what the run cost in US dollars; None when the price of a reply is not known."""
        with reading(self.path) as store:
            return store.cost() if store.priced() else None

    def possible_cost(self) -> float:
        """Return what may have been billed beyond `cost`, for requests without an answer, at most, in US dollars."""
        with reading(self.path) as store:
            return store.possible_cost()

    def label_masses(self, round: int | None = None) -> tuple[float, ...]:  # noqa: A002 - the field's word
        """Return the probability that the model put on any valid answer, ballot by ballot, where that was read.

        Those of one round, by default of the last one that there is.
        """
        step = Step(self.latest_round if round is None else round)
        with reading(self.path) as store:
            return tuple(row["label_mass"] for row in store.ballots_alone(step) if row["label_mass"] is not None)

    def ballots(self) -> pd.DataFrame:
        """Return one row a ballot.

        Returns
        -------
        DataFrame
            ``juror, case, replicate``; in runs with rounds ``round``, 0 being before anybody was heard, and ``heard``,
            which says whom the juror heard (ids count from 0 in the order drawn); ``status``; what the mode keeps of an
            answer (``scores``; ``choice``; ``approved``; ``ranking``; ``comparisons`` as [first shown, second shown,
            how far the first won]; ``shares``; and ``probabilities`` and ``opinion`` where they were had);
            ``label_mass, problem, shown, labels, text, model``; tokens, cost (US dollars), seconds, attempts; the
            juror's weight and, under ``persona.NAME``, attributes.
        """
        import pandas as pd

        jurors = {juror.id: juror for juror in self.jurors}
        with reading(self.path) as store:
            rows = [
                _ballot_record(dict(row), jurors[row["juror_id"]], rounds=self.rounds > 0)
                for row in store.ballot_rows(None if self.rounds else FIRST)  # of one step nothing is sorted
            ]
        return pd.DataFrame(rows) if rows else pd.DataFrame(columns=_COLUMNS)

    def panel(self, round: int | None = None) -> Panel:  # noqa: A002 - the field's word
        """Return the answers of one round, ready for analysis.

        Parameters
        ----------
        round : int, optional
            0 is before anybody was heard; by default the last one of which there is any answer, which is what the jury
            decided in the end.

        Raises
        ------
        RunError
            For a round that the study does not have.
        """
        import pandas as pd

        number = self.latest_round if round is None else round
        if not 0 <= number <= self.rounds:
            has = f"rounds 0 to {self.rounds}" if self.rounds else "no deliberation, and so round 0 alone"
            raise RunError(f"round={number}: {self.header.name} has {has}")

        votes: dict[str, list[Vote]] = {}
        counts: Counter[str] = Counter()
        with reading(self.path) as store:
            cases = store.cases()
            for row in store.ballots_alone(Step(number)):
                counts[row["status"]] += 1
                if row["status"] == "answered":
                    shown, labels = _names(row["shown"]), _labels(row)
                    vote = Vote(row["juror_id"], json.loads(row["answer"]), shown, labels, row["replicate"])
                    votes.setdefault(row["case_id"], []).append(vote)
        jurors = pd.DataFrame(
            [self._attributes(juror) for juror in self.jurors],
            index=pd.Index([juror.name for juror in self.jurors], name="juror"),
        )
        return Panel(
            name=f"{self.header.name}, round {number}" if self.rounds else self.header.name,
            mode=self.study.elicitation,
            cases=cases,
            jurors=jurors,
            weights=np.array([juror.weight for juror in self.jurors]),
            votes=votes,
            counts=counts,
            asked=self.header.asked,
            caveat=self._caveat(number),
            by=self.study.groups,
            drawn=Drawn.read(self.header.provenance.get("jury")),
            wordings=1 + max((len(juror.variants) for juror in self.jurors), default=0),
            survey_answers=tuple(juror.survey_answers for juror in self.jurors),
        )

    def _caveat(self, number: int) -> str | None:
        crossed = self.study.jurors.mix == "crossed" and len(self.study.models) > 1
        said = [
            self.header.caveat,
            _UNDESCRIBED if self.study.persona.style == NO_PERSONA else None,
            _SEATED_AGAIN if crossed else None,
            self._later(number) if number else None,
        ]
        return " ".join(filter(None, said)) or None

    def _later(self, number: int) -> str:
        block = self.study.deliberation
        return (_ASKED_AGAIN if block is not None and block.is_control else _HEARD).format(number)

    def _attributes(self, juror: Juror) -> dict[str, Any]:
        """Return a juror's attributes; of several models, the juror's own is one, to group by like any other."""
        return {**juror.attributes, MODEL: juror.model} if len(self.study.models) > 1 else juror.attributes

    def profile(self, case_id: str) -> Profile:
        """Return the ballots of one case as a profile; raises `RunError` if nobody answered it."""
        return self.panel().profile(case_id)

    def profiles(self) -> Iterator[tuple[str, Profile]]:
        """Return (case id, profile) of every case that somebody answered."""
        return self.panel().profiles()

    def __repr__(self) -> str:
        header = self.header
        return f"<Run {self.path}: {header.name}, {len(self.jurors)} jurors, {header.model}>"

    def _repr_html_(self) -> str:
        from jury.notebook import run_html

        return run_html(self)


def open_run(path: str | Path) -> Run:
    """Open a stored run for reading; raises `RunError` if `path` is none."""
    return Run.open(path)


#: Columns of a table without ballots, in which no row says them.
_COLUMNS = [
    *("juror", "case", "replicate", "status", "label_mass", "problem", "shown", "labels", "text", "model"),
    *("input_tokens", "output_tokens", "cost_usd", "seconds", "attempts", "weight"),
]


def _labels(row: Mapping[str, Any] | sqlite3.Row) -> tuple[str, ...]:
    """Return the labels as shown; a file of an early format does not say."""
    return _names((row["labels"] if "labels" in row.keys() else None) or "[]")  # noqa: SIM118 - a Row has no `in`


@lru_cache(maxsize=4096)  # many ballots show the same alternatives in the same order
def _names(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _ballot_record(row: dict[str, Any], juror: Juror, *, rounds: bool) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(row["answer"])
    head = {
        "juror": juror.name,
        "case": row["case_id"],
        "replicate": row["replicate"],
        **({"round": row["round"], "heard": json.loads(row["heard"] or "null")} if rounds else {}),
        "status": row["status"],
    }
    tail = {
        "label_mass": row["label_mass"],
        "problem": row["problem"],
        "shown": json.loads(row["shown"]),
        "labels": list(_labels(row)),
        "text": row["text"],
        "model": row["answered_by"],
        "input_tokens": row["input_tokens"],
        "output_tokens": row["output_tokens"],
        "cost_usd": row["cost_usd"],
        "seconds": row["seconds"],
        "attempts": row["attempts"],
        "weight": juror.weight,
    }
    persona = {f"persona.{name}": value for name, value in juror.attributes.items()}
    return head | answer | tail | persona
