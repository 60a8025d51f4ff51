"""Every registered design is held to the same contract, then each to its own promise."""

import numpy as np
import pandas as pd
import pytest

from personas import Population, PopulationError, SamplingError, load_population
from personas.coverage import coverage_warnings
from personas.designs import Draw, designs

OPTIONS = {
    "srs": {},
    "systematic": {"by": ["race"]},
    "stratified": {"by": ["race", "sex"]},
    "quota": {"by": ["race", "sex"]},
    "pps": {"size": "trade"},
    "constrained": {"at_least": {"race": 1}},
}


@pytest.fixture(scope="module")
def town() -> Population:
    """60 people with unequal weights that go with both attributes and outcome."""
    rng = np.random.default_rng(3)
    race = rng.choice(["A", "B", "C"], 60, p=[0.5, 0.3, 0.2])
    sex = rng.choice(["Female", "Male"], 60)
    weights = rng.uniform(0.5, 2, 60) * np.where(race == "C", 2, 1)
    outcome = (race == "C") * 3.0 + (sex == "Male") + rng.normal(size=60)
    trade = rng.uniform(0.2, 3, 60)
    frame = pd.DataFrame({"race": race, "sex": sex, "outcome": outcome, "trade": trade})
    return Population(frame, weights)


def test_every_registered_design_is_under_contract():
    assert set(designs) == set(OPTIONS)


@pytest.mark.parametrize("design", designs)
def test_contract(town, design):
    before = town.frame.copy(), town.weights.copy()
    jury = town.sample(24, np.random.default_rng(1), design=design, **OPTIONS[design])
    again = town.sample(24, np.random.default_rng(1), design=design, **OPTIONS[design])
    assert jury.frame.index.is_unique
    assert len(jury) == 24
    assert jury.weights.sum() == pytest.approx(24)
    assert jury.origin.is_unique  # persons sit once
    assert jury.origin.tolist() == again.origin.tolist()
    assert jury.frame.to_numpy().tolist() == town.frame.loc[jury.origin].to_numpy().tolist()
    assert jury.design.startswith(f"24 jurors, {design}")
    pd.testing.assert_frame_equal(town.frame, before[0])
    assert town.weights.tolist() == before[1].tolist()
    smallest = 3 if design == "constrained" else 1
    assert len(town.sample(smallest, np.random.default_rng(0), design=design, **OPTIONS[design])) == smallest


PROBABILITY = [
    ("srs", {}),
    ("systematic", {}),
    ("systematic", {"by": "race"}),
    ("stratified", {"by": ["race", "sex"]}),
    ("stratified", {"by": ["race", "sex"], "allocation": "equal"}),
    ("stratified", {"by": "race", "allocation": {"A": 3, "B": 6, "C": 9}}),
    ("pps", {"size": "trade"}),
    ("constrained", {"at_least": {"race": 5}}),
    ("constrained", {"at_least": {"race & sex": {("C", "Male"): 2}}}),
]


def bias(estimates, truth):
    """Difference of the mean of `estimates` from the truth, in standard errors."""
    return abs(estimates.mean() - truth) / (estimates.std(ddof=1) / np.sqrt(estimates.size))


