"""`jury.deliberate`: from stored answers through a model of opinion change to what the jury would decide."""

import json
from dataclasses import replace

import numpy as np
import pytest
from pandas.testing import assert_frame_equal

from jury import Deliberation, deliberate, simulate
from jury.deliberation.change import trajectory
from jury.deliberation.modelled.deliberating import DIALS
from jury.errors import MeasureError, RunError, StudyError
from jury.panels import read_panel
from jury.panels.base import Builder


def town(yes=12, no=6, silent=2):
    """Return a panel of choices on one case, men and women alternating."""
    builder = Builder("town")
    builder.case("tax", "Raise the tax?", ["yes", "no"])
    for number, said in enumerate(["yes"] * yes + ["no"] * no + [None] * silent):
        builder.rating(builder.rater(f"j{number}", {"sex": ["m", "f"][number % 2]}), "tax", {"choice": said})
    return builder.panel()


def test_at_one_table_degroots_jurors_come_to_the_mean_and_the_minority_is_gone():
    found = deliberate(town(silent=0), "degroot", rules=["plurality", "utilitarian"], by=["sex"], resamples=200)
    assert found.panel.utilities("tax").values == pytest.approx(np.tile([2 / 3, 1 / 3], (18, 1)), abs=1e-5)
    row = found.change.silencing.iloc[0]
    assert (row["minority"], row["yielded"], row["left"]) == (6, 6, 0)
    assert row["minority_gave"] == pytest.approx(2 / 3, abs=1e-4)
    assert row["majority_gave"] == pytest.approx(1 / 3, abs=1e-4)
    assert found.cases.iloc[0][["people", "ties", "converged", "clusters"]].tolist() == [18, 17, True, 1]
    # 1 - (1 - s) n / (n - 1) of everybody at one table.
    assert found.cases["rate"].iloc[0] == pytest.approx(1 - 0.5 * 18 / 17)
    assert found.change.divisions.set_index("figure").loc["disagreement", "after"] == 0
    assert found.networks["network"].tolist() == [0, 0]  # nothing is left to chance
    assert found.dial is None
    assert found.dials.empty


def test_who_has_no_opinion_takes_one_up_and_is_counted():
    found = deliberate(town(), "degroot", resamples=50)
    assert found.change.gained == 2
    assert found.panel.utilities("tax").opinions.all()
    assert "2 answers without an opinion before have one after" in " ".join(found.words())


@pytest.mark.parametrize("stubbornness", [0.5, 0.8])
def test_of_two_alternatives_nobody_leaves_a_side_who_is_half_stubborn(stubbornness):
    found = deliberate(town(silent=0), f"friedkin-johnsen:stubbornness={stubbornness}", resamples=50)
    assert found.change.silencing["yielded"].tolist() == [0]
    milder = deliberate(town(silent=0), "friedkin-johnsen:stubbornness=0.1", resamples=50)
    assert milder.change.silencing["yielded"].tolist() == [6]
    # The same is told of every value of the setting, whichever was taken.
    of_utilitarian = found.dials[found.dials["rule"] == "utilitarian"]
    assert of_utilitarian["value"].tolist() == list(DIALS)
    assert of_utilitarian["yielding"].tolist() == milder.dials.loc[of_utilitarian.index, "yielding"].tolist()
    assert of_utilitarian["yielding"].iloc[[0, -1]].tolist() == [1, 0]


def test_a_group_may_be_stubborn_for_itself():
    # All who said no are made one group, which does not move; the others are open.
    panel = town(silent=0)
    jurors = panel.jurors.assign(side=["for"] * 12 + ["against"] * 6)
    found = deliberate(
        replace(panel, jurors=jurors), "friedkin-johnsen:stubbornness=0.1", dials={"side=against": 1}, resamples=50
    )
    assert found.change.silencing[["yielded", "left"]].iloc[0].tolist() == [0, 12]
    assert found.change.verdicts["after"].iloc[0] == ("no",)
    assert found.model_words() == "friedkin-johnsen:stubbornness=0.1,self_weight=0.0 (side=against: 1)"
    assert "besides 1 of side=against" in " ".join(found.words())


