"""A run in few figures, quickly, also while it goes on."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from aggregators.errors import AggregatorError
from jury.auditing import audit
from jury.auditing.verdict import decision
from jury.errors import JuryError, RunError
from jury.records import Step
from jury.run import Run, open_run
from jury.store import reading
from jury.study import Study
from jury.view.remembered import signature
from jury.view.state import State, being_written, lock_of
from personas import PersonaError

Result = TypeVar("Result")

#: Ballots above which the verdict is left to the report and to `jury audit`, which take their time.
MOST = 100_000

_LATEST = 200  # ballots by which the rate is told
_SHOWN = 12
_EXCERPT = 300

#: What opening a damaged file can end in, besides an error of ours.
FAULTS = (
    *(JuryError, PersonaError, AggregatorError, sqlite3.Error, OSError),
    *(ValueError, TypeError, LookupError, AttributeError),
)


def looked(path: Path, look: Callable[[Path], Result]) -> Result:
    """Return what `look` returns; raises `RunError`, which says what is wrong with the file but not where it is."""
    try:
        return look(path)
    except JuryError as error:
        raise RunError(str(error).removeprefix(f"{path}: ")) from error
    except FAULTS as error:
        raise RunError(f"cannot be read ({type(error).__name__}: {error})") from error


def tried(path: Path, look: Callable[[Path], Result]) -> tuple[Result | None, str]:
    """Return what `look` returns and ``""``, or None and what is wrong with the file."""
    try:
        return looked(path, look), ""
    except RunError as error:
        return None, str(error)


def overview(path: Path) -> dict[str, Any]:
    """Return a run in figures: whose, how far, at what cost; without the verdict, which takes longer."""
    with reading(path) as store:
        header = store.header()
        rounds = Study.restore(header.study).steps()[-1].round
        counts = sum((Counter(store.counts(Step(number))) for number in range(rounds + 1)), Counter())
        jurors, cases = (
            store.connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]  # noqa: S608 - names are ours
            for table in ("juror", "case_")
        )
        cost, possible = (store.cost() if store.priced() else None), store.possible_cost()
    asked, stored = header.asked * (rounds + 1), sum(counts.values())
    return {
        "name": header.name,
        "model": header.model,
        "mode": header.study.get("elicitation", {}).get("mode"),
        "population": header.provenance.get("population", {}).get("title"),
        "description": header.study.get("description") or None,
        "caveat": header.caveat,
        "jurors": jurors,
        "cases": cases,
        "rounds": rounds,
        "asked": asked,
        "stored": stored,
        "counts": {name: counts.get(name, 0) for name in ("answered", "refused", "unparsed", "failed")},
        "missing": max(asked - stored, 0),
        "large": stored > MOST,
        "cost_usd": cost,
        "possible_usd": possible,
        "begun": header.created,
        "finished": header.finished,
        "bytes": sum(size for _, size in signature(path)),
    }


def state(path: Path, figures: Mapping[str, Any]) -> State:
    """Return whether a run goes on, or else whether ballots are missing, by its `overview`."""
    if being_written(path):
        return "going on"
    return "incomplete" if figures["missing"] or figures["counts"]["failed"] else "complete"


def latest(path: Path) -> dict[str, Any]:
    """Return the ballots that were stored last, and at what rate they come in.

    Returns
    -------
    dict
        ``ballots``, the newest first; ``rate``, ballots a second up to now over the last 200 since the writer began;
        None where nobody writes, or nothing has come in since.
    """
    with reading(path) as store:
        rows = store.connection.execute(
            "SELECT j.name AS juror, b.case_id AS 'case', b.replicate, b.status, b.problem, b.answer, b.answered_at"
            " FROM ballot b JOIN juror j ON j.id = b.juror_id ORDER BY b.rowid DESC LIMIT ?",
            (_SHOWN,),
        ).fetchall()
        times = store.connection.execute("SELECT answered_at FROM ballot ORDER BY rowid DESC LIMIT ?", (_LATEST,))
        rate = _rate(path, [datetime.fromisoformat(row[0]) for row in times])
    shown = [brief(dict(row) | {"answer": json.loads(row["answer"])}) for row in rows]
    return {"ballots": shown, "rate": rate}


def _rate(path: Path, times: list[datetime]) -> float | None:
    if not being_written(path):
        return None
    try:
        began = datetime.fromtimestamp(lock_of(path).stat().st_mtime, UTC)
    except OSError:
        return None
    # Before that somebody else wrote, or nobody did; and what holds a run up shows in the time since the last ballot.
    fresh = [time for time in times if time >= began]
    span = (datetime.now(UTC) - min(fresh)).total_seconds() if fresh else 0.0
    return len(fresh) / span if span > 0 else None


def decided(path: Path) -> dict[str, Any]:
    """Return what the ballots at hand decide: a sentence, and the winners and scores by case and rule.

    No intervals and no groups: those are the report's. With ``why`` instead where nothing can be said.
    """
    with reading(path) as store:
        (ballots,) = store.connection.execute("SELECT COUNT(*) FROM ballot").fetchone()
    if ballots > MOST:
        return {"why": f"{ballots:,} ballots: see the report, or `jury audit`"}
    run = open_run(path)
    panel = run.panel()
    if not any(panel.votes.values()):
        return {"why": "nobody has answered yet"}
    found = audit(panel, rules=run.study.rule_names(), by=(), resamples=0)
    return {
        "sentence": decision(found),
        "rules": list(found.rules),
        "answered": panel.counts["answered"],
        "cases": [
            {
                "case": case,
                "prompt": panel.case(case).prompt,
                "rules": {
                    rule: {"winners": list(outcome.winners), "alternatives": list(outcome.alternatives)}
                    for rule, outcome in by_rule.items()
                },
            }
            for case, by_rule in found.outcomes.items()
        ],
    }


def brief(value: Any) -> Any:  # noqa: ANN401 - whatever an answer holds
    """Return an answer for a list of many: long texts in it are cut, with an ellipsis."""
    if isinstance(value, Mapping):
        return {brief(name): brief(each) for name, each in value.items()}
    if isinstance(value, list):
        return [brief(each) for each in value]
    return f"{value[:_EXCERPT]}…" if isinstance(value, str) and len(value) > _EXCERPT else value


def opened(path: Path) -> Run:
    """Return the run with its jurors read."""
    run = open_run(path)
    _ = run.jurors
    return run
