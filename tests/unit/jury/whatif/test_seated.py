"""Who makes room for promised seats: held to a jury-by-jury, seat-by-seat account of the rule."""

from collections import Counter

import numpy as np
import pytest

from jury.whatif.ballots import heard_cases
from jury.whatif.grid import scenario
from jury.whatif.seated import ByLot, Lots

GROUPS = [("side", "a"), ("side", "b"), ("side", "c")]
LEAST = {"seats": "least", "quota": "exact"}


def _one_by_one(side, promised):
    """Return the seats that change hands, from the last on, with the side that comes; sides of one jury as drawn."""
    side, changed = list(side), {}
    for name, (kind, number) in promised.items():
        while kind == "exact" and Counter(side)[name] > number:
            at = max(place for place, each in enumerate(side) if each == name)
            side[at] = changed[at] = "other"
    for name, (_, number) in promised.items():
        while Counter(side)[name] < number:
            held = Counter(side)
            spare = [
                place
                for place, each in enumerate(side)
                if each != name and held[each] > (promised[each][1] if each in promised else 0)
            ]
            side[max(spare)] = changed[max(spare)] = name
    return changed


@pytest.mark.parametrize(
    "promises",
    [
        {"seats:side=c": 3},
        {"seats:side=a": 2, "seats:side=b": 3},
        {"quota:side=c": 2},
        {"quota:side=a": 3, "quota:side=c": 2},
        {"quota:side=a": 1, "quota:side=b": 3},
    ],
)
def test_as_few_as_it_takes_make_room_from_the_last_seat_on(choices, promises):
    (heard,) = heard_cases(choices({"a": (30, 30), "b": (20, 20), "c": (10, 10)}))
    cell = scenario({"jurors": 8, **promises}, "majority")
    lots = Lots.draw(1, 400, 8, np.random.default_rng(3))
    drawn = ByLot.draw(heard, cell, heard.weights[None], GROUPS, lots)
    kept = drawn.keeping(cell)[0]
    sides = np.array(["?"] * len(heard.rows))
    for group in GROUPS:
        sides[heard.members(group)] = group[1]
    promised = {key[-1]: (LEAST[key.partition(":")[0]], number) for key, number in promises.items()}
    for before, after in zip(drawn.jury[0], kept, strict=True):
        changed = _one_by_one(sides[before], promised)
        stayed = [place for place in range(8) if place not in changed]
        assert (before[stayed] == after[stayed]).all()
        for place, side in changed.items():
            assert sides[after[place]] == side or (side == "other" and sides[after[place]] not in promised)
        for name, (kind, number) in promised.items():
            held = int((sides[after] == name).sum())
            assert held == number if kind == "exact" else held >= number
