"""Committee rules against abcvoting: the same winning committees on thousands of small profiles full of ties."""

import numpy as np
import pytest

from aggregators import Approvals, elect

abcrules = pytest.importorskip("abcvoting.abcrules", reason="needs abcvoting: pip install abcvoting")
preferences = pytest.importorskip("abcvoting.preferences")

PROFILES = 1500


def drawn(seed, weighted, count=PROFILES):
    """Small profiles of every shape from one voter and one candidate up, with clones and empty ballots."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        n, m = int(rng.integers(1, 9)), int(rng.integers(1, 7))
        matrix = rng.random((n, m)) < rng.choice([0.2, 0.4, 0.6, 0.9])
        if rng.random() < 0.3:
            matrix[:, rng.integers(m)] = matrix[:, rng.integers(m)]
        weights = rng.integers(1, 5, n) if weighted else np.ones(n, dtype=int)
        yield Approvals(matrix, weights), int(rng.integers(1, m + 1))


def theirs(approvals):
    profile = preferences.Profile(approvals.n_alternatives)
    for row, weight in zip(approvals.matrix, approvals.weights.astype(int).tolist(), strict=True):
        profile.add_voter(preferences.Voter(np.flatnonzero(row).tolist(), weight=weight))
    return profile


def columns(approvals, committees):
    return sorted(tuple(sorted(approvals.index(label) for label in committee)) for committee in committees)


def compared(approvals, seats, ours, rule, algorithm, **options):
    found = abcrules.compute(rule, theirs(approvals), seats, algorithm=algorithm, resolute=False, **options)
    expected = sorted(tuple(sorted(committee)) for committee in found)
    assert columns(approvals, elect(approvals, ours, seats=seats).committees) == expected, (approvals.matrix, seats)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    ("ours", "rule", "algorithm"),
    [
        ("cc", "cc", "brute-force"),
        ("pav", "pav", "brute-force"),
        ("seqpav", "seqpav", "standard"),
        ("phragmen", "seqphragmen", "standard-fractions"),
        ("mes", "equal-shares", "standard-fractions"),
    ],
)
def test_every_tied_committee(ours, rule, algorithm, weighted):
    for approvals, seats in drawn([1, weighted], weighted):
        compared(approvals, seats, ours, rule, algorithm)


@pytest.mark.parametrize(("ours", "theirs"), [("none", "none"), ("utilitarian", "av")])
def test_completions(ours, theirs):
    for approvals, seats in drawn(2, weighted=False):
        completion = None if theirs == "none" else theirs
        compared(
            approvals, seats, f"mes:completion={ours}", "equal-shares", "standard-fractions", completion=completion
        )


def test_monroe_on_whole_voters():
    for approvals, seats in drawn(3, weighted=False):
        compared(approvals, seats, "monroe:shares=whole", "monroe", "brute-force")
        if approvals.n_voters % seats == 0:
            compared(approvals, seats, "monroe", "monroe", "brute-force")


@pytest.mark.parametrize(("rule", "algorithm"), [("pav", "branch-and-bound"), ("cc", "branch-and-bound")])
def test_the_solver_finds_what_enumeration_finds(rule, algorithm):
    for approvals, seats in drawn(4, weighted=True, count=40):
        profile = theirs(approvals)
        everything = abcrules.compute(rule, profile, seats, algorithm=algorithm, resolute=False)
        solved = elect(approvals, rule, seats=seats, search="milp")
        assert set(columns(approvals, solved.committees)) <= {tuple(sorted(committee)) for committee in everything}
        assert solved.gap == pytest.approx(0, abs=1e-9)
        assert not solved.complete


@pytest.mark.parametrize(
    ("ours", "rule", "algorithm"),
    [
        ("seqpav", "seqpav", "standard"),
        ("phragmen", "seqphragmen", "gmpy2-fractions"),
        ("mes", "equal-shares", "gmpy2-fractions"),
    ],
)
def test_large_profiles(ours, rule, algorithm):
    pytest.importorskip("gmpy2")
    rng = np.random.default_rng(5)
    for seats in (1, 5, 10):
        approvals = Approvals(rng.random((200, 30)) < 0.2, weights=rng.integers(1, 4, 200))
        compared(approvals, seats, ours, rule, algorithm)


def test_a_common_unit_is_found_behind_real_weights():
    for approvals, seats in drawn(6, weighted=True, count=100):
        for rule in ("cc", "pav", "seqpav", "phragmen", "mes", "monroe"):
            tenths = elect(approvals, rule, seats=seats, weights=approvals.weights * 0.1)
            assert tenths.committees == elect(approvals, rule, seats=seats).committees