@pytest.mark.parametrize(
    ("model", "dials", "message"),
    [
        ("degroot", {"sex=m": 0.5}, "has no setting"),
        ("deffuant", {"m": 0.5}, "names no group"),
        ("deffuant", {"sex=x": 0.5}, "sex has no group 'x'; groups: f, m"),
        ("deffuant", {"sex=m": 2}, "epsilon from 0 to 1"),
    ],
)
def test_settings_of_groups_that_cannot_be(model, dials, message):
    with pytest.raises(StudyError, match=message):
        deliberate(town(), model, dials=dials)


def test_who_moved_whom_adds_up_and_follows_the_network():
    apart = deliberate(town(), "degroot", "two-blocs:by=sex,bridges=0", by=["sex"], resamples=50)
    owed = apart.owed.set_index(["hearing", "heard"])["share"]
    assert owed["f", "f"] == pytest.approx(1)
    assert owed["m", "f"] == pytest.approx(0)
    led = deliberate(town(), "degroot:self_weight=0.5", "star:moderator=j0", by=["sex"], resamples=50)
    table = led.owed.groupby("hearing", sort=False)["share"].sum()
    assert table.to_numpy() == pytest.approx(np.ones(3))
    everybody = led.owed.set_index(["hearing", "heard"]).loc["everybody"]
    # Half of what all come to is the moderator's.
    assert everybody.loc["m", "share"] == pytest.approx(0.5 + 0.5 * 8 / 17, abs=0.03)
    assert everybody["voice"].to_numpy() == pytest.approx([0.5, 0.5])
    assert "m has 50% of the voice" in " ".join(led.words())


def test_networks_by_lot_are_drawn_again_and_the_first_is_told():
    found = deliberate(town(), "degroot", "random:k=2", by=["sex"], resamples=50, networks=6, seed=3)
    again = deliberate(town(), "degroot", "random:k=2", by=["sex"], resamples=50, networks=2, seed=3)
    assert sorted(set(found.networks["network"])) == list(range(6))
    assert found.networks.head(2).equals(again.networks.head(2))
    assert found.panel.votes == again.panel.votes
    assert (found.owed["share_low"] <= found.owed["share_high"]).all()
    assert "Over 6 networks drawn" in " ".join(found.words())
    assert (
        deliberate(town(), "degroot", "random:k=2", resamples=50, networks=2, seed=4).panel.votes != found.panel.votes
    )


def test_the_same_people_sit_in_the_same_network_on_every_case():
    builder = Builder("town")
    for case in ("a", "b"):
        builder.case(case, "?", ["yes", "no"])
        for number in range(15):
            builder.rating(builder.rater(f"j{number}"), case, {"choice": ["yes", "no"][number % 3 == 0]})
    found = deliberate(builder.panel(), "friedkin-johnsen", "small-world:k=4,p=0.5", resamples=50)
    assert found.discussions["a"].final.tolist() == found.discussions["b"].final.tolist()


def test_still_moving_and_to_and_fro_are_said():
    slow = deliberate(town(), "degroot:rounds=2", "ring", resamples=50)
    assert "were still moving after 2 rounds" in " ".join(slow.words())
    swing = deliberate(town(10, 10, 0), "degroot:self_weight=0", "star", resamples=50)
    assert "go to and fro for ever" in " ".join(swing.words())
    assert not swing.cases["converged"].any()


def test_who_has_no_weight_is_not_in_the_room():
    panel = town(6, 6, 0)
    weights = np.array([1.0] * 6 + [1.0] + [0.0] * 5)
    found = deliberate(replace(panel, weights=weights), "degroot", resamples=50)
    assert found.cases["people"].tolist() == [7]
    assert found.panel.utilities("tax").values[:, 0] == pytest.approx(np.full(7, 6 / 7), abs=1e-5)


def test_rounds_can_be_followed():
    found = deliberate(town(silent=0), "degroot", resamples=50)
    path = found.trajectory()
    assert_frame_equal(path, trajectory(found.panels))
    assert path["round"].tolist() == list(range(len(found.panels)))
    assert path["variance"].is_monotonic_decreasing
    assert found.panels[0].utilities("tax").values.tolist() == town(silent=0).utilities("tax").values.tolist()
    assert found.panels[-1].votes == found.panel.votes


