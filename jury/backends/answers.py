"""The body of a provider's answer, as it came: fields are read by name, and what is not there is None.

The SDKs' own classes describe every variant of every field, and building one of them takes as long as a seventh of the
whole request (docs/benchmarks.md); what a reply needs is a handful of fields. They check nothing either: whatever JSON
arrives becomes an object of theirs, so who reads one has to look first, here as there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


class Fields(dict[str, Any]):
    """A JSON object.

    Examples
    --------
    >>> answer = parsed(b'{"usage": {"input": 3}, "choices": [{"text": "yes"}]}')
    >>> answer.usage.input, answer.choices[0].text, answer.error
    (3, 'yes', None)
    """

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any JSON value
        return self.get(name)


def parsed(body: bytes | str) -> Any:  # noqa: ANN401 - any JSON value
    """Return a JSON document with its objects as `Fields`; raises `ValueError` for what is none."""
    try:
        return json.loads(body, object_hook=Fields)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def fields_of(value: object) -> Fields:
    """Return `value` if it is an object of an answer, otherwise an object without fields."""
    return value if isinstance(value, Fields) else Fields()


def as_fields(answer: Mapping[str, Any]) -> Fields:
    """Return an answer that has been parsed already as `Fields`, all that is in it included."""
    return fields_of(parsed(json.dumps(dict(answer))))
