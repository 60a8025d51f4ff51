"""Running the studies that a benchmark needs, in a folder of run files that the same command goes on with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from jury.benchmarks.base import Engine
from jury.errors import DataError
from jury.model_block import ModelBlock
from jury.run import Run
from jury.simulation import simulate
from jury.study import Study

__all__ = ["model_document", "run_folder", "run_study", "slug"]

DEFAULT_FOLDER = Path("runs")


def run_folder(benchmark: str, engine: Engine) -> Path:
    """Return the folder of a page's runs: the one that was named, or a new one in ``runs/``."""
    return engine.out or DEFAULT_FOLDER / f"{benchmark}-{datetime.now(UTC):%Y%m%d-%H%M%S}"


def run_study(document: Mapping[str, Any], folder: Path, engine: Engine, spent: float) -> Run:
    """Ask the study that `document` describes, or what is missing of it in `folder`.

    The file is named after what the document asks, so that a changed benchmark starts a run of its own.

    Parameters
    ----------
    document : Mapping
        As a study file would hold it.
    folder : Path
    engine : Engine
    spent : float
        US dollars that the page has cost so far.
    """
    folder.mkdir(parents=True, exist_ok=True)
    study = _study(document)
    asked = json.dumps(document, sort_keys=True, ensure_ascii=False)
    path = folder / f"{study.name}-{hashlib.sha256(asked.encode()).hexdigest()[:8]}.sqlite"
    return simulate(
        study,
        out=path,
        resume=path.exists(),
        max_cost=None if engine.max_cost is None else max(0.0, engine.max_cost - spent),
        max_connections=engine.max_connections,
        report=engine.report,
    )


def _study(document: Mapping[str, Any]) -> Study:
    try:
        return Study.model_validate(document)
    except ValidationError as error:
        fault = error.errors()[0]
        key = ".".join(map(str, fault["loc"]))
        raise DataError(f"{document['name']}: {key}: {fault['msg'].removeprefix('Value error, ')}") from None


def model_document(model: ModelBlock) -> dict[str, Any]:
    """Return a model as a study file would name it."""
    return model.model_dump(mode="json", exclude_defaults=True) | {"name": model.name}


def slug(name: str) -> str:
    """Return a model's name as part of a file's."""
    return "".join(mark if mark.isalnum() else "-" for mark in name).strip("-")
