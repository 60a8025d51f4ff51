"""Approvals, rankings, comparisons, distributions, refusals, anchors: what a juror holds comes back out."""

import json
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregators import decide
from jury import StudyError
from jury.auditing import check_rules
from jury.backends import Reply
from jury.backends.null import reply_of
from jury.cases import Case
from jury.elicitation import Showing, Vote, modes
from jury.elicitation.rank import _listed
from jury.elicitation.showing import label_names

NAMES = ("a", "b", "c", "d", "e")
READOUTS = ("sample", "logprobs")


def case_of(names):
    return Case.model_validate({"id": "k", "prompt": "p", "alternatives": list(names)})


def rng():
    return np.random.default_rng(0)


def mode_of(name, **settings):
    return modes[name].model_validate(settings)


@st.composite
def holders(draw, least=2):
    """Return utilities by alternative, few levels so that some are equal, and how they are shown."""
    names = NAMES[: draw(st.integers(least, 5))]
    utilities = {name: draw(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]) | st.floats(0, 1)) for name in names}
    labels = label_names(draw(st.sampled_from(["letters", "numbers", "varied"])), len(names), rng())
    return utilities, Showing(case_of(names), tuple(draw(st.permutations(names))), labels, "sample")


def heard(mode, utilities, showing):
    return mode.read(showing, [reply_of(question.as_if(utilities)) for question in mode.questions(showing)], rng())


def asked_for(showing, readout):
    return Showing(showing.case, showing.order, showing.labels, readout)


@given(holders(1), st.sampled_from(READOUTS))
def test_what_is_acceptable_is_approved(held, readout):
    utilities, showing = held
    mode = mode_of("approve")
    answer = heard(mode, utilities, asked_for(showing, readout))
    wanted = [name for name in showing.case.alternative_ids if utilities[name] >= 0.5]
    assert answer.values["approved"] == wanted
    assert mode.utilities_of(answer.values, showing.case) == [float(utilities[name] >= 0.5) for name in utilities]


def test_approvals_are_drawn_with_their_probabilities():
    mode, showing = mode_of("approve"), Showing.plain(case_of("xy"), ("y", "x"), "logprobs")
    replies = [reply_of({"Yes": 0.1, "No": 0.3}), reply_of({"Yes": 0.6, " Yes": 0.0, "No": 0.2})]
    generator = np.random.default_rng(3)
    answers = [mode.read(showing, replies, generator) for _ in range(2000)]
    assert answers[0].values["probabilities"] == pytest.approx({"y": 0.25, "x": 0.75})
    assert answers[0].label_mass == pytest.approx(0.4)
    drawn = np.array([[name in answer.values["approved"] for name in "yx"] for answer in answers])
    assert drawn.mean(axis=0) == pytest.approx([0.25, 0.75], abs=0.04)
    assert np.corrcoef(drawn.T)[0, 1] == pytest.approx(0, abs=0.08)


@pytest.mark.parametrize(
    "text", ['{"A": true, "B": "true"}', '{"A": true, "B": 1}', '{"A": "yes", "B": "no"}', '{"A": null, "B": true}']
)
def test_an_approval_is_true_or_false(text):
    answer = mode_of("approve").read(Showing.plain(case_of("xy")), [Reply(text)], rng())
    assert (answer.status, answer.values) == ("unparsed", {})
    assert answer.problem.endswith("neither true nor false")


@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("score", {"opinion": 1}, "Answer in your own words, in one sentence."),
        ("score", {"opinion": 3}, "Answer in your own words, in at most 3 sentences."),
        ("rank", {"top": 1}, "Which of the alternatives is best in your eyes? Name it by its label. Reply"),
        ("rank", {"top": 1, "ties": True}, "by its label, or those that are equally good, with an equals sign between"),
        ("rank", {"top": 2}, "Rank the 2 best of the alternatives by how good they are in your eyes. Name each once"),
    ],
)
def test_one_of_something_is_asked_for_in_the_singular(name, settings, words):
    assert words in mode_of(name, **settings).interview(Showing.plain(case_of("xyz")))[0].ask


@pytest.mark.parametrize(
    ("labels", "size", "words"),
    [("varied", 26, "26 options, more than 24 varied letters"), ("numbers", 10, "10 options, more than 9 numbers")],
)
def test_labels_of_more_than_one_character_are_no_first_tokens(labels, size, words):
    case = Case.model_validate({"id": "k", "prompt": "?", "alternatives": [f"plan {n}" for n in range(size)]})
    assert words in mode_of("choose", labels=labels).obstacle("logprobs", [case])


