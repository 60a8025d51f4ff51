import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas import Persona, PopulationError, render
from personas.styles import styles

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


@pytest.mark.parametrize("style", styles)
@given(data=st.data())
def test_no_style_leaks_what_was_not_selected(style, data):
    names = ["a1", "b2", "c3", "d4"]
    person = Persona("p", {name: f"<{name} value>" for name in names})
    chosen = data.draw(st.lists(st.sampled_from(names), unique=True))
    text = render(person, chosen, style=style)
    shown = sorted(chosen, key=lambda name: text.index(f"<{name} value>"))
    assert shown == chosen
    assert not any(f"<{name} value>" in text for name in set(names) - set(chosen))


def test_unknown_attribute_and_style_list_the_known():
    with pytest.raises(PopulationError, match="persona 'p1' has no 'vote'; known: age, party, vote_2020, faith"):
        render(ANN, ["vote"])
    with pytest.raises(PopulationError, match=r"style: no persona style named 'sonnet'.*profile, second-person"):
        render(ANN, style="sonnet")