@pytest.mark.parametrize("mode", ["score", "choose", "rank", "approve", "distribution", "pairwise"])
def test_runs_of_every_mode(make_study, tmp_path, mode):
    run = simulate(make_study(elicitation=mode), out=tmp_path / "r.sqlite")
    found = deliberate(run, resamples=20, networks=2)
    assert isinstance(found, Deliberation)
    assert found.panel.mode.mode == "score"
    low, high = found.panel.mode.scale
    for case in ("wage", "tax"):
        before, after = found.before.utilities(case).values, found.panel.utilities(case).values
        if mode != "pairwise":  # whose own profile is of duels
            assert before == pytest.approx(run.panel().utilities(case).values, abs=1e-6, nan_ok=True)
        assert (after[~np.isnan(after)] >= low).all()
        assert (after[~np.isnan(after)] <= high).all()
    assert (mode == "score") == (not found.notes)
    json.dumps(found.to_dict(), allow_nan=False)


def test_averaging_keeps_the_scale_that_was_asked(make_study, tmp_path):
    study = make_study(elicitation={"mode": "score", "scale": [0, 10]})
    found = deliberate(simulate(study, out=tmp_path / "r.sqlite"), "degroot", resamples=20)
    shift = found.change.shifts
    assert shift["shift"].to_numpy() == pytest.approx(np.zeros(len(shift)), abs=1e-5)  # one table keeps the mean
    assert shift["before"].max() > 1


def test_of_a_run_with_rounds_the_answers_before_anybody_was_heard_are_taken(make_study, tmp_path):
    study = make_study(
        model={"name": "planted/hash", "options": {"conformity": 0.8}},
        elicitation={"mode": "score", "opinion": 1},
        deliberation={"rounds": 1, "ballots": "open"},
    )
    run = simulate(study, out=tmp_path / "r.sqlite")
    found = deliberate(run, resamples=20)
    first, last = (run.panel(round=number).utilities("wage").values for number in (0, 1))
    np.testing.assert_array_equal(found.before.utilities("wage").values, first)
    assert (first != last).any()


def test_a_figure_shows_the_means_of_each_group_to_the_end():
    pytest.importorskip("matplotlib")
    from jury.plots import draw

    found = deliberate(town(), "degroot", "ring", by=["sex"], resamples=50)
    figure = draw("opinion_paths", found=found, by="sex")
    assert [axes.get_title() for axes in figure.axes] == ["yes", "no"]
    lines = {line.get_label(): line.get_ydata() for line in figure.axes[0].get_lines()}
    after = found.change.shifts.set_index(["group", "alternative"])["after"]
    everybody = [float(values[-1]) for values in lines.values()]
    assert set(lines) == {"f", "m"}
    # The last point is of all, also those who had no opinion at first.
    means = found.panel.utilities("tax", by=["sex"])
    expected = [means.values[means.groups["sex"] == group, 0].mean() for group in ("f", "m")]
    assert everybody == pytest.approx(expected)
    assert after["f", "yes"] == pytest.approx(expected[0], abs=0.05)
    assert len(draw("opinion_paths", found=found).axes[0].get_lines()) == 1


def test_what_cannot_be_deliberated():
    panel = town()
    with pytest.raises(StudyError, match="model"):
        deliberate(panel, "voter-model")
    with pytest.raises(StudyError, match="add by"):
        deliberate(panel, topology="complete:homophily=0.5")
    with pytest.raises(StudyError, match="approval"):
        deliberate(panel, rules=["approval"])
    with pytest.raises(RunError, match="town"):
        deliberate(panel, by=["town"])
    with pytest.raises(MeasureError, match="networks=0"):
        deliberate(panel, networks=0)
    silent = replace(panel, votes={})
    with pytest.raises(MeasureError, match="nobody answered"):
        deliberate(silent)


def test_people_of_the_minimum_wage_conversation(shared_data):
    panel = read_panel(shared_data / "polis" / "15-per-hour-seattle", "polis")
    found = deliberate(panel, topology="small-world:k=4", by=["group-id"], resamples=50, networks=3)
    assert found.change.cases == 31
    assert found.cases["converged"].all()
    row = found.change.silencing.iloc[0]
    assert row["minority"] > 500
    assert 0 < row["yielding"] < 1
    voices = found.owed[found.owed["hearing"] == "everybody"]["voice"]
    assert voices.sum() == pytest.approx(1)
