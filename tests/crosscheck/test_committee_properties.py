"""Measures of proportionality against abcvoting's brute force, every witness checked by the definition itself."""

import numpy as np
import pytest

from aggregators import Approvals
from aggregators.proportionality import cohesive, core, pjr, unrepresented

properties = pytest.importorskip("abcvoting.properties", reason="needs abcvoting: pip install abcvoting")
preferences = pytest.importorskip("abcvoting.preferences")

PEERS = {
    "jr": lambda profile, committee: properties.check_JR(profile, committee),
    "pjr": lambda profile, committee: properties.check_PJR(profile, committee, algorithm="brute-force"),
    "ejr": lambda profile, committee: properties.check_EJR(profile, committee, algorithm="brute-force"),
    "ejr+": lambda profile, committee: properties.check_EJR_plus(profile, committee),
    "core": lambda profile, committee: properties.check_core(profile, committee, algorithm="brute-force"),
}


def drawn(seed, count, weighted):
    """Small profiles, mostly of few distinct ballots, with any committee."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        n, m = int(rng.integers(1, 7 if weighted else 11)), int(rng.integers(1, 8))
        matrix = rng.random((n, m)) < rng.choice([0.3, 0.5, 0.8])
        if rng.random() < 0.7:
            matrix = matrix[rng.integers(0, max(1, n // 3), n)]
        members = rng.choice(m, int(rng.integers(1, m + 1)), replace=False)
        weights = rng.integers(1, 4, n) if weighted else np.ones(n, dtype=int)
        yield Approvals(matrix, weights), sorted(members.tolist())


def their_verdict(name, approvals, members):
    """The peer's, on unit weights: its brute force counts heads."""
    profile = preferences.Profile(approvals.n_alternatives)
    for row in np.repeat(approvals.matrix, approvals.weights.astype(int), axis=0):
        profile.add_voter(preferences.Voter(np.flatnonzero(row).tolist()))
    return PEERS[name](profile, members)


def violates(found, approvals, members):
    """Whether a witness is what the definition of its measure forbids."""
    rows = approvals.matrix[list(found.voters)]
    wanted = [approvals.index(label) for label in found.alternatives]
    large = approvals.weights[list(found.voters)].sum() * found.seats >= found.level * approvals.weights.sum()
    held = rows[:, members].sum(axis=1)
    if found.measure == "core":
        return large and len(wanted) <= found.level and (rows[:, wanted].sum(axis=1) > held).all()
    cohesive = large and rows[:, wanted].all()
    if found.measure == "jr":
        return cohesive and found.level == 1 and (held == 0).all()
    if found.measure == "ejr+":
        return cohesive and not set(wanted) & set(members) and (held < found.level).all()
    if found.measure == "ejr":
        return cohesive and len(wanted) == found.level and (held < found.level).all()
    return cohesive and len(wanted) == found.level and rows[:, members].any(axis=0).sum() < found.level


def checked(name, approvals, members, **options):
    found = unrepresented(approvals, [approvals.alternatives[column] for column in members], name, **options)
    assert (found is None) == their_verdict(name, approvals, members), (approvals.matrix, approvals.weights, members)
    assert found is None or violates(found, approvals, members)
    return found


@pytest.mark.parametrize(("weighted", "count"), [(False, 3000), (True, 1000)])
@pytest.mark.parametrize("name", list(PEERS))
def test_same_verdict(name, weighted, count):
    verdicts = [checked(name, *drawing) is None for drawing in drawn([1, weighted], count, weighted)]
    assert 50 < sum(verdicts) < len(verdicts) - 50


@pytest.mark.parametrize("name", ["pjr", "ejr", "core"])
def test_same_verdict_by_the_solver(name, monkeypatch):
    monkeypatch.setattr(cohesive, "_MOST_STEPS", -1)
    monkeypatch.setattr(cohesive.Budget.__init__, "__defaults__", (-1,))
    monkeypatch.setattr(pjr, "_MOST_PARTS", -1)
    monkeypatch.setattr(core, "_MOST_ENUMERATED", -1)
    verdicts = [checked(name, approvals, members) is None for approvals, members in drawn(2, 150, weighted=False)]
    assert any(verdicts)
    assert not all(verdicts)