def totals(town, design, options, *, draws, replace=None, seed=17):
    """Unbiased are totals: they divide by nothing random. With most designs the weights add to the population's."""
    outcome = town.frame["outcome"].to_numpy()
    rng = np.random.default_rng(seed)
    for _ in range(draws):
        jury = town.sample(18, rng, design=design, replace=replace, **options)
        yield jury.expansion @ outcome[town.frame.index.get_indexer(jury.origin)]


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize(("design", "options"), PROBABILITY)
def test_weighted_totals_of_a_probability_design_are_unbiased(town, design, options, replace):
    truth = town.weights @ town.frame["outcome"].to_numpy()
    assert bias(np.array(list(totals(town, design, options, draws=800, replace=replace))), truth) < 4


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize(("design", "options"), PROBABILITY)
def test_juries_drawn_at_once_are_unbiased_and_chosen_like_one(town, design, options, replace):
    """Both ways of drawing give every row the same chance, as well as unbiased weighted means of fixed scale."""
    count = 800 if design == "systematic" else 20_000
    many = town.samples(count, 18, np.random.default_rng(5), design=design, replace=replace, **options)
    outcome = town.frame["outcome"].to_numpy()
    truth = town.weights @ outcome / town.weights.sum()
    assert many.rows.shape == many.weights.shape == (count, 18)
    assert bias((many.weights * outcome[many.rows]).mean(axis=1), truth) < 4
    if not replace:
        assert (np.diff(np.sort(many.rows, axis=1), axis=1) > 0).all()
    single = many.jury(3)
    assert single.origin.tolist() == town.frame.index[many.rows[3]].tolist()
    assert single.expansion / single.expansion.sum() == pytest.approx(many.weights[3] / many.weights[3].sum())
    rows = np.bincount(many.rows.ravel(), minlength=60) / count
    hits = np.zeros(60)
    rng = np.random.default_rng(6)
    for _ in range(800):
        jury = town.sample(18, rng, design=design, replace=replace, **options)
        hits += np.bincount(town.frame.index.get_indexer(jury.origin), minlength=60)
    spread = np.sqrt(np.maximum(rows, 0.01) * (1 / 800 + 1 / count))
    assert (np.abs(hits / 800 - rows) < 5 * spread).all()


def test_a_design_that_prefers_some_people_and_does_not_say_so_fails_the_check(town, monkeypatch):
    def crooked(request, rng):
        drawn = designs["srs"](request, rng)
        first = np.argsort(town.frame["outcome"].to_numpy())[-1]
        return Draw(np.r_[first, drawn.rows[1:]], drawn.weights)

    designs["srs"]  # discovered before it is shadowed
    monkeypatch.setitem(designs._entries, "crooked", crooked)
    truth = town.weights @ town.frame["outcome"].to_numpy()
    assert bias(np.array(list(totals(town, "crooked", {}, draws=800))), truth) > 4


def test_every_design_is_tried_for_bias_or_says_that_it_may_be_biased(town):
    tried = {design for design, _ in PROBABILITY}
    for design in set(designs) - tried:
        jury = town.sample(12, np.random.default_rng(0), design=design, **OPTIONS[design])
        assert jury.expansion is None
        assert jury.inclusion is None
        assert "no probability design" in jury.warnings[0]


def test_pps_has_the_inclusion_probabilities_that_it_states(town):
    size = town.frame["trade"].to_numpy() * town.weights
    juries = town.samples(20_000, 12, np.random.default_rng(1), design="pps", size="trade")
    exact = 12 * size / size.sum()
    got = np.bincount(juries.rows.ravel(), minlength=60) / len(juries)
    assert (np.abs(got - exact) < 5 * np.sqrt(exact * (1 - exact) / len(juries))).all()
    jury = juries.jury(0)
    assert jury.inclusion == pytest.approx(exact[juries.rows[0]])
    assert jury.expansion == pytest.approx((town.weights / exact)[juries.rows[0]])
    one = town.sample(12, np.random.default_rng(1), design="pps", size=town.frame["trade"])
    assert one.inclusion == pytest.approx(exact[town.frame.index.get_indexer(one.origin)])


def test_a_jury_with_at_least_two_from_each_group():
    adults = load_population("us-adults")
    for seed in range(30):
        jury = adults.sample(12, np.random.default_rng(seed), design="constrained", at_least={"race": 2})
        assert jury.groups("race")["n"].tolist() == [2] * 6
        assert jury.margins("race").to_dict() == pytest.approx(adults.margins("race").to_dict())
        assert jury.warnings == ()
    juries = adults.samples(2_000, 20, np.random.default_rng(0), design="constrained", at_least={"race": {"Asian": 2}})
    asian = (adults.frame["race"] == "Asian").to_numpy()
    assert asian[juries.rows].sum(axis=1).tolist() == [2] * 2_000  # 20 times 5.3 % is less
    assert (juries.weights * asian[juries.rows]).mean(axis=1) == pytest.approx(
        np.full(2_000, adults.margins("race")["Asian"])
    )


