import pandas as pd
import pytest

from personas import Persona, PopulationError, factor, labels


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
