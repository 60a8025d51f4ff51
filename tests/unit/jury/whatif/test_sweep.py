"""Scenarios from stored ballots, held to what `decide` says, to closed forms and to each other."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from aggregators import decide
from jury.errors import JuryError, RunError, StudyError
from jury.whatif import Draws, sweep
from jury.whatif.ballots import heard_cases
from jury.whatif.grid import scenario
from jury.whatif.rulings import ruling
from jury.whatif.telling import sentences
from jury.whatif.whole import decide_whole

QUICK = Draws(resamples=50, panels=20, juries=20, first=200)
LINEAR = ["utilitarian", "relative_utilitarian", "range", "plurality", "antiplurality", "borda", "nash"]
VERDICTS = ["majority", "supermajority:q=0.6", "unanimity"]


def shifted(heard, cell, weights):
    """The weights that a scenario means, written down directly."""
    found = weights.copy()
    if cell.shares:
        blocks = [heard.members(group) for group, _ in cell.shares]
        blocks.append(~np.logical_or.reduce(blocks))
        wanted = [share for _, share in cell.shares]
        for block, share in zip(blocks, [*wanted, 1 - sum(wanted)], strict=True):
            found[:, block] *= share / weights[:, block].sum(axis=1, keepdims=True)
    for group, factor in cell.power:
        found[:, heard.members(group)] *= factor
    return found


@pytest.mark.parametrize("rule", [*LINEAR, *VERDICTS, "kemeny", "maximin"])
@pytest.mark.parametrize("scale", ["raw", "range"])
def test_cells_are_what_decide_says_of_their_weights(scores, rule, scale):
    (heard,) = heard_cases(scores)
    rng = np.random.default_rng(1)
    weights = heard.weights * rng.integers(1, 4, (6, len(heard.rows)))
    cells = [
        scenario({"share:side=a": share, "power:sex=f": power, "scale": scale}, rule)
        for share in (0.0, 0.3, 1.0)
        for power in (0.0, 1.0, 2.5)
    ]
    for part, tallied in decide_whole(heard, cells, weights):
        for cell, winners, standing in zip(cells[part], tallied.winners, tallied.standing, strict=True):
            outcome = decide(heard.profile(rule, scale), rule, weights=shifted(heard, cell, weights))
            assert (winners == outcome.winner_mask).all()
            if ruling(rule).form in ("mean", "log"):
                told = np.sort(outcome.scores, axis=1)
                np.testing.assert_allclose(standing.max(axis=1), told[:, -1] - told[:, -2], atol=1e-9)
            if ruling(rule).form == "verdict":
                np.testing.assert_allclose(standing, outcome.details["margin"], atol=1e-9)


def test_unweighted_and_seated_juries_decide_alike(scores):
    from jury.whatif.seated import decide_seated

    (heard,) = heard_cases(scores)
    jury = np.random.default_rng(0).integers(0, len(heard.rows), (40, 9))
    counts = np.zeros((40, len(heard.rows)))
    np.add.at(counts, (np.arange(40)[:, None], jury), 1.0)
    for rule in [*LINEAR, *VERDICTS, "copeland"]:
        cell = scenario({"power:side=a": 1.5, "jurors": 9}, rule)
        counts_of = counts * np.where(heard.members(("side", "a")), 1.5, 1.0)
        wanted = decide(heard.profile(rule, "raw"), rule, weights=counts_of).winner_mask
        assert (decide_seated(heard, cell, jury) == wanted).all(), rule


def test_a_jury_drawn_by_lot_has_the_binomial_chance(choices):
    panel = choices({"a": (400, 600)})
    found = sweep(panel, ["jurors=5,12,101"], rule="majority", draws=Draws(panels=60, juries=60, first=20_000))
    for row in found.frame.itertuples():
        exact = stats.binom.sf(row.jurors // 2, row.jurors, 0.6)
        assert row.followed == "no"
        assert abs(row.chance - exact) < 4 * np.sqrt(exact * (1 - exact) / 20_000) + 1e-9


def test_guaranteed_seats_have_the_closed_form(choices):
    """Seats by lot, and those missing filled from the group, of which 95 % say yes; of the others 30 % do."""
    panel = choices({"small": (95, 5), "large": (270, 630)})
    found = sweep(
        panel, ["jurors=12", "seats:side=small=0,2,5"], rule="majority", draws=Draws(panels=20, juries=20, first=40_000)
    )
    for row, least in zip(found.frame.itertuples(), (0, 2, 5), strict=True):
        chance = 0.0
        for drawn in range(13):
            seated = max(drawn, least)
            yes = np.convolve(
                stats.binom.pmf(np.arange(seated + 1), seated, 0.95),
                stats.binom.pmf(np.arange(13 - seated), 12 - seated, 0.3),
            )
            chance += stats.binom.pmf(drawn, 12, 0.1) * yes[:6].sum()  # fewer than six yes: a majority says no
        assert row.followed == "no"
        assert abs(row.chance - chance) < 4 * np.sqrt(0.25 / 40_000)


def test_quotas_are_exact_and_shares_are_shares(choices):
    from jury.whatif.seated import Lots, seat

    panel = choices({"a": (30, 30), "b": (20, 20), "c": (10, 10)})
    (heard,) = heard_cases(panel)
    lots = Lots.draw(1, 3000, 10, np.random.default_rng(0))
    groups = [("side", "a"), ("side", "b"), ("side", "c")]
    weights = heard.weights[None]

    def seated(**settings):
        cell = scenario(
            {"jurors": 10, **{key.replace("_", ":", 1).replace("_", "="): v for key, v in settings.items()}}, "majority"
        )
        jury = seat(heard, cell, weights, groups, lots)[0]
        return [heard.members(group)[jury].sum(axis=1) for group in groups]

    assert all((each == 4).all() for each in seated(quota_side_c=4)[2:])
    a, b, c = seated(seats_side_b=3, seats_side_c=2)
    assert b.min() == 3
    assert c.min() == 2
    assert (a + b + c == 10).all()
    assert abs(seated(share_side_c=0.5)[2].mean() - 5) < 0.15
    before, after = seated()[2], seated(seats_side_c=2)[2]
    assert (after == np.maximum(before, 2)).all()  # the same lots, no more exchanged than it takes


def test_a_population_s_margins_are_met(choices):
    """Women are 10 of 100 and say yes, men say no; among US adults women are just over half."""
    from personas import load_population, targets_from

    panel = choices({"Female": (10, 0), "Male": (0, 90)})
    panel = replace(panel, jurors=panel.jurors.rename(columns={"side": "sex"}))
    found = sweep(panel, ["population=us-adults"], rule="majority", on=["sex"], draws=QUICK).frame.iloc[0]
    women = targets_from(load_population("us-adults"), ["sex"])["sex"]["Female"]
    assert (found["verdict"], found["followed"]) == ("yes", "no")
    assert found["lead"] == pytest.approx(1 - women - 0.5)
    seated = sweep(panel, ["population=us-adults", "jurors=1"], rule="majority", on=["sex"], draws=Draws(first=20_000))
    assert seated.frame.iloc[0]["chance"] == pytest.approx(1 - women, abs=0.015)


def test_margins_that_cannot_be_met_are_noted(choices):
    panel = choices({"Male": (30, 20)})
    panel = replace(panel, jurors=panel.jurors.rename(columns={"side": "sex"}))
    found = sweep(panel, ["population=us-adults"], rule="majority", on=["sex"], draws=QUICK).frame.iloc[0]
    assert "cannot be met" in found["note"]
    assert np.isnan(found["chance"])


def test_replicates_of_a_juror_are_drawn_together():
    """Ten jurors who say the same twice are ten jurors, not twenty."""
    from jury.panels.base import Builder

    once, twice = Builder("once"), Builder("twice")
    for builder, times in ((once, 1), (twice, 2)):
        builder.case("q", "Yes or no?", ["yes", "no"])
        for number in range(20):
            rater = builder.rater(f"r{number}")
            for _ in range(times):
                builder.rating(rater, "q", {"choice": "yes" if number < 13 else "no"})
    rows = [sweep(each.panel(), ["jurors=all"], rule="majority", draws=QUICK).frame.iloc[0] for each in (once, twice)]
    assert rows[0]["heard"] == rows[1]["heard"] == 20
    for name in ("chance", "lead", "lead_low", "lead_high"):
        assert rows[0][name] == pytest.approx(rows[1][name])


def test_the_baseline_against_itself_changes_nothing(scores):
    for keys in (["jurors=all"], ["jurors=7"]):
        row = sweep(scores, [*keys, "power:side=a=1"], rule="utilitarian", draws=QUICK).frame.iloc[0]
        assert row["flips"] == 0
        np.testing.assert_allclose(row[["change", "change_low", "change_high"]].astype(float), 0, atol=1e-12)
        assert not row["changed"]


def test_veto_double_majority_quorum_and_abstentions(choices):
    panel = choices({"a": (60, 20, 0), "b": (5, 15, 30)})

    def verdict(*vary, rule="majority"):
        return sweep(panel, list(vary), rule=rule, draws=QUICK).frame.iloc[0]["verdict"]

    assert verdict("jurors=all") == "yes"  # 65 of 100 who have an opinion
    assert verdict("veto=side=b") == "hung"
    assert verdict("veto=side=a") == "yes"
    assert verdict("double=side") == "hung"
    assert verdict("quorum=0.75") == verdict("quorum=0.76") == "yes"  # 100 of 130
    assert verdict("quorum=0.77") == "hung"
    assert verdict("abstentions=counted") == "hung"  # 65 of 130 is no majority
    assert verdict("threshold=0.65") == "yes"
    assert verdict("threshold=0.66") == "hung"


def test_a_group_of_four_is_flagged_and_not_extrapolated(choices):
    found = sweep(choices({"a": (30, 30), "b": (3, 1)}), ["share:side=b=0,0.2,0.5"], rule="majority", draws=QUICK)
    assert found.frame["note"].str.contains("side=b has 4 jurors").tolist() == [False, True, True]
    assert found.frame.loc[1:, "chance"].isna().all()
    assert len(found.supported) == 1
    assert (
        sweep(choices({"a": (30, 30), "b": (3, 1)}), ["share:side=b=0.5"], few=4, draws=QUICK).frame["note"] == ""
    ).all()


def test_the_bootstrap_interval_of_a_share_is_that_of_the_share(choices):
    row = sweep(choices({"a": (260, 140)}), ["jurors=all"], rule="majority", draws=Draws(resamples=4000)).frame.iloc[0]
    exact = stats.norm.interval(0.95, 0.65, np.sqrt(0.65 * 0.35 / 400))
    assert row["lead"] == pytest.approx(0.15)
    np.testing.assert_allclose([row["lead_low"], row["lead_high"]], np.array(exact) - 0.5, atol=0.006)


def test_a_jury_s_interval_is_the_panel_s_not_the_lots_alone(choices):
    """Of one juror, the chance is the share of the panel, and so is its standard error."""
    draws = Draws(panels=400, juries=1000, first=20_000)
    row = sweep(choices({"a": (260, 140)}), ["jurors=1"], rule="majority", draws=draws).frame.iloc[0]
    wanted = 2 * 1.966 * np.sqrt(0.65 * 0.35 / 400 + 0.65 * 0.35 / 20_000)
    assert abs((row["chance_high"] - row["chance_low"]) / wanted - 1) < 0.15


def test_intervals_together_are_wider_than_each_alone(scores):
    found = sweep(scores, ["share:side=a=0:1:0.1"], rule="utilitarian", draws=Draws(resamples=400)).frame
    some = found.dropna(subset=["change_low"])
    some = some[some["change_high"] > some["change_low"]]
    assert len(some) > 5
    assert ((some["together_high"] - some["together_low"]) > 0.95 * (some["change_high"] - some["change_low"])).all()


def test_grids_lists_taken_together_and_names(scores):
    assert len(sweep(scores, ["jurors=3,5", "power:side=a=1,2"], draws=QUICK).frame) == 4
    paired = sweep(scores, {"jurors": [3, 5], "power:side=a": [1, 2], "rule": "borda"}, together=True, draws=QUICK)
    assert paired.frame[["jurors", "power:side=a"]].values.tolist()[1][1] == 2
    assert len(paired.frame) == 2
    by_name = sweep(scores, scenarios={"twice": {"power:side=a": 2}, "five": {"jurors": 5}}, draws=QUICK)
    assert by_name.frame["scenario"].tolist() == ["twice", "five"]
    assert by_name.baseline.jurors is None


def test_scenarios_by_name_are_compared_with_what_they_have_in_common(scores):
    of_five = {"twice": {"jurors": 5, "rule": "borda", "power:side=a": 2}, "seats": {"jurors": 5, "rule": "borda"}}
    found = sweep(scores, scenarios=of_five, draws=QUICK)
    assert (found.baseline.jurors, found.baseline.rule) == (5, "borda")
    assert found.frame["change"].notna().all()


def test_the_same_question_has_the_same_answer_whatever_stands_beside_it(scores):
    one = sweep(scores, ["jurors=5", "power:side=a=3"], draws=QUICK).frame.iloc[0]
    many = sweep(scores, ["jurors=5", "power:side=a=1,2,3"], draws=QUICK).frame.iloc[2]
    assert one["chance"] == many["chance"]


def test_what_needs_new_ballots_is_set_aside(scores):
    found = sweep(scores, ["model=openai/gpt-5-mini", "jurors=3,5"], draws=QUICK)
    assert len(found.fresh) == 2
    assert found.frame.empty


def test_an_interrupted_sweep_keeps_what_it_has(scores):
    told = []

    def stop(done, _):
        told.append(done)
        if len(told) == 2:  # the baseline and one scenario
            raise KeyboardInterrupt

    found = sweep(scores, ["jurors=3", "share:side=a=0.1,0.2,0.3,0.4"], draws=QUICK, report=stop)
    assert not found.complete
    assert found.frame["note"].str.contains("stopped").tolist() == [False, True, True, True]


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        (["juror=12"], "no key 'juror'; did you mean 'jurors'; keys: jurors, share"),
        (["jurors=0"], "'0' is no whole number of at least 1"),
        (["share:side=a=1.2"], "is no number from 0 to 1"),
        (["power:side=a=inf"], "'inf' is no number from 0 to 1000000"),
        (["share:side=0.2"], "share names a group"),
        (["share:side=z=0.2"], "side has no group 'z'; groups: a, b"),
        (["share:sid=a=0.2"], "sid"),
        (["seats:side=a=2"], "need a size of jury: add jurors=12"),
        (["jurors=3", "seats:side=a=4"], "4 seats promised of 3"),
        (["rule=nosh"], "did you mean"),
        (["rule=nash", "veto=side=a"], "are about verdicts"),
        (["rule=nash", "alpha=2"], "give one of them"),
        (["scale=cube"], "'cube' is none of raw, range, rank"),
        (["jurors=1:2"], "is no range; write start:stop:step"),
        (["jurors=1:5:0"], "has no end"),
        (["jurors=2000"], "at most 1000"),
        (["jurors="], "no values"),
        (["jurors=3", "jurors=4"], "given twice"),
        (["population=nowhere"], "population=nowhere"),
        (["population=us-adults"], "name some that both have with --on (in Python, on)"),
        ([], "nothing to vary"),
    ],
)
def test_bad_input_is_one_line_with_the_remedy(scores, vary, words):
    with pytest.raises(JuryError) as caught:
        sweep(scores, vary, draws=QUICK)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("baseline", "words"),
    [
        (["jurors=none"], "baseline 'jurors=none': 'none' is no whole number"),
        (["juror=12"], "baseline 'juror=12': no key 'juror'"),
        (["jurors=3", "jurors=4"], "baseline 'jurors=4': jurors is given twice"),
        ({"share:side=a": 2}, "baseline 'share:side=a=2'"),
    ],
)
def test_a_fault_of_the_baseline_says_so(scores, baseline, words):
    with pytest.raises(StudyError) as caught:
        sweep(scores, ["scale=raw"], baseline=baseline, draws=QUICK)
    assert str(caught.value).startswith(words)


def test_a_fault_of_a_scenario_names_it(scores):
    for settings, words in (({"jurors": 0}, "'jurors=0': '0' is no whole"), ({"seats:side=a": 1}, "seats and quota")):
        with pytest.raises(StudyError) as caught:
            sweep(scores, scenarios={"mine": settings}, draws=QUICK)
        assert str(caught.value).startswith(f"scenario 'mine': {words}")


def test_seats_are_on_juries_of_the_baseline_s_size(scores):
    """The number of jurors need not be said twice."""
    key = "seats:side=a=0,1"
    found = sweep(scores, [key], baseline=["jurors=3"], draws=QUICK).frame
    said = sweep(scores, ["jurors=3", key], draws=QUICK).frame
    figures = ["verdict", "chance", "change", "change_low", "flips"]
    assert found[figures].equals(said[figures])
    by_name = sweep(scores, scenarios={"one": {"seats:side=a": 1}}, baseline=["jurors=3"], draws=QUICK).frame
    assert by_name[figures].iloc[0].equals(said[figures].iloc[1])


def test_unknown_cases_and_few_draws_are_refused(scores):
    with pytest.raises(RunError, match="no case 'x'"):
        sweep(scores, ["jurors=3"], cases=["x"])
    with pytest.raises(StudyError, match="resamples=1"):
        Draws(resamples=1)


def test_a_verdict_that_changes_is_told_by_its_own_scenario_and_no_change_of_nought(choices):
    panel = choices({"a": (60, 20, 0), "b": (5, 15, 30)})
    for key in ("veto=side=b", "quorum=0.9"):
        told = sentences(sweep(panel, [key], rule="majority", draws=QUICK))
        assert f"The verdict changes: {key} gives hung." in told
    assert "No scenario changes the verdict." in sentences(sweep(panel, ["quorum=0.1"], rule="majority", draws=QUICK))
