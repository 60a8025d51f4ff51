"""YAML that a parser stumbles over is the reader's business to explain, in one line with the file."""

import os

import pytest

from personas import PersonaError
from personas.documents import read_document


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name: \x01", "not YAML"),
        ("name: {{x}}", "line 1: a key must be a word"),
        ("? [1, 2]\n: x", "line 1: a key must be a word"),
        ("name: 2020-13-45", "put the value in quotes"),
        ("a: 1\nname: !!foo x", "line 2: cannot be read"),
        ("name: &a [*a]", "line 1: nested deeper"),
    ],
)
def test_it_names_the_file_and_the_fault(tmp_path, text, says):
    path = tmp_path / "study.yaml"
    path.write_text(text)
    with pytest.raises(PersonaError) as caught:
        read_document(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert says in message
    assert "\n" not in message


def aliases(levels, times, *, merged=False):
    """Each level names the one before `times` over: times to the power of levels entries."""
    lines = ["a0: &a0 {x: 1}" if merged else "a0: &a0 [x]"]
    for level in range(1, levels):
        inner = ", ".join([f"*a{level - 1}"] * times)
        lines.append(f"a{level}: &a{level} " + (f"{{<<: [{inner}]}}" if merged else f"[{inner}]"))
    return "\n".join(lines)


@pytest.mark.parametrize("text", [aliases(9, 9), aliases(30, 2), aliases(9, 9, merged=True), aliases(40, 3)])
def test_aliases_cannot_blow_it_up(text, tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(text)
    with pytest.raises(PersonaError, match=r"line 1: aliases blow \d+ entries up"):
        read_document(path)


def test_aliases_that_only_save_words_are_fine(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text("words: &w [a, b, c]\n" + "\n".join(f"k{number}: *w" for number in range(2000)))
    assert read_document(path)["k1999"] == ["a", "b", "c"]


@pytest.mark.parametrize("text", ["a: " + "[" * 3000 + "]" * 3000, "a: " + "{b: " * 3000 + "}" * 3000, "[" * 100_000])
def test_depth_is_refused_and_does_not_exhaust_the_stack(text, tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(text)
    with pytest.raises(PersonaError, match="nested deeper than 50 levels"):
        read_document(path)


@pytest.mark.parametrize(
    "tag",
    ["!!python/object/apply:os.system ['touch {}']", "!!python/name:os.system", "!!python/object/new:os._exit [3]",
     "!!python/module:os", "!!python/tuple [1, 2]"],
)  # fmt: skip
def test_no_tag_makes_an_object_of_it(tag, tmp_path):
    path, trace = tmp_path / "study.yaml", tmp_path / "trace"
    path.write_text(f"name: {tag.format(trace)}")
    with pytest.raises(PersonaError, match="line 1: cannot be read"):
        read_document(path)
    assert not trace.exists()


def test_what_is_huge_or_no_file_is_refused_unread(tmp_path):
    huge, pipe = tmp_path / "huge.yaml", tmp_path / "pipe.yaml"
    with huge.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(
        PersonaError, match=r"huge\.yaml: 1099512 MB, more than 10 MB of YAML: keep data in other files"
    ):
        read_document(huge)
    os.mkfifo(pipe)
    with pytest.raises(PersonaError, match="not a regular file"):
        read_document(pipe)