def test_nobody_need_approve_of_anything():
    answer = mode_of("approve").read(Showing.plain(case_of("xy")), [Reply('{"A": false, "B": false}')], rng())
    assert (answer.status, answer.values) == ("answered", {"approved": []})


@given(holders(), st.booleans(), st.none() | st.integers(1, 6))
def test_rankings_are_those_of_utilities(held, ties, top):
    utilities, showing = held
    mode = mode_of("rank", ties=ties, top=top)
    answer = heard(mode, utilities, showing)
    assert answer.status == "answered"
    ranking = answer.values["ranking"]
    named = [name for tier in ranking for name in tier]
    places = min(top or 5, len(utilities))
    assert len(named) == len(set(named)) >= places
    assert ties or len(named) == len(ranking) == places
    for above, below in combinations(range(len(ranking)), 2):
        for one in ranking[above]:
            for other in ranking[below]:
                assert utilities[one] > utilities[other] or (not ties and utilities[one] == utilities[other])
    left = set(utilities) - set(named)
    assert all(utilities[name] <= min(utilities[one] for one in named) for name in left)
    if ties:
        assert all(len({utilities[name] for name in tier}) == 1 for tier in ranking)


@given(st.lists(st.permutations(NAMES), min_size=1, max_size=6))
def test_rankings_of_all_alternatives_score_as_borda_does(orders):
    mode, case = mode_of("rank"), case_of(NAMES)
    votes = [Vote(juror, {"ranking": [[name] for name in order]}) for juror, order in enumerate(orders)]
    profile = mode.profile(case, votes, np.ones(len(orders)), {})
    scores = decide(profile, "borda").scores
    assert np.sum([mode.utilities_of(vote.values, case) for vote in votes], axis=0) == pytest.approx(scores / 4)


@pytest.mark.parametrize(
    ("written", "ties", "expected"),
    [
        ("B, C, A", False, [["y"], ["z"], ["x"]]),
        (" B>C  >A ", False, [["y"], ["z"], ["x"]]),
        ("B, C = A", True, [["y"], ["x", "z"]]),
        ("C=B=A", True, [["x", "y", "z"]]),
        ("B, C", False, "2 labels are named, 3 were asked for"),
        ("B, C = A", False, "a tie, where none was offered"),
        ("B, C, C", False, "a label is named twice"),
        ("B, C, D", False, "'D' is none of the labels"),
        ("y, z, x", False, "'y' is none of the labels"),
        ("BCA", False, "'BCA' is none of the labels"),
        ("", False, "'' is none of the labels"),
        ("B, C, A,", False, "'' is none of the labels"),
        (["B", "C", "A"], False, "a list is not text"),
    ],
)
def test_rankings_as_they_are_written(written, ties, expected):
    answer = mode_of("rank", ties=ties).read(
        Showing.plain(case_of("xyz")), [Reply(json.dumps({"ranking": written}))], rng()
    )
    if isinstance(expected, str):
        assert (answer.status, answer.problem, answer.values) == ("unparsed", expected, {})
    else:
        assert answer.values == {"ranking": expected}


@pytest.mark.parametrize(
    ("size", "places", "ties", "count"),
    # Orders of m; of the best of m; Fubini numbers 3, 13 and 75 with ties.
    [(3, 3, False, 6), (5, 5, False, 120), (5, 2, False, 20), (2, 2, True, 3), (3, 3, True, 13), (4, 4, True, 75)],
)
def test_the_form_lists_exactly_the_rankings_that_can_be_read(size, places, ties, count):
    marks = tuple("ABCDE"[:size])
    listed = _listed(marks, places, ties=ties)
    mode, showing = mode_of("rank", ties=ties, top=places), Showing.plain(case_of(NAMES[:size]))
    assert len(listed) == len(set(listed)) == count
    answers = [mode.read(showing, [Reply(json.dumps({"ranking": text}))], rng()) for text in listed]
    assert {answer.status for answer in answers} == {"answered"}
    assert len({json.dumps(answer.values) for answer in answers}) == count
    others = {
        joint.join(order)
        for length in range(1, size + 1)
        for order in permutations(marks, length)
        for joint in (", ", " = ")
    }
    for text in others - set(listed):
        again = mode.read(showing, [Reply(json.dumps({"ranking": text}))], rng())
        assert again.status == "unparsed" or json.dumps(again.values) in {json.dumps(a.values) for a in answers}


