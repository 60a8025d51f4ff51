"""Both batch interfaces, played on loopback, and a study to hand in."""

from __future__ import annotations

import pytest
from jury_test_fakes.books import CASES, JURORS, QUICK

from jury import Study


@pytest.fixture(params=["openai/gpt-5-mini", "anthropic/claude-haiku-4-5"])
def batches(request):
    """The batch interface of a provider, played."""
    provider = request.param.partition("/")[0]
    played = request.getfixturevalue(f"{provider}_batches")
    played.model = request.param
    return played


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Batches are looked at again at once."""
    monkeypatch.setattr("jury.batches.running.Waits", lambda: QUICK)


@pytest.fixture
def study():
    """Return a function that makes a small study of a model behind a server."""

    def make(batches, mode="score", *, jurors=JURORS, options=None, **elicitation):
        model = {"name": batches.model, "base_url": batches.server.base_url, "options": options or {}}
        document = {"name": "small", "jurors": {"n": jurors}, "cases": CASES, "model": model, "seed": 5}
        return Study.model_validate(document | {"elicitation": {"mode": mode, "readout": "sample", **elicitation}})

    return make
