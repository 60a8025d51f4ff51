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
        orders = [plan.task(juror, position, 0).showing.order for juror in plan.jurors]
        places = Counter((place, name) for shown in orders for place, name in enumerate(shown))
        assert set(places.values()) == {jurors // 3}
        neighbours = Counter(pair for shown in orders for pair in pairwise(shown))
        assert set(neighbours.values()) == {jurors // 3}


def test_replicates_move_a_juror_along_the_square(make_study):
    plan = _plan(make_study(elicitation={"replicates": 6}))
    shown = {plan.task(plan.jurors[0], 0, replicate).showing.order for replicate in range(6)}
    assert len(shown) == 6


def test_fixed_and_random_orders(make_study):
    fixed = _plan(make_study(elicitation={"order": "fixed"}))
    assert {fixed.task(juror, 0, 0).showing.order for juror in fixed.jurors} == {("raise", "keep", "abolish")}
    shuffled = _plan(make_study(jurors=600, elicitation={"order": "random"}))
    orders = Counter(shuffled.task(juror, 0, 0).showing.order for juror in shuffled.jurors)
    assert len(orders) == 6
    assert min(orders.values()) > 60  # 100 expected, standard deviation 9
    again = _plan(make_study(jurors=600, elicitation={"order": "random"}))
    assert [again.task(juror, 0, 0).showing.order for juror in again.jurors] == [
        shuffled.task(juror, 0, 0).showing.order for juror in shuffled.jurors
    ]


@pytest.mark.parametrize("order", ["counterbalanced", "random", "fixed"])
def test_one_alternative_has_one_order(order):
    assert shown_order(order, 1, 5, np.random.default_rng(0)) == (0,)


def test_varied_letters_stand_at_every_place_and_with_every_alternative(make_study):
    plan = _plan(make_study(jurors=600, elicitation={"labels": "varied"}))
    showings = [plan.task(juror, 0, 0).showing for juror in plan.jurors]
    for place in range(3):
        letters = Counter(showing.marks[place] for showing in showings)
        assert len(letters) == 26
        assert max(letters.values()) < 50  # 23 expected, standard deviation 5
    assert len({(letter, name) for showing in showings for letter, name in showing.by_mark.items()}) == 26 * 3
    assert all(len(set(showing.labels)) == len(showing.labels) for showing in showings)
    again = _plan(make_study(jurors=600, elicitation={"labels": "varied"}))
    assert [again.task(juror, 0, 0).showing for juror in again.jurors] == showings


@pytest.mark.parametrize(("size", "budget"), [(4, "all"), (5, 6), (7, 9), (10, 15)])
def test_over_the_jury_every_pair_is_compared_about_equally_often_and_either_way_round(size, budget, make_study):
    case = {"id": "k", "prompt": "?", "alternatives": [f"plan {number}" for number in range(size)]}
    jurors = 10 * len(balanced_latin_square(size))
    plan = _plan(make_study(jurors=jurors, cases=[case], elicitation={"mode": "pairwise", "pairs": budget}))
    met, first = Counter(), Counter()
    for juror in plan.jurors:
        showing = plan.task(juror, 0, 0).showing
        pairs = plan.mode._pairs(showing)
        assert len(pairs) == (size * (size - 1) // 2 if budget == "all" else budget)
        for one, other in pairs:
            met[frozenset((showing.by_mark[one], showing.by_mark[other]))] += 1
            first[showing.by_mark[one]] += 1
    share = sum(met.values()) / (size * (size - 1) / 2)
    assert len(met) == size * (size - 1) / 2
    assert max(met.values()) <= 1.35 * share
    assert min(met.values()) >= 0.65 * share
    compared = Counter(name for pair, often in met.items() for name in pair for _ in range(often))
    assert all(first[name] / compared[name] == pytest.approx(0.5, abs=0.15) for name in compared)
