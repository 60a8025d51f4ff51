import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas import Persona, Population, PopulationError, load_templates, render


def people(weights, **columns):
    return Population(pd.DataFrame(columns), np.asarray(weights, dtype=float))


def test_effective_size_is_kishs():
    assert people([1, 1, 2], x=list("abc")).effective_size == pytest.approx(16 / 6)


@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=20), st.floats(1e-100, 1e100))
def test_effective_size_is_at_most_the_size_and_ignores_the_unit_of_weights(weights, unit):
    size = people(weights, x=range(len(weights))).effective_size
    assert 1 - 1e-9 <= size <= len(weights) + 1e-9
    assert people(np.multiply(weights, unit), x=range(len(weights))).effective_size == pytest.approx(size)


def test_groups_add_to_one_and_count_those_who_did_not_state_it():
    town = people([1, 2, 3, 2], race=["Black", "White", None, "White"], sex=["F", "F", "M", "M"])
    table = town.groups(by=["race", "sex"])
    assert table["share"].sum() == pytest.approx(1)
    assert table.loc["race=not stated & sex=M", ["share", "n"]].tolist() == [3 / 8, 1]
    assert town.groups("race").loc["race=White", "effective_size"] == pytest.approx(2)
    assert town.margins("race").to_dict() == {"Black": 1 / 8, "White": 0.5, "not stated": 3 / 8}


def test_levels_keep_the_order_of_a_category():
    ages = pd.Categorical(["65+", "18-24"], categories=["18-24", "25-64", "65+"], ordered=True)
    assert people([1, 1], age=ages).margins("age").index.tolist() == ["18-24", "65+"]


def test_personas_are_plain_python_and_leave_out_nothing_but_what_was_not_stated():
    frame = pd.DataFrame({"age": pd.array([43, None], dtype="Int64"), "x": [0.5, 1.5], "sex": ["Female", None]})
    ann, bob = Population(frame.set_axis(["a", "b"]), np.array([1.0, 2.0])).personas
    assert ann == Persona("a", {"age": 43, "x": 0.5, "sex": "Female"}, 1.0)
    assert type(ann.attributes["age"]) is int
    assert dict(bob.attributes) == {"age": None, "x": 1.5, "sex": None}
    assert bob.weight == 2.0


def test_columns_of_every_kind_become_plain_values():
    frame = pd.DataFrame(
        {
            "word": pd.Categorical(["a", None]),
            "whole": pd.array([None, 3], dtype="Int64"),
            "real": [0.5, np.nan],
            "yes": [True, False],
            "born": pd.to_datetime(["1984-05-03", None]),
        }
    )
    first, second = people([1, 2], **frame)
    assert dict(first.attributes) == {"word": "a", "whole": None, "real": 0.5, "yes": True, "born": "1984-05-03"}
    assert dict(second.attributes) == {"word": None, "whole": 3, "real": None, "yes": False, "born": None}
    assert render(first, ["born"], templates=load_templates("de")) == "Born: 3. Mai 1984"


def test_personas_come_in_the_order_of_the_rows_however_many_there_are():
    size = 5000  # several blocks
    town = Population(pd.DataFrame({"x": range(size)}), range(1, size + 1), narratives=[f"n{x}" for x in range(size)])
    assert [(p.id, p.attributes["x"], p.weight, p.narrative) for p in town] == [
        (str(x), x, x + 1.0, f"n{x}") for x in range(size)
    ]


def test_a_persona_can_be_copied_and_sent_to_another_process():
    ann = Persona("a", {"age": 43}, 2.0, "Ann bakes.")
    assert pickle.loads(pickle.dumps(ann)) == ann == copy.deepcopy(ann)


def test_a_persona_cannot_be_changed():
    ann = Persona("a", {"age": 43})
    with pytest.raises(TypeError):
        ann.attributes["age"] = 44
    with pytest.raises(AttributeError):
        ann.weight = 2


