"""Distributional measures against SciPy, closed forms and edge cases; nothing is left out silently."""

import gzip
import itertools
import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy, wasserstein_distance

from jury.errors import MeasureError
from jury.metrics import Answers, Item, changes, distributional, group_distances, model_changes, nearest_groups

RNG = np.random.default_rng


def compared(items, model, people, **options):
    return distributional(items, model, people, rng=RNG(0), **options)


def two(shares, theirs, *, ordinal=False, **options):
    """Return the only pair of one question, answered by a model and by one group."""
    names = tuple("abcdefgh"[: len(theirs)])
    item = Item("q", names, ordinal=ordinal)
    ours = Answers(dict(zip(names, shares, strict=True)))
    found = compared([item], {"q": ours}, {"g": {"q": Answers(dict(zip(names, theirs, strict=True)), **options)}})
    return found.pairs.iloc[0]


@st.composite
def sides(draw):
    size = draw(st.integers(2, 7))
    vector = st.lists(st.integers(0, 50), min_size=size, max_size=size).filter(any)
    return draw(vector), draw(vector)


@given(sides())
def test_every_figure_is_scipys(pair):
    ours, theirs = pair
    found, places = two(ours, theirs, ordinal=True), np.arange(len(ours))
    p, q = np.array(ours) / sum(ours), np.array(theirs) / sum(theirs)
    assert found["js"] ** 2 == pytest.approx(jensenshannon(p, q, 2) ** 2, abs=1e-12)
    assert found["tv"] == pytest.approx(np.abs(p - q).sum() / 2)
    assert found["wasserstein"] == pytest.approx(wasserstein_distance(places, places, p, q), abs=1e-12)
    assert found["alignment"] == pytest.approx(1 - found["wasserstein"] / (len(p) - 1))
    assert found["entropy_model"] == pytest.approx(entropy(p), abs=1e-12)
    assert found["entropy_people"] == pytest.approx(entropy(q), abs=1e-12)
    assert found["js_uniform"] ** 2 == pytest.approx(jensenshannon(np.ones(len(q)), q, 2) ** 2, abs=1e-12)


@given(sides(), st.randoms(use_true_random=False))
def test_the_order_of_options_means_nothing_unless_it_is_a_scale(pair, random):
    order = list(range(len(pair[0])))
    random.shuffle(order)
    figures = ["js", "tv", "entropy_model", "js_uniform", "js_majority", "tv_majority"]
    once, again = two(*pair), two(*([side[i] for i in order] for side in pair))
    assert once[figures].to_list() == pytest.approx(again[figures].to_list(), abs=1e-7)
    there, back = two(*pair, ordinal=True), two(*pair[::-1], ordinal=True)
    for figure in ("js", "tv", "wasserstein"):
        assert there[figure] == pytest.approx(back[figure])
    assert math.isnan(once["wasserstein"])


def test_baselines_in_closed_form():
    found = two([1, 0], [3, 1])
    assert found["tv_uniform"] == pytest.approx(0.25)
    assert found["tv_majority"] == pytest.approx(0.25)
    assert found["tv_shuffled"] == pytest.approx((0.25 + 0.75) / 2)
    tied = two([1, 0, 0], [2, 2, 1])
    assert tied["tv_majority"] == pytest.approx(0.2)
    shares, theirs = np.array([0.7, 0.2, 0.1]), np.array([0.2, 0.5, 0.3])
    every = [np.abs(shares[list(order)] - theirs).sum() / 2 for order in itertools.permutations(range(3))]
    assert two(shares, theirs)["tv_shuffled"] == pytest.approx(np.mean(every))


def test_many_options_are_shuffled_by_lot():
    shares = np.r_[1.0, np.zeros(6)]
    theirs = np.arange(1.0, 8.0) / 28
    assert two(shares, theirs)["tv_shuffled"] == pytest.approx(np.mean(1 - theirs), abs=0.02)


