import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas import Persona, Population, PopulationError, factor, labels
from personas.groups import distinct


def test_labels_of_a_frame_and_of_personas_agree():
    frame = pd.DataFrame({"race": ["Black", "White", None], "kids": [2.0, 0.0, 1.0]})
    persons = [
        Persona("a", {"race": "Black", "kids": 2}),
        Persona("b", {"race": "White", "kids": 0}),
        Persona("c", {"race": None, "kids": 1}),
    ]
    expected = ["race=Black & kids=2", "race=White & kids=0", "race=not stated & kids=1"]
    assert labels(frame, ["race", "kids"]).tolist() == expected
    assert labels(persons, "race & kids").tolist() == expected


def test_a_factor_has_only_cells_with_somebody():
    frame = pd.DataFrame({"a": ["x", "x", "y"], "b": ["1", "2", "1"]})
    coded = factor(frame, ["a", "b"])
    assert coded.levels == (("x", "1"), ("x", "2"), ("y", "1"))
    assert coded.codes.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("by", "message"),
    [("sex", "unknown attribute 'sex'; known: race"), ([], "at least one"), (["race", "race"], "each once")],
)
def test_what_cannot_be_grouped_by(by, message):
    with pytest.raises(PopulationError, match=message):
        labels([Persona("a", {"race": "Black"})], by)


TOWN = Population(
    pd.DataFrame({"race": ["Black", "White", "White", "Asian"], "sex": ["F", "F", None, "M"]}),
    np.array([1.0, 4, 4, 1]),
)


def test_minorities_by_share_and_by_condition():
    assert TOWN.minority("race", below=0.2).tolist() == [True, False, False, True]
    assert TOWN.minority("race", below=0.1).tolist() == [False] * 4  # exactly a tenth is not below it
    assert TOWN.minority("race & sex", below=0.45).tolist() == [True, True, True, True]
    assert TOWN.minority(condition={"race": ["Black", "White"], "sex": "F"}).tolist() == [True, True, False, False]
    assert TOWN.minority(condition={"sex": "not stated"}).tolist() == [False, False, True, False]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "give by and below"),
        ({"by": "race"}, "give by and below"),
        ({"by": "race", "below": 0.1, "condition": {"race": "Black"}}, "or else a condition"),
        ({"by": "race", "below": 10}, "below: 10 is no share"),
        ({"by": "rase", "below": 0.1}, "unknown attribute 'rase'; known: race, sex"),
        ({"condition": {"rase": "Black"}}, "unknown attribute 'rase'; known: race, sex"),
        ({"condition": {"race": "Blue"}}, "nobody has race=Blue; known: Asian, Black, White"),
        ({"condition": {}}, "condition: none given"),
    ],
)
def test_what_is_no_minority(arguments, message):
    with pytest.raises(PopulationError, match=message):
        TOWN.minority(**arguments)


@given(st.lists(st.integers(0, 200_000), min_size=1, max_size=50))
def test_distinct_is_numpys_unique_whether_it_counts_or_sorts(keys):
    keys = np.array(keys, dtype=np.intp)
    values, codes = np.unique(keys, return_inverse=True)
    for size in (int(keys.max()) + 1, 10**9):
        found = distinct(keys, size)
        assert found[0].tolist() == values.tolist()
        assert found[1].tolist() == codes.tolist()
