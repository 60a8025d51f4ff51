"""A round with the embedded model: small, and real."""

import pytest

from jury import simulate
from jury.models.embedded import EMBEDDED_MODEL, embedded_model_path

pytestmark = pytest.mark.local_model


def test_two_jurors_hear_each_other(make_study, tmp_path):
    if embedded_model_path() is None:
        pytest.skip("the embedded model is not there; fetch it with: jury models pull")
    study = make_study(
        jurors=2,
        cases=[{"id": "wage", "prompt": "What about the minimum wage?", "alternatives": ["raise it", "keep it"]}],
        model={"name": f"local/{EMBEDDED_MODEL}", "max_tokens": 24},
        elicitation={"mode": "choose", "opinion": 1},
        deliberation={"rounds": 1, "hear": 1},
    )
    run = simulate(study, out=tmp_path / "r.sqlite")
    assert (run.end, run.latest_round, run.fillable()) == ("complete", 1, 0)
    ballots = run.ballots()
    assert (ballots["status"] == "answered").all()
    assert [found["jurors"] for found in ballots["heard"] if found] == [[1], [0]]
    assert ballots["label_mass"].notna().all()
