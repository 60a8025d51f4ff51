"""What holds for every elicitation mode in the registry, as it is and with its settings changed."""

import inspect
import json
import math
from collections import Counter

import jsonschema
import numpy as np
import pandas as pd
import pytest

from aggregators import Utilities, decide
from aggregators.rulebook import parse_rule
from jury import Panel, Study
from jury.auditing import audit, check_rules
from jury.backends import Reply
from jury.backends.json_schema import spelled_out
from jury.backends.null import reply_of
from jury.cases import Case
from jury.diagnostics import dealt, explained, shuffled
from jury.elicitation import Showing, Vote, modes
from jury.elicitation.showing import label_names

NAMES = ("x", "y", "z")
CASE = Case.model_validate({"id": "k", "prompt": "Which one?", "alternatives": list(NAMES)})
HELD = [{"x": 0.9, "y": 0.5, "z": 0.1}, {"x": 0.2, "y": 0.8, "z": 0.3}, {"x": 0.7, "y": 0.1, "z": 0.6}]
SHOWN = [("x", "y", "z"), ("z", "x", "y"), ("y", "z", "x")]

#: Settings of a mode's own under which it is held to the same; a new mode is tried with its defaults at least.
SETTINGS = {
    "choose": [{"dont_know": True}, {"refuse": True}, {"dont_know": True, "refuse": True}],
    "distribution": [{"people": "adults in France"}],
    "pairwise": [{"ties": True}, {"pairs": 2}],
    "rank": [{"ties": True}, {"top": 1}, {"top": 2, "ties": True}],
    "score": [{"scale": [-2, 2]}, {"scale": [0, 2], "anchors": ["poor", "fair", "good"]}, {"scale": [0, 100]}],
}


@pytest.fixture(
    params=[(name, settings) for name in modes for settings in ({}, *SETTINGS.get(name, ()))],
    ids=lambda param: f"{param[0]}{param[1] or ''}",
)
def mode(request):
    name, settings = request.param
    return modes[name].model_validate(settings)


def rng():
    return np.random.default_rng(0)


def readouts(mode):
    return [readout for readout in ("sample", "logprobs", "verbalised") if mode.obstacle(readout, [CASE]) is None]


def words(questions):
    """Return all that is read by who is asked these questions."""
    return "\n".join(f"{question.context}\n{question.ask}" for question in questions)


def answer_of(mode, held, showing):
    replies = [reply_of(question.as_if(held)) for question in mode.interview(showing)]
    return mode.hear(showing, replies, rng())


def ballots(mode, readout):
    for juror, (held, shown) in enumerate(zip(HELD, SHOWN, strict=True)):
        showing = Showing.plain(CASE, shown, readout)
        answer = answer_of(mode, held, showing)
        assert answer.status == "answered"
        yield Vote(juror, answer.values, shown, showing.marks)


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


def test_a_study_names_it_and_a_run_remembers_it(mode):
    study = Study.model_validate(
        {"name": "s", "cases": [CASE.model_dump()], "elicitation": mode.model_dump(mode="json", exclude_unset=False)}
    )
    assert Study.restore(study.model_dump(mode="json")).elicitation == mode
    assert study.rule_names() == mode.default_rules


def test_its_default_rules_decide_its_profiles(mode):
    assert mode.default_rules
    check_rules(mode, [CASE], mode.default_rules)
    for readout in readouts(mode):
        profile = mode.profile(CASE, list(ballots(mode, readout)), np.ones(3), {})
        for rule in mode.default_rules:
            parse_rule(rule)
            assert decide(profile, rule).winners


def test_it_can_be_asked(mode):
    assert readouts(mode)
    for readout in readouts(mode):
        questions = mode.questions(Showing.plain(CASE, SHOWN[1], readout))
        assert questions
        assert len({question.context for question in questions}) == 1
        shown = words(questions)
        if mode.orders_context:
            assert questions[0].context.index("A. z") < questions[0].context.index("B. x")
        assert all(f"{mark}. {name}" in shown for mark, name in zip("ABC", SHOWN[1], strict=True))
        for question in questions:
            assert "Which one?" in question.context
            assert question.ask.strip()
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


