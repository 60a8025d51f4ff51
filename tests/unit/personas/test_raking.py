import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from personas import Population, PopulationError, RakingError, load_population, rake
from personas.raking import poststratify
from personas.targets import targets_from

SEED_2X2 = pd.DataFrame({"r": ["a", "a", "b", "b"], "c": ["x", "y", "x", "y"]})

CONTRADICTION = {
    "r": {"a": 0.5, "b": 0.5},
    ("r", "c"): {("a", "x"): 9, ("a", "y"): 9, ("b", "x"): 1, ("b", "y"): 1},
}


def test_a_textbook_table():
    """Seed [[1, 2], [3, 4]] to row shares (.4, .6), column shares (.3, .7): the odds ratio 4/6 stays."""
    raked = rake(SEED_2X2, {"r": {"a": 0.4, "b": 0.6}, "c": {"x": 0.3, "y": 0.7}}, weights=[1, 2, 3, 4])
    w = raked.weights
    assert w.sum() == pytest.approx(10)
    assert w[0] + w[1] == pytest.approx(4)
    assert w[0] + w[2] == pytest.approx(3)
    assert (w[0] * w[3]) / (w[1] * w[2]) == pytest.approx(4 / 6)
    assert raked.deviation <= 1e-9
    assert "raked to r, c" in raked.source.notes[-1]


@given(
    st.lists(st.floats(0.05, 20), min_size=12, max_size=12),
    st.lists(st.floats(0.05, 20), min_size=3, max_size=3),
    st.lists(st.floats(0.05, 20), min_size=4, max_size=4),
)
def test_margins_are_met_and_odds_ratios_kept(start, rows, columns):
    frame = pd.DataFrame([(i, j) for i in range(3) for j in range(4)], columns=["i", "j"])
    raked = rake(frame, {"i": dict(enumerate(rows)), "j": dict(enumerate(columns))}, weights=start)
    table, seed = raked.weights.reshape(3, 4), np.reshape(start, (3, 4))
    assert table.sum(1) / table.sum() == pytest.approx(np.divide(rows, sum(rows)), abs=1e-8)
    assert table.sum(0) / table.sum() == pytest.approx(np.divide(columns, sum(columns)), abs=1e-8)

    def ratios(t):
        return t[:-1, :-1] * t[1:, 1:] / (t[:-1, 1:] * t[1:, :-1])

    assert ratios(table) == pytest.approx(ratios(seed), rel=1e-6)


def test_a_two_way_target_recovers_a_joint_table():
    adults = load_population("us-adults")
    cells = adults.groups("race & sex")
    target = {(row.race, row.sex): row.share for row in cells.itertuples()}
    jury = adults.sample(600, np.random.default_rng(0))
    raked = rake(jury, {("race", "sex"): target})
    assert raked.groups("race & sex")["share"].to_dict() == pytest.approx(cells["share"].to_dict())
    assert raked.effective_size < 600
    assert raked.iterations == 1


def test_people_in_the_same_cells_keep_their_relative_weights():
    frame = pd.DataFrame({"r": ["a", "a", "b"]})
    raked = rake(frame, {"r": {"a": 1, "b": 3}}, weights=[1, 2, 3])
    assert raked.weights.tolist() == pytest.approx([0.5, 1, 4.5])


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ({}, "none given"),
        ({"z": {"a": 1}}, "targets: unknown attribute 'z'; known: r, c"),
        ({"r": {"a": 1}}, "no share for r=b, which people have"),
        ({"r": {"a": 1, "b": 1, "d": 1}}, "nobody with weight in r=d"),
        ({"r": {"a": -1, "b": 2}}, "must be finite, not negative"),
        ({("r", "c"): {"a": 1}}, "level 'a' has 1 values for r & c"),
        (CONTRADICTION, "not met after 1000 iterations, r=a is still 0.4 away"),
    ],
)
def test_targets_that_cannot_be_met_are_named(targets, message):
    with pytest.raises(RakingError, match=message):
        rake(SEED_2X2, targets)


def test_a_structural_zero_that_blocks_the_targets_is_an_error():
    with pytest.raises(RakingError, match="people lack a combination"):
        rake(SEED_2X2.iloc[[0, 3]], {"r": {"a": 0.5, "b": 0.5}, "c": {"x": 0.3, "y": 0.7}})


def test_people_who_did_not_state_it_must_be_dealt_with_first():
    frame = pd.DataFrame({"r": ["a", None]})
    with pytest.raises(RakingError, match=r"r=not stated.*drop or fill in"):
        rake(frame, {"r": {"a": 1}})


def crowd(n=400, seed=1):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"r": rng.choice(list("abc"), n, p=[0.6, 0.3, 0.1]), "c": rng.choice(list("xy"), n)})
    return Population(frame, rng.lognormal(0, 0.7, n))


WANTED = {"r": {"a": 0.45, "b": 0.35, "c": 0.2}, "c": {"x": 0.4, "y": 0.6}}


