"""What holds for every elicitation mode in the registry."""

import inspect
import json

import jsonschema
import numpy as np
import pytest

from aggregators import Utilities, decide
from aggregators.rulebook import parse_rule
from jury.backends import Reply
from jury.backends.json_schema import spelled_out
from jury.backends.null import reply_of
from jury.cases import Case
from jury.elicitation import Showing, Vote, modes
from jury.elicitation.showing import label_names

NAMES = ("x", "y", "z")
CASE = Case.model_validate({"id": "k", "prompt": "Which one?", "alternatives": list(NAMES)})
HELD = [{"x": 0.9, "y": 0.5, "z": 0.1}, {"x": 0.2, "y": 0.8, "z": 0.3}, {"x": 0.7, "y": 0.1, "z": 0.6}]
SHOWN = [("x", "y", "z"), ("z", "x", "y"), ("y", "z", "x")]


@pytest.fixture(params=list(modes))
def mode(request):
    return modes[request.param].model_validate({})


def rng():
    return np.random.default_rng(0)


def ballots(mode, readout):
    for juror, (held, shown) in enumerate(zip(HELD, SHOWN, strict=True)):
        showing = Showing.plain(CASE, shown, readout)
        replies = [reply_of(question.as_if(held)) for question in mode.interview(showing)]
        yield Vote(juror, mode.hear(showing, replies, rng()).values, shown)


def readouts(mode):
    return [readout for readout in ("sample", "logprobs", "verbalised") if mode.obstacle(readout, [CASE]) is None]


def test_it_is_documented_down_to_its_settings(mode):
    assert inspect.getdoc(type(mode))
    assert f"mode: {mode.mode}" in inspect.getmodule(type(mode)).__doc__
    for name, field in type(mode).model_fields.items():
        assert name == "mode" or field.description


def test_it_is_frozen_and_takes_no_other_settings(mode):
    with pytest.raises(ValueError, match="frozen"):
        mode.replicates = 2
    with pytest.raises(ValueError, match="Extra inputs"):
        type(mode).model_validate({"nonsense": 1})
    assert type(mode).model_validate(mode.model_dump(mode="json")) == mode


def test_its_default_rules_decide_its_profiles(mode):
    profile = mode.profile(CASE, list(ballots(mode, readouts(mode)[0])), np.ones(3), {})
    assert mode.default_rules
    for rule in mode.default_rules:
        parse_rule(rule)
        assert decide(profile, rule).winners


def test_it_can_be_asked(mode):
    assert readouts(mode)
    for readout in readouts(mode):
        questions = mode.questions(Showing.plain(CASE, SHOWN[1], readout))
        assert questions
        assert len({question.context for question in questions}) == 1
        for question in questions:
            assert "Which one?" in question.context
            assert question.ask.strip()
            assert question.context.index("z") < question.context.rindex("x")
            if readout == "logprobs":
                assert len(question.form.options) >= 2
                assert len({option[0] for option in question.form.options}) == len(question.form.options)
                assert set(question.as_if(HELD[0])) == set(question.form.options)


def test_its_structured_answers_keep_to_its_schema(mode):
    written = [readout for readout in readouts(mode) if readout != "logprobs"]
    assert written
    for held, shown, readout in ((*pair, readout) for pair in zip(HELD, SHOWN, strict=True) for readout in written):
        for question in mode.questions(Showing.plain(CASE, shown, readout)):
            for schema in (question.form.schema, spelled_out(question.form.schema)):
                jsonschema.Draft202012Validator.check_schema(schema)
                jsonschema.validate(json.loads(question.as_if(held)), schema)
                with pytest.raises(jsonschema.ValidationError):
                    jsonschema.validate({}, schema)


def test_what_is_read_is_json_and_becomes_a_profile(mode):
    groups = {"side": np.array(["n", "s", "n"])}
    weights = np.array([1.0, 2.0, 3.0])
    for readout in readouts(mode):
        votes = list(ballots(mode, readout))
        json.dumps([vote.values for vote in votes], allow_nan=False)
        profile = mode.profile(CASE, votes, weights, groups)
        assert profile.alternatives == NAMES
        assert profile.weights.tolist() == [1, 2, 3]
        assert profile.groups["side"].tolist() == ["n", "s", "n"]
        utilities = mode.utilities(profile)
        assert isinstance(utilities, Utilities)
        for row, (vote, held) in enumerate(zip(votes, HELD, strict=True)):
            assert mode.utilities_of(vote.values, CASE) == utilities.values[row].tolist()
            assert NAMES[int(np.argmax(utilities.values[row]))] == max(held, key=held.get)


def test_the_order_of_showing_does_not_matter(mode):
    for readout in readouts(mode):
        found = set()
        for shown in SHOWN:
            showing = Showing.plain(CASE, shown, readout)
            replies = [reply_of(question.as_if(HELD[0])) for question in mode.questions(showing)]
            found.add(tuple(mode.utilities_of(mode.read(showing, replies, rng()).values, CASE)))
        assert len(found) == 1


@pytest.mark.parametrize("labels", ["letters", "numbers", "varied"])
def test_any_labels_will_do(mode, labels):
    for readout in readouts(mode):
        labelled = label_names(labels, len(NAMES), np.random.default_rng(5))
        showing = Showing(CASE, SHOWN[1], labelled, readout)
        replies = [reply_of(question.as_if(HELD[0])) for question in mode.questions(showing)]
        assert all(mark in mode.questions(showing)[0].context for mark in showing.marks)
        utilities = mode.utilities_of(mode.read(showing, replies, rng()).values, CASE)
        assert NAMES[int(np.argmax(utilities))] == max(HELD[0], key=HELD[0].get)


def test_an_opinion_can_be_asked_for_first(mode):
    wordy = type(mode).model_validate({"opinion": 2})
    for readout in readouts(mode):
        showing = Showing.plain(CASE, SHOWN[2], readout)
        questions = wordy.interview(showing)
        assert "at most 2 sentences" in questions[0].ask
        assert not questions[0].form.schema
        assert all(0 in question.follows for question in questions[1:])
        replies = [reply_of(question.as_if(HELD[0])) for question in questions]
        answer = wordy.hear(showing, replies, rng())
        assert answer.values["opinion"] == f"I like {max(HELD[0], key=HELD[0].get)} best."
        silent = mode.hear(showing, replies[1:], rng())
        assert {name: value for name, value in answer.values.items() if name != "opinion"} == silent.values


def test_refusals_and_nonsense_are_told_apart(mode):
    showing = Showing.plain(CASE)
    size = len(mode.questions(showing))
    assert mode.hear(showing, [Reply("no", refused=True)], rng()).status == "refused"
    assert mode.hear(showing, [Reply("no")] * size, rng()).status == "unparsed"
    if mode.obstacle("logprobs", [CASE]) is None:
        showing = Showing.plain(CASE, readout="logprobs")
        assert mode.hear(showing, [Reply("", {}) for _ in NAMES], rng()).status == "unparsed"
