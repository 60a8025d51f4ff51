"""The budget: what is in flight counts, what may have been billed counts, nothing is let out before it is noted."""

import asyncio

import pytest

from jury.middleware.budget import Budget
from jury.middleware.halt import Halt, Stopped


class Notes(list):
    async def __call__(self, most):
        await asyncio.sleep(0.01)
        self.append(most)


def make(limit, **earlier):
    halt, notes = Halt(), Notes()
    return Budget(limit, halt=halt, authorise=notes, **earlier), halt, notes


def test_what_is_in_flight_counts_and_what_it_did_not_cost_comes_back(virtual_time):
    async def run():
        budget, _, _ = make(10.0)
        first, second = await budget.reserve(5.0), await budget.reserve(5.0)
        third = asyncio.create_task(budget.reserve(5.0))
        await asyncio.sleep(1.0)
        assert not third.done()
        budget.paid(first, 5.0, 1.0)
        budget.settle(first, stored=True)
        await asyncio.sleep(1.0)
        assert not third.done()  # 1 + 5 + 5 would pass the limit
        budget.paid(second, 5.0, 4.0)
        budget.settle(second, stored=True)
        assert (await third).reserved == 5.0
        assert budget.most == 10.0
        assert not budget.exhausted

    virtual_time(run())


def test_with_nothing_in_flight_the_limit_is_reached(virtual_time):
    async def run():
        budget, _, _ = make(10.0, spent=4.0, possible=3.0)
        assert await budget.reserve(3.1) is None
        assert budget.exhausted
        assert await budget.reserve(3.0) is not None

    virtual_time(run())


def test_an_attempt_without_an_answer_counts_in_full_and_the_next_one_too(virtual_time):
    async def run():
        budget, _, _ = make(10.0)
        ticket = await budget.reserve(4.0)
        assert await budget.lose(ticket, 4.0)
        assert (budget.possible, ticket.reserved, budget.most) == (4.0, 4.0, 8.0)
        assert not await budget.lose(ticket, 4.0)
        assert (budget.possible, ticket.reserved) == (8.0, 0.0)
        assert budget.exhausted
        budget.settle(ticket, stored=False)
        assert budget.most == 8.0

    virtual_time(run())


def test_when_all_in_flight_wait_for_more_one_is_refused_and_the_others_go_on(virtual_time):
    async def run():
        budget, _, _ = make(10.0)
        tickets = [await budget.reserve(3.0) for _ in range(3)]

        async def fail_once(ticket):
            again = await budget.lose(ticket, 3.0)
            if again:
                budget.paid(ticket, 3.0, 0.0)
            budget.settle(ticket, stored=again)
            return again

        # 9 possible after all three: nobody can be asked again.
        return await asyncio.gather(*(fail_once(ticket) for ticket in tickets)), budget.most

    ends, most = virtual_time(run())
    assert ends == [False, False, False]
    assert most == 9.0


def test_replies_to_ballots_that_come_to_no_end_are_paid_for_all_the_same(virtual_time):
    async def run():
        budget, _, _ = make(None)
        ticket = await budget.reserve(2.0)
        budget.paid(ticket, 1.0, 0.75)
        budget.settle(ticket, stored=False)
        assert (budget.unstored, budget.most) == (0.75, 0.75)

    virtual_time(run())


def test_a_halt_ends_the_wait_for_money(virtual_time):
    async def run():
        budget, halt, _ = make(1.0)
        await budget.reserve(1.0)
        waiting = asyncio.create_task(budget.reserve(1.0))
        await asyncio.sleep(0.5)
        halt.set()
        with pytest.raises(Stopped):
            await waiting

    virtual_time(run())


@pytest.mark.parametrize("limit", [None, 30.0])
def test_nothing_is_let_out_before_the_most_it_can_come_to_is_noted(limit, virtual_time):
    async def run():
        budget, _, notes = make(limit)

        async def ballot(cost):
            ticket = await budget.reserve(1.0)
            if ticket is None:
                return
            assert notes[-1] >= budget.most
            await asyncio.sleep(0.1)
            if cost == 1.0:
                await budget.lose(ticket, 1.0)
                assert notes[-1] >= budget.most
            budget.paid(ticket, 1.0, cost)
            budget.settle(ticket, stored=True)

        for round_ in range(10):
            await asyncio.gather(*(ballot([0.0, 0.2, 1.0][(number + round_) % 3]) for number in range(5)))
        assert limit is None or max(notes) <= limit
        assert len(notes) < 25  # not one for each of the fifty

    virtual_time(run())


def test_what_costs_nothing_is_neither_noted_nor_stopped(virtual_time):
    async def run():
        budget, _, notes = make(0.0)
        ticket = await budget.reserve(0.0)
        budget.settle(ticket, stored=True)
        assert notes == []
        assert not budget.used

    virtual_time(run())
