"""Simulated jurors beside people, on a survey small enough to be worked by hand."""

import math

import pytest

from jury import RunError, Study, simulate
from jury.validation import Comparison, validate_run
from personas import load_population

BOOK = """
source: {title: A little survey}
id: id
attributes:
  sex: {label: Sex, values: {1: Male, 2: Female}}
items:
  q1: {question: "Should taxes rise?", options: {1: "yes", 2: "no"}}
  q2: {question: "Parks?", options: {1: "more", 2: "same", 3: "less"}}
  q3: {question: "Nobody was asked this", options: {1: "a", 2: "b"}}
"""
PEOPLE = "id,sex,q1,q2,q3,wt\n1,1,1,1,,1\n2,1,1,2,,1\n3,2,2,3,,1\n4,2,1,,,3\n"
#: Men say yes and more, women no and less.
UTILITIES = {
    "yes": {"sex=Male": 1, "default": 0},
    "no": {"sex=Male": 0, "default": 1},
    "more": {"sex=Male": 1, "default": 0},
    "same": {"default": 0.5},
    "less": {"sex=Male": 0, "default": 1},
    "a": {"default": 1},
    "b": {"default": 0},
}


@pytest.fixture
def run(tmp_path):
    (tmp_path / "book.yaml").write_text(BOOK)
    (tmp_path / "people.csv").write_text(PEOPLE)
    study = Study.model_validate(
        {
            "name": "small",
            "population": {"source": str(tmp_path / "people.csv"), "codebook": str(tmp_path / "book.yaml")},
            "jurors": 4,
            "cases": {"items": "all"},
            "elicitation": {"mode": "choose", "readout": "sample"},
            "model": {"name": "planted/table", "options": {"utilities": UTILITIES}},
        }
    )
    return simulate(study, out=tmp_path / "run.sqlite")


def test_people_who_answered_alone_are_compared_with_jurors_before_they_were_heard(run, tmp_path):
    model = {"name": "planted/table", "options": {"utilities": UTILITIES, "conformity": 1.0}}
    talk = {"rounds": 1, "ballots": "open"}
    asked = {"mode": "choose", "readout": "sample", "opinion": 1}
    talked = simulate(
        run.study.changed(model=model, elicitation=asked, deliberation=talk), out=tmp_path / "talked.sqlite"
    )
    before, after = (validate_run(talked, how=Comparison(round=number)) for number in (0, 1))
    assert before.hits == validate_run(talked).hits
    assert before.hits.share == validate_run(run).hits.share
    # Who does what most of the others did no longer says what the very person had said.
    assert after.hits.share.value < before.hits.share.value - 0.3
    with pytest.raises(RunError, match="round=2: small has rounds 0 to 1"):
        validate_run(talked, how=Comparison(round=2))
    assert validate_run(talked, how=Comparison(round=1, baseline=run)).items is not None


def test_the_very_people(run):
    found = validate_run(run)
    q1, q2 = found.items.to_dict("records")
    assert (q1["human"], q1["model"]) == ({"yes": 0.75, "no": 0.25}, {"yes": 0.5, "no": 0.5})
    assert (q1["tv"], q1["tv_uniform"]) == pytest.approx((0.25, 0.25))
    # People 1/3 each, jurors 1/2, 0, 1/2: half of 1/6 + 1/3 + 1/6.
    assert (q2["people"], q2["jurors"]) == (3, 4)
    assert q2["model"] == {"more": 0.5, "same": 0, "less": 0.5}
    assert (q2["tv"], q2["tv_uniform"]) == pytest.approx((1 / 3, 0))
    assert found.closer == 0, "as near as an even spread is not closer"
    assert found.left_out == ("q3",)
    # Who said what: 1 yes more, 2 yes same, 3 no less, 4 yes. Hits: 3 of 4 and 2 of 3.
    assert found.answers == 7
    assert found.agreement == pytest.approx(5 / 7)
    # By lot: on q1 each of four finds 2 of 4 answers; on q2 (three answers: more, more, less) 2/3, 0, 1/3.
    assert found.by_lot == pytest.approx((4 * 0.5 + 2 / 3 + 0 + 1 / 3) / 7)


def test_predicted_distributions_are_compared_as_they_are(run, tmp_path):
    predicted = simulate(run.study.changed(elicitation="distribution"), out=tmp_path / "predicted.sqlite")
    found = validate_run(predicted)
    q1, q2 = found.items.to_dict("records")
    assert q1["model"] == {"yes": 0.5, "no": 0.5}
    # Men predict 2/3, 1/3, 0 and women 0, 1/3, 2/3; as choices these would be 1/2, 0, 1/2.
    assert list(q2["model"].values()) == pytest.approx([1 / 3] * 3)
    assert q2["tv"] == pytest.approx(0)
    assert q2["tv_floor"] == 0
    assert found.answers == 0
    assert math.isnan(found.agreement)
    # People are compared by what they chose, whatever jurors were asked.
    assert found.alpha_people.value == validate_run(run).alpha_people.value


@pytest.mark.parametrize("mode", ["score", "approve", "rank", "pairwise"])
def test_modes_that_ask_for_no_choice_say_so(mode, run, tmp_path):
    other = simulate(run.study.changed(elicitation=mode), out=tmp_path / "other.sqlite")
    with pytest.raises(
        RunError, match=f"was asked in mode '{mode}' and .* in mode 'choose'; ask the jurors as the people"
    ):
        validate_run(other)


def test_other_people_with_weights(run, tmp_path):
    people = load_population(tmp_path / "people.csv", tmp_path / "book.yaml", weight="wt")
    found = validate_run(run, people)
    assert found.items["human"].iloc[0] == pytest.approx({"yes": 5 / 6, "no": 1 / 6})
    assert found.items["tv"].iloc[0] == pytest.approx(1 / 3)
    assert math.isnan(found.agreement)
    assert found.answers == 0
    assert found.to_dict()["mean_tv"] == pytest.approx(1 / 3)


def test_what_cannot_be_compared(run, tmp_path, make_study):
    scored = simulate(make_study(), out=tmp_path / "scored.sqlite")
    with pytest.raises(RunError, match="the jurors' own survey answers are not known; name a survey with --human"):
        validate_run(scored)
    strangers = simulate(make_study(elicitation="choose"), out=tmp_path / "strangers.sqlite")
    with pytest.raises(RunError, match="name a survey with --human"):
        validate_run(strangers)
    with pytest.raises(RunError, match="its codebook needs `items:`"):
        validate_run(run, load_population("us-adults"))
    people = load_population(tmp_path / "people.csv", tmp_path / "book.yaml")
    with pytest.raises(RunError, match="no case has answers of the 4 people of people"):
        validate_run(strangers, people)
