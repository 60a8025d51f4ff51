"""Small studies on synthetic jurors, and a way to put a backend of one's own into the registry."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from jury import Study
from jury.backends import backends
from jury.backends.base import FREE, Reply, Request

CASES = [
    {"id": "wage", "prompt": "What about the minimum wage?", "alternatives": ["raise", "keep", "abolish"]},
    {"id": "tax", "prompt": "What about taxes?", "alternatives": ["more", "less", "flat"]},
]


@pytest.fixture
def make_study() -> Callable[..., Study]:
    """Return a maker of studies: two cases of three alternatives, eight jurors, planted utilities."""

    def make(**changes: Any) -> Study:
        document = {"name": "small", "jurors": 8, "cases": CASES, "model": "planted/hash", "seed": 1}
        return Study.model_validate(document | changes)

    return make


class ScriptedBackend:
    """A backend that answers with what a function makes of the request."""

    readouts = ("sample", "logprobs")
    max_connections = 4
    pricing = FREE
    cached_prefix = None
    caveat = "A test."

    def __init__(self, answer: Callable[[Request], Any]) -> None:
        self._answer = answer
        self.closed = False

    async def ask(self, request: Request) -> Reply:
        answer = self._answer(request)
        if hasattr(answer, "__await__"):
            answer = await answer
        return answer if isinstance(answer, Reply) else Reply(answer)

    async def aclose(self) -> None:
        self.closed = True


@pytest.fixture
def plug() -> Iterator[Callable[..., ScriptedBackend]]:
    """Return a function that registers a scripted backend under a provider's name; it is gone after the test."""
    len(backends)  # discover first
    before = dict(backends._entries)

    def register(provider: str, answer: Callable[[Request], Any], **settings: Any) -> ScriptedBackend:
        backend = ScriptedBackend(answer)
        for name, value in settings.items():
            setattr(backend, name, value)
        backends.add(provider, lambda _: backend)
        return backend

    yield register
    backends._entries.clear()
    backends._entries.update(before)