@pytest.mark.parametrize(("size", "ties"), [(6, False), (5, True)])
def test_too_many_rankings_are_not_listed(size, ties):
    assert _listed(tuple("ABCDEF"[:size]), size, ties=ties) is None
    showing = Showing.plain(case_of("uvwxyz"[:size]))
    schema = mode_of("rank", ties=ties).questions(showing)[0].form.schema
    assert schema["properties"]["ranking"] == {"type": "string"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("A", "2 labels"),
        ("A, B", None),
        ("A = B", None),
        ("A, B = C", None),
        ("A = B = C", None),
        ("A, B, C", "more labels are named than the 2 best"),
        ("A = B, C", "more labels are named than the 2 best"),
    ],
)
def test_ties_may_reach_over_the_last_place_asked_for(text, problem):
    mode, showing = mode_of("rank", ties=True, top=2), Showing.plain(case_of("xyz"))
    answer = mode.read(showing, [Reply(json.dumps({"ranking": text}))], rng())
    if text == "A":
        problem = "1 labels are named, 2 were asked for"
    assert answer.problem == (problem or "")


@given(holders(), st.booleans(), st.sampled_from(READOUTS), st.data())
def test_the_better_of_two_is_preferred(held, ties, readout, data):
    utilities, showing = held
    size = len(utilities)
    pairs = data.draw(st.just("all") | st.integers(size - 1, 12))
    mode = mode_of("pairwise", ties=ties, pairs=pairs)
    showing = asked_for(showing, readout)
    answer = heard(mode, utilities, showing)
    compared = answer.values["comparisons"]
    most = size * (size - 1) // 2
    assert (
        len({frozenset(pair[:2]) for pair in compared})
        == len(compared)
        == (most if pairs == "all" else min(pairs, most))
    )
    for one, other, won in compared:
        if utilities[one] != utilities[other]:
            assert won == float(utilities[one] > utilities[other])
        else:
            assert won == (0.5 if ties else float(one < other))
    asks = [question.ask for question in mode.questions(showing)]
    for ask, (one, other, _) in zip(asks, compared, strict=True):
        shown = [line for line in ask.splitlines() if line[1:3] == ". "]
        first, second = (showing.marks[showing.order.index(name)] for name in (one, other))
        assert shown[:2] == [f"{first}. {one}", f"{second}. {other}"]
        assert len(shown) == 2 + ties
    profile = mode.profile(showing.case, [Vote(0, answer.values)], np.ones(1), {})
    if pairs == "all":
        best = max(utilities.values())
        tied = [name for name in utilities if utilities[name] == best]
        assert decide(profile, "copeland").winners == (tuple(tied) if ties else (min(tied),))


def test_probabilities_are_kept_as_parts_of_a_win():
    mode = mode_of("pairwise", ties=True)
    showing = Showing.plain(case_of("xy"), ("y", "x"), "logprobs")
    answer = mode.read(showing, [reply_of({"A": 0.3, "B": 0.1, "C": 0.1})], rng())
    ((one, other, won),) = answer.values["comparisons"]
    assert {one: won, other: 1 - won} == pytest.approx({"y": 0.7, "x": 0.3})
    assert answer.label_mass == pytest.approx(0.5)
    wins = mode.profile(case_of("xy"), [Vote(0, answer.values)], np.ones(1), {}).wins[0]
    assert wins == pytest.approx(np.array([[0, 0.3], [0.7, 0]]))


def test_a_comparison_that_cannot_be_read_costs_the_others_nothing():
    mode, showing = mode_of("pairwise"), Showing.plain(case_of("xyz"))
    pairs = [(one, other) for one, other in mode._pairs(showing)]
    replies = [Reply(json.dumps({"preferred": pairs[0][0]})), Reply("well"), Reply(json.dumps({"preferred": "Q"}))]
    answer = mode.read(showing, replies, rng())
    assert answer.status == "answered"
    assert [won for _, _, won in answer.values["comparisons"]] == [1.0, None, None]
    assert mode.unread(answer.values) == 2
    profile = mode.profile(showing.case, [Vote(0, answer.values)], np.ones(1), {})
    assert profile.n_comparisons == 1
    utilities = mode.utilities_of(answer.values, showing.case)
    assert sorted(utilities, key=lambda value: (value != value, value))[:2] == [0, 1]
    assert np.isnan(utilities).sum() == 1
    nothing = mode.read(showing, [Reply("well")] * 3, rng())
    assert (nothing.status, nothing.values) == ("unparsed", {})


