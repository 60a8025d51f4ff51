"""Going on with a stored run: which file it is, and whether it would be asked what it was asked before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from jury.backends.base import Turn
from jury.cases import Case
from jury.errors import RunError
from jury.plan import Plan
from jury.records import Juror
from jury.store import Store
from jury.study import Study

DEFAULT_FOLDER = Path("runs")
SUFFIX = ".sqlite"


def fingerprint_of(study: Study, cases: tuple[Case, ...], jurors: Sequence[Juror]) -> str:
    """Return a digest of everything that decides what is asked of whom."""
    return study.fingerprint(cases, [(juror.persona, juror.weight, juror.text, *juror.variants) for juror in jurors])


def run_to_resume(name: str, path: Path | None, folder: Path, fingerprint: str, *, writable: bool = True) -> Store:
    """Open the run to go on with.

    Parameters
    ----------
    name : str
        Of the study.
    path : Path or None
        The run file; None for the newest run of the study in `folder`.
    folder : Path
    fingerprint : str
        Of what the study asks now; see `fingerprint_of`.
    writable : bool
        False only looks.

    Raises
    ------
    RunError
        If there is none, or the one at `path` asked something else.
    """
    if path is None:
        return _newest_run(name, folder, fingerprint, writable=writable)
    store = Store.open(path, writable=writable)
    if store.header().fingerprint != fingerprint:
        store.close()
        raise RunError(
            f"{path}: was made from another version of the study (its population, jury, cases, elicitation, model or "
            "seed differ), or before settings that it has now; restore the study, or start a new run with another --out"
        )
    return store


def _newest_run(name: str, folder: Path, fingerprint: str, *, writable: bool) -> Store:
    for path in sorted(folder.glob(f"{name}-*{SUFFIX}"), reverse=True):
        store = Store.open(path, writable=writable)
        if store.header().fingerprint == fingerprint:
            return store
        store.close()
    raise RunError(f"--resume: no run of this study, unchanged, in {folder}/; name one with --out RUN")


def check_asked_alike(plan: Plan, store: Store) -> None:
    """Raise `RunError` unless ballots of both ends of the jury would be asked again as they were.

    A fingerprint knows the study, and not the words, orders and seeds that a version of this package makes of it.
    """
    jurors = {juror.id: juror for juror in plan.jurors}
    positions = {case.id: position for position, case in enumerate(plan.cases)}
    for row in store.first_and_last(plan.step):
        task = plan.task(jurors[row["juror_id"]], positions[row["case_id"]], row["replicate"])
        now = {
            "seed": task.seed,
            "order": list(task.showing.order),
            "labels": list(task.showing.marks),
            "words": (task.questions[0].context, task.questions[0].ask, task.prior),
        }
        before = {
            "seed": row["seed"],
            "order": json.loads(row["shown"]),
            "labels": now["labels"] if row["labels"] is None else json.loads(row["labels"]),
            "words": (row["context"], row["ask"], tuple(Turn(*turn) for turn in json.loads(row["prior"] or "[]"))),
        }
        changed = [name for name in now if now[name] != before[name]]
        if changed:
            raise RunError(
                f"{store.path}: version {store.header().version} asked this study with other {' and '.join(changed)} "
                "than this version would; go on with that version, or start a new run with another --out"
            )
