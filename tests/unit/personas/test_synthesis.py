import numpy as np
import pandas as pd
import pytest

from personas import Population, PopulationError, RakingError, load_population
from personas.synthesis import synthesise
from personas.targets import targets_from


def test_without_a_seed_attributes_are_independent_and_the_source_says_so():
    made = synthesise({"r": {"a": 3, "b": 1}, "c": {"x": 1, "y": 4}, "d": {"t": 1}})
    assert made.unit == "cell"
    assert made.weights.sum() == pytest.approx(1)
    assert made.margins("r & c").to_dict() == pytest.approx(
        {("a", "x"): 0.15, ("a", "y"): 0.6, ("b", "x"): 0.05, ("b", "y"): 0.2}
    )
    assert "assumed to be independent" in made.source.notes[-1]
    assert list(made.frame["r"].cat.categories) == ["a", "b"]


def test_overlapping_two_way_margins_are_conditionally_independent():
    """Given r, the attributes c and d are independent: P(c, d | r) = P(c | r) P(d | r)."""
    made = synthesise(
        {
            ("r", "c"): {("a", "x"): 0.1, ("a", "y"): 0.4, ("b", "x"): 0.3, ("b", "y"): 0.2},
            ("r", "d"): {("a", "s"): 0.35, ("a", "t"): 0.15, ("b", "s"): 0.1, ("b", "t"): 0.4},
        }
    )
    assert made.margins("r & c & d")["a", "x", "s"] == pytest.approx(0.5 * (0.1 / 0.5) * (0.35 / 0.5))


def test_a_seed_gives_the_odds_ratios():
    adults = load_population("us-adults")
    seed = adults.sample(4_000, np.random.default_rng(0))
    wanted = {"sex": {"Female": 0.4, "Male": 0.6}, "race": dict.fromkeys(adults.margins("race").index, 1.0)}
    made = synthesise(wanted, seed, name="half")

    def odds(people):
        shares = people.margins("race & sex").to_dict()
        ratio = {race: shares[race, "Female"] / shares[race, "Male"] for race in wanted["race"]}
        return [ratio[race] / ratio["White"] for race in wanted["race"]]

    assert odds(made) == pytest.approx(odds(seed), rel=1e-6)
    assert made.margins("race").to_numpy() == pytest.approx(np.full(6, 1 / 6))
    assert "associations of us-adults" in made.source.notes[-1]


def test_a_full_margin_is_the_table_itself():
    adults = load_population("us-adults")
    made = synthesise(targets_from(adults, [("age", "sex", "race")]))
    assert made.margins("age & sex & race").to_dict() == pytest.approx(adults.margins("age & sex & race").to_dict())


def test_a_combination_that_the_seed_lacks_occurs_only_with_smoothing():
    seed = pd.DataFrame({"r": ["a", "a", "b"], "c": ["x", "y", "x"]})
    margins = {"r": {"a": 0.5, "b": 0.5}, "c": {"x": 0.6, "y": 0.4}}
    assert len(synthesise(margins, seed)) == 3
    smooth = synthesise(margins, seed, smooth=0.1)
    assert len(smooth) == 4
    assert smooth.margins("r").to_dict() == pytest.approx(margins["r"])
    everything = synthesise(margins, seed, smooth=1)
    assert everything.weights == pytest.approx([0.3, 0.2, 0.3, 0.2])
    with pytest.raises(RakingError, match="no weights meet them all"):
        synthesise({"r": {"a": 0.3, "b": 0.7}, "c": {"x": 0.6, "y": 0.4}}, seed)


@pytest.mark.parametrize(
    ("margins", "seed", "options", "error", "message"),
    [
        ({}, None, {}, RakingError, "margins: none given"),
        ({("r", "c"): {"a": 1}}, None, {}, RakingError, "level 'a' has 1 values for r & c"),
        ({"r": {"a": 1}}, pd.DataFrame({"r": ["b"]}), {}, RakingError, "seed: r=b has no share in the margins"),
        ({"r": {"a": 1}}, pd.DataFrame({"z": ["b"]}), {}, PopulationError, "seed: unknown attribute 'r'; known: z"),
        ({"r": {"a": 1}}, None, {"smooth": 2}, RakingError, "smooth: 2 is no share"),
        ({str(k): dict.fromkeys(range(30), 1) for k in range(5)}, None, {}, RakingError, "24,300,000 cells are more"),
    ],
)
def test_what_cannot_be_synthesised(margins, seed, options, error, message):
    with pytest.raises(error, match=message):
        synthesise(margins, seed, **options)


def test_a_population_is_a_seed_too_with_its_weights():
    seed = Population(pd.DataFrame({"r": ["a", "a", "b", "b"], "c": list("xyxy")}), np.array([4.0, 1, 1, 4]))
    made = synthesise({"r": {"a": 1, "b": 1}, "c": {"x": 1, "y": 1}}, seed)
    assert made.weights == pytest.approx([0.4, 0.1, 0.1, 0.4])
