"""The first request goes alone, and a model that does not give what was asked is found out by its answer."""

import asyncio

import pytest

from jury.backends import Form, Question, Reply, Request
from jury.backends.base import Checking
from jury.errors import ModelError, RequestError
from jury.middleware.halt import Halt, Stopped
from jury.middleware.proof import Proof

SCHEMA = {"type": "object"}


def request(number=0, *, schema=SCHEMA, readout="sample"):
    return Request("", Question("", "Rate it.", Form(schema, ("A",)), lambda _: ""), readout, number)


class Model:
    """Gives what it is told to give, and can tell an answer that is not what was asked."""

    def check(self, _, reply):
        if reply.text == "prose":
            raise ModelError("prose")
        return reply.text != "declined"


class World:
    """Requests that each take a second, and what was going on when each began."""

    def __init__(self, *texts, model=None):
        self.texts, self.began, self.flying, self.most = list(texts), [], 0, 0
        self.halt = Halt()
        self.proof = Proof(Model() if model is None else model, self.halt)

    async def ask(self, asked):
        async with self.proof.turn(asked):
            self.began.append(asyncio.get_running_loop().time())
            self.flying += 1
            self.most = max(self.most, self.flying)
            try:
                await asyncio.sleep(1)
            finally:
                self.flying -= 1
            outcome = self.texts.pop(0) if self.texts else "{}"
            if isinstance(outcome, Exception):
                raise outcome
            self.proof.judge(asked, Reply(outcome))

    async def ask_all(self, *requests):
        return await asyncio.gather(*(self.ask(asked) for asked in requests), return_exceptions=True)


def many(number, **form):
    return [request(seed, **form) for seed in range(number)]


def test_a_model_that_can_be_checked_is_told_apart():
    assert isinstance(Model(), Checking)
    assert not isinstance(object(), Checking)


def test_the_first_goes_alone_and_then_everybody(virtual_time):
    world = World()
    assert virtual_time(world.ask_all(*many(5))) == [None] * 5
    assert world.began == [0.0, 1.0, 1.0, 1.0, 1.0]
    later = World()
    virtual_time(later.ask_all(request()))
    assert later.began == [0.0]


def test_one_that_fails_lets_the_next_one_go(virtual_time):
    world = World(RequestError("no"), RequestError("no"))
    found = virtual_time(world.ask_all(*many(5)))
    assert [isinstance(each, RequestError) for each in found] == [True, True, False, False, False]
    assert world.began == [0.0, 1.0, 2.0, 3.0, 3.0]


def test_prose_stops_everything_after_one_answer(virtual_time):
    world = World("prose")
    first, *rest = virtual_time(world.ask_all(*many(9)))
    assert isinstance(first, ModelError)
    assert all(isinstance(each, Stopped) for each in rest)
    assert world.began == [0.0]
    assert world.halt.is_set


def test_an_error_of_the_model_stops_everything_too(virtual_time):
    world = World(ModelError("no log-probabilities"))
    first, *rest = virtual_time(world.ask_all(*many(3, readout="logprobs")))
    assert isinstance(first, ModelError)
    assert all(isinstance(each, Stopped) for each in rest)


def test_answers_are_looked_at_until_one_is_proof(virtual_time):
    world = World("declined", "declined", "prose")
    found = virtual_time(world.ask_all(*many(4)))
    assert isinstance(found[2], ModelError)
    proven = World("{}", "prose")  # later prose of a model that can is a bad answer, no more
    assert virtual_time(proven.ask_all(*many(4))) == [None] * 4


def test_kinds_are_proven_apart(virtual_time):
    world = World()
    virtual_time(world.ask_all(*many(2), *many(2, readout="logprobs"), *many(2, schema={})))
    assert world.began == [0.0, 0.0, 0.0, 0.0, 1.0, 1.0]  # words of one's own wait for nobody


def test_a_model_that_cannot_be_checked_waits_for_nobody(virtual_time):
    world = World("prose", model=object())
    assert virtual_time(world.ask_all(*many(3))) == [None] * 3
    assert world.most == 3


@pytest.mark.parametrize("stop", ["halt", "cancel"])
def test_waiting_ends_when_the_run_does(virtual_time, stop):
    world = World()

    async def run():
        tasks = [asyncio.create_task(world.ask(each)) for each in many(4)]
        await asyncio.sleep(0.5)
        if stop == "halt":
            world.halt.set()
        else:
            tasks[0].cancel()
            tasks[1].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    found = virtual_time(run())
    if stop == "halt":
        assert [type(each) for each in found] == [type(None), Stopped, Stopped, Stopped]
    else:
        assert [type(each) for each in found] == [asyncio.CancelledError] * 2 + [type(None)] * 2
        assert world.began == [0.0, 0.5, 1.5]


def test_no_turn_is_lost_when_one_who_waits_is_cancelled(virtual_time):
    world = World(RequestError("no"))

    async def run():
        tasks = [asyncio.create_task(world.ask(each)) for each in many(4)]
        await asyncio.sleep(1)  # the first ends and lets the second go, which is cancelled before it does
        tasks[1].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    found = virtual_time(run())
    assert [type(each) for each in found][2:] == [type(None)] * 2