def test_bounds_hold_with_the_targets_and_the_weights_are_the_clipped_product():
    people = crowd()
    free = rake(people, WANTED)
    assert free.weight_range[0] < 0.3
    assert free.weight_range[1] > 3
    raked = rake(people, WANTED, bounds=(0.3, 3))
    assert raked.bounds == (0.3, 3)
    assert raked.weights.sum() == pytest.approx(people.weights.sum())
    assert raked.weight_range == pytest.approx((0.3, 3))
    for attribute, shares in WANTED.items():
        assert raked.margins(attribute).to_dict() == pytest.approx(shares)
    assert raked.design_effect < free.design_effect
    relative = raked.weights / raked.weights.mean()
    inside = (relative > 0.3 + 1e-6) & (relative < 3 - 1e-6)
    factors = pd.Series(raked.weights / people.weights)[inside].groupby(
        [people.frame["r"].to_numpy()[inside], people.frame["c"].to_numpy()[inside]]
    )
    assert (factors.max() / factors.min()).to_numpy() == pytest.approx(np.ones(6), abs=1e-6)
    assert (relative[~inside] > 1).any()


def test_bounds_give_the_least_relative_entropy_among_weights_within_them():
    people = crowd(40)
    raked = rake(people, WANTED, bounds=(0.4, 2.5))
    start, mean = people.weights, people.weights.sum() / 40
    levels = [(name, level) for name in WANTED for level in WANTED[name]][:-1]  # the last one follows from the others
    rows = np.array([people.frame[name] == level for name, level in levels], dtype=float)
    solved = minimize(
        lambda w: (w * np.log(w / start) - w).sum(),
        np.clip(start, 0.4 * mean, 2.5 * mean),
        jac=lambda w: np.log(w / start),
        bounds=[(0.4 * mean, 2.5 * mean)] * 40,
        constraints={"type": "eq", "fun": lambda w: rows @ w - rows @ raked.weights, "jac": lambda _: rows},
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-12},
    )
    assert solved.success
    assert raked.weights == pytest.approx(solved.x, abs=1e-4)


def test_bounds_that_change_nothing_and_weights_of_zero():
    people = crowd()
    assert rake(people, WANTED, bounds=(0, np.inf)).weights == pytest.approx(rake(people, WANTED).weights)
    start = people.weights * (np.arange(400) % 7 > 0)
    raked = rake(people, WANTED, weights=start, bounds=(0.5, 2.5))
    assert (raked.weights[::7] == 0).all()
    assert raked.weight_range == pytest.approx((0.5, 2.5))


@pytest.mark.parametrize(
    ("bounds", "targets", "message"),
    [
        (
            (0.5, 1.5),
            WANTED,
            r"bounds: \(0\.5, 1\.5\) hold the share of r=c between 0\.0\d+ and 0\.1\d+, its target is 0\.2",
        ),
        ((1.2, 3), WANTED, r"bounds: \(1\.2, 3\) must be a least multiple"),
        (
            (0.5, 2),
            {"r": {"a": 0.4, "b": 0.6}, ("r", "c"): {("a", "x"): 1, ("a", "y"): 1, ("b", "x"): 1, ("b", "y"): 1}},
            r"no weights within bounds \(0\.5, 2\) meet them all, the nearest miss r=.* by 0\.\d+",
        ),
    ],
)
def test_bounds_that_cannot_be_kept_are_named(bounds, targets, message):
    people = crowd() if targets is WANTED else SEED_2X2
    with pytest.raises(RakingError, match=message) as caught:
        rake(people, targets, bounds=bounds)
    assert "\n" not in str(caught.value)


def test_a_message_tells_whether_weights_exist_that_meet_the_targets():
    """Cells b,y and a,x alone can hold these margins: the third must go to 0, which takes for ever."""
    frame = pd.DataFrame({"r": ["a", "a", "b"], "c": ["x", "y", "y"]})
    with pytest.raises(RakingError, match="weights that meet them exist, at their very limit; raise tolerance"):
        rake(frame, {"r": {"a": 0.5, "b": 0.5}, "c": {"x": 0.5, "y": 0.5}}, tolerance=1e-12)
    with pytest.raises(RakingError, match="no weights meet them all, the nearest miss"):
        rake(frame, {"r": {"a": 0.4, "b": 0.6}, "c": {"x": 0.5, "y": 0.5}})


def test_the_report_names_each_target_and_where_it_was_furthest():
    people = crowd()
    raked = rake(people, WANTED)
    assert raked.convergence.index.tolist() == ["r", "c"]
    assert raked.convergence["levels"].tolist() == [3, 2]
    gaps = (people.margins("r") - pd.Series(WANTED["r"])).abs()
    assert raked.convergence["before"]["r"] == pytest.approx(gaps.max())
    assert raked.convergence["furthest"]["r"] == f"r={gaps.idxmax()}"
    assert raked.convergence["after"].max() == raked.deviation <= 1e-9


