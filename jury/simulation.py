"""`simulate`: from a study to a stored run."""

from __future__ import annotations

import asyncio
import importlib.metadata
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jury.auditing import check_rules
from jury.backends import Backend, ModelSpec, open_backend
from jury.cases import Case
from jury.drawing import describe_draw, draw_sample
from jury.elicitation import Elicited, Mode
from jury.errors import JuryError, ModelError, RunError
from jury.layout import choose_layout
from jury.middleware.budget import Budget, check_price
from jury.middleware.retry import retrying
from jury.plan import Plan, draw_jury
from jury.prices import price_of
from jury.records import Header, Juror
from jury.run import Run
from jury.runner import End, Engine, Progress, Report
from jury.store import Store
from jury.study import Study
from personas import Population, Sample

DEFAULT_FOLDER = Path("runs")
SUFFIX = ".sqlite"


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
        Ballots in flight; by default what suits the backend.
    report : callable
        Called with `Progress` as ballots are stored.
    """

    out: Path | str | None = None
    resume: bool = False
    max_cost: float | None = None
    max_connections: int | None = None
    report: Report = field(default=_silent)

    def __post_init__(self) -> None:
        if self.max_connections is not None and self.max_connections < 1:
            raise JuryError(f"max_connections={self.max_connections}: give 1 or more, or leave it out")
        if self.max_cost is not None and not self.max_cost >= 0:  # NaN is none either
            raise JuryError(f"max_cost={self.max_cost}: give US dollars, 0 or more, or leave it out")

    @property
    def path(self) -> Path | None:
        """The run file, if one is named."""
        return None if self.out is None else Path(self.out)


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
    spec = study.model.spec()
    check_rules(study.elicitation, cases, study.rule_names())
    sample = draw_sample(study, population)
    jurors = draw_jury(study, population, sample)
    fingerprint = study.fingerprint(cases, [(juror.persona, juror.weight, juror.text) for juror in jurors])
    backend = open_backend(spec)
    try:
        readout = choose_readout(study.elicitation, cases, backend, spec)
        if settings.max_cost is not None:
            check_price(price_of(spec, backend), spec)
        store = (
            _run_to_resume(study, settings, fingerprint)
            if settings.resume
            else _new_run(
                study, settings, _origin(study, population, sample), jurors, cases, backend, readout, fingerprint
            )
        )
        try:
            end, problem = await _ask_missing(study, settings, store, backend, spec)
        except Exception:
            if not settings.resume and not store.counts():
                store.discard()  # a run that never got an answer is not worth a name
            raise
        finally:
            store.close()
    finally:
        await backend.aclose()
    return Run.open(store.path, end=end, problem=problem)


async def _ask_missing(
    study: Study, settings: Options, store: Store, backend: Backend, spec: ModelSpec
) -> tuple[End, str]:
    header = store.header()
    price = price_of(spec, backend)
    engine = Engine(
        plan=Plan(study.seed, study.elicitation, header.readout, tuple(store.jurors()), store.cases(), header.layout),
        store=store,
        ask=retrying(backend.ask),
        price=price,
        budget=Budget(settings.max_cost, store.cost(), price, spec),
        connections=settings.max_connections or backend.max_connections,
        report=settings.report,
    )
    return await engine.run(), engine.last_problem


def choose_readout(mode: Mode, cases: Sequence[Case], backend: Backend, spec: ModelSpec) -> Elicited:
    """Return the readout to use.

    Raises
    ------
    ModelError
        If the study asks for one that cannot be had; nothing else is done instead.
    """
    offered: list[Elicited] = [*backend.readouts]
    if "sample" in offered:
        offered.append("verbalised")  # last: nobody gets it who did not ask for it
    obstacles = {readout: mode.obstacle(readout, cases) for readout in offered}
    usable = [readout for readout, obstacle in obstacles.items() if obstacle is None]
    if mode.readout == "auto" and usable:
        return usable[0]
    if mode.readout != "auto" and mode.readout in usable:
        return mode.readout
    asked = f"readout {mode.readout!r}" if mode.readout != "auto" else "any readout"
    reasons = "; ".join(f"{readout}: {obstacle}" for readout, obstacle in obstacles.items() if obstacle)
    remedy = f"set elicitation.readout to one of: {', '.join(usable)}" if usable else "change the cases or the scale"
    raise ModelError(f"model {spec.full_name} cannot give {asked}{f' ({reasons})' if reasons else ''}; {remedy}")


def _new_run(
    study: Study,
    settings: Options,
    origin: dict[str, Any],
    jurors: Sequence[Juror],
    cases: tuple[Case, ...],
    backend: Backend,
    readout: Elicited,
    fingerprint: str,
) -> Store:
    plan = Plan(study.seed, study.elicitation, readout, jurors, cases)
    now = datetime.now(UTC)
    header = Header(
        name=study.name,
        created=now.isoformat(timespec="seconds"),
        version=importlib.metadata.version("pluralistic-jury"),
        model=study.model.name,
        readout=readout,
        layout=choose_layout(plan, backend).layout,
        caveat=backend.caveat,
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


def _run_to_resume(study: Study, settings: Options, fingerprint: str) -> Store:
    """Open the run to go on with; refuses one that asked something else."""
    if settings.path is None:
        return _newest_run(study, fingerprint)
    store = Store.open(settings.path, writable=True)
    if store.header().fingerprint != fingerprint:
        store.close()
        raise RunError(
            f"{settings.out}: was made from another version of the study (its population, jury, cases, elicitation, "
            "model or seed differ); restore the study, or start a new run with another --out"
        )
    return store


def _newest_run(study: Study, fingerprint: str) -> Store:
    paths = sorted(DEFAULT_FOLDER.glob(f"{study.name}-*{SUFFIX}"), reverse=True)
    for path in paths:
        store = Store.open(path, writable=True)
        if store.header().fingerprint == fingerprint:
            return store
        store.close()
    raise RunError(f"--resume: no run of this study, unchanged, in {DEFAULT_FOLDER}/; name one with --out RUN")


def _versions(*packages: str) -> dict[str, str]:
    found = {}
    for package in packages:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
