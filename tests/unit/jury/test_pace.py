"""The gate in front of a model: how many at once, how many a minute, and pauses that count for all."""

import asyncio

import pytest

from jury.middleware.halt import Halt, Stopped
from jury.middleware.pace import Pace


async def ask(pace, times, tokens=0.0, lasting=0.0):
    entered = await pace.enter(tokens)
    times.append(entered)
    await asyncio.sleep(lasting)
    pace.leave()


def together(virtual_time, number, lasting, tokens=0.0, most=1000, **limits):
    async def run():
        pace, times = Pace(most, Halt(), **limits), []
        await asyncio.gather(*(ask(pace, times, tokens, lasting) for _ in range(number)))
        assert pace.flying == 0
        return times

    return virtual_time(run())


def test_no_more_are_in_flight_than_allowed(virtual_time):
    assert together(virtual_time, 7, 1.0, most=3) == [0, 0, 0, 1, 1, 1, 2]


@pytest.mark.parametrize("max_rpm", [1, 30, 90, 6000])
def test_no_minute_holds_more_requests_than_allowed(virtual_time, max_rpm):
    times = together(virtual_time, 3 * max_rpm if max_rpm < 1000 else 9000, 0.0, most=100_000, max_rpm=max_rpm)
    for start in times[:: max(len(times) // 50, 1)]:
        assert sum(start <= time < start + 60 - 1e-6 for time in times) <= max_rpm
    assert times[-1] == pytest.approx((len(times) - 1) * 60 / max_rpm)  # and not slower than need be


def test_no_minute_holds_more_tokens_than_allowed_but_for_one_request(virtual_time):
    times = together(virtual_time, 100, 0.0, tokens=50.0, max_tpm=1000)
    for start in times:
        assert 50 * sum(start <= time < start + 60 - 1e-6 for time in times) <= 1000
    assert times[-1] == pytest.approx(99 * 50 * 60 / 1000)


def test_real_usage_corrects_what_was_expected(virtual_time):
    async def run(real):
        pace, times = Pace(10, Halt(), max_tpm=600), []
        await ask(pace, times, tokens=100.0)
        pace.settle(100.0, real)
        await ask(pace, times)
        return times[1]

    assert virtual_time(run(100)) == pytest.approx(10.0)
    assert virtual_time(run(10)) == pytest.approx(1.0)
    assert virtual_time(run(200)) == pytest.approx(20.0)


def test_a_pause_holds_up_everybody_and_is_counted_once(virtual_time):
    async def run():
        pace, times = Pace(10, Halt()), []
        pace.pause(5.0)
        pace.pause(3.0)  # within the first
        await asyncio.gather(*(ask(pace, times) for _ in range(4)))
        return times, pace.throttled

    assert virtual_time(run()) == ([5.0] * 4, 5.0)


def test_a_pause_that_comes_while_waiting_for_the_limit_is_kept_too(virtual_time):
    async def run():
        pace, times = Pace(10, Halt(), max_rpm=60), []
        asks = asyncio.gather(*(ask(pace, times) for _ in range(3)))
        await asyncio.sleep(0.5)
        pace.pause(10.0)
        await asks
        return times

    times = virtual_time(run())
    assert times[0] == 0
    assert min(times[1:]) >= 10.5
    assert times[2] - times[1] >= 1.0 - 1e-9  # no burst when the pause is over


def test_it_halves_once_for_an_overload_and_grows_by_one_a_round(virtual_time):
    async def run():
        pace = Pace(16, Halt())
        await asyncio.sleep(1.0)
        for _ in range(16):
            pace.overloaded(0.5)  # sixteen requests of one round
        assert pace.limit == 8
        await asyncio.sleep(1.0)
        pace.overloaded(1.5)
        assert pace.limit == 4
        for _ in range(4):
            pace.went_well()
        assert 4.9 < pace.limit < 5.0
        for _ in range(1000):
            pace.went_well()
        assert pace.limit == 16
        for moment in range(10):
            await asyncio.sleep(1.0)
            pace.overloaded(2.5 + moment)
        assert pace.limit == 1

    virtual_time(run())


def test_who_waits_is_let_in_when_the_limit_grows(virtual_time):
    async def run():
        pace, times = Pace(4, Halt()), []
        pace.limit = 1.0
        asks = asyncio.gather(*(ask(pace, times, lasting=10.0) for _ in range(3)))
        await asyncio.sleep(1.0)
        pace.went_well()
        await asks
        return times

    assert virtual_time(run()) == [0, 1, 10]


def test_a_halt_ends_waits_for_a_place_a_limit_and_a_pause(virtual_time):
    async def run():
        halt = Halt()
        full, limited, paused = Pace(1, halt), Pace(9, halt, max_rpm=1), Pace(9, halt)
        paused.pause(1000.0)
        for pace in (full, limited):
            await pace.enter(0.0)
        waits = [asyncio.create_task(pace.enter(0.0)) for pace in (full, limited, paused)]
        await asyncio.sleep(1.0)
        halt.set()
        ends = await asyncio.gather(*waits, return_exceptions=True)
        assert [type(end) for end in ends] == [Stopped] * 3
        assert (full.flying, limited.flying, paused.flying) == (1, 1, 0)
        assert asyncio.get_running_loop().time() == 1.0

    virtual_time(run())


def test_cancelling_who_waits_gives_up_no_place(virtual_time):
    async def run():
        pace, times = Pace(1, Halt()), []
        first = asyncio.create_task(ask(pace, times, lasting=2.0))
        second = asyncio.create_task(ask(pace, times))
        third = asyncio.create_task(ask(pace, times))
        await asyncio.sleep(1.0)
        second.cancel()
        await asyncio.gather(first, third)
        assert (times, pace.flying) == ([0, 2], 0)

    virtual_time(run())
