from __future__ import annotations

import jsonschema
import pytest
from anthropic import transform_schema
from hypothesis import given, settings
from hypothesis import strategies as st

from jury.backends.json_schema import spelled_out

_values = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["a", "b"])
_leaves = st.one_of(
    st.builds(lambda values: {"enum": values}, st.lists(_values, min_size=1, unique_by=lambda v: (type(v), v))),
    st.builds(
        lambda types: {"type": types},
        st.lists(st.sampled_from(["integer", "null", "string", "boolean"]), min_size=1, unique=True),
    ),
    st.sampled_from([{"type": "integer"}, {"type": "string"}, {"type": ["integer", "null"], "minimum": 0}]),
)


def _object(properties):
    names = list(properties)
    return {"type": "object", "properties": properties, "required": names, "additionalProperties": False}


_schemas = st.dictionaries(st.sampled_from("AB"), _leaves, min_size=1).map(_object)


def _valid(schema, value):
    return jsonschema.Draft202012Validator(schema).is_valid(value)


@settings(deadline=None)  # busy machines
@given(_schemas, st.dictionaries(st.sampled_from("AB"), _values))
def test_it_accepts_what_the_original_accepts(schema, value):
    assert _valid(spelled_out(schema), value) == _valid(schema, value)


@settings(deadline=None)  # busy machines
@given(_schemas)
def test_it_stays_itself_and_anthropics_reduction_takes_it(schema):
    spelled = spelled_out(schema)
    assert spelled_out(spelled) == spelled
    assert transform_schema(spelled)["additionalProperties"] is False


@pytest.mark.parametrize(
    ("schema", "spelled"),
    [
        ({"type": "array", "items": {"enum": ["a"]}}, {"type": "array", "items": {"type": "string", "enum": ["a"]}}),
        (
            {"enum": ["a", None], "description": "A word."},
            {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}], "description": "A word."},
        ),
    ],
)
def test_examples(schema, spelled):
    assert spelled_out(schema) == spelled
