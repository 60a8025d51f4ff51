"""``null/...``: jurors that know nothing, the floor that any model has to beat.

``null/uniform`` draws every utility uniformly; ``null/majority`` lets all jurors say the same: the case's
stated ``majority``, or else one alternative drawn from the case id, so that they agree perfectly about nothing.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping

import numpy as np

from jury.backends.base import FREE, ModelSpec, Readout, Reply, Request, backends
from jury.errors import ModelError

_CAVEATS = {
    "uniform": "These jurors answer at random: they are a baseline and say nothing about people.",
    "majority": "These jurors all give the same answer: they are a baseline and say nothing about people.",
}


@backends.register("null")
def open_null(spec: ModelSpec) -> NullBackend:
    """Open ``null/uniform`` or ``null/majority``; any other name is a `ModelError`."""
    if spec.name not in _CAVEATS:
        raise ModelError(f"model {spec.full_name}: known: {', '.join(f'null/{name}' for name in _CAVEATS)}")
    return NullBackend(spec)


class NullBackend:
    """Answers without reading the question."""

    readouts: tuple[Readout, ...] = ("sample", "logprobs")
    max_connections = 16
    pricing: str | None = FREE
    cached_prefix: int | None = None

    def __init__(self, spec: ModelSpec) -> None:
        self._spec = spec
        self.caveat: str | None = _CAVEATS[spec.name]

    async def ask(self, request: Request) -> Reply:
        """Reply at once."""
        utilities = _uniform(request) if self._spec.name == "uniform" else _majority(request)
        return synthetic_reply(request, utilities, self._spec)

    async def aclose(self) -> None:
        """Hold nothing."""


def synthetic_reply(request: Request, utilities: Mapping[str, float], spec: ModelSpec) -> Reply:
    """Return the reply of a juror who holds `utilities` (in [0, 1], by alternative id)."""
    return reply_of(request.question.as_if(utilities), spec.full_name)


def reply_of(answer: str | Mapping[str, float], model: str = "") -> Reply:
    """Return the reply of a model that writes `answer`, or gives each option such a probability."""
    if isinstance(answer, str):
        return Reply(answer, finish_reason="stop", model=model)
    logprobs = {option: math.log(share) for option, share in answer.items() if share > 0}
    return Reply("", logprobs, finish_reason="length", model=model)


def _uniform(request: Request) -> dict[str, float]:
    draws = np.random.default_rng(request.seed).random(len(request.shown))
    return dict(zip(request.shown, draws.tolist(), strict=True))


def _majority(request: Request) -> dict[str, float]:
    favourite = request.majority
    if favourite is None:
        names = sorted(request.shown)
        favourite = names[hashlib.sha256(request.case.encode()).digest()[0] % len(names)]
    return {name: float(name == favourite) for name in request.shown}
