"""Cases that the same jurors answered are counted together, and come out as one by one."""

import numpy as np
import pandas as pd
import pytest

from jury.auditing import audit, conduct
from jury.auditing.bench import Bench, benches
from jury.auditing.hearing import hearings

RULES = ["utilitarian", "nash", "leximin", "gini", "borda", "schulze"]


@pytest.fixture(scope="module", params=["complete", "some silent", "each asked some"])
def panel(request, scored):
    rng = np.random.default_rng(5)
    scores = rng.integers(1, 6, (14, 24, 3)).astype(float)
    if request.param == "some silent":
        scores[rng.random(scores.shape) < 0.05] = np.nan
        scores[3] = np.nan
    made = scored(scores, weights=rng.uniform(0.5, 2, 24), side=list("lr" * 12), town=list("abc" * 8))
    if request.param == "each asked some":
        for case, votes in enumerate(made.votes.values()):
            votes[:] = [vote for vote in votes if (vote.juror + case) % 3]
    return made


def alone(heard, rules, groups):
    """Every case on a bench of its own."""
    return [
        Bench((one,), decided, np.array([place])) for place, (one, decided) in enumerate(zip(heard, rules, strict=True))
    ]


@pytest.mark.parametrize("unit", ["juror", "group"])
def test_an_audit_is_the_same_case_by_case(panel, unit, monkeypatch):
    by = ["side"] if unit == "group" else ["side", "town"]
    together = audit(panel, rules=RULES, by=by, unit=unit, resamples=60)
    monkeypatch.setattr(conduct, "benches", alone)
    one_by_one = audit(panel, rules=RULES, by=by, unit=unit, resamples=60)
    for name, table in together.tables.items():
        pd.testing.assert_frame_equal(table, one_by_one.tables[name], rtol=1e-9, atol=1e-12)
    assert together.comparisons == one_by_one.comparisons


def test_cases_share_a_bench_where_they_have_the_same_jurors_and_rules(scored):
    made = scored(np.ones((6, 4, 2)), weights=np.ones(4))
    del made.votes["c4"][0]
    heard = list(hearings(made, (), "juror"))
    rules = [("utilitarian",)] * 5 + [(None,)]
    found = benches(heard, rules, groups=3)
    assert sorted(one.places.tolist() for one in found) == [[0, 1, 2, 3], [4], [5]]


def test_a_rule_that_cannot_decide_one_case_decides_the_others(scored):
    scores = np.tile([[1.0, 5.0], [2.0, 3.0]], (3, 1, 1))
    made = scored(scores, weights=np.ones(2))
    heard = list(hearings(made, (), "juror"))
    bench = Bench(tuple(heard), ("nash:disagreement=1.5", "nash:disagreement=0.5"), np.arange(3))
    won = bench.winners(np.array([[1.0, 1], [0, 1], [0, 0]]))
    # Who is below the point of disagreement counts only where there is weight.
    assert won[:, :, 0].tolist() == [[[False, False]] * 3, [[False, False]] * 3, [[False, False]] * 3]
    assert won[:, :, 1].tolist() == [[[False, True]] * 3, [[False, True]] * 3, [[False, False]] * 3]
