"""A provider that is down is probed, not hammered; a short outage is waited for, a long one given up."""

import asyncio

import pytest

from jury.errors import TransientError
from jury.middleware.breaker import Breaker
from jury.middleware.halt import Halt, Stopped

DOWN = TransientError("no connection")


def make(patience=600.0, *, proven=True):
    halt, said = Halt(), []

    def give_up(why):
        said.append(why)
        halt.set()

    breaker = Breaker(patience, halt, give_up, jitter=lambda: 1.0)
    if proven:
        breaker.succeeded()
    return breaker, halt, said


def trip(breaker):
    for number in range(10):
        breaker.failed(number, DOWN)


def test_closed_it_lets_everybody_in(virtual_time):
    async def run():
        breaker, _, _ = make()
        for number in range(9):
            breaker.failed(number, DOWN)
        breaker.succeeded()
        for number in range(9):
            breaker.failed(number, DOWN)
        assert not breaker.is_open
        assert await breaker.enter() is False

    virtual_time(run())


def test_a_single_request_that_fails_again_and_again_is_no_outage(virtual_time):
    async def run():
        breaker, _, said = make(patience=1.0)
        for _ in range(50):
            breaker.failed("the same", DOWN)
            await asyncio.sleep(1.0)
        assert not breaker.is_open
        assert said == []

    virtual_time(run())


def test_open_it_lets_one_probe_in_at_growing_intervals(virtual_time):
    async def run():
        breaker, _, _ = make()
        trip(breaker)
        assert breaker.is_open
        probes, loop = [], asyncio.get_running_loop()

        async def ask(number):
            while await breaker.enter():
                probes.append(loop.time())
                await asyncio.sleep(0.25)
                if loop.time() > 100:
                    breaker.succeeded()
                    return
                breaker.failed(number, DOWN, probe=True)

        await asyncio.gather(*(ask(number) for number in range(5)))
        return probes, breaker

    probes, breaker = virtual_time(run())
    assert probes == [1, 3.25, 7.5, 15.75, 32, 62.25, 92.5, 122.75]
    assert not breaker.is_open
    assert breaker.outages == 1


def test_failures_of_others_still_in_flight_do_not_slow_the_probe(virtual_time):
    async def run():
        breaker, _, _ = make()
        trip(breaker)
        waiting = asyncio.create_task(breaker.enter())
        await asyncio.sleep(0.5)
        trip(breaker)
        assert await waiting is True
        return asyncio.get_running_loop().time()

    assert virtual_time(run()) == 1.0


def test_a_success_of_one_still_in_flight_lets_all_in(virtual_time):
    async def run():
        breaker, _, _ = make()
        trip(breaker)
        waiting = [asyncio.create_task(breaker.enter()) for _ in range(3)]
        await asyncio.sleep(0.1)
        breaker.succeeded()
        assert await asyncio.gather(*waiting) == [False] * 3
        return asyncio.get_running_loop().time()

    assert virtual_time(run()) == pytest.approx(0.1)


def test_a_probe_that_comes_to_no_end_is_followed_by_another(virtual_time):
    async def run():
        breaker, _, _ = make()
        trip(breaker)
        first, second = asyncio.create_task(breaker.enter()), asyncio.create_task(breaker.enter())
        assert await first is True
        breaker.abandoned(probe=True)
        assert await second is True
        # Cancelled in the very moment in which it is let in:
        third, fourth = asyncio.create_task(breaker.enter()), asyncio.create_task(breaker.enter())
        await asyncio.sleep(0)
        breaker.abandoned(probe=True)
        asyncio.get_running_loop().call_later(1.0, third.cancel)
        assert await fourth is True

    virtual_time(run())


def test_after_long_it_is_given_up_and_all_waits_end(virtual_time):
    async def run():
        breaker, halt, said = make(patience=60.0)
        trip(breaker)

        async def ask(number):
            while await breaker.enter():
                breaker.failed(number, DOWN, probe=True)

        ends = await asyncio.gather(*(ask(number) for number in range(3)), return_exceptions=True)
        assert [type(end) for end in ends] == [Stopped] * 3
        assert halt.is_set
        return said, asyncio.get_running_loop().time()

    [why], now = virtual_time(run())
    assert why.startswith("no connection; no request has succeeded for ")
    assert 60 <= now <= 60 + 30


def test_a_wish_beyond_its_patience_is_given_up_at_once(virtual_time):
    async def run():
        breaker, _, said = make(patience=600.0)
        breaker.failed("one", TransientError("quota", retry_after=7200.0))
        return said

    assert virtual_time(run()) == ["quota; the server asks to wait 7200 s, more than the 600 s of --patience"]


def test_a_server_that_says_it_is_overloaded_is_given_up_even_by_a_single_request(virtual_time):
    async def run():
        breaker, _, said = make(patience=60.0)
        for _ in range(4):
            breaker.failed("the same", TransientError("busy", overloaded=True))
            await asyncio.sleep(25.0)
        return said

    [why] = virtual_time(run())
    assert why == "busy; no request has succeeded for 75 s"


def test_who_was_never_there_is_given_up_sooner(virtual_time):
    async def run():
        breaker, _, said = make(patience=600.0, proven=False)
        while not said:
            breaker.failed("the same", DOWN)
            await asyncio.sleep(10.0)
        return said, asyncio.get_running_loop().time()

    assert virtual_time(run()) == (["no connection; no request has succeeded yet, for 60 s"], 70.0)