@given(holders(1))
def test_predicted_shares_are_in_proportion_to_utilities(held):
    utilities, showing = held
    mode = mode_of("distribution")
    answer = heard(mode, utilities, showing)
    total = sum(utilities.values())
    wanted = [value / total if total > 0 else 1 / len(utilities) for value in utilities.values()]
    assert list(answer.values["shares"].values()) == pytest.approx(wanted)
    assert mode.shares_of(answer.values, showing.case) == mode.utilities_of(answer.values, showing.case)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"A": 30, "B": 72}', {"x": 30 / 102, "y": 72 / 102}),
        ('{"A": 0, "B": 100}', {"x": 0, "y": 1}),
        ('{"A": 30, "B": 60}', "the percentages add up to 90, not to 100"),
        ('{"A": 0.3, "B": 0.7}', "the percentages add up to 1, not to 100"),
        ('{"A": -1, "B": 101}', "A: no percentage"),
        ('{"A": 200, "B": -100}', "A: more than 100 percent"),
        ('{"A": "50", "B": 50}', "A: no percentage"),
        ('{"A": true, "B": 99}', "A: no percentage"),
        ('{"A": 100}', "B: missing"),
        ('{"A": NaN, "B": 100}', "not a JSON object"),
        ('{"A": 1e999, "B": 1}', "A: no percentage"),
        ('{"A": ' + "9" * 4000 + ', "B": 1}', "A: more than 100 percent"),
        ("50/50", "not a JSON object"),
    ],
)
def test_shares_as_they_are_written(text, found):
    answer = mode_of("distribution").read(Showing.plain(case_of("xy")), [Reply(text)], rng())
    if isinstance(found, str):
        assert (answer.status, answer.problem) == ("unparsed", found)
    else:
        assert answer.values["shares"] == pytest.approx(found)


def test_whose_choices_are_predicted_is_asked():
    ask = mode_of("distribution", people="farmers in Kenya").questions(Showing.plain(case_of("xy")))[0].ask
    assert ask.startswith("Of 100 farmers in Kenya, how many would choose each?")


@pytest.mark.parametrize("dont_know", [False, True])
def test_who_would_rather_not_answer_is_counted_as_refused(dont_know):
    mode, showing = mode_of("choose", refuse=True, dont_know=dont_know), Showing.plain(case_of("xy"))
    question = mode.questions(showing)[0]
    offered = question.context.splitlines()[4:]
    assert offered == (["C. Don't know"] if dont_know else []) + [
        f"{'D' if dont_know else 'C'}. I would rather not answer"
    ]
    last = offered[-1][0]
    assert question.form.options[-1] == last
    answer = mode.read(showing, [Reply(json.dumps({"choice": last}))], rng())
    assert (answer.status, answer.values, answer.problem) == ("refused", {}, "chose not to answer")
    if dont_know:
        unsure = mode.read(showing, [Reply('{"choice": "C"}')], rng())
        assert (unsure.status, unsure.values) == ("answered", {"choice": None})


@pytest.mark.parametrize("readout", ["logprobs", "verbalised"])
def test_the_chance_of_a_refusal_is_kept(readout):
    mode, showing = mode_of("choose", refuse=True, dont_know=True), Showing.plain(case_of("xy"), readout=readout)
    shares = {"A": 0.2, "B": 0.1, "C": 0.2, "D": 0.5}
    written = Reply(json.dumps({mark: 100 * share for mark, share in shares.items()}))
    reply = reply_of(shares) if readout == "logprobs" else written
    generator = np.random.default_rng(4)
    answers = [mode.read(showing, [reply], generator) for _ in range(2000)]
    for answer in answers[:20]:
        assert answer.values["probabilities"] == pytest.approx({"x": 0.2, "y": 0.1})
        assert (answer.values["dont_know"], answer.values["refuse"]) == pytest.approx((0.2, 0.5))
        assert answer.label_mass == (pytest.approx(1) if readout == "logprobs" else None)
    assert np.mean([answer.status == "refused" for answer in answers]) == pytest.approx(0.5, abs=0.04)
    assert mode.shares_of(answers[0].values | {"choice": "x"}, showing.case) == pytest.approx([2 / 3, 1 / 3])


def test_a_word_for_every_score_is_shown():
    words = ["terrible", "poor", "fair", "good", "excellent"]
    mode = mode_of("score", anchors=words)
    said = "from 1 to 5, where 1 means terrible, 2 means poor, 3 means fair, 4 means good and 5 means excellent"
    for readout in READOUTS:
        assert said in mode.questions(Showing.plain(case_of("xy"), readout=readout))[0].ask
    low = mode_of("score", scale=(-1, 1), anchors=["against", "neutral", "for"]).questions(Showing.plain(case_of("xy")))
    assert "from -1 to 1, where -1 means against, 0 means neutral and 1 means for" in low[0].ask
    assert (
        "from 1 (no) to 3 (yes)"
        in mode_of("score", scale=(1, 3), anchors=["no", "yes"]).questions(Showing.plain(case_of("xy")))[0].ask
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"anchors": ["a", "b", "c"]},
            r"anchors: 3 words for scale \[1, 5\]; give 2, for its ends, or 5, one for every",
        ),
        ({"anchors": ["a"]}, "at least 2 items"),
        ({"anchors": ["", "b"]}, "at least 1 character"),
    ],
)
def test_anchors_fit_the_scale(settings, message):
    with pytest.raises(ValueError, match=message):
        mode_of("score", **settings)


