import pytest

from personas import PopulationError, load_codebook

GOOD = """\
source: {title: A survey}
attributes:
  age:
  sex: {values: {1: Male, 2: Female}, missing: [9]}
items:
  q1: &scale {question: "More money for {topic}?", topic: parks, options: {1: "yes", 2: "no"}}
  q2: {<<: *scale, topic: roads}
"""


def write(tmp_path, text):
    path = tmp_path / "book.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_codebook_reads_with_its_defaults(tmp_path):
    book = load_codebook(write(tmp_path, GOOD))
    assert list(book.attributes) == ["age", "sex"]
    assert book.attributes["sex"].values == {"1": "Male", "2": "Female"}
    assert [item.text for item in book.items.values()] == ["More money for parks?", "More money for roads?"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("missing: [9]", "mising: [9]", r"book\.yaml, line 4: attributes\.sex\.mising: no such key"),
        ("title: A survey", "name: x", r"line 1: source\.title: Field required"),
        ("age:\n", "age: {kind: code}\n", r"line 3: attributes\.age\.kind: Input should be .*, not 'code'"),
        ("age:\n", "age: {kind: category}\n", r"line 3: attributes\.age: kind 'category' does not go"),
        (
            "age:\n",
            "age: {bins: {a: [1, 5], b: [5, 9]}}\n",
            r"line 3: attributes\.age: bins 'a' and 'b' overlap",
        ),
        ("age:\n", "age: {bins: {a: [5, 1]}}\n", "bins 'a' and 'a' overlap or are not in ascending order"),
        ("2: Female", "no: Female", r"line 4: attributes\.sex\.values.*put it in quotes"),
        ("2: Female", "1: Female", r"line 4: key 'attributes\.sex\.values\.1' repeats line 4"),
        ("missing: [9]", "missing: [9, 2]", r"line 4: attributes\.sex: code '2' is both in values and missing"),
        ('2: "no"}}', '2: "no"}, missing: [1]}', r"line 6: items\.q1: code '1' is both in options and missing"),
        ("attributes:", "missing: [1]\nattributes:", "missing: '1' is an answer in attributes.sex"),
        ("  age:\n", "  age: [\n", "not YAML"),
        (GOOD, "- a list", "expected a YAML mapping"),
    ],
)
def test_what_is_wrong_is_named_with_its_line_and_key(tmp_path, old, new, message):
    with pytest.raises(PopulationError, match=message) as caught:
        load_codebook(write(tmp_path, GOOD.replace(old, new, 1)))
    assert "\n" not in str(caught.value)


def test_an_unknown_name_lists_the_built_in_codebooks():
    with pytest.raises(PopulationError, match="'gss-1066' is neither a file nor built in; built in: acs-2012"):
        load_codebook("gss-1066")


def test_the_gss_codebook_words_all_items_alike():
    book = load_codebook("gss-2018")
    assert len(book.items) == 18
    assert len({item.topic for item in book.items.values()}) == 18
    for item in book.items.values():
        assert item.text.endswith(f"about the right amount on {item.topic}?")
        assert item.options == {"-1": "too much", "0": "about right", "1": "too little"}
