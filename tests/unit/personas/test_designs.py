"""Every registered design is held to the same contract, then each to its own promise."""

import numpy as np
import pandas as pd
import pytest

from personas import Population, SamplingError, load_population
from personas.designs import designs

BY = {"srs": (), "systematic": ("race",), "stratified": ("race", "sex"), "quota": ("race", "sex")}


@pytest.fixture(scope="module")
def town() -> Population:
    """60 people with unequal weights that go with both attributes and outcome."""
    rng = np.random.default_rng(3)
    race = rng.choice(["A", "B", "C"], 60, p=[0.5, 0.3, 0.2])
    sex = rng.choice(["Female", "Male"], 60)
    weights = rng.uniform(0.5, 2, 60) * np.where(race == "C", 2, 1)
    outcome = (race == "C") * 3.0 + (sex == "Male") + rng.normal(size=60)
    frame = pd.DataFrame({"race": race, "sex": sex, "outcome": outcome})
    return Population(frame, weights)


def test_every_registered_design_is_under_contract():
    assert set(designs) == set(BY)


@pytest.mark.parametrize("design", designs)
def test_contract(town, design):
    before = town.frame.copy(), town.weights.copy()
    jury = town.sample(24, np.random.default_rng(1), design=design, by=BY[design])
    again = town.sample(24, np.random.default_rng(1), design=design, by=BY[design])
    assert jury.frame.index.is_unique
    assert len(jury) == 24
    assert jury.weights.sum() == pytest.approx(24)
    assert jury.origin.is_unique  # persons sit once
    assert jury.origin.tolist() == again.origin.tolist()
    assert jury.frame.to_numpy().tolist() == town.frame.loc[jury.origin].to_numpy().tolist()
    assert jury.design.startswith(f"24 jurors, {design}")
    pd.testing.assert_frame_equal(town.frame, before[0])
    assert town.weights.tolist() == before[1].tolist()
    assert len(town.sample(1, np.random.default_rng(0), design=design, by=BY[design])) == 1


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize(
    ("design", "by", "allocation"),
    [
        ("srs", (), "proportional"),
        ("systematic", (), "proportional"),
        ("systematic", ("race",), "proportional"),
        ("stratified", ("race", "sex"), "proportional"),
        ("stratified", ("race", "sex"), "equal"),
    ],
)
def test_weighted_means_are_unbiased(town, design, by, allocation, replace):
    """Expanded weights always add to the population's total, so a weighted mean has no ratio bias."""
    rng = np.random.default_rng(17)
    outcome = town.frame["outcome"].to_numpy()
    truth = town.weights @ outcome / town.weights.sum()

    def estimate():
        jury = town.sample(18, rng, design=design, by=by, allocation=allocation, replace=replace)
        return jury.weights @ jury.frame["outcome"].to_numpy() / 18

    draws = np.array([estimate() for _ in range(1_500)])
    assert abs(draws.mean() - truth) < 4 * draws.std() / np.sqrt(draws.size)


def test_proportional_strata_get_their_share_rounded_and_count_the_same(town):
    jury = town.sample(40, np.random.default_rng(2), design="stratified", by="race & sex", replace=True)
    exact = 40 * town.groups("race & sex")["share"]
    assert ((jury.groups("race & sex")["n"] - exact).abs() < 1).all()
    assert jury.weights.tolist() == [1.0] * 40


def test_equal_strata_seat_minorities_and_weights_take_it_back(town):
    jury = town.sample(30, np.random.default_rng(2), design="stratified", by=["race"], allocation="equal", replace=True)
    assert jury.groups("race")["n"].tolist() == [10, 10, 10]
    assert jury.margins("race").to_dict() == pytest.approx(town.margins("race").to_dict())
    assert jury.effective_size < 30


@pytest.mark.parametrize("allocation", ["proportional", "equal"])
def test_quotas_hold_on_each_margin(allocation):
    adults = load_population("us-adults")
    jury = adults.sample(60, np.random.default_rng(4), design="quota", by=["race", "sex"], allocation=allocation)
    if allocation == "equal":
        assert jury.groups("race")["n"].tolist() == [10] * 6
        assert jury.groups("sex")["n"].tolist() == [30, 30]
        for attribute in ("race", "sex"):
            assert jury.margins(attribute).to_dict() == pytest.approx(adults.margins(attribute).to_dict())
    else:
        for attribute in ("race", "sex"):
            exact = 60 * adults.groups(attribute)["share"]
            got = jury.groups(attribute)["n"].reindex(exact.index, fill_value=0)
            assert ((got - exact).abs() < 1).all()


def test_systematic_in_order_spreads_over_the_order():
    line = Population(pd.DataFrame({"place": range(100)}), np.ones(100))
    places = line.sample(10, np.random.default_rng(0), design="systematic").frame["place"].sort_values()
    assert set(places.diff().dropna()) == {10}


def test_jurors_are_in_random_order(town):
    jury = town.sample(40, np.random.default_rng(0), design="stratified", by=["race"], replace=True)
    assert jury.frame["race"].tolist() != sorted(jury.frame["race"])


def test_a_cell_seats_many_jurors_each_under_an_id_of_its_own():
    jury = load_population("us-adults").sample(500, np.random.default_rng(0))
    assert jury.origin.nunique() <= 72
    assert len({person.id for person in jury}) == 500


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 0}, "n: 0"),
        ({"n": 2.5}, r"n: 2\.5"),
        ({"n": 61}, "only 60 personas"),
        ({"design": "snowball"}, "design: no sampling design named 'snowball'.*srs"),
        ({"allocation": "fair"}, "allocation: 'fair'"),
        ({"allocation": "equal"}, "'srs': use stratified or quota"),
        ({"by": ["race"]}, "by: design 'srs'"),
        ({"design": "stratified"}, "by: design 'stratified' needs"),
        ({"design": "quota"}, "by: design 'quota' needs"),
        ({"n": 2, "design": "stratified", "by": ["race"], "allocation": "equal"}, "cannot cover 3 strata"),
        ({"n": 2, "design": "quota", "by": ["race"], "allocation": "equal"}, "cannot cover 3 levels"),
        (
            {"n": 45, "design": "stratified", "by": ["race"], "allocation": "equal"},
            "stratum race=.*: n: 15 jurors",
        ),
        (
            {"n": 45, "design": "quota", "by": ["race"], "allocation": "equal"},
            "nobody left for the quotas of race=",
        ),
        ({"rng": 7}, "rng: 7 is not a Generator"),
    ],
)
def test_what_cannot_be_drawn_is_one_line_with_the_field_and_the_remedy(town, options, message):
    arguments = {"n": 10, "rng": np.random.default_rng(0)} | options
    with pytest.raises(SamplingError, match=message) as caught:
        town.sample(**arguments)
    assert "\n" not in str(caught.value)
