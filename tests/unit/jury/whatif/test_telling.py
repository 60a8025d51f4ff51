"""What sentences and figures do not claim: intervals where nothing varies, changes where nothing changes."""

from dataclasses import replace

from jury.panels.base import Builder
from jury.whatif import Draws, sweep
from jury.whatif.telling import sentences

QUICK = Draws(resamples=50, panels=20, juries=20, first=200)


def test_a_panel_of_one_mind_has_no_interval(choices):
    """All juries from it agree, which does not show that juries of other people would."""
    found = sweep(choices({"a": (15, 0)}), ["jurors=3,12"], rule="majority", draws=QUICK)
    assert (found.frame["chance"] == 1).all()
    assert found.frame[["chance_low", "chance_high"]].isna().all(axis=None)


def test_over_cases_in_which_nothing_changes_that_is_said(choices):
    panels = [choices({"a": (15, 0)}, case=f"q{number}") for number in range(4)]
    panel = replace(
        panels[0],
        cases=tuple(case for each in panels for case in each.cases),
        votes={case: votes for each in panels for case, votes in each.votes.items()},
    )
    told = sentences(sweep(panel, ["jurors=3,12"], rule="majority", draws=QUICK))
    assert told[0] == "No scenario changes the verdict of any case, of 4 answered."


def test_groups_too_small_are_one_reason_however_small(choices):
    panels = [choices({"a": (15, 3), "b": (number + 2, 0)}, case=f"q{number}") for number in range(3)]
    for panel in panels:
        (told,) = [
            each for each in sentences(sweep(panel, ["share:side=b=0.5,0.6"], rule="majority")) if "cells" in each
        ]
        assert told == "2 of 2 cells are not answered: side=b has fewer than 10 jurors with an opinion (2)."


def test_on_what_a_population_is_met_is_said():
    builder = Builder("a survey")
    builder.case("q", "Yes or no?", ["yes", "no"])
    for number in range(60):
        sex, side = ("Female", "Male")[number % 3 == 0], "ab"[number % 2]
        rater = builder.rater(f"r{number}", {"sex": sex, "side": side})
        builder.rating(rater, "q", {"choice": "yes" if sex == "Male" else "no"})
    panel = replace(builder.panel(), by=("sex", "side"))
    found = sweep(panel, ["population=us-adults"], rule="majority", draws=QUICK)
    assert dict(found.met) == {"us-adults": ("sex",)}
    assert "The panel meets population=us-adults on sex, and is as it was in all else." in sentences(found)
    assert found.to_dict()["populations_met_on"] == {"us-adults": ["sex"]}