@pytest.mark.parametrize(("p", "n"), [(0.5, 1), (0.3, 4), (0.9, 9)])
def test_the_floor_is_the_mean_absolute_deviation_of_a_binomial(p, n):
    item = Item("q", ("yes", "no"))
    people = {"g": {"q": Answers({"yes": p, "no": 1 - p}, count=n)}}
    model = {"q": Answers({"yes": 1.0})}
    found = compared([item], model, people, draws=60_000).pairs.iloc[0]
    exact = sum(math.comb(n, k) * p**k * (1 - p) ** (n - k) * abs(k / n - p) for k in range(n + 1))
    assert found["tv_floor"] == pytest.approx(exact, rel=0.02)


def test_the_floor_falls_with_people_and_rises_when_the_model_is_sampled_too():
    item = Item("q", ("yes", "no"))

    def floor(n, m):
        people = {"g": {"q": Answers({"yes": 0.4, "no": 0.6}, count=n)}}
        return compared([item], {"q": Answers({"yes": 1}, count=m)}, people, draws=4000).pairs["js_floor"].item()

    assert floor(1000, None) < floor(100, None) < floor(10, None)
    assert floor(100, 100) > 1.2 * floor(100, None)
    assert math.isnan(floor(None, 100))


def test_a_planted_model_is_found_at_its_floor_and_a_wrong_one_is_not():
    rng = RNG(1)
    items = [Item(f"q{i}", tuple("abcd")) for i in range(60)]
    truth = rng.dirichlet(np.ones(4), size=60)
    sample = [rng.multinomial(150, row) for row in truth]
    people = {"g": {f"q{i}": Answers(dict(zip("abcd", row, strict=True)), count=150) for i, row in enumerate(sample)}}
    models = [
        {f"q{i}": Answers(dict(zip("abcd", row, strict=True))) for i, row in enumerate(shares)}
        for shares in (truth, rng.dirichlet(np.ones(4), size=60))
    ]
    right, wrong = (compared(items, model, people).groups["g"].figures for model in models)
    assert right["js"].low < right["js_floor"].value < right["js"].high
    assert wrong["js"].low > 3 * wrong["js_floor"].value


def test_nothing_is_left_out_silently():
    items = [
        Item("fine", ("yes", "no")),
        Item("unasked", ("yes", "no")),
        Item("declined", ("yes", "no")),
        Item("nobody", ("yes", "no", "?"), refusals=frozenset("?")),
        Item("single", ("yes", "?"), refusals=frozenset("?")),
    ]
    model = {
        "fine": Answers({"yes": 1}),
        "declined": Answers({}, refused=1.0),
        "nobody": Answers({"no": 1}),
        "single": Answers({"yes": 1}),
    }
    people = {"g": {item.id: Answers({"yes": 1, "no": 1} if "no" in item.options else {"yes": 1}) for item in items}}
    people["g"]["nobody"] = Answers({"?": 5})
    found = compared(items, model, people)
    fit = found.groups["g"]
    assert fit.asked == fit.used + sum(fit.left_out.values()) == 5
    assert dict(found.left_out[["question", "reason"]].to_numpy()) == {
        "unasked": "the model was not asked",
        "declined": "the model gave no opinion",
        "nobody": "nobody of the group gave an opinion",
        "single": "one option is no choice",
    }
    assert fit.figures["js"].count == 1
    assert found.model["refusal_model"].count == 4
    assert found.model["refusal_model"].value == 0.25
    assert json.loads(json.dumps(found.to_dict()))["groups"][0]["used"] == 1


def test_nobody_answered_anything():
    found = compared([Item("q", ("a", "b"))], {}, {"g": {"q": Answers({"a": 1})}, "h": {}})
    assert found.pairs.empty
    assert found.groups["g"].left_out == {"the model was not asked": 1}
    assert found.groups["h"].asked == 0
    assert math.isnan(found.groups["g"].figures["js"].value)
    assert math.isnan(changes(found, found)["g"].difference.value)
    assert nearest_groups(found) == []


