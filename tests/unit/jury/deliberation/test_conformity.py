"""Planted conformity: what is planted is found, what is not is not, and opinion dynamics foresee it."""

import numpy as np
import pytest

from jury import simulate
from jury.deliberation.dynamics.base import read_model
from jury.deliberation.live import deliberated
from jury.deliberation.topology import ties_of

SCALE = [0, 1000]
#: The majority's level and the minority's, of one attribute, and what they think of three alternatives.
TABLE = {
    "raise": {"default": 0.8, "side=few": 0.3},
    "keep": {"default": 0.4, "side=few": 0.7},
    "abolish": {"default": 0.2, "side=few": 0.2},
}


def planted(make_study, tmp_path, conformity, *, rounds=1, noise=0.0, name="planted/hash", hear=99, jurors=24, **more):
    options = {"conformity": conformity, "noise": noise} | more
    if name == "planted/table":
        people = tmp_path / "people.csv"
        people.write_text("side\n" + "many\n" * 17 + "few\n" * 7)
        drawn = {"population": str(people), "jurors": {"n": 24, "replace": False}, "groups": ["side"]}
    else:
        drawn = {"jurors": jurors}
    study = make_study(
        **drawn,
        cases=[{"id": "wage", "prompt": "What about the minimum wage?", "alternatives": list(TABLE)}],
        model={"name": name, "options": options},
        elicitation={"mode": "score", "scale": SCALE, "opinion": 1, "readout": "sample"},
        deliberation={"rounds": rounds, "ballots": "open", "hear": hear},
    )
    path = tmp_path / f"{name.partition('/')[2]}-{conformity}-{noise}-{hear}.sqlite"
    return simulate(study, out=path)


def opinions(run, number):
    """Return the (n, m) utilities in [0, 1] that scores of a round stand for, jurors in order."""
    panel = run.panel(number)
    votes = sorted(panel.votes["wage"], key=lambda vote: vote.juror)
    held = [panel.mode.held(vote.values, panel.cases[0]) for vote in votes]
    return np.array([[mine[name] for name in TABLE] for mine in held])


@pytest.mark.parametrize("conformity", [0.0, 0.25, 0.6, 1.0])
def test_the_shift_is_as_steep_as_the_conformity_planted(conformity, make_study, tmp_path):
    run = planted(make_study, tmp_path, conformity)
    before, after = opinions(run, 0), opinions(run, 1)
    others = (before.sum(axis=0) - before) / (len(before) - 1)
    slope, intercept = np.polyfit((others - before).ravel(), (after - before).ravel(), 1)
    assert slope == pytest.approx(conformity, abs=0.01)
    assert intercept == pytest.approx(0, abs=0.002)


def test_friedkin_and_johnsen_foresee_every_round(make_study, tmp_path):
    run = planted(make_study, tmp_path, 0.6, rounds=3)
    model = read_model("friedkin-johnsen:stubbornness=0.4,self_weight=0")
    rng = np.random.default_rng(0)
    ties = ties_of("complete", run.panel().jurors, rng)
    foreseen = model.discuss(opinions(run, 0), ties, rng)
    for number in range(1, 4):
        # Each answer is rounded to one of 1001 scores.
        np.testing.assert_allclose(opinions(run, number), foreseen.at(number), atol=3 / 1001)


def test_a_planted_minority_that_gives_way_is_found_and_one_that_does_not_is_not(make_study, tmp_path):
    table = {"name": "planted/table", "utilities": TABLE, "noise": 0.02}
    silenced = deliberated(planted(make_study, tmp_path, 0.9, **table)).change
    row = silenced.silencing.iloc[0]
    assert (row["minority"], row["majority"]) == (7, 17)
    assert (row["yielded"], row["left"]) == (7, 0)
    assert silenced.estimate("silencing").low > 0
    # Each side closes 0.9 of the way to those it heard: the minority heard 17 of 23 of the majority.
    assert row["minority_gave"] == pytest.approx(0.9 * 17 / 23, abs=0.05)
    assert row["majority_gave"] == pytest.approx(0.9 * 7 / 23, abs=0.05)
    divisions = silenced.divisions.set_index("figure")
    assert (divisions.loc[["variance", "disagreement"], "change_high"] < 0).all()


def test_where_nobody_conforms_nothing_is_found(make_study, tmp_path):
    table = {"name": "planted/table", "utilities": TABLE, "noise": 0.02}
    steady = deliberated(planted(make_study, tmp_path, 0.0, **table)).change
    row = steady.silencing.iloc[0]
    assert (row["minority"], row["yielded"], row["left"]) == (7, 0, 0)
    low, high = row["minority_gave_low"], row["minority_gave_high"]
    assert low < 0 < high
    assert (steady.shifts["shift"].abs() < 25).all()  # on a scale of 1000; noise of 20 for each answer
    assert not steady.verdicts["changed"].any()


def test_noise_alone_looks_like_silencing_unless_there_is_a_control(make_study, tmp_path):
    noisy = {"name": "planted/hash", "noise": 0.25, "jurors": 80}
    run = planted(make_study, tmp_path, 0.0, **noisy)
    control = planted(make_study, tmp_path, 0.0, hear=0, **noisy)
    found = deliberated(run, control=control).change
    assert found.estimate("yielding").value > 0.1  # a second draw of the same noise
    excess = found.estimate("excess")
    assert excess.low <= 0 <= excess.high
    assert found.control is not None
