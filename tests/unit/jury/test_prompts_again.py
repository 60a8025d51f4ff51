"""The prompts that `jury view` shows are those that the model was sent, whatever the mode."""

import pytest

from jury import simulate
from jury.view.ballots import Filter, ballot_page
from jury.view.prompts import ballot


@pytest.fixture
def sent(plug):
    """Return what a model is sent, message by message, in the order of asking."""
    found = []

    def answer(request):
        found.append([(message.role, message.text) for message in request.messages()])
        said = request.question.as_if({name: place / len(request.shown) for place, name in enumerate(request.shown)})
        return said or "I have thought about it."

    plug("script", answer)
    return found


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"elicitation": {"mode": "choose", "opinion": 1}},
        {"elicitation": {"mode": "pairwise"}},
        {"elicitation": {"mode": "rank", "layout": "case-first"}},
        {"elicitation": {"mode": "approve", "replicates": 2}, "persona": {"style": "first-person", "variants": 2}},
        {"persona": "none"},
        {"elicitation": {"mode": "score", "opinion": 1}, "deliberation": {"rounds": 2, "hear": 2}},
        {"elicitation": {"mode": "pairwise", "opinion": 1}, "deliberation": {"rounds": 1, "hear": 2}},
    ],
    ids=["score", "opinion", "pairwise", "case-first", "wordings", "no-persona", "rounds", "pairs-in-rounds"],
)
def test_the_messages_shown_are_those_sent(make_study, sent, tmp_path, changes):
    study = make_study(model={"name": "script/x", "temperature": 0}, jurors=4, **changes)
    path = tmp_path / "run.sqlite"
    run = simulate(study, out=path, cache=False, max_connections=1)
    assert run.denominators()["answered"] == run.denominators()["asked"]
    lines = ballot_page(path, Filter(), 1)["ballots"]
    shown = []
    for line in lines:
        found = ballot(path, run, {name: str(value) for name, value in line["key"].items()})
        assert found["exact"] is True
        shown += [[(each["role"], each["text"]) for each in reply["messages"]] for reply in found["replies"]]
    assert len(shown) == len(sent)
    assert sorted(shown) == sorted(sent)
