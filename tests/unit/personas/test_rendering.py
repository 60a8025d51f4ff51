import copy
import gc
import tracemalloc
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas import Persona, Population, PopulationError, Renderer, load_population, load_templates, render
from personas.styles import styles
from personas.templates import locales

ANN = Persona("p1", {"age": 43, "party": "strong Democrat", "vote_2020": "SECRET", "faith": None})


def test_profile_keeps_the_order_given_and_uses_labels():
    text = render(ANN, ["party", "age"], labels={"party": "Party identification"})
    assert text == "Party identification: strong Democrat\nAge: 43"


def test_second_person():
    assert render(ANN, ["age", "party"], style="second-person") == "Your age is 43. Your party is strong Democrat."


def test_what_was_not_stated_is_not_told():
    assert render(ANN, ["faith"]) == ""
    assert "nan" not in render(ANN).lower()
    assert "None" not in render(ANN)


NAMES = ("age", "sex", "care", "openness", "benevolence", "d4", "Some-label")
TOLD_BY_LEVEL = ("care", "openness", "benevolence")


def secretive(narrative=True):
    """Return a person every attribute of whom has a value of its own, and whose narrative tells them all."""
    values = {name: f"<{name} value>" for name in NAMES}
    return Persona("p", values, narrative=" ".join(["<narrative>", *values.values()]) if narrative else None)


@pytest.mark.parametrize("locale", locales())
@pytest.mark.parametrize("style", styles)
@given(data=st.data())
def test_no_style_leaks_what_was_not_selected(style, locale, data):
    person = secretive()
    chosen = data.draw(st.lists(st.sampled_from(NAMES), unique=True))
    renderer = Renderer(
        [*chosen, "narrative"] if style == "narrative" else chosen,
        style,
        load_templates(locale),
        order=data.draw(st.sampled_from(["given", "seeded"])),
        wording=data.draw(st.sampled_from(["first", "seeded"])),
    )
    told = renderer(replace(person, narrative="(as given)"), np.random.default_rng(data.draw(st.integers(0, 99))))
    where = [told.text.index(f"<{name} value>") for name in told.told if name != "narrative"]
    assert where == sorted(where), "the record has the order in which attributes are told"
    assert set(told.told) - {"narrative"} == set(chosen)
    assert renderer.order == "seeded" or list(told.told) == [*chosen, *(["narrative"] if style == "narrative" else [])]
    assert not any(f"<{name} value>" in told.text for name in set(NAMES) - set(chosen))
    assert ("(as given)" in told.text) == (style == "narrative")


@pytest.mark.parametrize("style", sorted(set(styles) - {"narrative"}))
@given(chosen=st.lists(st.sampled_from(NAMES), unique=True))
def test_a_narrative_is_told_only_when_selected(style, chosen):
    person = secretive()
    assert "<narrative>" not in render(person, chosen, style=style)
    assert "<narrative>" not in render(person, style=style)
    assert render(person, [*chosen, "narrative"], style=style).endswith(person.narrative)


@pytest.mark.parametrize("name", TOLD_BY_LEVEL)
@pytest.mark.parametrize("level", ["low", "average", "high"])
def test_a_portrait_does_not_leak_levels_that_were_not_selected(name, level):
    person = Persona("p", dict.fromkeys(NAMES, "average") | {name: level})
    others = [other for other in NAMES if other != name]
    without = [render(Persona("p", dict(person.attributes) | {name: each}), others, style="portrait") for each in "xyz"]
    assert without == [render(person, others, style="portrait")] * 3
    assert render(person, [name], style="portrait") == load_templates().portraits[name][level][0]


def test_the_narrative_style_tells_the_narrative_as_given():
    ann = Persona("ann", {"age": 43, "town": "Leeds"}, narrative="Ann  bakes.\nIn {Leeds}.")
    assert render(ann, style="narrative") == "Ann  bakes.\nIn {Leeds}."
    assert render(ann, ["narrative", "age"], style="narrative") == "Age: 43\n\nAnn  bakes.\nIn {Leeds}."
    with pytest.raises(PopulationError, match=r"tells the narrative, which is not among \['age'\]: add 'narrative'"):
        render(ann, ["age"], style="narrative")
    with pytest.raises(PopulationError, match="persona 'p1' has no narrative: choose another style"):
        render(ANN, style="narrative")
    people = load_population("us-adults")
    with pytest.raises(PopulationError, match="us-adults has no 'narrative'; known: age, sex, race"):
        Renderer.of(people, style="narrative")