def test_the_form_of_its_answers_names_no_answer(mode):
    """An example that names an option would suggest it."""
    for readout in readouts(mode):
        if readout == "logprobs":
            continue
        for question in mode.questions(Showing.plain(CASE, readout=readout)):
            form = question.ask[question.ask.rindex("{") :]
            assert form == question.ask[question.ask.index("{") :]
            assert json.loads(form.rstrip(".").replace('"…', '"').replace("…", "0")) is not None
            assert not any(f'"{mark}"' in form.partition(":")[2].replace(f'"{mark}":', "") for mark in "ABC")


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
            assert mode.utilities_of(vote.values, CASE) == pytest.approx(utilities.values[row].tolist(), nan_ok=True)
            assert NAMES[int(np.argmax(utilities.values[row]))] == max(held, key=held.get)


def test_a_juror_who_is_asked_twice_counts_once(mode):
    weights = np.array([1.0, 2.0, 4.0])
    for readout in readouts(mode):
        votes = list(ballots(mode, readout))
        once = mode.profile(CASE, votes, weights, {})
        twice = mode.profile(CASE, [votes[2], *votes], weights, {})
        assert twice.weights.sum() == pytest.approx(once.weights.sum())
        for rule in mode.default_rules:
            assert decide(twice, rule).winners == decide(once, rule).winners
            scores = decide(once, rule).scores
            if scores is not None:
                assert decide(twice, rule).scores == pytest.approx(scores, nan_ok=True)


def test_no_other_kind_of_profile_is_taken_for_its_own(mode):
    other = [modes[name].model_validate({}) for name in modes]
    made = [each.profile(CASE, list(ballots(each, "sample")), np.ones(3), {}) for each in other]
    own = type(mode.profile(CASE, list(ballots(mode, "sample")), np.ones(3), {}))
    for profile in made:
        if type(profile) is not own:
            with pytest.raises(TypeError, match=f"is {own.__name__}, not {type(profile).__name__}"):
                mode.utilities(profile)


def test_the_order_of_showing_and_the_labels_do_not_matter(mode):
    for readout in readouts(mode):
        found = []
        for shown in SHOWN:
            for labels in ("letters", "numbers", "varied"):
                marks = label_names(labels, len(NAMES), np.random.default_rng(5))
                showing = Showing(CASE, shown, marks, readout)
                questions = words(mode.questions(showing))
                assert all(f"{mark}. {name}" in questions for mark, name in showing.by_mark.items())
                answer = answer_of(mode, HELD[0], showing)
                found.append(mode.utilities_of(answer.values, CASE))
        if getattr(mode, "pairs", "all") == "all":
            assert all(utilities == pytest.approx(found[0], nan_ok=True) for utilities in found)
        assert {NAMES[int(np.nanargmax(utilities))] for utilities in found} == {max(HELD[0], key=HELD[0].get)}


def test_an_opinion_can_be_asked_for_first(mode):
    wordy = mode.model_copy(update={"opinion": 2})
    for readout in readouts(mode):
        showing = Showing.plain(CASE, SHOWN[2], readout)
        questions = wordy.interview(showing)
        assert "at most 2 sentences" in questions[0].ask
        assert not questions[0].form.schema
        assert len({question.context for question in questions}) == 1  # one conversation, about what was shown
        assert all(0 in question.follows for question in questions[1:])
        replies = [reply_of(question.as_if(HELD[0])) for question in questions]
        answer = wordy.hear(showing, replies, rng())
        assert answer.values["opinion"] == f"I like {max(HELD[0], key=HELD[0].get)} best."
        silent = mode.hear(showing, replies[1:], rng())
        assert {name: value for name, value in answer.values.items() if name != "opinion"} == silent.values


def test_refusals_and_nonsense_are_told_apart(mode):
    for readout in readouts(mode):
        showing = Showing.plain(CASE, readout=readout)
        size = len(mode.questions(showing))
        refused = [Reply("no", {} if readout == "logprobs" else None, refused=True)]
        assert mode.hear(showing, refused, rng()).status == "refused"
        nonsense = mode.hear(showing, [Reply("no", {} if readout == "logprobs" else None)] * size, rng())
        assert nonsense.status == "unparsed"
        assert nonsense.problem
        assert nonsense.values == {}
        assert nonsense.label_mass == (0.0 if readout == "logprobs" else None)