def test_refusals_are_in_no_distance_and_are_reported():
    item = Item("q", ("yes", "no", "?"), refusals=frozenset("?"), ordinal=True)
    model = {"q": Answers({"yes": 1, "no": 1, "?": 2}, refused=0.5, label_mass=0.75)}
    found = compared([item], model, {"g": {"q": Answers({"yes": 2, "no": 2, "?": 1})}}).pairs.iloc[0]
    assert found["js"] == found["wasserstein"] == 0
    assert found["refusal_model"] == pytest.approx(0.75)
    assert found["refusal_people"] == pytest.approx(0.2)
    assert found["label_mass"] == 0.75


def test_options_of_one_side_only_extend_the_support():
    item = Item("q", ("yes", "no"), ordinal=True)
    found = compared([item], {"q": Answers({"perhaps": 1.0})}, {"g": {"q": Answers({"yes": 1.0})}}).pairs.iloc[0]
    assert found["options"] == 3
    assert found["js"] == found["tv"] == 1
    assert math.isnan(found["wasserstein"])
    assert found["tv_uniform"] == pytest.approx(2 / 3)


def test_positions_say_how_far_options_are():
    item = Item("q", ("never", "weekly", "daily"), ordinal=True, positions=(0, 1, 7))
    found = compared([item], {"q": Answers({"never": 1})}, {"g": {"q": Answers({"daily": 1})}}).pairs.iloc[0]
    assert (found["wasserstein"], found["alignment"]) == (7, 0)


def test_weights_of_questions_count():
    items = [Item(name, ("a", "b")) for name in ("x", "y")]
    model = {"x": Answers({"a": 1}), "y": Answers({"a": 1})}
    people = {"g": {"x": Answers({"a": 1}), "y": Answers({"b": 1})}}
    found = compared(items, model, people, weights={"x": 3})
    assert found.groups["g"].figures["tv"].value == 0.25
    assert found.model["entropy_model"].value == 0


def planted_change():
    items = [Item(f"q{i}", ("a", "b")) for i in range(4)]
    people = {"g": {item.id: Answers({"a": 1, "b": 1}) for item in items}}
    before = {"q0": Answers({"a": 1}), "q1": Answers({"a": 1}), "q2": Answers({"a": 1, "b": 1})}
    after = {"q1": Answers({"a": 3, "b": 1}), "q2": Answers({"a": 1}), "q3": Answers({"a": 1})}
    return compared(items, before, people), compared(items, after, people)


def test_changes_are_paired_by_question():
    before, after = planted_change()
    found = changes(before, after, "tv")["g"]
    assert (found.before.value, found.after.value) == (0.25, 0.375)
    assert found.difference.value == pytest.approx(0.125)
    assert (found.fell, found.rose, found.same) == (1, 1, 0)
    assert (found.only_before, found.only_after, found.difference.count) == (1, 1, 2)
    back = changes(after, before, "tv")["g"]
    assert back.difference.value == pytest.approx(-0.125)
    assert json.dumps(found.to_dict())
    alone = model_changes(before, after)
    assert alone["entropy_model"].difference.value == pytest.approx((entropy([3, 1]) - math.log(2)) / 2)
    assert math.isnan(alone["label_mass"].difference.value)
    with pytest.raises(MeasureError, match="figure='nope'"):
        changes(before, after, "nope")


def test_distances_in_different_bases_are_not_subtracted():
    item, people = Item("q", ("a", "b")), {"g": {"q": Answers({"a": 1})}}
    two_bases = [compared([item], {"q": Answers({"b": 1})}, people, base=base) for base in (2.0, math.e)]
    assert two_bases[1].pairs["js"].item() == pytest.approx(math.sqrt(math.log(2)))
    with pytest.raises(MeasureError, match="one base"):
        changes(*two_bases)
    with pytest.raises(MeasureError, match="in common"):
        changes(two_bases[0], compared([item], {}, {"other": {}}))


