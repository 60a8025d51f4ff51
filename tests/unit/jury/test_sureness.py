"""What a report says of how sure a run is."""

import numpy as np

from jury import simulate
from jury.sureness import sureness


def test_one_case_has_its_flips(choices):
    panel = choices(np.r_[np.zeros(6, int), np.ones(5, int)][:, None])
    found = sureness(panel, ["plurality", "majority"])
    assert found.size is None
    assert found.gate is None
    [words, asked_once] = found.words()
    assert words.startswith(
        "Had as many other jurors been drawn, the verdict would differ in this share of drawings: 3"
    )
    assert "% (plurality, majority)" in words
    assert "replicates: 2" not in words
    assert "asked once" in asked_once
    document = found.to_dict()
    assert document["flips_with_other_jurors"]["verdicts"][0]["flips"]["count"] == 1000
    assert document["flips_with_other_replies"]["verdicts"] == []


def test_several_cases_and_replicates(scores):
    rng = np.random.default_rng(0)
    panel = scores(rng.integers(1, 6, (2, 12, 6, 2)))
    found = sureness(panel, ["utilitarian"])
    text = " ".join(found.words())
    assert "on this share of the 6 cases" in text
    assert "Had the same jurors been asked again" in text
    assert "It is agreement, not error" in text
    assert found.to_dict()["sources"]["replicates"] == 2


def test_the_same_run_gives_the_same_words(make_study, tmp_path):
    panel = simulate(make_study(model="null/uniform"), out=tmp_path / "r.sqlite").panel()
    assert sureness(panel, ["utilitarian"]).words() == sureness(panel, ["utilitarian"]).words()


def test_nothing_was_answered(choices):
    assert sureness(choices([[-1], [-1]]), ["plurality"]) is None