def test_biographies_and_interviews():
    assert render(ANN, ["age", "party"], style="first-person") == "My age is 43. My party is strong Democrat."
    assert render(ANN, ["party"], style="third-person") == "This person's party is strong Democrat."
    assert render(ANN, ["age", "party"], style="interview").splitlines() == [
        "Interviewer: How old are you?",
        "Respondent: 43",
        "Interviewer: Please tell me your party.",
        "Respondent: strong Democrat",
    ]
    assert render(Persona("p", {"SES": 4}), style="second-person") == "Your SES is 4."


def test_values_that_look_like_placeholders_stand_as_they_are():
    odd = Persona("p", {"slogan": "{label} {value} {0}"})
    assert render(odd) == "Slogan: {label} {value} {0}"


SEEDED = [f"item {name}" for name in "abcdefgh"]


def seeded(seed, **options):
    person = Persona("p", {f"item {name}": value for name, value in zip("abcdefgh", "12345678", strict=True)})
    return Renderer(style="first-person", **options)(person, np.random.default_rng(seed))


def test_order_and_wording_are_drawn_from_the_generator_and_recorded():
    assert seeded(1, order="seeded", wording="seeded") == seeded(1, order="seeded", wording="seeded")
    orders = {seeded(seed, order="seeded").told for seed in range(20)}
    assert len(orders) > 15
    assert all(sorted(order) == SEEDED for order in orders)
    first = Counter(seeded(seed, order="seeded").told[0] for seed in range(400))
    assert min(first[name] for name in SEEDED) > 25, "50 are expected of each, with a deviation of 6.6"
    told = seeded(3, wording="seeded")
    words = load_templates().styles["first-person"].each
    labels = zip(SEEDED, "12345678", told.wording, strict=True)
    assert told.text == " ".join(words[number].format(label=label, value=value) for label, value, number in labels)
    assert set(told.wording) == {0, 1, 2}
    assert seeded(5).record() == {"style": "first-person", "locale": "en", "told": SEEDED, "wording": [0] * 8}
    with pytest.raises(PopulationError, match="rng: order or wording is seeded: give a numpy Generator"):
        render(ANN, order="seeded")


def numbered(values, weights):
    frame = pd.DataFrame({"care": values, "age": range(len(values))}, index=[f"p{n}" for n in range(len(values))])
    return Population(frame, weights)


def test_numbers_of_a_portrait_are_told_as_levels_of_the_population():
    people = numbered([1.0, 2.0, 3.0, np.nan, 4.0], [10.0, 1.0, 1.0, 5.0, 1.0])
    renderer = Renderer.of(people, style="portrait")
    told = [told for _, told in renderer.stream(people)]
    # Ten of thirteen people have a 1: both cuts are there, and whoever has more is high.
    assert [each.levels.get("care") for each in told] == ["low", "high", "high", None, "high"]
    assert told[0].text == f"{load_templates().portraits['care']['low'][0]} This person's age is 0."
    assert told[3].text == "This person's age is 3."
    assert told[0].record()["levels"] == {"care": "low"}
    assert Renderer.of(people, style="profile").cuts == {}


def test_a_hundred_thousand_personas_are_rendered_in_bounded_memory():
    size = 100_000
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {"age": rng.integers(18, 90, size), "sex": pd.Categorical.from_codes(rng.integers(0, 2, size), ["f", "m"])}
    )
    people = Population(frame, np.ones(size))
    renderer = Renderer.of(people, style="second-person", order="seeded", wording="seeded")
    gc.collect()
    tracemalloc.start()
    try:
        letters, count = 0, 0
        for _, told in renderer.stream(people, seed=1):
            letters += len(told.text)
            count += 1
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == size
    assert letters > 30 * size
    assert peak < 5_000_000, "the texts alone take ten megabytes, the personas more"


def test_unknown_attribute_and_style_list_the_known():
    with pytest.raises(PopulationError, match="persona 'p1' has no 'vote'; known: age, party, vote_2020, faith"):
        render(ANN, ["vote"])
    with pytest.raises(
        PopulationError, match=r"style: no persona style named 'sonnet'.*profile, second-person, third-person"
    ):
        render(ANN, style="sonnet")


@pytest.mark.parametrize("style", sorted(set(styles) - {"narrative"}))
def test_what_is_only_there_to_group_by_is_told_by_no_default(style):
    town = Population(
        pd.DataFrame({"age": ["25-34"], "vote": ["SECRET"]}), [1], unprompted=frozenset({"vote"}), unit="cell"
    )
    jury = town.sample(2, np.random.default_rng(0))
    for person in (*town, *jury, *(copy.deepcopy(each) for each in jury)):
        assert "SECRET" not in render(person, style=style)
        assert "25-34" in render(person, style=style)
        assert "SECRET" in render(person, ["vote"], style=style), "who selects it has it told"
