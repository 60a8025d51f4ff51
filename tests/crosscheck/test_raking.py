"""Raking and post-stratification against ipfn, samplics and stored weights of balance, on the same people."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from personas import Population, load_population, poststratify, rake, synthesise, targets_from

STORED = Path(__file__).parent / "balance_rake.json"
LEVELS = {"age": 4, "sex": 2, "race": 3}


def crowd(n=300, seed=3):
    """People whose attributes go together, and margins of whole hundredths that differ from theirs."""
    rng = np.random.default_rng(seed)
    lean = rng.normal(size=n)
    frame = pd.DataFrame(
        {
            name: [f"{name}{min(k - 1, max(0, round(x)))}" for x in lean + rng.normal(size=n) + (k - 1) / 2]
            for name, k in LEVELS.items()
        }
    )
    targets = {
        "age": {"age0": 0.3, "age1": 0.2, "age2": 0.35, "age3": 0.15},
        "sex": {"sex0": 0.52, "sex1": 0.48},
        "race": {"race0": 0.6, "race1": 0.3, "race2": 0.1},
    }
    return frame, targets, np.round(rng.lognormal(0, 0.6, n), 6)


def relative(weights):
    return np.asarray(weights) / np.mean(weights)


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # of pandas, which ipfn uses
def test_ipfn_gives_the_same_weights_on_one_and_two_way_targets():
    ipfn = pytest.importorskip("ipfn.ipfn", reason="needs ipfn: pip install ipfn")
    frame, targets, start = crowd()
    pairs = targets_from(load_two_way(frame), [("sex", "race")])
    targets = {"age": targets["age"], **pairs}
    margins = [
        pd.Series(targets["age"]).rename_axis("age"),
        pd.Series(pairs["sex", "race"]).rename_axis(["sex", "race"]),
    ]
    fitted = ipfn.ipfn(
        frame.assign(total=start / start.sum(), row=range(len(frame))),
        margins,
        [["age"], ["sex", "race"]],
        convergence_rate=1e-13,
    ).iteration()
    ours = rake(frame, targets, weights=start)
    theirs = fitted.sort_values("row")["total"]  # it sorts the people by their attributes
    assert relative(ours.weights) == pytest.approx(relative(theirs), rel=1e-6)


def load_two_way(frame):
    """The same people with other weights: whose two-way margin the others are weighted to."""
    return Population(frame, np.random.default_rng(9).lognormal(0, 0.3, len(frame)))


def test_ipfn_gives_the_same_joint_table_from_margins_and_a_seed():
    ipfn = pytest.importorskip("ipfn.ipfn", reason="needs ipfn: pip install ipfn")
    adults = load_population("us-adults")
    sexes, races = adults.margins("sex"), adults.margins("race")
    seed = adults.margins("sex & race").to_numpy().reshape(2, 6) ** 1.5
    wanted = {"sex": {"Male": 0.4, "Female": 0.6}, "race": dict.fromkeys(races.index, 1 / 6)}
    cells = pd.DataFrame([(s, r) for s in sexes.index for r in races.index], columns=["sex", "race"])
    made = synthesise(wanted, Population(cells, seed.ravel()))
    theirs = ipfn.ipfn(
        seed.copy(), [np.array([0.4, 0.6]), np.full(6, 1 / 6)], [[0], [1]], convergence_rate=1e-13
    ).iteration()
    assert made.weights.reshape(2, 6) == pytest.approx(theirs, rel=1e-6)


def test_samplics_rakes_and_poststratifies_alike():
    weighting = pytest.importorskip("samplics.weighting", reason="needs samplics: pip install samplics")
    frame, targets, start = crowd()
    size = start.sum()
    control = {name: {level: share * size for level, share in shares.items()} for name, shares in targets.items()}
    raked = weighting.SampleWeight().rake(
        start,
        control=control,
        margins={name: frame[name].to_numpy().astype(str) for name in targets},
        tol=1e-12,
        ctrl_tol=1e-12,
        max_iter=500,
    )
    assert rake(frame, targets, weights=start).weights == pytest.approx(np.asarray(raked), rel=1e-6)
    cells = weighting.SampleWeight().poststratify(
        start, control=control["age"], domain=frame["age"].to_numpy().astype(str)
    )
    assert poststratify(Population(frame, start), "age", targets["age"]).weights == pytest.approx(np.asarray(cells))


def test_balance_gave_the_same_weights():
    """Its releases need an older numpy than ours, so its weights are stored; the file says how they came about."""
    stored = json.loads(STORED.read_text())
    frame, targets, start = crowd()
    assert frame.iloc[:5].to_numpy().tolist() == stored["first"]
    ours = rake(frame, targets, weights=start)
    assert relative(ours.weights) == pytest.approx(relative(stored["weights"]), rel=1e-5)
