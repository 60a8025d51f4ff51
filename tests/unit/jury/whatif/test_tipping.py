"""Tipping points, held to closed forms."""

import math

import numpy as np
import pytest
from scipy import optimize

from jury.elicitation import modes
from jury.errors import StudyError
from jury.panels.base import Builder
from jury.whatif import tipping_point


def test_the_share_at_which_a_majority_flips(choices):
    """70 % of a and 40 % of b say yes: a majority does from a share of a of one third on."""
    (found,) = tipping_point(choices({"a": (140, 60), "b": (160, 240)}), "share:side=a", rule="majority")
    assert (found.before, found.after) == ("no", "yes")
    assert found.value == pytest.approx(1 / 3, abs=1e-4)
    assert found.monotone
    assert found.present == pytest.approx(1 / 3)
    # Delta method: s = (1/2 - q) / (p - q).
    p, q, n, m = 0.7, 0.4, 200, 400
    error = math.hypot((0.5 - q) * math.sqrt(p * (1 - p) / n), (p - 0.5) * math.sqrt(q * (1 - q) / m)) / (p - q) ** 2
    assert (found.high - found.low) / (2 * 1.96 * error) == pytest.approx(1, abs=0.25)
    assert "on the verdict is yes instead of no" in found.words()


def test_the_threshold_is_the_share_itself(choices):
    (found,) = tipping_point(choices({"a": (144, 56)}), "threshold")
    assert found.value == pytest.approx(0.72, abs=1e-4)
    assert (found.before, found.after) == ("yes", "hung")


def test_the_power_that_outvotes(choices):
    """Thirty of a for, sixty of b against: from twice as much power on."""
    (found,) = tipping_point(choices({"a": (30, 0), "b": (0, 60)}), "power:side=a", rule="majority")
    assert found.value == pytest.approx(2.0, abs=1e-3)


def test_seats_are_counted_out(choices):
    """All of a say yes and all of b no: seven of twelve seats."""
    (found,) = tipping_point(
        choices({"a": (12, 0), "b": (0, 200)}), "seats:side=a", baseline={"jurors": 12}, rule="majority", resamples=40
    )
    assert (found.before, found.value) == ("no", 6.0)  # six of twelve hang it
    assert found.after == "hung"
    assert not found.monotone  # hung with six, yes with seven
    assert (found.low, found.high) == (6.0, 6.0)


def test_the_aversion_to_inequality_at_which_the_equal_alternative_wins():
    """Ten for half and one for the others, or four for all: the equally distributed equivalent of the first is four."""
    builder = Builder("two", modes["score"].model_validate({"scale": [1, 10]}))
    builder.case("q", "Which?", ["unequal", "equal"])
    for number in range(60):
        unequal = 10.0 if number % 2 else 1.0
        builder.rating(builder.rater(f"r{number}"), "q", {"scores": {"unequal": unequal, "equal": 4.0}})
    wanted = optimize.brentq(lambda a: (0.5 * 10 ** (1 - a) + 0.5) ** (1 / (1 - a)) - 4, 0.01, 0.99)
    (found,) = tipping_point(builder.panel(), "alpha", resamples=10)
    assert (found.before, found.after) == ("unequal", "equal")
    assert found.value == pytest.approx(wanted, abs=1e-4)


def test_what_never_flips_says_so(choices):
    (found,) = tipping_point(choices({"a": (50, 0), "b": (50, 0)}), "share:side=a", rule="majority")
    assert math.isinf(found.value)
    assert found.flips == 0
    assert "everywhere between 0 and 1" in found.words()
    assert found.to_dict()["value"] is None


def test_a_group_of_four_is_not_extrapolated_from(choices):
    (found,) = tipping_point(choices({"a": (3, 1), "b": (50, 20)}), "share:side=a", rule="majority")
    assert np.isnan(found.value)
    assert "side=a has 4 jurors" in found.words()


@pytest.mark.parametrize(
    ("key", "options", "words"),
    [
        ("scale", {}, "not a key with a range"),
        ("share", {}, "give one of share:GROUP"),
        ("threshold", {"baseline": ["jurors=12"]}, "leave jurors=12 out"),
        ("seats:side=a", {}, "say how many seats"),
        ("threshold", {"within": (0.9, 0.6)}, "give a start and a larger end"),
    ],
)
def test_what_has_no_tipping_point_is_refused(choices, key, options, words):
    with pytest.raises(StudyError, match=words):
        tipping_point(choices({"a": (20, 10)}), key, **options)
