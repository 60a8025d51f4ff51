"""`simulate`: from a study to a stored run."""

from __future__ import annotations

import asyncio
import importlib.metadata
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jury.auditing import check_rules
from jury.batches.ledger import check_none_open
from jury.batches.running import FirstBallot, ask_by_batches, batch_models, unheard
from jury.batches.submitting import BatchModel
from jury.cases import Case
from jury.deliberation.agenda import plan_of
from jury.deliberation.network import who_hears_whom
from jury.drawing import describe_draw, draw_sample
from jury.elicitation import Elicited
from jury.errors import JuryError
from jury.journal import Journal
from jury.lane import Limits
from jury.lanes import (
    OpenModels,
    caveats,
    check_prices,
    choose_readout,
    make_lanes,
    open_models,
    open_moderator,
    reusing,
)
from jury.layout import choose_layout
from jury.middleware.budget import Budget
from jury.middleware.cache import ReplyCache, cache_path
from jury.middleware.halt import Halt
from jury.mix import bind_models
from jury.plan import Plan, draw_jury
from jury.progress import Effort, Progress, Report
from jury.records import FIRST, Header, Juror
from jury.resuming import DEFAULT_FOLDER, SUFFIX, check_asked_alike, fingerprint_of, run_to_resume
from jury.run import Run
from jury.runner import End, Engine
from jury.steps import ask_steps
from jury.store import Store
from jury.study import Study
from personas import Population, Sample


def _silent(_: Progress) -> None:
    pass


