"""What was said in a run, in the order in which it was said."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jury.cases import Case
from jury.elicitation import Mode, Showing
from jury.errors import RunError
from jury.records import Stage, Step
from jury.store import reading

if TYPE_CHECKING:
    from jury.run import Run

MODERATOR = "moderator"


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing that was said about a case.

    Attributes
    ----------
    case : str
    replicate, round : int
    stage : str
        ``answer``; or what led to a statement: ``draft``, ``ranking``, ``critique``, ``revision``, ``final-ranking``.
    speaker : str
        A juror's name, or ``moderator``.
    status : str
        As for ballots; what was not answered is here too.
    words : str
        An opinion, a statement or a critique, as it was written.
    answer : str
        The answer in words, by the ids of alternatives or statements; ``""`` where words are all.
    heard : tuple of str
        Names of those whose arguments the juror heard before.
    read : str
        The statement of the jury that the juror read before; ``""`` for none.
    place : int or None
        Of a statement: where the jury ranked it among the candidates, 1 first.
    """

    case: str
    replicate: int
    round: int
    stage: Stage
    speaker: str
    status: str
    words: str
    answer: str = ""
    heard: tuple[str, ...] = ()
    read: str = ""
    place: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {"heard": list(self.heard)}


def transcript(run: Run, *, case: str | None = None, juror: str | None = None) -> Iterator[Utterance]:
    """Return what was said, case by case and replicate by replicate, in the order of the steps.

    Parameters
    ----------
    run : Run
        One without deliberation has opinions, if they were asked for, and answers.
    case, juror : str, optional
        Only what was said about this case; only by this juror, and by the moderator.

    Raises
    ------
    RunError
        For a case or a juror that the run does not have.
    """
    names = [each.name for each in run.jurors]
    if juror is not None and juror not in names:
        raise RunError(f"juror {juror!r} is not in {run.path}; jurors: {', '.join(names[:12])} ...")
    wanted = run.panel(round=0).cases if case is None else (run.panel(round=0).case(case),)
    return _told(run, wanted, names, juror)


def _told(run: Run, cases: tuple[Case, ...], names: list[str], juror: str | None) -> Iterator[Utterance]:
    mode, steps = run.study.elicitation, run.study.steps()
    with reading(run.path) as store:
        written: dict[tuple[Step, str, int], list[sqlite3.Row]] = defaultdict(list)
        for row in store.statement_rows() if any(step.drafts for step in steps) else ():
            written[Step(row["round"], row["stage"]), row["case_id"], row["replicate"]].append(row)
        for case in cases:
            for replicate in range(mode.replicates):
                read: dict[int, str] = {}
                for step in steps:
                    if step.drafts:
                        yield from _statements(written[step, case.id, replicate], step, read)
                    else:
                        said = store.said_on(step, case.id, replicate)
                        spoken = [_spoken(row, step, case, mode, names, read.get(step.round, "")) for row in said]
                        yield from (one for one in spoken if juror in (None, one.speaker))


def _statements(rows: list[sqlite3.Row], step: Step, read: dict[int, str]) -> Iterator[Utterance]:
    for row in rows:
        if row["place"] == 1:
            read[step.round] = row["text"]
        yield Utterance(
            case=row["case_id"],
            replicate=row["replicate"],
            round=step.round,
            stage=step.stage,
            speaker=MODERATOR,
            status=row["status"],
            words=row["text"] or row["problem"] or "",
            answer=f"statement-{row['number']}",
            place=row["place"],
        )


def _spoken(row: sqlite3.Row, step: Step, case: Case, mode: Mode, names: list[str], read: str) -> Utterance:
    values = json.loads(row["answer"])
    heard = json.loads(row["heard"] or "{}") if "heard" in row.keys() else {}  # noqa: SIM118 - rows hold values
    answered = row["status"] == "answered"
    if step.stage == "answer":
        words = values.get("opinion", "")
        answer = mode.told(values, _by_ids(case)) if answered else row["problem"] or ""
    elif step.stage == "critique":
        words, answer = values.get("critique", ""), ""
    else:
        words = ""
        answer = ", ".join(name for tier in values["ranking"] for name in tier) if answered else row["problem"] or ""
    return Utterance(
        case=case.id,
        replicate=row["replicate"],
        round=step.round,
        stage=step.stage,
        speaker=names[row["juror_id"]],
        status=row["status"],
        words=words,
        answer=answer,
        heard=tuple(names[other] for other in heard.get("jurors", ())),
        read=read if heard.get("statement") else "",
    )


def _by_ids(case: Case) -> Showing:
    """Return a showing under which answers are told by the ids of alternatives."""
    return Showing(case, case.alternative_ids, case.alternative_ids, "sample")
