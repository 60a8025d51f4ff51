"""Structured answers: how they are asked for, and whether a server gives what was asked.

``model.options.structured`` says how: ``schema`` (the default) sends the answer's JSON Schema in the interface's own
field for it, ``tool`` sends it as the only tool, which has to be called, and ``prompt`` sends none: the question asks
for JSON in words, and what comes back is parsed. Nothing goes from one to the other by itself.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, cast

from jury.backends.json_schema import spelled_out
from jury.backends.sdk import own_option
from jury.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jury.backends.base import Form, ModelSpec, Reply, Request

Structured = Literal["schema", "tool", "prompt"]

#: The name of the schema, and of the tool, that an answer goes by.
ANSWER = "answer"
_WAYS = ("schema", "tool", "prompt")
#: How providers say that an answer was cut off at the limit of its length.
CUT_OFF = frozenset({"length", "max_tokens", "max_output_tokens"})
_SHOWN = 60  # characters of an answer in a message


def read_structured(spec: ModelSpec) -> Structured:
    """Return ``model.options.structured``; raises `ModelError` when it is none of the three."""
    return cast("Structured", own_option(spec, "structured", _WAYS, "schema"))


def answer_schema(form: Form) -> dict[str, Any] | None:
    """Return the form's schema as every provider takes it; None where words of the juror's own are wanted.

    It is shared by all who ask for the same, and not to be changed.
    """
    return _spelled_out(json.dumps(form.schema, default=dict)) if form.schema else None


@lru_cache(maxsize=256)  # a study asks in few forms, and each of them for every ballot
def _spelled_out(schema: str) -> dict[str, Any]:
    return spelled_out(json.loads(schema))


def as_json(arguments: object) -> str:
    """Return the arguments of a tool call as text, whether they came as text or parsed."""
    return arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)


def follows(text: str, schema: Mapping[str, Any]) -> bool:
    """Return whether `text` is one JSON object, and nothing else, with every key that `schema` requires.

    Examples
    --------
    >>> follows('{"choice": "A"}', {"required": ["choice"]}), follows("A, I think.", {"required": ["choice"]})
    (True, False)
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and set(schema.get("required", ())) <= value.keys()


def check_structure(model: str, structured: Structured, request: Request, reply: Reply) -> bool:
    """Look whether a reply has the structure that was asked for.

    Parameters
    ----------
    model : str
        ``provider/name``.
    structured : {"schema", "tool", "prompt"}
    request : Request
    reply : Reply
        To `request`.

    Returns
    -------
    bool
        True when the reply shows that the server enforces it; False when it cannot tell: nothing was to be enforced,
        the model declined, or the answer was cut off.

    Raises
    ------
    ModelError
        If the reply shows that the server ignores the schema.
    """
    schema = request.question.form.schema
    if structured == "prompt" or request.readout != "sample" or not schema or reply.refused:
        return False
    if follows(reply.text, schema):
        return True
    began = reply.text.lstrip()
    if reply.finish_reason in CUT_OFF and (not began or began.startswith("{")):
        return False
    asked = "JSON Schema" if structured == "schema" else "tool call"
    others = [way for way in _WAYS if way != structured]
    raise ModelError(
        f"{model}: asked for an answer by {asked}, the server gave something else ({_brief(reply.text)}), so it seems "
        f"to ignore what it was sent; set model.options.structured to {' or '.join(others)} (prompt asks for JSON in "
        "words alone), or use another model"
    )


def _brief(text: str) -> str:
    words = " ".join(text.split())
    return repr(words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…")
