"""What explains the answers: planted effects come back, and chance looks like chance."""

import dataclasses
import json
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from jury import Panel, simulate
from jury.backends.null import reply_of
from jury.cases import Case
from jury.diagnostics import dealt, explained, shuffled
from jury.elicitation import Showing, Vote, modes
from jury.elicitation.order import balanced_latin_square
from jury.elicitation.showing import label_names


def panel_of(rows, shown, groups=None, weights=None):
    """Return a panel of one case: `rows` of utilities by juror, alternatives named after their columns."""
    names = "abcdef"[: len(rows[0])]
    case = Case(id="k", prompt="?", alternatives=tuple(names))
    votes = [
        Vote(juror, {"scores": dict(zip(names, row, strict=True))}, tuple(order))
        for juror, (row, order) in enumerate(zip(rows, shown, strict=True))
    ]
    jurors = pd.DataFrame({"side": ["x"] * len(rows) if groups is None else groups})
    weights = np.ones(len(rows)) if weights is None else weights
    return Panel("p", modes["score"].model_validate({}), (case,), jurors, weights, {"k": votes}, Counter(), len(rows))


ORDERS = ["abc", "bca", "cab", "cba", "acb", "bac"]  # every alternative twice at every position


def shares(found):
    return found.alternative.found, found.position.found, found.juror.found


def test_half_alternative_half_position_by_hand():
    # a is worth one more than b, and whatever comes first gains one.
    found = explained(panel_of([(4, 2), (3, 3)] * 2, ["ab", "ba"] * 2))
    assert shares(found) == pytest.approx((0.5, 0.5, 0))
    assert found.ratings == 8


def test_lenient_jurors():
    found = explained(panel_of([(1, 2), (4, 5)] * 2, ["ab", "ab", "ba", "ba"]))
    # Deviations from 3: alternatives explain 4 * 2 * 0.25, jurors 4 * 2 * 2.25.
    assert shares(found) == pytest.approx((0.1, 0, 0.9))


@pytest.mark.parametrize("rows", [[(3, 3), (3, 3)], [(None, None)]])
def test_nothing_to_explain(rows):
    assert explained(panel_of(rows, ["ab"] * len(rows))) is None


def test_an_unknown_order_says_nothing_about_positions():
    panel = panel_of([(1, 2), (4, 5)], ["", ""])
    assert explained(panel).position is None
    assert explained(panel).juror.found == pytest.approx(0.9)
    assert dealt(panel, np.random.default_rng(0)) is None


def test_what_noise_explains_is_its_degrees_of_freedom():
    rng = np.random.default_rng(11)
    found = [explained(panel_of(rng.normal(size=(12, 3)).tolist(), ORDERS * 2)) for _ in range(200)]
    for name in ("alternative", "position", "juror"):
        mean = np.mean([getattr(each, name).found for each in found])
        assert mean == pytest.approx(getattr(found[0], name).by_chance, rel=0.15)


@pytest.mark.parametrize(
    ("template", "expected"), [('{"A": 5, "B": 3, "C": 1}', 1.0), ('{"A": 3, "B": 3, "C": 1}', 1.0)]
)
def test_jurors_who_answer_by_position_are_found_out(template, expected, make_study, plug, tmp_path):
    plug("positional", lambda _: template)
    run = simulate(make_study(model="positional/x", jurors=12), out=tmp_path / "r.sqlite")
    found = explained(run.panel())
    assert found.position.found == pytest.approx(expected)
    assert found.alternative.found == pytest.approx(0)


def test_jurors_who_read_are_not(make_study, tmp_path):
    table = {
        name: {"default": value} for name, value in zip(("raise", "keep", "abolish"), (0.9, 0.5, 0.1), strict=True)
    }
    study = make_study(
        cases=make_study().model_dump()["cases"][:1],
        model={"name": "planted/table", "options": {"utilities": table}},
        jurors=12,
    )
    found = explained(simulate(study, out=tmp_path / "r.sqlite").panel())
    assert found.alternative.found == pytest.approx(1)
    assert found.position.found == pytest.approx(0)