def test_the_label_mass_is_that_of_the_least_certain_answer(mode):
    if "logprobs" not in readouts(mode):
        return
    showing = Showing.plain(CASE, readout="logprobs")
    questions = mode.questions(showing)
    for doubtful in range(len(questions)):
        replies = []
        for number, question in enumerate(questions):
            share = 0.25 if number == doubtful else 0.75
            replies.append(reply_of({option: share * part for option, part in question.as_if(HELD[0]).items()}))
        assert mode.hear(showing, replies, rng()).label_mass == pytest.approx(0.25)


def test_the_same_generator_gives_the_same_answer(mode):
    for readout in readouts(mode):
        showing = Showing.plain(CASE, SHOWN[1], readout)
        questions = mode.questions(showing)
        replies = [reply_of(question.as_if(HELD[1])) for question in questions]
        if readout == "logprobs":
            replies = [reply_of(dict.fromkeys(q.form.options, 1 / len(q.form.options))) for q in questions]
        assert mode.read(showing, replies, rng()) == mode.read(showing, replies, rng())


def test_ratings_say_what_utilities_say_and_how_it_was_shown(mode):
    for readout in readouts(mode):
        for vote in ballots(mode, readout):
            ratings = mode.ratings(vote, CASE)
            by_column = {column: [] for column in range(len(NAMES))}
            for together in ratings:
                assert sorted(rating.position for rating in together) == list(range(len(together)))
                for rating in together:
                    by_column[rating.alternative].append(rating.utility)
                    assert rating.label == vote.labels[vote.shown.index(NAMES[rating.alternative])]
            means = [float(np.mean(values)) if values else math.nan for values in by_column.values()]
            assert means == pytest.approx(mode.utilities_of(vote.values, CASE), nan_ok=True)
            totals = {round(sum(rating.utility for rating in together), 9) for together in ratings}
            if mode.relative:
                assert len(totals) == 1
        unknown = Vote(0, vote.values)
        for rating in (rating for together in mode.ratings(unknown, CASE) for rating in together):
            assert rating.label is None


def test_a_distribution_of_choices_adds_up(mode):
    for readout in readouts(mode):
        found = [mode.shares_of(vote.values, CASE) for vote in ballots(mode, readout)]
        assert len({shares is None for shares in found}) == 1
        for shares, held in zip(found, HELD, strict=True):
            if shares is not None:
                assert sum(shares) == pytest.approx(1)
                assert NAMES[int(np.argmax(shares))] == max(held, key=held.get)


def test_everything_that_analyses_answers_takes_them(mode):
    generator = rng()
    votes = []
    for juror in range(24):
        held = dict(zip(NAMES, generator.random(3).tolist(), strict=True))
        shown = SHOWN[juror % 3]
        showing = Showing.plain(CASE, shown)
        votes.append(Vote(juror, answer_of(mode, held, showing).values, shown, showing.marks))
    jurors = pd.DataFrame({"side": ["n", "s"] * 12})
    panel = Panel("p", mode, (CASE,), jurors, generator.uniform(1, 2, 24), {"k": votes}, Counter(answered=24), 24)
    found = audit(panel, rules=[*mode.default_rules, "utilitarian"], by=["side"])
    assert found.undecided == {}
    assert set(found.outcomes["k"]) == {*mode.default_rules, "utilitarian"}
    assert found.groups["jurors"].tolist() == [12] * len(found.groups)
    utilities = panel.utilities("k")
    low, high = np.nanmin(utilities.values), np.nanmax(utilities.values)
    assert found.groups["welfare"].between(low, high).all()
    document = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert document["mode"] == mode.mode
    assert document["welfare"] == f"welfare {mode.welfare_words}"
    assert panel.denominators()["no_opinion"] == 0
    shares = explained(panel)
    assert 0 <= shares.alternative.found <= 1
    assert (shares.juror is None) == mode.relative
    assert dealt(panel, rng(), rounds=19).rounds == 19
    assert 0 < shuffled(panel, "side", rng(), rounds=19).share_above <= 1
    by_group = audit(panel, rules=["utilitarian"], by=["side"], unit="group")
    assert by_group.outcomes["k"]["utilitarian"].winners
