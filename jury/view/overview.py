"""A run in few figures, quickly, also while it goes on."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from aggregators.errors import AggregatorError
from jury.auditing import audit
from jury.auditing.verdict import decision
from jury.errors import JuryError
from jury.records import Step
from jury.run import Run, open_run
from jury.store import reading
from jury.study import Study
from jury.view.state import State, being_written
from personas import PersonaError

Result = TypeVar("Result")

#: Ballots above which the verdict is left to the report and to `jury audit`, which take their time.
MOST = 100_000

_LATEST = 200  # ballots by which the rate is told
_SHOWN = 12

#: What opening a damaged file can end in, besides an error of ours.
FAULTS = (
    *(JuryError, PersonaError, AggregatorError, sqlite3.Error, OSError),
    *(ValueError, TypeError, LookupError, AttributeError),
)


def tried(path: Path, look: Callable[[Path], Result]) -> tuple[Result | None, str]:
    """Return what `look` returns and ``""``, or None and what is wrong with the file."""
    try:
        return look(path), ""
    except JuryError as error:
        return None, str(error).removeprefix(f"{path}: ")
    except FAULTS as error:
        return None, f"cannot be read ({type(error).__name__}: {error})"


def signature(path: Path) -> tuple[tuple[int, int], ...]:
    """Return what changes whenever the run file does."""
    found = []
    for each in (path, path.with_name(f"{path.name}-wal")):
        try:
            stat = each.stat()
        except OSError:
            continue
        found.append((stat.st_mtime_ns, stat.st_size))
    return tuple(found)


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
    """Return the ballots that came in last, and at what rate they do.

    Returns
    -------
    dict
        ``ballots``, the newest first; ``rate``, ballots a second over the last 200, None where that cannot be told.
    """
    with reading(path) as store:
        rows = store.connection.execute(
            "SELECT j.name AS juror, b.case_id AS 'case', b.replicate, b.status, b.problem, b.answer, b.answered_at"
            " FROM ballot b JOIN juror j ON j.id = b.juror_id ORDER BY b.rowid DESC LIMIT ?",
            (_LATEST,),
        ).fetchall()
    times = [datetime.fromisoformat(row["answered_at"]) for row in rows]
    span = (max(times) - min(times)).total_seconds() if times else 0.0
    return {
        "ballots": [dict(row) for row in rows[:_SHOWN]],
        "rate": (len(rows) - 1) / span if span > 0 else None,
    }


def decided(path: Path) -> dict[str, Any]:
    """Return what the ballots at hand decide: a sentence, and the winners and scores by case and rule.

    No intervals and no groups: those are the report's. With ``why`` instead where nothing can be said.
    """
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        (ballots,) = connection.execute("SELECT COUNT(*) FROM ballot").fetchone()
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


class Remembered:
    """Results by run and question, worked out again only when the file has changed."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: dict[tuple[Path, str], tuple[object, Any]] = {}
        self._lock = Lock()  # requests are answered in threads

    def get(self, path: Path, what: str, look: Callable[[Path], Any]) -> Any:  # noqa: ANN401 - whatever look returns
        """Return ``look(path)``, as it was found before if the file is still the same."""
        now, key = signature(path), (path, what)
        with self._lock:
            known = self._found.get(key)
        if known is not None and known[0] == now:
            return known[1]
        found = look(path)
        with self._lock:
            self._found.pop(key, None)
            self._found[key] = now, found
            while len(self._found) > self._most:
                del self._found[next(iter(self._found))]
        return found


def opened(path: Path) -> Run:
    """Return the run with its jurors read."""
    run = open_run(path)
    _ = run.jurors
    return run