@pytest.mark.parametrize(
    ("mode", "names", "message"),
    [
        (mode_of("rank"), "x", "elicitation.mode: 'rank' takes two alternatives or more, and case 'k' has one"),
        (mode_of("pairwise"), "x", "elicitation.mode: 'pairwise' takes two alternatives or more, and case 'k' has one"),
        (
            mode_of("pairwise", pairs=3),
            NAMES,
            "elicitation.pairs: 3 cannot connect the 5 alternatives of case 'k'; give 4 or more, or all",
        ),
    ],
)
def test_cases_that_cannot_be_asked_are_refused_before_anything_is(mode, names, message):
    with pytest.raises(StudyError) as caught:
        check_rules(mode, [case_of("xy" * (len(names) > 1) or "x"), case_of(names)], ["borda"])
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("mode", "most"),
    [
        (mode_of("choose"), 26),
        (mode_of("choose", dont_know=True, refuse=True), 24),
        (mode_of("choose", labels="numbers", refuse=True), 8),
        (mode_of("choose", labels="varied"), 24),
        (mode_of("choose", labels="varied", dont_know=True, refuse=True), 24),
        (mode_of("pairwise"), 26),
        (mode_of("pairwise", ties=True, labels="numbers"), 8),
    ],
    ids=repr,
)
def test_labels_that_are_read_off_a_token_are_single_characters(mode, most):
    names = [f"n{number}" for number in range(most + 1)]
    assert mode.obstacle("logprobs", [case_of(names[:most])]) is None
    assert f"more than {'9 numbers' if mode.labels == 'numbers' else ''}" in mode.obstacle("logprobs", [case_of(names)])
    assert mode.obstacle("sample", [case_of(names)]) is None
    for seed in range(40):
        labels = label_names(mode.labels, most, np.random.default_rng(seed))
        showing = Showing(case_of(names[:most]), tuple(names[:most]), labels, "logprobs")
        for question in mode.questions(showing)[:5]:
            assert all(len(option) == 1 for option in question.form.options)


@pytest.mark.parametrize(
    ("mode", "values", "told", "held"),
    [
        ({"mode": "score"}, {"scores": {"a": 4, "b": None}}, "B3: no opinion, B1: 4, B2: no opinion", {"a": 0.7}),
        (
            {"mode": "score", "scale": (0, 1)},
            {"scores": {"a": 0.25, "b": 1}},
            "B3: no opinion, B1: 0.25, B2: 1",
            {"a": 0.375, "b": 0.75},
        ),
        ({"mode": "choose", "dont_know": True}, {"choice": "b"}, "B2", {"a": 0.0, "b": 1.0, "c": 0.0}),
        ({"mode": "choose", "dont_know": True}, {"choice": None}, "don't know", {}),
        ({"mode": "approve"}, {"approved": ["c", "a"]}, "B3, B1", {"a": 1.0, "b": 0.0, "c": 1.0}),
        ({"mode": "approve"}, {"approved": []}, "none", {"a": 0.0, "b": 0.0, "c": 0.0}),
        (
            {"mode": "rank", "ties": True},
            {"ranking": [["c"], ["a", "b"]]},
            "B3, B1 = B2",
            {"a": 0.25, "b": 0.25, "c": 1.0},
        ),
        (
            {"mode": "distribution"},
            {"shares": {"a": 0.5, "b": 0.5, "c": 0}},
            "B3: 0, B1: 0.5, B2: 0.5",
            {"a": 0.5, "b": 0.5, "c": 0.0},
        ),
    ],
)
def test_an_answer_is_told_by_the_labels_that_somebody_else_sees(mode, values, told, held):
    case = Case.model_validate({"id": "x", "prompt": "?", "alternatives": ["a", "b", "c"]})
    showing = Showing(case, ("c", "a", "b"), ("B3", "B1", "B2", "B4"), "sample")
    asked = modes[mode["mode"]].model_validate(mode)
    assert asked.told(values, showing) == told
    assert asked.held(values, case) == pytest.approx(held)
