"""Whether everything is there that a run needs."""

from __future__ import annotations

import importlib.metadata
import platform
import sqlite3
from typing import Any

from jury.backends.catalogue import runtime_problem
from jury.models.embedded import cache_directory, embedded_model_path
from jury.probing import Check, probe

__all__ = ["Check", "examine"]


def examine(
    model: str | None = None, base_url: str | None = None, options: dict[str, Any] | None = None
) -> list[Check]:
    """Look at the installation; with `model`, also ask it a few small questions, which may cost a little.

    Parameters
    ----------
    model : str, optional
        ``provider/name``.
    base_url : str, optional
        Address of the model's server.
    options : dict, optional
        As ``model.options`` in a study.
    """
    checks = [
        Check("python", True, f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
        Check("pluralistic-jury", True, importlib.metadata.version("pluralistic-jury")),
        Check("SQLite", sqlite3.sqlite_version_info >= (3, 35), sqlite3.sqlite_version),
        *_local_checks(needed=model is not None and model.startswith("local/")),
    ]
    return checks if model is None else checks + probe(model, base_url, options)


def _local_checks(*, needed: bool) -> list[Check]:
    problem = runtime_problem()
    found = importlib.metadata.version("xllamacpp") if problem is None else problem
    path = embedded_model_path()
    where = str(path) if path else f"not fetched yet: jury models pull (into {cache_directory()})"
    return [
        Check("llama.cpp runtime", problem is None, found, needed),
        Check("embedded model", path is not None, where, needed=False),
    ]
