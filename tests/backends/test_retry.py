"""Attempts against a real server: what the errors of the wire mean for pace, breaker and budget."""

import asyncio
import socket

import pytest

from jury.backends import ModelSpec, open_backend
from jury.errors import TransientError
from jury.lane import Lane, Limits
from jury.middleware.budget import Budget
from jury.middleware.halt import Halt
from jury.middleware.retry import Retry


@pytest.fixture
def through_lane(make_request):
    """Put a request through a lane at a dollar a token; returns the reply, or the error, and the lane."""

    async def run(base_url, retry, **spec):
        async def authorise(_):
            pass

        model = ModelSpec("openai-compatible", "m", base_url=base_url, max_tokens=16, **spec)
        backend = open_backend(model)
        budget = Budget(None, halt=Halt(), authorise=authorise)
        lane = Lane(backend, model, lambda usage: usage.input, Limits(2, retry=retry), budget)
        try:
            ticket = await budget.reserve(lane._most(make_request()))
            return await lane.ask(make_request(), ticket), lane
        except TransientError as error:
            return error, lane
        finally:
            await backend.aclose()

    return lambda *args, **spec: asyncio.run(run(*args, **spec))


def test_a_server_that_recovers_is_asked_until_it_does(openai_server, fakes, through_lane):
    busy = fakes.openai_error("Rate limit reached")
    openai_server.then(fakes.send(busy, 429, Retry_After_Ms="50"), fakes.reset, fakes.send({}, 503))
    attempted, lane = through_lane(openai_server.base_url, Retry(base=0.01))
    assert attempted.attempts == 4
    assert attempted.reply.text == '{"A": 1, "B": 3}'
    assert 0.04 < lane.pace.throttled < 0.06


def test_what_may_have_been_billed_is_told_apart(openai_server, fakes, through_lane):
    proper = fakes.completion()
    for behaviour, billed in (
        (fakes.send({}, 500), 0),
        (fakes.send({}, 429), 0),
        (fakes.send({}, 504), 1),
        (fakes.reset, 1),
        (fakes.cut_short(proper), 1),
        (fakes.drip(proper), 1),
        (fakes.send_raw(b"<html>"), 1),
        (fakes.send(fakes.completion(None)), 1),
    ):
        openai_server.then(behaviour)
        attempted, lane = through_lane(openai_server.base_url, Retry(base=0.01), timeout=0.5)
        assert attempted.attempts == 2, behaviour
        assert (lane.budget.possible > 0) == bool(billed), behaviour


@pytest.fixture
def unused_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_a_connection_that_was_never_made_is_not_billed(through_lane, unused_port):
    error, lane = through_lane(f"http://127.0.0.1:{unused_port}/v1", Retry(base=0.01, patience=0.05))
    assert "no connection" in str(error)
    assert lane.budget.possible == 0
