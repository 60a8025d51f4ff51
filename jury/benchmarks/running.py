"""Running the studies that a benchmark needs, in a folder of run files that the same command goes on with."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from jury.benchmarks.base import Engine
from jury.run import Run
from jury.simulation import simulate
from jury.study import Study

__all__ = ["run_folder", "run_study", "slug"]

DEFAULT_FOLDER = Path("runs")


def run_folder(benchmark: str, engine: Engine) -> Path:
    """Return the folder of a page's runs: the one that was named, or a new one in ``runs/``."""
    return engine.out or DEFAULT_FOLDER / f"{benchmark}-{datetime.now(UTC):%Y%m%d-%H%M%S}"


def run_study(study: Study, folder: Path, engine: Engine, spent: float) -> Run:
    """Ask `study`, or what is missing of it in `folder`; `spent` is what the page has cost so far.

    The file is named after the study and what it asks, so that a changed benchmark starts a run of its own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    asked = study.model_dump_json(exclude={"name", "description"})
    path = folder / f"{study.name}-{hashlib.sha256(asked.encode()).hexdigest()[:8]}.sqlite"
    return simulate(
        study,
        out=path,
        resume=path.exists(),
        max_cost=None if engine.max_cost is None else max(0.0, engine.max_cost - spent),
        max_connections=engine.max_connections,
        report=engine.report,
    )


def slug(name: str) -> str:
    """Return a model's name as part of a file's."""
    return "".join(mark if mark.isalnum() else "-" for mark in name).strip("-")
