"""Scoring keys, against plain numpy and what is published of the same data."""

import numpy as np
import pandas as pd
import pytest

from personas import Population, PopulationError, build, load_key, score
from personas.scoring import LEVELS, Cuts, Key, scores

KEY = {
    "source": {"title": "a key"},
    "range": [1, 5],
    "least": 2,
    "scales": {"warm": {"items": ["a", "b", "c"], "reversed": ["b"]}, "keen": {"label": "Keenness", "items": ["d"]}},
}
NAN = np.nan


def key(**changes):
    return Key.model_validate(KEY | changes)


def people(**columns):
    frame = pd.DataFrame(columns | {"sex": ["f"] * len(next(iter(columns.values())))})
    return Population(frame, np.ones(len(frame)), unprompted=frozenset("abcd") & set(frame))


def test_scores_are_means_of_what_was_answered_with_reversed_items_turned():
    found = scores(
        pd.DataFrame({"a": [5, 4, NAN, NAN], "b": [1, NAN, NAN, 2], "c": [2, 1, 3, 3], "d": [1, NAN, 2, 3]}), key()
    )
    np.testing.assert_allclose(found["warm"], [(5 + 5 + 2) / 3, 2.5, NAN, 3.5])
    np.testing.assert_allclose(found["keen"], [1, NAN, 2, 3])


def test_centred_scores_leave_out_how_high_a_person_answers():
    frame = pd.DataFrame({"a": [5, 4], "b": [3, 2], "c": [4, 3], "d": [2, 1]})
    centred = scores(frame, key(centre=True))
    plain = scores(frame, key())
    np.testing.assert_allclose(centred, plain.sub(frame.mean(axis=1), axis=0))


def test_cuts_are_weighted_quantiles():
    values, weights = np.array([1.0, 2.0, 3.0, 4.0, NAN]), np.array([1, 2, 3, 4, 50])
    repeated = np.repeat(values[:4], weights[:4])
    assert Cuts.of(values, weights) == Cuts.of(repeated)
    cuts = Cuts.of(np.arange(1, 101), levels={"few": 0.25, "many": 1})
    assert [cuts.word(value) for value in (1, 25, 26, 200)] == ["few", "few", "many", "many"]
    assert cuts.codes(np.array([25.0, NAN, 26.0])).tolist() == [0, -1, 1]
    assert cuts.describe() == "few up to 25, many above"


def test_the_levels_are_half_a_standard_deviation_of_a_normal_distribution():
    from scipy.stats import norm

    assert list(LEVELS.values())[:2] == pytest.approx([norm.cdf(-0.5), norm.cdf(0.5)], abs=0.002)


def test_scored_traits_stand_in_words_and_the_items_are_gone():
    scored = score(people(a=[1, 3, 4, 5], b=[5, 3, 2, 1], c=[1, 3, 4, 5], d=[1, 2, 3, 4]), key())
    assert scored.attributes == ("sex", "warm", "keen", "warm_score", "keen_score")
    assert scored.frame["warm"].tolist() == ["low", "low", "average", "high"]
    assert scored.prompt_attributes == ("sex", "warm", "keen")
    assert scored.labels == {"keen": "Keenness"}
    assert "warm: low up to 3, average up to 4, high above; Keenness: low up to 2" in scored.source.notes[-1]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"a": [1]}, "key: no item 'b'; the population has a, sex"),
        ({"a": [1], "b": [9], "c": [1], "d": [1]}, "key: item 'b' has 9, outside of 1 to 5: declare it under missing"),
        ({"a": [1], "b": ["x"], "c": [1], "d": [1]}, "key: item 'b' is not of numbers"),
        ({"a": [1], "b": [1], "c": [1], "d": [NAN]}, "levels: nobody has a value"),
        ({"a": [1], "b": [1], "c": [1], "d": [1], "warm": [1]}, "the population has an attribute 'warm' already"),
    ],
)
def test_what_cannot_be_scored_is_said_in_one_line(columns, message):
    with pytest.raises(PopulationError, match=message):
        score(people(**columns), key())


@pytest.mark.parametrize(
    "changes",
    [
        {"range": [5, 1]},
        {"levels": {"low": 0.7, "high": 0.3}},
        {"levels": {"low": 0.5, "high": 0.9}},
        {"scales": {"x": {"items": ["a"], "reversed": ["b"]}}},
        {"scales": {}},
    ],
)
def test_a_wrong_key_is_refused(changes):
    with pytest.raises(ValueError, match=r"range|levels|reversed|scales"):
        key(**changes)


def alpha(items):
    """Return Cronbach's alpha, with medians for absent answers as R's psych::scoreItems has them."""
    filled = pd.DataFrame(items)
    covariances = filled.fillna(filled.median()).cov().to_numpy()
    k = len(covariances)
    return k / (k - 1) * (1 - np.trace(covariances) / covariances.sum())


def test_the_key_of_the_big_five_gives_the_published_reliabilities(shared_data):
    """The signs of a key decide its alphas: these are what psych::scoreItems(keys, bfi) prints in psych's vignette."""
    bfi = pd.read_csv(shared_data / "mpi/ipip_bfi25_responses.csv.gz")
    found = {}
    for name, scale in load_key("ipip-bfi25").scales.items():
        turned = [7 - bfi[item] if item in scale.reversed else bfi[item] for item in scale.items]
        found[name] = round(alpha(np.column_stack(turned)), 2)
    assert found == {
        "openness": 0.60,
        "conscientiousness": 0.72,
        "extraversion": 0.76,
        "agreeableness": 0.70,
        "neuroticism": 0.81,
    }


def test_real_respondents_get_their_traits(shared_data):
    path = shared_data / "mpi/ipip_bfi25_responses.csv.gz"
    respondents, raked = build(path, key="ipip-bfi25")
    assert raked is None
    bfi = pd.read_csv(path)
    own = np.column_stack([7 - bfi["A1"], bfi[["A2", "A3", "A4", "A5"]]])
    complete = ~np.isnan(own).any(axis=1)
    np.testing.assert_allclose(respondents.frame["agreeableness_score"][complete], own[complete].mean(axis=1))
    shares = respondents.margins("neuroticism")
    assert shares.loc[["low", "average", "high"]].tolist() == pytest.approx([0.31, 0.38, 0.31], abs=0.04)
    assert respondents.prompt_attributes[:3] == ("age", "gender", "education")
    assert not set(load_key("ipip-bfi25").items) & set(respondents.attributes)