def test_least_numbers_on_several_attributes_are_met_and_said_to_be_raked():
    adults = load_population("us-adults")
    wanted = {"race": 2, "sex": {"Female": 6}, "age": {"65+": 1}}
    for seed in range(30):
        jury = adults.sample(15, np.random.default_rng(seed), design="constrained", at_least=wanted)
        assert (jury.groups("race")["n"] >= 2).all()
        assert len(jury.groups("race")) == 6
        assert jury.groups("sex")["n"]["sex=Female"] >= 6
        assert (jury.frame["age"] == "65+").sum() >= 1
        assert "no probability design" in jury.warnings[0]
        if not any("weigh the same" in warning for warning in jury.warnings):
            assert jury.margins("race").to_dict() == pytest.approx(adults.margins("race").to_dict())


def test_a_custom_allocation_seats_the_numbers_asked_for_and_weights_take_it_back(town):
    seats = {"A": 3, "B": 6, "C": 9}
    jury = town.sample(18, np.random.default_rng(2), design="stratified", by="race", allocation=seats, replace=True)
    assert jury.groups("race")["n"].tolist() == [3, 6, 9]
    assert jury.margins("race").to_dict() == pytest.approx(town.margins("race").to_dict())
    crossed = {(race, sex): 3 for race in "ABC" for sex in ("Female", "Male")}
    jury = town.sample(18, np.random.default_rng(2), design="stratified", by="race & sex", allocation=crossed)
    assert jury.groups("race & sex")["n"].tolist() == [3] * 6


def test_a_jury_says_which_groups_have_nobody_or_one():
    adults = load_population("us-adults")
    jury = adults.sample(6, np.random.default_rng(0), design="stratified", by="race")
    table = adults.coverage(jury, "race")
    assert table["share"].sum() == pytest.approx(1)
    none, one = table.index[table["n"] == 0], table.index[table["n"] == 1]
    assert len(none)
    assert len(one)
    assert jury.warnings[0].startswith(f"No juror from {len(none)} of 6 groups of race")
    assert all(name in jury.warnings[0] for name in none)
    assert all(name in jury.warnings[1] for name in one)
    assert adults.coverage(adults, "race & sex")["jury_share"].sum() == pytest.approx(1)


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


def test_quotas_of_ones_own_are_filled_and_weights_take_the_margins_back(town):
    own = {"race": {"A": 6, "B": 6, "C": 12}}
    jury = town.sample(24, np.random.default_rng(4), design="quota", by=["race", "sex"], allocation=own, replace=True)
    assert jury.groups("race")["n"].to_dict() == {"race=A": 6, "race=B": 6, "race=C": 12}
    exact = 24 * town.margins("sex")["Female"]  # not named: in proportion
    assert abs((jury.frame["sex"] == "Female").sum() - exact) < 1
    for attribute in ("race", "sex"):
        assert jury.margins(attribute).to_dict() == pytest.approx(town.margins(attribute).to_dict())
    assert "no probability design" in jury.warnings[0]
    flat = town.sample(24, np.random.default_rng(4), design="quota", by="race", allocation=own["race"], replace=True)
    assert flat.groups("race")["n"].to_dict() == {"race=A": 6, "race=B": 6, "race=C": 12}


