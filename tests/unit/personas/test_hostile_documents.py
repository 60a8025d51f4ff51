"""YAML that a parser stumbles over is the reader's business to explain, in one line with the file."""

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