@dataclass(frozen=True)
class Options:
    """How a study is run; none of it changes what is asked.

    Attributes
    ----------
    out : Path or str or None
        The run file; by default a new one in ``runs/``, named after the study and the time.
    resume : bool
        Go on with `out`, or with the newest run of the same study in ``runs/``.
    max_cost : float or None
        US dollars for the whole run, earlier parts included.
    max_connections : int or None
        Requests in flight, for each model; by default what suits the backend.
    max_rpm, max_tpm : float or None
        Requests, and tokens, a minute, for each model.
    patience : float
        Seconds without one success after which a model's provider is given up.
    hedge : float
        Share of the requests that may be made a second time when they take longer than 95 % of the others.
    batch : bool
        Ask through the providers' batch interfaces: for about half the price, and answered within a day.
    cache : bool
        Whether replies of models that are not free are taken from, and kept in, the cache that all runs share.
    report : callable
        Called with `Progress` as ballots are stored.
    """

    out: Path | str | None = None
    resume: bool = False
    max_cost: float | None = None
    max_connections: int | None = None
    max_rpm: float | None = None
    max_tpm: float | None = None
    patience: float = 600.0
    hedge: float = 0.0
    batch: bool = False
    cache: bool = True
    report: Report = field(default=_silent)

    def __post_init__(self) -> None:
        if self.max_connections is not None and self.max_connections < 1:
            raise JuryError(f"max_connections={self.max_connections}: give 1 or more, or leave it out")
        if self.max_cost is not None and not self.max_cost >= 0:  # NaN is none either
            raise JuryError(f"max_cost={self.max_cost}: give US dollars, 0 or more, or leave it out")
        for name in ("max_rpm", "max_tpm"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise JuryError(f"{name}={value}: give a number above 0, or leave it out")
        if not self.patience >= 0:
            raise JuryError(f"patience={self.patience}: give seconds, 0 or more")
        if not 0 <= self.hedge <= 1:
            raise JuryError(f"hedge={self.hedge}: give a share of the requests, from 0 to 1")

    @property
    def path(self) -> Path | None:
        """The run file, if one is named."""
        return None if self.out is None else Path(self.out)

    def limits(self, models: OpenModels) -> dict[str, Limits]:
        """Return how hard each model may be asked."""
        return {
            name: Limits(
                connections=self.max_connections or model.backend.max_connections,
                max_rpm=self.max_rpm,
                max_tpm=self.max_tpm,
                patience=self.patience,
                hedge=self.hedge,
            )
            for name, model in models.items()
        }


def simulate(study: Study, **options: Any) -> Run:  # noqa: ANN401 - the fields of Options
    """Ask the jury of `study` and return the stored run.

    Parameters
    ----------
    study : Study
    **options
        The attributes of `Options`.

    Returns
    -------
    Run
        Its `end` says whether all was asked; see `Run`.

    Raises
    ------
    StudyError, ModelError, RunError
        Before anything is asked, if it cannot be; `ModelError` also when the model stops being usable.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(asimulate(study, **options))
    raise JuryError("simulate() was called where an event loop runs (a notebook?): use `await asimulate(...)`")


async def asimulate(study: Study, **options: Any) -> Run:  # noqa: ANN401 - the fields of Options
    """Like `simulate`, to be awaited."""
    settings = Options(**options)
    population = study.load_population()
    cases = study.load_cases(population)
    check_rules(study.elicitation, cases, study.rule_names())
    sample = draw_sample(study, population)
    jurors = bind_models(study, draw_jury(study, population, sample))
    if study.deliberation is not None:
        who_hears_whom(study.deliberation, jurors, study.seed)  # that the topology fits is found now, not after round 0
    fingerprint = fingerprint_of(study, cases, jurors)
    async with open_models(study) as models, open_moderator(study, models) as moderator:
        readout = choose_readout(study.elicitation, cases, models)
        if settings.max_cost is not None:
            check_prices({**models, **{f"{name} (moderator)": model for name, model in moderator.items()}})
        if settings.batch:
            batch_models(study, models)
        store = (
            run_to_resume(study.name, settings.path, DEFAULT_FOLDER, fingerprint)
            if settings.resume
            else _new_run(
                study, settings, _origin(study, population, sample), jurors, cases, models, readout, fingerprint
            )
        )
        try:
            if settings.resume:
                begun = store.begun()
                for step in study.steps():
                    if step.stage == "answer" and step in begun:
                        check_asked_alike(plan_of(study, store, step), store)
            end, problem, effort = await _ask_all(study, settings, store, models, moderator)
        except Exception:
            if not (settings.resume or store.counts() or store.cost() or store.possible_cost()):
                store.discard()  # a run that never got an answer, nor maybe a bill, is not worth a name
            raise
        finally:
            store.close()
    return Run.open(store.path, end=end, problem=problem, effort=effort)


async def _ask_all(
    study: Study, settings: Options, store: Store, models: OpenModels, moderator: OpenModels
) -> tuple[End, str, Effort]:
    if not settings.batch:
        check_none_open(store)
    batched = batch_models(study, models) if settings.batch else {}

    async def ask(plan: Plan, report: Report) -> tuple[End, str, Effort]:
        if plan.step.drafts:  # few, by one model, and the jury waits for them
            return await _ask(plan, settings, store, moderator, report)
        if batched:
            return await _ask_by_batches(plan, settings, store, models, batched, report)
        return await _ask(plan, settings, store, models, report)

    return await ask_steps(study, store, ask, settings.report)


async def _ask_by_batches(
    plan: Plan,
    settings: Options,
    store: Store,
    models: OpenModels,
    batched: Mapping[str, BatchModel],
    report: Report,
) -> tuple[End, str, Effort]:
    if plan.step == FIRST:
        first = await _ask(FirstBallot.out_of(plan), settings, store, models, report)
        if first[0] != "complete" or unheard(plan, store, batched):
            return ("failing", *first[1:]) if first[0] == "complete" else first
    return await ask_by_batches(
        plan, store, batched, limit=settings.max_cost, patience=settings.patience, report=report
    )


async def _ask(
    plan: Plan, settings: Options, store: Store, models: OpenModels, report: Report
) -> tuple[End, str, Effort]:
    keeping = settings.cache and not all(model.free for model in models.values())
    cache = ReplyCache(cache_path()) if keeping else None
    journal, halt = Journal(store, cache), Halt()
    budget = Budget(settings.max_cost, store.cost(), store.possible_cost(), halt=halt, authorise=journal.authorise)
    engine = Engine(
        plan=plan,
        store=store,
        journal=journal,
        lanes=make_lanes(models, budget, settings.limits(models), cache),
        budget=budget,
        halt=halt,
        report=report,
    )
    try:
        end = await engine.run()
    finally:
        if cache is not None:
            cache.close()
    effort = engine.effort()
    if cache is not None and cache.problem:
        effort = replace(effort, remarks=(f"the cache of replies was not used: {cache.problem}",))
    return end, engine.problem, effort


def _new_run(
    study: Study,
    settings: Options,
    origin: dict[str, Any],
    jurors: Sequence[Juror],
    cases: tuple[Case, ...],
    models: OpenModels,
    readout: Elicited,
    fingerprint: str,
) -> Store:
    plan = Plan.of(study, readout, jurors, cases)
    now = datetime.now(UTC)
    header = Header(
        name=study.name,
        created=now.isoformat(timespec="seconds"),
        version=importlib.metadata.version("pluralistic-jury"),
        model=" + ".join(models),
        readout=readout,
        layout=choose_layout(plan, reusing(models)).layout,
        caveat=caveats(models),
        seed=study.seed,
        fingerprint=fingerprint,
        asked=plan.total,
        study=study.model_dump(mode="json"),
        provenance={
            **origin,
            "python": platform.python_version(),
            "packages": _versions("numpy", "pandas", "openai", "anthropic", "xllamacpp"),
        },
    )
    path = settings.path or DEFAULT_FOLDER / f"{study.name}-{now:%Y%m%d-%H%M%S-%f}{SUFFIX}"
    return Store.create(path, header, jurors, cases)


def _origin(study: Study, population: Population, sample: Sample) -> dict[str, Any]:
    """Return whom the jury stands for, and how it was drawn."""
    return {
        "population": population.source.model_dump(mode="json"),
        "jury": describe_draw(study, population, sample).to_dict(),
    }


def _versions(*packages: str) -> dict[str, str]:
    found = {}
    for package in packages:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
