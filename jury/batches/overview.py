"""The batches of a run that are under way, looked at and cancelled from outside of the run."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jury.batches.ledger import Entry, Ledger
from jury.batches.running import batch_models
from jury.errors import JuryError
from jury.lanes import open_models
from jury.store import Store
from jury.study import Study


@dataclass(frozen=True, slots=True)
class Shown:
    """A batch under way.

    Attributes
    ----------
    id : str
        The provider's identifier; ``""`` when it was lost: the next ``--resume --batch`` looks for it.
    model : str
    requests, done : int
    state : str
        In the provider's word.
    since : str
        When it was handed in.
    """

    id: str
    model: str
    requests: int
    done: int
    state: str
    since: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return asdict(self)


def show_batches(run: Path, *, cancel: bool = False) -> list[Shown]:
    """Return the batches of a run that have not been collected.

    Parameters
    ----------
    run : Path
    cancel : bool
        Ask the provider for no more of them. What has been answered by then is on the bill, and is collected by the
        next ``jury simulate --resume --batch``.
    """
    with closing(Store.open(run)) as store:
        ledger = Ledger(store)
        entries = ledger.open_batches() if ledger.is_there else []
        study = Study.model_validate(store.header().study)
    return asyncio.run(_look(study, entries, cancel=cancel)) if entries else []


async def _look(study: Study, entries: list[Entry], *, cancel: bool) -> list[Shown]:
    async with open_models(study) as models:
        services = {name: model.service for name, model in batch_models(study, models).items()}
        return [await _one(services[entry.model], entry, cancel=cancel) for entry in entries]


async def _one(service: Any, entry: Entry, *, cancel: bool) -> Shown:  # noqa: ANN401 - a BatchService
    since = entry.intended_at.isoformat(timespec="seconds")
    if entry.id is None:
        return Shown("", entry.model, entry.size, 0, "identifier lost", since)
    try:
        state = await service.state(entry.id)
        if cancel and not state.ended:
            state = await service.cancel(entry.id)
    except JuryError as error:
        return Shown(entry.id, entry.model, entry.size, 0, str(error), since)
    return Shown(entry.id, entry.model, entry.size, state.done, state.words, since)
