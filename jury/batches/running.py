"""A run by batches: the first ballot of each model asked at once, to see that it works, and the others handed in."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from itertools import islice

from jury.batches.ledger import Ledger
from jury.batches.loop import BatchRun
from jury.batches.service import open_service
from jury.batches.submitting import BatchModel
from jury.batches.waiting import Waits
from jury.lanes import OpenModels
from jury.middleware.halt import Halt
from jury.plan import Plan, Task
from jury.prices import price_of
from jury.progress import Effort, Report
from jury.runner import End
from jury.store import Store
from jury.study import Study


def batch_models(study: Study, models: OpenModels) -> dict[str, BatchModel]:
    """Return the batch interface of each model; raises `ModelError` when one has none."""
    rates = {block.known_as: block.price for block in study.models}
    return {
        name: BatchModel(
            spec=model.spec,
            service=open_service(model.backend, model.spec),
            price=price_of(model.spec, model.backend, rates[name], batch=True),
        )
        for name, model in models.items()
    }


@dataclass(frozen=True)
class FirstBallot(Plan):
    """Of a plan, the first missing ballot, as long as none of its jurors has been heard.

    It is asked at once and at the full price, so that a model that does not give what is asked is found out before
    thousands of its answers are paid for.
    """

    @classmethod
    def out_of(cls, plan: Plan) -> FirstBallot:
        """Return the first ballot of `plan`."""
        return cls(**{field.name: getattr(plan, field.name) for field in fields(Plan)})

    def missing(self, store: Store) -> Iterator[Task]:
        """Return one ballot, or none."""
        return islice(super().missing(store), 0 if heard(self, store) else 1)


def heard(plan: Plan, store: Store) -> bool:
    """Return whether any ballot of the plan's jurors is settled."""
    return any(store.settled(juror.id, plan.step) for juror in plan.jurors)


def unheard(plan: Plan, store: Store, models: Mapping[str, BatchModel]) -> list[str]:
    """Return the models that play jurors of the plan and of which no ballot is settled."""
    spoken = {juror.model for juror in plan.jurors if store.settled(juror.id, plan.step)}
    return [name for name in models if name not in spoken and any(juror.model == name for juror in plan.jurors)]


async def ask_by_batches(
    plan: Plan,
    store: Store,
    models: Mapping[str, BatchModel],
    *,
    limit: float | None,
    patience: float,
    report: Report,
) -> tuple[End, str, Effort]:
    """Hand in what is missing, wait and collect; returns why it ended, the problem if there is one, and what it took.

    Ctrl-C once leaves the batches to the provider, twice also breaks off what is being stored. Either way the next run
    collects them.
    """
    halt = Halt()
    waits = replace(Waits(), patience=patience)
    run = BatchRun(plan, store, models, limit=limit, halt=halt, report=report, waits=waits)
    with _interrupts(halt) as broken_off:
        try:
            end = await run.run()
        except asyncio.CancelledError:
            asking = asyncio.current_task()
            if not broken_off or asking is None:
                raise  # cancelled by somebody else
            asking.uncancel()
            end = "interrupted"
    return end, run.problem, run.effort()


def open_requests(store: Store) -> int:
    """Return how many requests of a run are with a provider."""
    ledger = Ledger(store)
    return sum(batch.size for batch in ledger.open_batches()) if ledger.is_there else 0


@contextlib.contextmanager
def _interrupts(halt: Halt) -> Iterator[list[bool]]:
    """Set `halt` at the first Ctrl-C; at the second, break off, which the list that is yielded then says."""
    loop, asking = asyncio.get_running_loop(), asyncio.current_task()
    broken_off: list[bool] = []

    def interrupt() -> None:
        if halt.is_set and asking is not None:
            broken_off.append(True)
            asking.cancel()
        halt.set()

    try:
        loop.add_signal_handler(signal.SIGINT, interrupt)
    except (NotImplementedError, ValueError, RuntimeError):  # Windows, or not the main thread
        yield broken_off
        return
    try:
        yield broken_off
    finally:
        loop.remove_signal_handler(signal.SIGINT)
