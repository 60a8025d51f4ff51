"""What a run is resumed with: the same file, the same study, and the same words, orders and seeds."""

import sqlite3

import pytest

from jury import RunError, simulate
from jury.backends import Reply

ASKED = {
    "order": """UPDATE ballot SET shown = '["keep", "raise", "abolish"]' WHERE case_id = 'wage' AND juror_id = 0""",
    "labels": """UPDATE ballot SET labels = '["1", "2", "3"]' WHERE case_id = 'tax' AND juror_id = 7""",
    "seed": "UPDATE ballot SET seed = seed + 1 WHERE case_id = 'tax' AND juror_id = 0",
    "words": "UPDATE ballot SET context = 'Other words.' WHERE case_id = 'wage' AND juror_id = 7",
    "seed and words": "UPDATE ballot SET seed = seed + 1, context = context || ' '",
}


def _changed(path, *statements):
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


@pytest.mark.parametrize("changed", ASKED)
def test_a_run_that_was_asked_otherwise_is_not_gone_on_with(changed, make_study, plug, tmp_path):
    path = tmp_path / "r.sqlite"
    asked = []
    plug("counted", lambda request: asked.append(request) or Reply('{"A": 1, "B": 2, "C": 3}'))
    study = make_study(model="counted/x", elicitation={"mode": "score", "readout": "sample"})
    simulate(study, out=path)
    _changed(path, "DELETE FROM reply WHERE juror_id = 3", "DELETE FROM ballot WHERE juror_id = 3", ASKED[changed])
    before = len(asked)
    with pytest.raises(RunError) as caught:
        simulate(study, out=path, resume=True)
    assert f"asked this study with other {changed} than this version would" in str(caught.value)
    assert len(asked) == before
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT COUNT(*) FROM ballot").fetchone() == (14,)
    connection.close()


@pytest.mark.parametrize("opinion", [0, 2])
@pytest.mark.parametrize("mode", ["score", "choose", "approve", "rank", "pairwise", "distribution"])
@pytest.mark.parametrize("mix", ["split", "crossed"])
def test_a_run_that_was_asked_alike_is_gone_on_with(mix, mode, opinion, make_study, tmp_path):
    path = tmp_path / "r.sqlite"
    study = make_study(
        model=["planted/hash", "null/uniform"],
        jurors={"n": 8, "mix": mix},
        elicitation={"mode": mode, "order": "random", "labels": "varied", "replicates": 2, "opinion": opinion},
    )
    columns = ["juror", "case", "replicate", "shown", "labels", "text"]
    whole = simulate(study, out=path).ballots()[columns]
    _changed(path, "DELETE FROM reply WHERE juror_id = 3", "DELETE FROM ballot WHERE juror_id = 3")
    again = simulate(study, out=path, resume=True).ballots()[columns]
    assert again.to_dict() == whole.to_dict()
