"""Panels small enough to work out by hand, and one with missing opinions and weights for comparison with `decide`."""

from dataclasses import replace

import numpy as np
import pytest

from jury.elicitation import modes
from jury.panels.base import Builder


@pytest.fixture
def choices():
    """A function that makes a panel of yes, no and no opinion by side: {"a": (yes, no, none), ...}."""

    def make(sides, case="q", **options):
        builder = Builder("a survey", **options)
        builder.case(case, "Yes or no?", ["yes", "no"])
        for side, numbers in sides.items():
            for answer, many in zip(("yes", "no", None), numbers, strict=False):
                for number in range(many):
                    rater = builder.rater(f"{side}-{answer}-{number}", {"side": side, "turn": "xyz"[number % 3]})
                    builder.rating(rater, case, {"choice": answer})
        return builder.panel()

    return make


@pytest.fixture
def scores():
    """Ninety weighted jurors who score four alternatives, a tenth of the scores missing."""
    rng = np.random.default_rng(5)
    builder = Builder("scores", modes["score"].model_validate({"scale": [1, 7]}))
    names = ["a", "b", "c", "d"]
    builder.case("q", "Which?", names)
    for number in range(90):
        rater = builder.rater(f"r{number}", {"side": "ab"[number % 3 == 0], "sex": "fm"[number % 2]})
        given = rng.integers(1, 8, 4) + (number % 3 == 0) * np.array([0, 0, 0, 2])
        said = {
            name: None if rng.random() < 0.1 else float(min(7, value)) for name, value in zip(names, given, strict=True)
        }
        builder.rating(rater, "q", {"scores": said})
    return replace(builder.panel(), weights=rng.uniform(0.5, 2.0, 90))