def test_groups_that_differ_stand_out():
    rows = [(5, 1)] * 10 + [(1, 5)] * 10
    panel = panel_of(rows, ["ab"] * 20, ["x"] * 10 + ["y"] * 10)
    found = shuffled(panel, "side", np.random.default_rng(1), rounds=199)
    assert found.spread == pytest.approx(4)  # every group is 2 away from the mean
    assert found.chance == pytest.approx(4 / 19, rel=0.3)  # the variance of a mean of 10 out of 20
    assert found.share_above == 1 / 200
    assert shuffled(panel_of(rows, ["ab"] * 20), "side", np.random.default_rng(0)) is None


def test_by_chance_shares_are_uniform():
    rng = np.random.default_rng(5)
    shares = []
    for _ in range(300):
        groups = rng.permutation(["x"] * 8 + ["y"] * 5 + ["z"] * 7)
        panel = panel_of(rng.normal(size=(20, 3)).tolist(), ["abc"] * 20, groups, rng.uniform(0.5, 2, 20))
        shares.append(shuffled(panel, "side", rng, rounds=39).share_above)
    counts = np.histogram(shares, bins=np.linspace(0, 1, 6), weights=None)[0]
    assert min(shares) >= 1 / 40
    assert np.mean(shares) == pytest.approx(0.51, abs=0.06)
    assert counts.min() > 35  # 60 expected in each fifth, standard deviation 7


def test_weights_that_go_with_answers_are_no_groups():
    rng = np.random.default_rng(3)
    found = []
    for _ in range(60):
        generous = rng.random(30) < 0.5
        rows = np.where(generous[:, None], [5.0, 1.0], [1.0, 5.0]) + rng.normal(scale=0.1, size=(30, 2))
        groups = rng.permutation(["x"] * 15 + ["y"] * 15)
        panel = panel_of(rows.tolist(), ["ab"] * 30, groups, np.where(generous, 5.0, 1.0))
        found.append(shuffled(panel, "side", rng, rounds=39).share_above)
    assert np.mean(np.array(found) <= 0.1) < 0.25  # 0.1 is expected; centred unweighted it was 1


def by_position(rng, *, effect):
    """Twelve jurors who mostly follow the position, and a little the alternative."""
    rows = []
    for order in ORDERS * 2:
        at = np.array([order.index(name) for name in "abc"])
        rows.append((3.0 - at + effect * np.array([1, 0, -1]) + rng.normal(scale=0.3, size=3)).tolist())
    return panel_of(rows, ORDERS * 2)


def test_position_does_not_hide_that_alternatives_differ():
    rng = np.random.default_rng(8)
    found = [dealt(by_position(rng, effect=0.5), rng, rounds=39).share_above for _ in range(30)]
    assert np.mean(np.array(found) <= 0.05) > 0.9


def test_position_alone_does_not_set_alternatives_apart():
    rng = np.random.default_rng(9)
    found = [dealt(by_position(rng, effect=0), rng, rounds=39).share_above for _ in range(150)]
    assert np.mean(np.array(found) <= 0.1) < 0.2


