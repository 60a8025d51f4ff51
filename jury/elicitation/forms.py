"""Forms of written answers: JSON objects with a key for each thing asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any


def object_schema(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of an object that has exactly these properties."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def example(keys: Iterable[str], text: str | None = None) -> str:
    """Return the form of an answer for the eye; it names no answer, which would suggest one.

    Parameters
    ----------
    keys : iterable of str
    text : str, optional
        What stands for each value, where they are text.

    Examples
    --------
    >>> print(example(["A", "B"]), example(["choice"], "…"))
    {"A": …, "B": …} {"choice": "…"}
    """
    values = "…" if text is None else json.dumps(text, ensure_ascii=False)
    return "{" + ", ".join(f"{json.dumps(key)}: {values}" for key in keys) + "}"


def brief(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return a value from an answer in few characters, however long or deep it is."""
    return repr(value)[:60] if isinstance(value, str | int | float) else f"a {type(value).__name__}"