def test_weights_are_a_read_only_copy():
    weights = np.ones(2)
    town = people(weights, x=[1, 2])
    weights[0] = 5
    assert town.weights.tolist() == [1, 1]
    with pytest.raises(ValueError, match="read-only"):
        town.weights[0] = 5


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1, -2], r"weights: -2\.0 in row 2"),
        ([np.nan, 1], "weights: nan in row 1"),
        ([0, 0], "all 2 are zero"),
        ([1], r"shape \(1,\) for 2 personas"),
    ],
)
def test_weights_that_cannot_be_used(weights, message):
    with pytest.raises(PopulationError, match=message):
        people(weights, x=[1, 2])


def test_ids_must_be_unique():
    with pytest.raises(PopulationError, match="id: 'a' is given to several"):
        Population(pd.DataFrame({"x": [1, 2]}, index=["a", "a"]), np.ones(2))


def test_an_unknown_attribute_lists_the_known_ones():
    with pytest.raises(PopulationError, match="by: unknown attribute 'rase'; known: race, sex"):
        people([1], race=["B"], sex=["F"]).groups(["rase"])


def test_a_sample_carries_answers_narratives_and_labels():
    town = Population(
        pd.DataFrame({"x": list("abc")}, index=["p1", "p2", "p3"]),
        np.ones(3),
        answers=pd.DataFrame({"q": ["yes", "no", "maybe"]}, index=["p1", "p2", "p3"]),
        narratives=["A.", None, "C."],
        labels={"x": "Letter"},
        unprompted=frozenset({"x"}),
    )
    jury = town.sample(3, np.random.default_rng(0))
    said = dict(zip(jury.origin, jury.answers["q"], strict=True))
    assert said == {"p1": "yes", "p2": "no", "p3": "maybe"}
    assert {person.narrative for person in jury} == {"A.", None, "C."}
    assert jury.labels == {"x": "Letter"}
    assert jury.prompt_attributes == ()
    assert len(jury.sample(2, np.random.default_rng(0))) == 2  # a jury is a population


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"narratives": ["A."]}, "narratives: 1 for 2 personas"),
        ({"answers": pd.DataFrame({"q": ["yes"]})}, "answers: 1 for 2 personas"),
        ({"unit": "people"}, "unit: 'people' is not known: use person or cell"),
        ({"unprompted": frozenset({"vtoe"})}, "unprompted: unknown attribute 'vtoe'; known: x, vote"),
    ],
)
def test_parts_that_do_not_fit(parts, message):
    with pytest.raises(PopulationError, match=message):
        Population(pd.DataFrame({"x": [1, 2], "vote": ["a", "b"]}), [1, 1], **parts)


@pytest.mark.parametrize(
    ("names", "message"), [([1, "x"], "column 1 has no text for a name"), (["x", "x"], "two columns are named 'x'")]
)
def test_columns_must_be_told_apart(names, message):
    with pytest.raises(PopulationError, match=message):
        Population(pd.DataFrame([["a", "b"]], columns=names), [1])


def test_weights_must_be_numbers():
    with pytest.raises(PopulationError, match="weights: are not of numbers"):
        Population(pd.DataFrame({"x": [1]}), ["heavy"])


@pytest.mark.parametrize("by", [3, None, 2.5])
def test_what_is_no_name_is_no_attribute(by):
    with pytest.raises(PopulationError, match=f"by: {by} names no attribute; known: x"):
        people([1], x=["a"]).groups(by)


def test_an_empty_list_of_levels_is_no_condition():
    with pytest.raises(PopulationError, match="condition: no level of x given; known: a"):
        people([1], x=["a"]).minority(condition={"x": []})


def test_a_list_in_a_cell_is_no_level():
    with pytest.raises(PopulationError, match="x: holds lists"):
        people([1, 1], x=[["a"], ["b"]]).groups("x")
