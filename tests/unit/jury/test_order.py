"""Orders of presentation: what a balanced Latin square balances."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from jury.elicitation.order import balanced_latin_square, shown_order
from jury.plan import Plan, draw_jury

SIZES = range(1, 13)


@pytest.mark.parametrize("size", SIZES)
def test_every_row_is_an_order(size):
    square = balanced_latin_square(size)
    assert len(square) == (size if size % 2 == 0 or size == 1 else 2 * size)
    assert all(sorted(row) == list(range(size)) for row in square)


@pytest.mark.parametrize("size", SIZES)
def test_each_alternative_is_equally_often_at_each_position(size):
    square = balanced_latin_square(size)
    places = Counter((position, value) for row in square for position, value in enumerate(row))
    assert set(places.values()) == {len(square) // size}
    assert len(places) == size**2


@pytest.mark.parametrize("size", SIZES[1:])
def test_each_alternative_follows_each_other_equally_often(size):
    neighbours = Counter(pair for row in balanced_latin_square(size) for pair in pairwise(row))
    assert len(neighbours) == size * (size - 1)
    assert len(set(neighbours.values())) == 1


def _plan(study):
    population = study.load_population()
    return Plan(study.seed, study.elicitation, "sample", draw_jury(study, population), study.cases)


@pytest.mark.parametrize("jurors", [6, 12, 60])
def test_the_jury_sees_a_counterbalanced_order(jurors, make_study):
    plan = _plan(make_study(jurors=jurors))
    for position in range(2):
        orders = [plan.task(juror, position, 0).shown for juror in plan.jurors]
        places = Counter((place, name) for shown in orders for place, name in enumerate(shown))
        assert set(places.values()) == {jurors // 3}
        neighbours = Counter(pair for shown in orders for pair in pairwise(shown))
        assert set(neighbours.values()) == {jurors // 3}


def test_replicates_move_a_juror_along_the_square(make_study):
    plan = _plan(make_study(elicitation={"replicates": 6}))
    shown = {plan.task(plan.jurors[0], 0, replicate).shown for replicate in range(6)}
    assert len(shown) == 6


def test_fixed_and_random_orders(make_study):
    fixed = _plan(make_study(elicitation={"order": "fixed"}))
    assert {fixed.task(juror, 0, 0).shown for juror in fixed.jurors} == {("raise", "keep", "abolish")}
    shuffled = _plan(make_study(jurors=600, elicitation={"order": "random"}))
    orders = Counter(shuffled.task(juror, 0, 0).shown for juror in shuffled.jurors)
    assert len(orders) == 6
    assert min(orders.values()) > 60  # 100 expected, standard deviation 9
    again = _plan(make_study(jurors=600, elicitation={"order": "random"}))
    assert [again.task(juror, 0, 0).shown for juror in again.jurors] == [
        shuffled.task(juror, 0, 0).shown for juror in shuffled.jurors
    ]


@pytest.mark.parametrize("order", ["counterbalanced", "random", "fixed"])
def test_one_alternative_has_one_order(order):
    assert shown_order(order, 1, 5, np.random.default_rng(0)) == (0,)
