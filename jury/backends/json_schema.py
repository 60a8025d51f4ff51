"""JSON Schemas, spelt so that every provider's structured output takes them.

OpenAI's strict mode wants a ``type`` on every value; the schema reduction in Anthropic's SDK knows no list
of types. Both take ``anyOf`` over single types, as do llama.cpp, vLLM and Ollama.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_ANNOTATIONS = ("title", "description")
# bool before int: True is an int to Python.
_TYPES: tuple[tuple[type, str], ...] = (
    (type(None), "null"),
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "string"),
)


def spelled_out(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return an equivalent schema in which every value has one type, or is an ``anyOf`` of such.

    Parameters
    ----------
    schema : Mapping
        A plain schema of objects, arrays, enumerations and simple types.

    Examples
    --------
    >>> spelled_out({"enum": [1, 2, None]})
    {'anyOf': [{'type': 'integer', 'enum': [1, 2]}, {'type': 'null'}]}
    >>> spelled_out({"type": ["integer", "null"], "minimum": 0})
    {'anyOf': [{'type': 'integer', 'minimum': 0}, {'type': 'null'}]}
    """
    own = {key: _descend(key, value) for key, value in schema.items()}
    types = own.pop("type", None)
    if "enum" in own:
        branches = _typed(own.pop("enum"))
    elif isinstance(types, list | tuple):
        branches = [{"type": name} for name in types]
    else:
        return own if types is None else {"type": types, **own}
    notes = {key: own.pop(key) for key in _ANNOTATIONS if key in own}
    branches = [branch if branch["type"] == "null" else branch | own for branch in branches]
    return branches[0] | notes if len(branches) == 1 else {"anyOf": branches, **notes}


def _typed(values: list[Any]) -> list[dict[str, Any]]:
    by_type: dict[str, list[Any]] = {}
    for value in values:
        name = next(name for kind, name in _TYPES if isinstance(value, kind))
        by_type.setdefault(name, []).append(value)
    return [{"type": name} | ({} if name == "null" else {"enum": own}) for name, own in by_type.items()]


def _descend(key: str, value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if key in ("properties", "$defs"):
        return {name: spelled_out(inner) for name, inner in value.items()}
    if key == "items":
        return spelled_out(value)
    if key == "anyOf":
        return [spelled_out(inner) for inner in value]
    return value
