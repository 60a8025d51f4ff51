"""Answers are taken from the structured channel alone: what only contains an answer is none."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jury.backends import Reply
from jury.backends.null import reply_of
from jury.cases import Case
from jury.elicitation import Showing, modes
from jury.elicitation.reading import parse_object

CASE = Case.model_validate({"id": "k", "prompt": "Which?", "alternatives": ["x", "y", "z"]})
HELD = {"x": 0.9, "y": 0.5, "z": 0.1}

BENT = {
    "words before": "My answer: {answer}",
    "words after": "{answer}\nI chose so because it says so.",
    "twice": "{answer}{answer}",
    "another first": '{{"A": 1}} {answer}',
    "in a list": "[{answer}]",
    "as a string": "{string}",
    "cut off": "{cut}",
    "words before a block": "Here:\n```json\n{answer}\n```",
    "two blocks": "```json\n{answer}\n```\n```json\n{answer}\n```",
    "words in the block": "```json\nAnswer: {answer}\n```",
    "a call of a tool": '<tool_call>{{"name": "answer", "arguments": {answer}}}</tool_call>',
    "a turn of its own": "<|im_start|>assistant\n{answer}<|im_end|>",
    "single quotes": "{quoted}",
    "a comment": "{answer} // final",
    "NaN": '{{"A": NaN, "B": NaN, "C": NaN, "choice": NaN}}',
}


@pytest.mark.parametrize("bent", BENT)
@pytest.mark.parametrize("name", sorted(modes))
def test_what_only_contains_an_answer_is_unparsed(name, bent):
    mode = modes[name].model_validate({})
    for readout in ("sample", "verbalised"):
        if mode.obstacle(readout, [CASE]) is not None:
            continue
        showing = Showing.plain(CASE, readout=readout)
        straight = [reply_of(question.as_if(HELD)) for question in mode.questions(showing)]
        assert mode.hear(showing, straight, rng()).status == "answered"
        bad = [Reply(bend(bent, reply.text)) for reply in straight]
        assert mode.hear(showing, bad, rng()).status == "unparsed", bad[0].text


@pytest.mark.parametrize("name", sorted(modes))
def test_a_key_given_twice_is_unparsed(name):
    mode = modes[name].model_validate({})
    showing = Showing.plain(CASE)
    if mode.obstacle("sample", [CASE]) is not None:
        pytest.skip(f"{name} is not written by the model")
    straight = [reply_of(question.as_if(HELD)) for question in mode.questions(showing)]
    bad = [Reply(doubled(reply.text)) for reply in straight]
    assert [json.loads(reply.text) for reply in bad] == [json.loads(reply.text) for reply in straight], "to the lenient"
    assert mode.hear(showing, bad, rng()).status == "unparsed"


plain_json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=3), plain_json, max_size=4), st.sampled_from(["", " ", "\n"]))
def test_an_object_is_read_as_it_is_in_a_block_or_without(value, blank):
    text = json.dumps(value)
    for written in (text, f"{blank}{text}{blank}", f"```json\n{text}\n```", f"```{text}```", f"```JSON {text} ```"):
        assert parse_object(written) == value


@given(plain_json, plain_json)
def test_two_values_are_never_one(one, other):
    assert parse_object(json.dumps(one) + json.dumps(other)) is None
    nested = f'{{"A": {{"x": {json.dumps(one)}, "x": {json.dumps(other)}}}}}'
    assert parse_object(nested) is None, "also further down"


def bend(bent, answer):
    return BENT[bent].format(answer=answer, string=json.dumps(answer), cut=answer[:-1], quoted=answer.replace('"', "'"))


def doubled(answer):
    key, value = next(iter(json.loads(answer).items()))
    return f"{{{json.dumps(key)}: {json.dumps(value)}, {answer[1:]}"


def rng():
    return np.random.default_rng(0)