def test_asking_the_same_juror_again_is_no_new_evidence():
    rng = np.random.default_rng(10)
    found = []
    for _ in range(100):
        panel = panel_of(np.repeat(rng.normal(size=(6, 3)), 10, axis=0).tolist(), ORDERS * 10)
        votes = [Vote(number // 10, vote.values, vote.shown) for number, vote in enumerate(panel.votes["k"])]
        six = Panel("p", panel.mode, panel.cases, panel.jurors[:6], np.ones(6), {"k": votes}, Counter(), 60)
        found.append(dealt(six, rng, rounds=39).share_above)
    assert np.mean(np.array(found) <= 0.1) < 0.25


def test_heavy_jurors_set_alternatives_apart_by_their_weight():
    rows = [(5, 1, 3)] * 3 + [(1, 5, 3)] * 3
    even = dealt(panel_of(rows, ORDERS), np.random.default_rng(0))
    heavy = dealt(panel_of(rows, ORDERS, weights=np.array([5.0] * 3 + [1.0] * 3)), np.random.default_rng(0))
    assert even.spread < 1e-9 < heavy.spread


def noise(name, rng, jurors=24, **settings):
    """Return a panel of one case in which every juror's utilities are drawn by lot."""
    case = Case(id="k", prompt="?", alternatives=tuple("abcd"))
    mode = modes[name].model_validate({"labels": "varied", **settings})
    votes = []
    for juror in range(jurors):
        shown = tuple(case.alternative_ids[index] for index in balanced_latin_square(4)[juror % 4])
        showing = Showing(case, shown, label_names("varied", 4, rng), "sample")
        held = dict(zip(shown, rng.random(4).tolist(), strict=True))
        replies = [reply_of(question.as_if(held)) for question in mode.questions(showing)]
        votes.append(Vote(juror, mode.read(showing, replies, rng).values, shown, showing.marks))
    frame = pd.DataFrame({"side": ["x"] * jurors})
    return Panel("p", mode, (case,), frame, np.ones(jurors), {"k": votes}, Counter(answered=jurors), jurors)


@pytest.mark.parametrize(
    ("name", "settings"),
    [("score", {}), ("approve", {}), ("choose", {}), ("distribution", {}), ("rank", {}), ("rank", {"top": 2})],
)
def test_what_noise_explains_in_each_mode(name, settings):
    rng = np.random.default_rng(21)
    found = [explained(noise(name, rng, **settings)) for _ in range(150)]
    for factor, margin in (("alternative", 0.15), ("position", 0.15), ("label", 0.06)):
        chance = np.mean([getattr(each, factor).by_chance for each in found])
        assert np.mean([getattr(each, factor).found for each in found]) == pytest.approx(chance, rel=margin)
    assert (found[0].juror is None) == (name not in ("score", "approve"))


@pytest.mark.parametrize("pairs", ["all", 4])
def test_what_coin_flips_between_two_explain(pairs):
    rng = np.random.default_rng(22)
    found = []
    for _ in range(150):
        panel = noise("pairwise", rng, pairs=pairs)
        votes = [
            Vote(
                vote.juror,
                {"comparisons": [[one, other, float(rng.integers(2))] for one, other, _ in vote.values["comparisons"]]},
                vote.shown,
                vote.labels,
            )
            for vote in panel.votes["k"]
        ]
        found.append(explained(dataclasses.replace(panel, votes={"k": votes})))
    for factor in ("alternative", "position", "label"):
        mean = np.mean([getattr(each, factor).found for each in found])
        assert mean == pytest.approx(getattr(found[0], factor).by_chance, rel=0.2, abs=0.002)


def test_jurors_who_like_a_letter_are_found_out_where_letters_vary(make_study, plug, tmp_path):
    def early(request):
        """Score what is called by an early letter of the alphabet high, wherever it stands."""
        marks = list(request.question.form.schema["properties"])
        return json.dumps({mark: 5 - (ord(mark) - ord("A")) // 6 for mark in marks})

    plug("lettered", early)
    study = make_study(model="lettered/x", jurors=60, elicitation={"labels": "varied"})
    found = explained(simulate(study, out=tmp_path / "varied.sqlite").panel())
    assert found.label.found == pytest.approx(1, abs=0.1)
    assert found.position.found < 0.05
    assert explained(noise("score", np.random.default_rng(0), labels="letters")).label is None


def test_jurors_who_take_the_first_of_two_are_found_out(make_study, plug, tmp_path):
    def first(request):
        return json.dumps({"preferred": request.question.form.schema["properties"]["preferred"]["enum"][0]})

    plug("first", first)
    study = make_study(model="first/x", jurors=12, elicitation={"mode": "pairwise"})
    found = explained(simulate(study, out=tmp_path / "r.sqlite").panel())
    assert found.position.found == pytest.approx(1)
    assert found.alternative.found == pytest.approx(0)
    assert found.ratings == 12 * 2 * 3 * 2
