from __future__ import annotations

import asyncio
import random

import numpy as np
import pytest

from jury.backends import Reply
from jury.errors import ModelError, RequestError, TransientError
from jury.middleware.retry import Attempted, retrying


class Scripted:
    """Raises or returns what it was given, one thing a call."""

    def __init__(self, *outcomes):
        self.outcomes, self.calls = list(outcomes), 0

    async def __call__(self, request):
        self.calls += 1
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


class Waits(list):
    async def __call__(self, seconds):
        self.append(seconds)


def _run(model, **settings):
    waits = Waits()
    settings = {"jitter": lambda: 1.0, "sleep": waits} | settings
    return asyncio.run(retrying(model, **settings)(None)), waits


def test_the_first_answer_is_one_attempt():
    assert _run(Scripted(Reply("yes"))) == (Attempted(Reply("yes"), 1), [])


def test_waits_double_up_to_the_cap():
    model = Scripted(*[TransientError("busy")] * 5, Reply("yes"))
    attempted, waits = _run(model, attempts=6, base=1.0, cap=5.0)
    assert attempted == Attempted(Reply("yes"), 6)
    assert waits == [1.0, 2.0, 4.0, 5.0, 5.0]


def test_jitter_is_full_and_can_be_repeated():
    def waits(jitter):
        return _run(Scripted(*[TransientError("busy")] * 4, Reply("")), attempts=5, base=2.0, jitter=jitter)[1]

    drawn = waits(np.random.default_rng(7).random)
    assert drawn == waits(np.random.default_rng(7).random)
    assert all(0 <= wait < 2.0 * 2**turn for turn, wait in enumerate(drawn))
    assert waits(lambda: 0.0) == [0.0] * 4


def test_a_server_is_never_asked_before_it_wished():
    model = Scripted(TransientError("busy", retry_after=9.0), Reply(""))
    _, waits = _run(model, base=1.0, cap=10.0, jitter=random.Random(1).random)
    assert 9.0 <= waits[0] < 10.0


def test_an_excessive_wish_is_capped_and_said():
    model = Scripted(*[TransientError("busy", retry_after=3600.0)] * 2)
    with pytest.raises(TransientError, match=r"busy \(2 attempts; .* 3600 s, not just 10 s\)") as caught:
        _run(model, attempts=2, base=1.0, cap=10.0)
    assert caught.value.retry_after == 3600.0


def test_giving_up_says_how_often_it_was_tried():
    model = Scripted(*[TransientError(f"fault {number}") for number in range(3)])
    with pytest.raises(TransientError, match=r"^fault 2 \(3 attempts\)$"):
        _run(model, attempts=3)
    assert model.calls == 3


@pytest.mark.parametrize("error", [RequestError("too long"), ModelError("no key"), ZeroDivisionError()])
def test_nothing_else_is_asked_again(error):
    model = Scripted(error, Reply(""))
    with pytest.raises(type(error)):
        _run(model)
    assert model.calls == 1


def test_cancelling_ends_a_wait():
    async def cancelled():
        task = asyncio.create_task(retrying(Scripted(TransientError("busy", retry_after=50.0)))(None))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())


def test_no_attempt_at_all_is_an_error():
    with pytest.raises(ValueError, match="at least once"):
        retrying(Scripted(), attempts=0)


def test_a_server_that_recovers_is_asked_until_it_does(openai_server, ask, make_request, fakes, monkeypatch):
    from jury.backends import ModelSpec, open_backend

    busy = fakes.openai_error("Rate limit reached")
    openai_server.then(fakes.send(busy, 429, Retry_After_Ms="5"), fakes.reset, fakes.send({}, 503))

    async def run():
        backend = open_backend(ModelSpec("openai", "m", base_url=openai_server.base_url))
        try:
            return await retrying(backend.ask, base=0.01)(make_request())
        finally:
            await backend.aclose()

    attempted = asyncio.run(run())
    assert attempted.attempts == 4
    assert attempted.reply.text == '{"A": 1, "B": 3}'