def test_one_survey_is_weighted_to_the_margins_of_another():
    adults = load_population("us-adults")
    survey = adults.sample(500, np.random.default_rng(2), design="stratified", by="race", allocation="equal")
    unweighted = Population(survey.frame, np.ones(500))
    targets = targets_from(adults, ["age", ("race", "sex")])
    raked = rake(unweighted, targets)
    for by in ("age", "race & sex"):
        assert raked.margins(by).to_dict() == pytest.approx(adults.margins(by).to_dict())
    again = rake(unweighted, {"age": adults.margins("age"), "race & sex": adults.margins("race & sex")})
    assert again.weights == pytest.approx(raked.weights)
    assert targets_from(adults, "age").keys() == {"age"}


def test_people_who_did_not_state_it_can_keep_their_share():
    frame = pd.DataFrame({"r": ["a", "a", "b", None], "c": ["x", "y", "x", "y"]})
    raked = rake(frame, {"r": {"a": 0.5, "b": 0.5}}, not_stated="keep")
    assert raked.weights.tolist() == pytest.approx([0.75, 0.75, 1.5, 1])
    stated = targets_from(raked, ["r"], not_stated="refuse")["r"]
    assert stated == pytest.approx({"a": 0.5, "b": 0.5})
    assert targets_from(raked, ["r"])["r"] == pytest.approx({"a": 0.375, "b": 0.375, "not stated": 0.25})
    with pytest.raises(PopulationError, match=r"nobody of .* stated z"):
        targets_from(Population(pd.DataFrame({"z": [None, None]}), np.ones(2)), ["z"], not_stated="refuse")


def test_poststratified_cells_meet_their_shares_in_one_step_and_keep_weights_within():
    adults = load_population("us-adults")
    jury = adults.sample(600, np.random.default_rng(0))
    made = poststratify(jury, ["race", "sex"], adults)
    assert made.margins("race & sex").to_dict() == pytest.approx(adults.margins("race & sex").to_dict())
    assert made.iterations == 1
    same = poststratify(jury, "race & sex", adults.margins("race & sex"))
    assert same.weights == pytest.approx(made.weights)
    with pytest.raises(RakingError, match="nobody with weight in r=c & c=z, r=d & c=z"):
        poststratify(SEED_2X2, "r & c", dict.fromkeys(zip("aabbcd", "xyxyzz", strict=True), 1))
    with pytest.raises(RakingError, match="shares: 3 is no mapping"):
        poststratify(SEED_2X2, "r", 3)


def test_levels_that_read_the_same_are_one():
    frame = pd.DataFrame({"r": ["a", " a", "b"]})
    assert rake(frame, {"r": {"a": 0.5, "b": 0.5}}).weights.tolist() == pytest.approx([0.75, 0.75, 1.5])
    with pytest.raises(RakingError, match="r=a is given twice"):
        rake(frame, {"r": {"a": 0.5, "a ": 0.1, "b": 0.5}})


def test_a_level_that_only_contains_the_words_is_not_a_missing_one():
    frame = pd.DataFrame({"why": ["not stated by employer", "b", "c", None]})
    with pytest.raises(RakingError, match="no share for why=not stated by employer"):
        rake(frame, {"why": {"b": 1, "c": 1}}, not_stated="keep")
    kept = rake(frame, {"why": {"b": 2, "c": 1, "not stated by employer": 1}}, not_stated="keep")
    assert kept.weights.tolist() == pytest.approx([0.75, 1.5, 0.75, 1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"targets": ["r"]}, "targets: none given"),
        ({"targets": {"r": [1, 2]}}, r"targets: r: \[1, 2\] is no mapping"),
        ({"targets": {"r": {"a": "half", "b": 1}}}, "targets: r=a: 'half' is no share"),
        (
            {"targets": {"r": {"a": 1, "b": 1}}, "not_stated": "kep"},
            "not_stated: 'kep' is not known: use refuse or keep",
        ),
        ({"targets": {"r": {"a": 1, "b": 1}}, "bounds": (0.5, 1, 2)}, r"bounds: \(0\.5, 1, 2\) must be a least"),
    ],
)
def test_arguments_of_the_wrong_kind(arguments, message):
    with pytest.raises(RakingError, match=message):
        rake(SEED_2X2, **arguments)


def test_names_that_look_like_crossings():
    frame = pd.DataFrame({"R&D": ["a", "a", "b"]})
    shares = {"a": 1, "b": 1}
    for raked in (rake(frame, {"R&D": shares}), poststratify(frame, "R&D", shares)):
        assert raked.weights.tolist() == pytest.approx([0.75, 0.75, 1.5])
    with pytest.raises(PopulationError, match="by: unknown attribute 'q'; known: R&D"):
        poststratify(frame, "q", shares)
