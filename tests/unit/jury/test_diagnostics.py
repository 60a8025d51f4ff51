"""What explains the answers: planted effects come back, and chance looks like chance."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from jury import Panel, simulate
from jury.cases import Case
from jury.diagnostics import explained, shuffled
from jury.elicitation import Vote, modes


def panel_of(rows, shown, groups=None, weights=None):
    """Return a panel of one case: `rows` of utilities by juror, alternatives named after their columns."""
    names = "abcdef"[: len(rows[0])]
    case = Case(id="k", prompt="?", alternatives=tuple(names))
    votes = [
        Vote(juror, {"scores": dict(zip(names, row, strict=True))}, tuple(order))
        for juror, (row, order) in enumerate(zip(rows, shown, strict=True))
    ]
    jurors = pd.DataFrame({"side": ["x"] * len(rows) if groups is None else groups})
    weights = np.ones(len(rows)) if weights is None else weights
    return Panel("p", modes["score"].model_validate({}), (case,), jurors, weights, {"k": votes}, Counter(), len(rows))


def test_half_alternative_half_position_by_hand():
    # a is worth one more than b, and whatever comes first gains one.
    found = explained(panel_of([(4, 2), (3, 3)] * 2, ["ab", "ba"] * 2))
    assert (found.alternative, found.position, found.juror) == pytest.approx((0.5, 0.5, 0))
    assert found.ratings == 8


def test_lenient_jurors():
    found = explained(panel_of([(1, 2), (4, 5)] * 2, ["ab", "ab", "ba", "ba"]))
    # Deviations from 3: alternatives explain 4 * 2 * 0.25, jurors 4 * 2 * 2.25.
    assert (found.alternative, found.position, found.juror) == pytest.approx((0.1, 0, 0.9))


@pytest.mark.parametrize("rows", [[(3, 3), (3, 3)], [(None, None)]])
def test_nothing_to_explain(rows):
    assert explained(panel_of(rows, ["ab"] * len(rows))) is None


def test_an_unknown_order_explains_nothing():
    assert explained(panel_of([(1, 2), (4, 5)], ["", ""])) is None


@pytest.mark.parametrize(
    ("template", "expected"), [('{"A": 5, "B": 3, "C": 1}', 1.0), ('{"A": 3, "B": 3, "C": 1}', 1.0)]
)
def test_jurors_who_answer_by_position_are_found_out(template, expected, make_study, plug, tmp_path):
    plug("positional", lambda _: template)
    run = simulate(make_study(model="positional/x", jurors=12), out=tmp_path / "r.sqlite")
    found = explained(run.panel())
    assert found.position == pytest.approx(expected)
    assert found.alternative == pytest.approx(0)


def test_jurors_who_read_are_not(make_study, tmp_path):
    table = {
        name: {"default": value} for name, value in zip(("raise", "keep", "abolish"), (0.9, 0.5, 0.1), strict=True)
    }
    study = make_study(
        cases=make_study().model_dump()["cases"][:1],
        model={"name": "planted/table", "options": {"utilities": table}},
        jurors=12,
    )
    found = explained(simulate(study, out=tmp_path / "r.sqlite").panel())
    assert found.alternative == pytest.approx(1)
    assert found.position == pytest.approx(0)


def test_groups_that_differ_stand_out():
    rows = [(5, 1)] * 10 + [(1, 5)] * 10
    panel = panel_of(rows, ["ab"] * 20, ["x"] * 10 + ["y"] * 10)
    found = shuffled(panel, "side", np.random.default_rng(1), rounds=199)
    assert found.spread == pytest.approx(4)  # every group is 2 away from the mean
    assert found.chance == pytest.approx(4 / 19, rel=0.3)  # the variance of a mean of 10 out of 20
    assert found.share_above == 1 / 200
    assert shuffled(panel_of(rows, ["ab"] * 20), "side", np.random.default_rng(0)) is None


def test_by_chance_shares_are_uniform():
    rng = np.random.default_rng(5)
    shares = []
    for _ in range(300):
        groups = rng.permutation(["x"] * 8 + ["y"] * 5 + ["z"] * 7)
        panel = panel_of(rng.normal(size=(20, 3)).tolist(), ["abc"] * 20, groups, rng.uniform(0.5, 2, 20))
        shares.append(shuffled(panel, "side", rng, rounds=39).share_above)
    counts = np.histogram(shares, bins=np.linspace(0, 1, 6), weights=None)[0]
    assert min(shares) >= 1 / 40
    assert np.mean(shares) == pytest.approx(0.51, abs=0.06)
    assert counts.min() > 35  # 60 expected in each fifth, standard deviation 7
