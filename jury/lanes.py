"""The models of a study, opened: backends, prices, a readout that all of them give, and the way to each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from jury.backends import Backend, ModelSpec, open_backend
from jury.backends.base import FREE
from jury.cases import Case
from jury.elicitation import Elicited, Mode
from jury.errors import ModelError
from jury.lane import Lane, Limits
from jury.middleware.budget import Budget
from jury.middleware.cache import ReplyCache
from jury.prices import Price, check_price, price_of
from jury.study import Study


@dataclass(frozen=True)
class OpenModel:
    """A model that can be asked."""

    backend: Backend
    spec: ModelSpec
    price: Price

    @property
    def address(self) -> str:
        """Where it is asked."""
        endpoint = getattr(self.backend, "endpoint", None)
        return str(getattr(endpoint, "url", None) or self.spec.base_url or "")

    @property
    def free(self) -> bool:
        """Whether it charges nothing, so that nothing is saved by keeping its replies."""
        return self.backend.pricing == FREE


OpenModels = Mapping[str, OpenModel]


@asynccontextmanager
async def open_models(study: Study) -> AsyncIterator[dict[str, OpenModel]]:
    """Open the models of `study`, by the name that jurors are bound to, and close them at the end.

    Raises
    ------
    ModelError
        If one of them cannot be used.
    """
    opened: dict[str, OpenModel] = {}
    try:
        for block in study.models:
            spec = block.spec()
            backend = open_backend(spec)
            opened[block.known_as] = OpenModel(backend, spec, price_of(spec, backend, block.price))
        yield opened
    finally:
        for model in opened.values():
            await model.backend.aclose()


@asynccontextmanager
async def open_moderator(study: Study, models: OpenModels) -> AsyncIterator[dict[str, OpenModel]]:
    """Open the model that writes statements for the jury, one of `models` or another; none where none are written.

    Raises
    ------
    ModelError
        If it cannot be used.
    """
    block = None if study.deliberation is None else study.deliberation.statement
    if block is None:
        yield {}
        return
    name = study.moderator.known_as
    if block.model is None:
        yield {name: models[name]}
        return
    spec = block.model.spec()
    backend = open_backend(spec)
    try:
        yield {name: OpenModel(backend, spec, price_of(spec, backend, block.model.price))}
    finally:
        await backend.aclose()


def check_prices(models: OpenModels) -> None:
    """Raise `ModelError` unless the price of every model is known, so that a limit can be kept."""
    for model in models.values():
        check_price(model.price, model.spec)


def caveats(models: OpenModels) -> str | None:
    """Return what everybody who reads the results has to know, of all models, each thing once."""
    said = dict.fromkeys(model.backend.caveat for model in models.values() if model.backend.caveat)
    return " ".join(said) or None


def reusing(models: OpenModels) -> Backend:
    """Return the backend that decides the layout: the first whose provider reuses what prompts start with."""
    backends = [model.backend for model in models.values()]
    return next((backend for backend in backends if backend.cached_prefix is not None), backends[0])


def make_lanes(
    models: OpenModels, budget: Budget, limits: Mapping[str, Limits], cache: ReplyCache | None
) -> dict[str, Lane]:
    """Return the way to each model; what is free is not kept in the cache."""
    return {
        name: Lane(
            backend=model.backend,
            spec=model.spec,
            price=model.price,
            limits=limits[name],
            budget=budget,
            cache=None if model.free else cache,
            address=model.address,
        )
        for name, model in models.items()
    }


def choose_readout(mode: Mode, cases: Sequence[Case], models: OpenModels) -> Elicited:
    """Return the readout to use: the first one that every model can give, by the preference of the first model.

    Raises
    ------
    ModelError
        If the study asks for one that cannot be had from all; nothing else is done instead. The message says who
        cannot give it.
    """
    offered = {name: _offered(model.backend) for name, model in models.items()}
    first = next(iter(offered.values()))
    obstacles = {readout: _obstacle(mode, readout, cases, offered) for readout in first}
    usable = [readout for readout, obstacle in obstacles.items() if obstacle is None]
    if mode.readout == "auto" and usable:
        return usable[0]
    if mode.readout != "auto" and mode.readout in usable:
        return mode.readout
    if len(models) > 1 and mode.readout != "auto" and mode.readout not in obstacles:
        obstacles[mode.readout] = _obstacle(mode, mode.readout, cases, offered)
    names = ", ".join(model.spec.full_name for model in models.values())
    whom = f"model {names} cannot give" if len(models) == 1 else f"models {names} cannot all give"
    asked = f"readout {mode.readout!r}" if mode.readout != "auto" else "any readout"
    reasons = "; ".join(f"{readout}: {obstacle}" for readout, obstacle in obstacles.items() if obstacle)
    remedy = f"set elicitation.readout to one of: {', '.join(usable)}" if usable else "change the cases or the scale"
    raise ModelError(f"{whom} {asked}{f' ({reasons})' if reasons else ''}; {remedy}")


def _offered(backend: Backend) -> list[Elicited]:
    offered: list[Elicited] = [*backend.readouts]
    if "sample" in offered:
        offered.append("verbalised")  # last: nobody gets it who did not ask for it
    return offered


def _obstacle(
    mode: Mode, readout: Elicited, cases: Sequence[Case], offered: Mapping[str, Sequence[Elicited]]
) -> str | None:
    lacking = [name for name, readouts in offered.items() if readout not in readouts]
    if lacking:
        return f"not from {', '.join(lacking)}"
    return mode.obstacle(readout, cases)