def test_nearest_groups_are_compared_on_shared_questions():
    items = [Item(name, ("a", "b")) for name in ("easy", "hard")]
    model = {"easy": Answers({"a": 1, "b": 1}), "hard": Answers({"a": 1})}
    people = {
        "only easy": {"easy": Answers({"a": 6, "b": 4})},
        "both": {"easy": Answers({"a": 1, "b": 1}), "hard": Answers({"a": 1, "b": 1})},
    }
    found = compared(items, model, people)
    first, second = nearest_groups(found, "tv")
    assert (first.group, first.distance.value) == ("only easy", pytest.approx(0.1))
    assert second.behind.value == pytest.approx(-0.1)
    assert second.behind.count == 1
    assert [place.group for place in nearest_groups(found, "tv", shared=True)] == ["both", "only easy"]
    assert [place.group for place in nearest_groups(found, "tv", least=2)] == ["both"]
    (apart,) = group_distances(items, people, figure="tv")
    assert set(apart.groups) == {"only easy", "both"}
    assert (apart.distance.value, apart.distance.count) == (pytest.approx(0.1), 1)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Item("q", ()), "one at least"),
        (lambda: Item("q", ("a", "a")), "distinct"),
        (lambda: Item("q", ("a",), refusals=frozenset("b")), "none of its options"),
        (lambda: Item("q", ("a", "b"), positions=(0, 1)), "ordinal"),
        (lambda: Item("q", ("a", "b"), ordinal=True, positions=(1, 0)), "ascending"),
        (lambda: Answers({"a": -1}), "not negative"),
        (lambda: Answers({"a": math.nan}), "finite"),
        (lambda: Answers({"a": 1}, refused=2), "refused=2"),
        (lambda: Answers({"a": 1}, count=0), "count=0"),
        (lambda: Answers({"a": 1}, label_mass=3), "label_mass=3"),
        (lambda: compared([Item("q", ("a",))] * 2, {}, {}), "different ids"),
        (lambda: compared([], {"q": Answers({})}, {}), "'q' is no question"),
        (lambda: compared([Item("q", ("a",))], {}, {}, weights={"q": -1}), "weights"),
        (lambda: group_distances([], {}, figure="w"), "figure='w'"),
    ],
)
def test_what_cannot_be_compared_is_said_in_one_line(make, said):
    with pytest.raises(MeasureError, match=said) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_the_people_of_globalopinionqa_beside_an_independent_computation(shared_data):
    path = shared_data / "globalopinionqa" / "human_distributions_small.json.gz"
    if not path.is_file():
        pytest.skip(f"needs {path.name}")
    with gzip.open(path) as file:
        rows = [row for row in json.load(file) if row["attribute"] in ("Japan", "France")]
    items, people = {}, {}
    for row in rows:
        items[row["question"]] = Item(row["question"], tuple(row["options"]))
        shares = Answers(dict(zip(row["options"], row["gold_distribution"], strict=True)))
        people.setdefault(row["attribute"], {})[row["question"]] = shares
    even = {name: Answers(dict.fromkeys(item.options, 1.0)) for name, item in items.items()}
    found = compared(list(items.values()), even, people)
    table = pd.DataFrame(rows)
    expected = [jensenshannon(np.ones(len(row)), row, 2) for row in table["gold_distribution"]]
    assert found.left_out.empty
    for group, mean in table.assign(js=expected).groupby("attribute")["js"].mean().items():
        assert found.groups[group].figures["js"].value == pytest.approx(mean)
        assert found.groups[group].figures["js_uniform"].value == pytest.approx(mean)
    (pair,) = group_distances(list(items.values()), people)
    assert pair.distance.count == len(set(people["Japan"]) & set(people["France"]))
