"""A committee under every measure at once."""

import json

import pytest

from aggregators import Approvals, Rankings, RuleError, Utilities
from aggregators.proportionality import appraise, measures, unrepresented

BALLOTS = Approvals([[1, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]], weights=[4, 1, 1, 1])


def test_every_measure_that_reads_the_ballots_says_what_it_says_alone():
    found = appraise(BALLOTS, iter(["a", "c", "d", "e"]))
    assert [each.measure for each in found] == [n for n, measure in measures().items() if measure.reads is Approvals]
    for each in found:
        assert each.witness == unrepresented(BALLOTS, ["a", "c", "d", "e"], each.measure)
        assert each.fine == (each.witness is None)
        json.dumps(each.to_dict())
    assert {each.measure for each in found if each.fine} == {"jr"}
    assert all(each.fine for each in appraise(BALLOTS, ["a", "b", "c"], seats=4))
    ranked = Rankings.from_orders([("a", "b", "c"), ("c", "a", "b")], weights=[3, 1])
    assert [(each.measure, each.fine) for each in appraise(ranked, ["a", "c"])] == [("local", True), ("psc", False)]
    assert appraise(Utilities([[1, 2]]), ["a"]) == ()


def test_wrong_input_is_not_taken_for_a_hard_question():
    with pytest.raises(RuleError, match="seats=1 for 2 members"):
        appraise(BALLOTS, ["a", "b"], seats=1)


def test_a_search_that_is_given_up_is_undecided(monkeypatch):
    def give_up(*_, **__):
        raise RuleError("could not be settled")

    core = measures()["core"]
    monkeypatch.setattr(type(core), "__call__", lambda self, *_, **__: give_up() if self is core else None)
    by_name = {each.measure: each for each in appraise(BALLOTS, ["a", "c"])}
    assert (by_name["core"].fine, by_name["core"].undecided) == (False, "could not be settled")
    assert by_name["jr"].fine