def test_a_crossing_may_be_named_in_one_string(town):
    wanted = {"race & sex": {"C & Male": 2, ("A", "Female"): 3}}
    jury = town.sample(12, np.random.default_rng(1), design="constrained", at_least=wanted)
    assert "at least 3 race=A & sex=Female and 2 race=C & sex=Male" in jury.design
    cells = jury.groups("race & sex")["n"]
    assert cells["race=C & sex=Male"] >= 2
    assert cells["race=A & sex=Female"] >= 3


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
        ({"allocation": "equal"}, "'srs': drop it or use stratified or quota"),
        ({"by": ["race"]}, "by: race does not go with design 'srs'"),
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
        ({"size": "trade"}, "size: .* drop it or use pps"),
        ({"design": "pps"}, "size: design 'pps' needs"),
        ({"design": "pps", "size": "race"}, "size: 'race' is not of numbers"),
        (
            {"design": "pps", "size": np.r_[np.nan, -1, np.ones(58)]},
            "not a finite number of at least 0 for 2 of 60 pers",
        ),
        ({"design": "pps", "size": np.ones(59)}, r"size: the array has shape \(59,\)"),
        ({"design": "pps", "size": np.r_[0, np.ones(59)]}, "size: 1 personas have size 0"),
        ({"at_least": {"race": 2}}, "at_least: race does not go with design 'srs': drop it or use constrained"),
        ({"design": "constrained"}, "at_least: design 'constrained' needs"),
        ({"design": "constrained", "at_least": {"race": 4}}, "12 seats are bound in race, n is 10"),
        ({"design": "constrained", "at_least": {"race": {"A": 10}}}, "10 seats .* and one for everybody else"),
        ({"design": "constrained", "at_least": {"race": 4, "sex": 2}}, "12 seats are bound in race"),
        ({"design": "constrained", "at_least": {"race": {"Z": 1}}}, "no group 'Z' of race; known: A, B"),
        ({"design": "constrained", "at_least": {"race": 1.5}}, "give whole numbers"),
        ({"design": "stratified", "by": "race", "allocation": {"A": 5}}, "nothing for race=B, race=C"),
        ({"design": "stratified", "by": "race", "allocation": {"A": 1, "B": 1, "Z": 1}}, "'Z' of race; known: A, B, C"),
        ({"design": "stratified", "by": "race", "allocation": {"A": 98, "B": 1, "C": 1}}, "race=B gets 0.1 of 10"),
        ({"design": "quota", "by": "race", "allocation": {"A": 1}}, "nothing for race=B, race=C"),
        (
            {"design": "quota", "by": ["race", "sex"], "allocation": {"A": 1}},
            "'A' is no attribute of by; known: race, s",
        ),
        ({"design": "quota", "by": ["race", "sex"], "allocation": {"race": 1}}, "race: 1 is no mapping"),
        ({"design": "stratified", "by": "race", "allocation": {"A": {"A": 1}, "B": 1, "C": 1}}, "'A': .* is no number"),
        ({"rng": 7}, "rng: 7 is not a Generator"),
    ],
)
def test_what_cannot_be_drawn_is_one_line_with_the_field_and_the_remedy(town, options, message):
    arguments = {"n": 10, "rng": np.random.default_rng(0)} | options
    with pytest.raises(SamplingError, match=message) as caught:
        town.sample(**arguments)
    assert "\n" not in str(caught.value)


def test_coverage_warnings_are_those_of_a_design_that_controls_the_same_groups(town):
    jury = town.sample(5, np.random.default_rng(0), design="stratified", by=["race", "sex"])
    assert coverage_warnings(town, jury, ["race & sex"]) == jury.warnings
    assert len(jury.warnings) == 2
    everybody = Population(town.frame, town.weights)
    least = town.sample(9, np.random.default_rng(0), design="constrained", at_least={"race": 2})
    assert "at least 2 of each race" in least.design
    assert coverage_warnings(town, everybody, ["race", "sex"]) == ()
    with pytest.raises(PopulationError, match="'rac'; known: race, sex"):
        coverage_warnings(town, jury, ["rac"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"design": "constrained", "at_least": ["g"]}, r"at_least: \['g'\] is no mapping"),
        ({"design": "constrained", "at_least": {"g": "two"}}, "at_least: 'two' for 'g': give whole numbers"),
        ({"design": "constrained", "at_least": {"g": -1}}, "at_least: -1 for 'g': give whole numbers"),
        ({"design": "constrained", "at_least": {"g": {"a": "two"}}}, "at_least: 'two' for "),
        ({"design": "stratified", "by": "g", "allocation": {"a": "x", "b": 1}}, "allocation: 'x' for "),
    ],
)
def test_numbers_of_the_wrong_kind(arguments, message):
    two = Population(pd.DataFrame({"g": list("aabb")}), [1, 1, 1, 1])
    with pytest.raises(SamplingError, match=message):
        two.sample(2, np.random.default_rng(0), **arguments)
