"""Counts of ballots are never blurred, however many there are."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from aggregators import Rankings, Utilities, decide

TWO = Rankings([[1, 2], [2, 1]])
BIG = 10**10


def decided(profile, rule, weights):
    """Return the winners, which one weighting and a batch must agree on."""
    alone = decide(profile, rule, weights=weights)
    batch = decide(profile, rule, weights=[weights, weights])
    for row in batch.winner_mask:
        assert tuple(np.array(profile.alternatives)[row]) == alone.winners
    return alone.winners


@pytest.mark.parametrize(
    ("rule", "weights", "winners"),
    [
        ("majority", [6e8 + 1, 6e8], ("a",)),
        ("majority", [6e8, 6e8], ()),
        ("majority", [BIG, BIG + 1], ("b",)),
        ("majority", [2e12 + 1, 2e12], ("a",)),
        ("majority", [1e299 * 3, 1e299], ("a",)),
        ("majority", [0.1 + 0.2, 0.3], ()),  # no counts: a rounding is no majority
        ("unanimity", [1e10, 1], ()),
        ("unanimity", [1, 1e-10], ()),
        ("unanimity", [1, 1e-30], ()),
        ("unanimity", [1e-30, 0], ("a",)),
        ("supermajority:q=1", [1, 1e-10], ()),
        ("supermajority", [2e10 - 1, 1e10], ()),
        ("supermajority", [2e10, 1e10], ("a",)),
        ("supermajority", [0.2, 0.1], ("a",)),
        ("supermajority:q=0.6", [3e10, 2e10], ("a",)),
        ("supermajority:q=0.6", [3e10 - 1, 2e10], ()),
        ("supermajority:q=0.6123456789", [6123456789e2, 3876543211e2], ("a",)),
        ("supermajority:q=0.6123456789", [6e299, 3e299], ("a",)),
        ("bucklin", [BIG + 1, BIG], ("a",)),
    ],
)
def test_verdicts_compare_the_weights_themselves(rule, weights, winners):
    assert decided(TWO, rule, weights) == winners


@pytest.mark.parametrize("unit", [1, 1e3, 1e9, 1e12, 1e13, 1e14, 1e15, 3e15, 1e16, 1e18])
def test_thirds_of_votes_are_not_taken_for_whole_votes(unit):
    ballots = Rankings([[1, 1, 1, 1], [2, 2, 2, 1], [2, 1, 2, 2]])
    assert decided(ballots, "antiplurality", [3 * unit, 2 * unit, 2 * unit]) == ("b", "d")


def test_the_ranking_of_a_verdict_is_as_exact_as_its_winner():
    assert decide(TWO, "majority", weights=[6e8 + 1, 6e8]).ranking == (("a",), ("b",))
    assert decide(TWO, "majority", weights=[6e8, 6e8]).ranking == (("a", "b"),)


def test_bucklin_finds_the_majority_of_one_in_two_thousand_million():
    outcome = decide(Rankings([[1, 2, 3], [2, 1, 3]]), "bucklin", weights=[1e9 + 1, 1e9])
    assert outcome.details["place"].tolist() == [1, 2, 3]


def test_a_median_is_not_moved_by_near_halves():
    grades = Utilities([[5, 4], [3, 4]])
    assert decided(grades, "majority_judgment", [BIG + 1, BIG]) == ("a",)
    assert decided(grades, "majority_judgment", [BIG, BIG]) == ("b",)
    assert decided(grades, "majority_judgment", [BIG + 1, 0]) == ("a",)


def test_majority_judgment_compares_parts_of_different_totals_exactly():
    grades = np.array([[3, 3], [2, np.nan], [1, 1], [2, 2]], dtype=float)
    for weights in ([3, 2, 1, 4], [1, 3, 1, 2], [2, 2, 2, 0]):
        small = decide(Utilities(grades), "majority_judgment", weights=weights)
        large = decide(Utilities(grades), "majority_judgment", weights=[weight * 10**12 for weight in weights])
        assert small.ranking == large.ranking


def by_definition(grades, weights):
    """Order two by the grades that shares 1/2 - e and 1/2 + e of the weight separate, at the least e that tells."""
    total = sum(weights)
    ups = []
    for column in range(2):
        upto, steps = Fraction(0), []
        for grade in sorted(set(grades[:, column])):
            upto += Fraction(int(sum(w for w, g in zip(weights, grades[:, column], strict=True) if g == grade)), total)
            steps.append((upto, grade))
        ups.append(steps)
    half = Fraction(1, 2)
    for out in sorted({abs(upto - half) for steps in ups for upto, _ in steps} | {Fraction(0)}):
        for lower in (True, False):
            found = []
            for steps in ups:
                if lower:
                    found.append(next(grade for upto, grade in steps if upto >= half - out and upto > 0))
                else:
                    found.append(next((grade for upto, grade in steps if upto > half + out), steps[-1][1]))
            if found[0] != found[1]:
                return ("a",) if found[0] > found[1] else ("b",)
    return ("a", "b")


def test_majority_judgment_is_its_definition_in_fractions_at_any_size():
    rng = np.random.default_rng(4)
    for _, large in product(range(150), (1, 10**12)):
        grades = rng.integers(0, 4, (4, 2)).astype(float)
        weights = (rng.integers(1, 4, 4) * large + rng.integers(0, 2, 4)).tolist()
        assert decided(Utilities(grades), "majority_judgment", weights) == by_definition(grades, weights)
