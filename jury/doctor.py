"""Whether everything is there that a run needs."""

from __future__ import annotations

import asyncio
import importlib.metadata
import platform
import sqlite3
import time
from dataclasses import asdict, dataclass
from typing import Any

from jury.backends import ModelSpec, Request, open_backend, split_model_name
from jury.backends.catalogue import runtime_problem
from jury.cases import Case
from jury.elicitation import Showing, modes
from jury.elicitation.reading import option_shares
from jury.errors import JuryError
from jury.models.embedded import cache_directory, embedded_model_path
from jury.wording import juror_text


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: whether it is fine, what was found, and whether it is needed for what was asked."""

    name: str
    fine: bool
    finding: str
    needed: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return the check as plain JSON types."""
        return asdict(self)


def examine(model: str | None = None, base_url: str | None = None) -> list[Check]:
    """Look at the installation; with `model`, also put one real question to it in each readout it gives."""
    checks = [
        Check("python", True, f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
        Check("pluralistic-jury", True, importlib.metadata.version("pluralistic-jury")),
        Check("SQLite", sqlite3.sqlite_version_info >= (3, 35), sqlite3.sqlite_version),
        *_local_checks(needed=model is not None and model.startswith("local/")),
    ]
    if model is not None:
        checks += _probe(model, base_url)
    return checks


def _local_checks(*, needed: bool) -> list[Check]:
    problem = runtime_problem()
    found = importlib.metadata.version("xllamacpp") if problem is None else problem
    path = embedded_model_path()
    where = str(path) if path else f"not fetched yet: jury models pull (into {cache_directory()})"
    return [
        Check("llama.cpp runtime", problem is None, found, needed),
        Check("embedded model", path is not None, where, needed=False),
    ]


def _probe(model: str, base_url: str | None) -> list[Check]:
    try:
        provider, name = split_model_name(model)
        backend = open_backend(ModelSpec(provider, name, base_url=base_url))
    except JuryError as error:
        return [Check(model, False, str(error))]

    async def ask_all() -> list[Check]:
        try:
            return [await _ask(readout) for readout in backend.readouts]
        finally:
            await backend.aclose()

    async def _ask(readout: Any) -> Check:  # noqa: ANN401 - a Readout
        case = Case.model_validate(
            {"id": "doctor", "prompt": "Which of these is a colour?", "alternatives": ["red", "seven"]}
        )
        mode = modes["choose"].model_validate({"readout": readout})
        question = mode.questions(Showing.plain(case, readout=readout))[0]
        request = Request(juror_text("Age: 25-34"), question, readout, 0, case="doctor", shown=case.alternative_ids)
        started = time.perf_counter()
        try:
            reply = await backend.ask(request)
        except JuryError as error:
            return Check(f"{model}, {readout}", False, str(error), needed=readout == backend.readouts[0])
        said = (
            reply.text.strip()
            if reply.logprobs is None
            else f"label mass {option_shares(reply, question.form.options).mass:.2f}"
        )
        seconds = time.perf_counter() - started
        return Check(f"{model}, {readout}", True, f"answered in {seconds:.2f} s: {said[:80]}")

    return asyncio.run(ask_all())
