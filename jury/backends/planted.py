"""``planted/...``: synthetic jurors whose utilities are known, to test whether a pipeline recovers them.

``planted/hash`` gives every pair of an attribute's level and an alternative a fixed utility in [0, 1] and a
juror the mean over the juror's attributes (`planted_utility`). ``planted/table`` reads utilities from the
study::

    model:
      name: planted/table
      options:
        utilities:
          plan-a: {default: 0.8, race=Black: 0.2}
          plan-b: {default: 0.4}
        noise: 0.1      # standard deviation added to each utility
        refuse: 0.05    # share of ballots refused
        garble: 0.02    # share of ballots that cannot be read
        fault: 0.1      # share of requests that fail for a while, as a bad connection does
        conformity: 0.3 # in a deliberation with open ballots, how far a juror moves to the mean of those who were heard

With `conformity` c, a juror whose own utilities are u and who heard jurors with mean utilities h answers
(1 - c) u + c h, which is the model of Friedkin and Johnsen (1990) with susceptibility c and no weight on oneself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from jury.backends.base import FREE, ModelSpec, Readout, Reply, Request, backends
from jury.backends.null import synthetic_reply
from jury.errors import ModelError, TransientError

_Share = Field(default=0.0, ge=0.0, le=1.0)


class PlantedOptions(BaseModel):
    """What can be set under ``model.options``; the module's docstring shows an example."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    utilities: dict[str, dict[str, float]] = {}
    noise: float = Field(default=0.0, ge=0.0)
    refuse: float = _Share
    garble: float = _Share
    fault: float = _Share
    conformity: float = _Share


@backends.register("planted")
def open_planted(spec: ModelSpec) -> PlantedBackend:
    """Open ``planted/hash`` or ``planted/table``; bad options are a `ModelError`."""
    if spec.name not in ("hash", "table"):
        raise ModelError(f"model {spec.full_name}: known: planted/hash, planted/table")
    try:
        options = PlantedOptions.model_validate(dict(spec.options))
    except ValidationError as error:
        fault = error.errors()[0]
        key = ".".join(("model", "options", *map(str, fault["loc"])))
        raise ModelError(f"{key}: {fault['msg']}, not {fault['input']!r}") from None
    if (spec.name == "table") != bool(options.utilities):
        raise ModelError(f"model {spec.full_name}: model.options.utilities goes with planted/table, and only there")
    return PlantedBackend(spec, options)


def planted_utility(attributes: Mapping[str, Any], case: str, alternative: str) -> float:
    """Return the utility in [0, 1] that ``planted/hash`` gives a juror for an alternative, before noise.

    Examples
    --------
    >>> ann = {"age": "25-34", "sex": "Female"}
    >>> planted_utility(ann, "wage", "raise") == planted_utility(ann, "wage", "raise")
    True
    """
    traits = [f"{name}={value}" for name, value in attributes.items() if value is not None] or ["nobody"]
    draws = [_unit(f"{trait}|{case}|{alternative}") for trait in traits]
    return sum(draws) / len(draws)


class PlantedBackend:
    """Answers from known utilities, with noise, refusals and faults as set."""

    readouts: tuple[Readout, ...] = ("sample", "logprobs")
    max_connections = 16
    pricing: str | None = FREE
    cached_prefix: int | None = None
    caveat: str | None = "These jurors were made up: they test the pipeline and say nothing about people."

    def __init__(self, spec: ModelSpec, options: PlantedOptions) -> None:
        self._spec = spec
        self._options = options
        self._faults: set[tuple[int, str]] = set()  # requests that failed once and may now pass

    async def ask(self, request: Request) -> Reply:
        """Reply at once; raises `TransientError` where a fault is due."""
        options = self._options
        rng = np.random.default_rng(request.seed)
        refused, garbled, faulty = rng.random(3) < (options.refuse, options.garble, options.fault)
        self._fail_once(request, due=bool(faulty))
        if refused:
            return Reply("I would rather not say.", refused=True, finish_reason="stop", model=self._spec.full_name)
        if garbled:
            nothing: dict[str, float] | None = {} if request.readout == "logprobs" else None
            return Reply("Well, it depends", nothing, finish_reason="stop", model=self._spec.full_name)
        noise = rng.normal(0.0, options.noise, len(request.shown))
        utilities = {
            name: float(np.clip(self._moved(request, name) + shift, 0.0, 1.0))
            for name, shift in zip(request.shown, noise, strict=True)
        }
        return synthetic_reply(request, utilities, self._spec)

    async def aclose(self) -> None:
        """Hold nothing."""

    def _fail_once(self, request: Request, *, due: bool) -> None:
        key = (request.seed, request.question.ask)
        if due and key not in self._faults:
            self._faults.add(key)
            raise TransientError("a planted fault")
        self._faults.discard(key)

    def _moved(self, request: Request, alternative: str) -> float:
        """Return a juror's utility after it heard others, if it did."""
        own, conformity = self._utility(request, alternative), self._options.conformity
        heard = [held[alternative] for held in request.heard if alternative in held] if conformity else []
        return own + conformity * (sum(heard) / len(heard) - own) if heard else own

    def _utility(self, request: Request, alternative: str) -> float:
        if self._spec.name == "hash":
            return planted_utility(request.attributes, request.case, alternative)
        table = self._options.utilities.get(alternative)
        if table is None:
            raise ModelError(f"model.options.utilities: no entry for alternative {alternative!r}; add one")
        traits = (f"{name}={value}" for name, value in request.attributes.items())
        matched = [table[trait] for trait in traits if trait in table]
        if matched:
            return sum(matched) / len(matched)
        if "default" not in table:
            raise ModelError(f"model.options.utilities.{alternative}: no level of this juror, and no default; add one")
        return table["default"]


def _unit(text: str) -> float:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64
