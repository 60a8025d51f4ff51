"""What an account and a budget allow to be handed in."""

from __future__ import annotations

import pytest
from jury_test_fakes.books import BALLOTS, the_batches

from jury import simulate
from jury.errors import ModelError
from jury.preview import preview


def test_the_budget_counts_what_is_with_the_provider(batches, study, tmp_path):
    most = preview(study(batches)).cost / BALLOTS  # of one ballot, at the usual price
    limit = 2.3 * most
    run = simulate(study(batches), out=tmp_path / "a.sqlite", batch=True, max_cost=limit, cache=False)
    assert (run.end, run.denominators()["answered"]) == ("complete", BALLOTS)
    sizes = [len(known["lines"]) for known in batches.batches.values()]
    assert sizes[0] == 4  # two dollars' worth of ballots at half a dollar each, as it were
    assert len(sizes) > 2  # what turned out cheaper made room for more
    assert run.ballots()["cost_usd"].sum() <= limit


def test_a_budget_that_is_used_up_hands_nothing_in(batches, study, tmp_path):
    most = preview(study(batches)).cost / BALLOTS
    nothing = simulate(study(batches), out=tmp_path / "a.sqlite", batch=True, max_cost=most / 2, cache=False)
    assert (nothing.end, nothing.denominators()["answered"]) == ("budget", 0)
    assert batches.server.seen == []
    batches.fate = lambda _, number: "answered" if number == 1 else 400
    part = simulate(study(batches), out=tmp_path / "b.sqlite", batch=True, cache=False)
    spent, handed_in = part.ballots()["cost_usd"].sum(), len(batches.batches)
    again = simulate(study(batches), out=part.path, batch=True, resume=True, max_cost=spent + most / 4, cache=False)
    assert (again.end, again.denominators()["answered"]) == ("budget", 2)
    assert len(batches.batches) == handed_in


def test_a_batch_that_is_too_large_for_the_account_is_cut(openai_batches, study, tmp_path):
    openai_batches.model = "openai/gpt-5-mini"
    openai_batches.refuse = lambda lines: (
        ("token_limit_exceeded", "Enqueued token limit reached") if len(lines) > 3 else None
    )
    run = simulate(study(openai_batches), out=tmp_path / "a.sqlite", batch=True)
    assert run.denominators()["answered"] == BALLOTS
    sizes = [len(known["lines"]) for known in openai_batches.batches.values() if known["body"]["status"] == "completed"]
    assert sum(sizes) == BALLOTS - 1
    assert max(sizes) <= 3


def test_a_batch_that_is_refused_for_good_ends_the_run(openai_batches, study, tmp_path):
    openai_batches.model = "openai/gpt-5-mini"
    openai_batches.refuse = lambda _: ("model_not_found", "The model has no batch interface")
    with pytest.raises(ModelError, match=r"did not take the batch .*no batch interface"):
        simulate(study(openai_batches), out=tmp_path / "a.sqlite", batch=True)
    assert the_batches(tmp_path / "a.sqlite") == []
