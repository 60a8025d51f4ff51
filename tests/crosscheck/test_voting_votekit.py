"""Positional and pairwise rules, and instant-runoff voting, against VoteKit; conventions in 0004-conventions.md."""

import gzip
import itertools
import warnings

import numpy as np
import pytest

from aggregators import Rankings, decide

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what the peer and its plotting libraries warn of on import is not ours
    pytest.importorskip("votekit", reason="needs votekit >= 3.5, the extra 'crosscheck'")
    from votekit import RankBallot, RankProfile
    from votekit import elections as votekit

SHAPES = [(2, 5), (3, 4), (3, 9), (4, 7), (5, 9), (6, 15)]  # (m, n)
EACH = 30


def peer_of(ranks, weights, labels):
    ballots = []
    for row, weight in zip(ranks.tolist(), weights.tolist(), strict=True):
        tiers = [frozenset(labels[c] for c, at in enumerate(row) if at == place) for place in range(1, max(row) + 1)]
        ballots.append(RankBallot(ranking=tiers, weight=weight))
    return RankProfile(ballots=ballots, candidates=list(labels), max_ranking_length=len(labels))


@pytest.fixture(scope="module")
def elections():
    """Elections with ties and truncation, with weights that are not whole."""
    rng = np.random.default_rng(21)
    made = []
    for (m, n), case in itertools.product(SHAPES, range(EACH)):
        ranks = rng.permuted(np.tile(np.arange(1, m + 1), (n, 1)), axis=1)
        if case % 3 == 1:
            ranks[ranks > rng.integers(1, m + 1, n)[:, None]] = 0
        if case % 3 == 2:
            ranks = rng.integers(1, m + 1, (n, m))
        ballots = Rankings(ranks, rng.integers(1, 9, n) / 4)
        made.append((ballots, peer_of(ballots.ranks, ballots.weights, ballots.alternatives)))
    return made


def elected(election):
    return {label for tier in election.get_elected() for label in tier}


def test_borda_counts(elections):
    # VoteKit counts from m down to 1, and gives nothing to the unranked: its default tie convention is "low".
    for ballots, peer in elections:
        m = ballots.n_alternatives
        counts = votekit.Borda(peer, n_seats=m, scoring_tie_convention="average").election_states[0].scores
        ours = decide(ballots, "scoring", vector=tuple(range(m, 0, -1)), unranked="zero").scores
        expected = [float(counts.get(label, 0)) for label in ballots.alternatives]
        assert ours == pytest.approx(expected)


def test_plurality(elections):
    for ballots, peer in elections:
        counts = votekit.Plurality(peer, n_seats=ballots.n_alternatives, scoring_tie_convention="average")
        shares = counts.election_states[0].scores
        expected = [float(shares.get(label, 0)) for label in ballots.alternatives]
        assert decide(ballots, "plurality").scores == pytest.approx(expected)


def test_smith_sets(elections):
    for ballots, peer in elections:
        tiers = votekit.DominatingSets(peer).get_elected()
        if ballots.strict:
            assert set(decide(ballots, "smith").winners) == set(tiers[0])


@pytest.mark.parametrize(("rule", "method"), [("schulze", "Schulze"), ("ranked_pairs", "RankedPairs")])
def test_pairwise_rules_elect_the_peer_s_winner(rule, method, elections):
    # VoteKit breaks ties by name; where we have one winner it is the same, else one of ours.
    alone = 0
    for ballots, peer in elections:
        if not ballots.strict:
            continue
        ours = set(decide(ballots, rule).winners)
        assert elected(getattr(votekit, method)(peer)) <= ours
        alone += len(ours) == 1
    assert alone > 30


def test_schulze_where_paths_tie():
    # VoteKit takes the smallest set that beats all others on paths, and picks by name among it: where paths tie, also
    # someone whom a winner beats. The least example is two voters, of whom each prefers b to a.
    least = Rankings.from_orders([("b", "a", "c"), ("c", "b", "a")])
    assert decide(least, "schulze").winners == ("b", "c")
    rng = np.random.default_rng(22)
    for case in range(150):
        m, n = (3, 2) if case == 0 else (int(rng.integers(3, 6)), 2 * int(rng.integers(1, 4)))
        ranks = rng.permuted(np.tile(np.arange(1, m + 1), (n, 1)), axis=1)
        ballots = least if case == 0 else Rankings(ranks)
        ours = set(decide(ballots, "schulze").winners)
        election = votekit.Schulze(peer_of(ballots.ranks, ballots.weights, ballots.alternatives))
        (theirs,) = elected(election)
        if theirs in ours:
            continue
        (tier,) = (set(tier) for tier in election.election_states[-1].tiebreaks if theirs in tier)
        assert ours < tier
        strength = paths(ballots)
        beaten_by = {a for a in ours if strength[a, theirs] > strength[theirs, a]}
        assert beaten_by
        assert all(strength[a, b] == strength[b, a] for a, b in itertools.permutations(ours, 2))


def paths(ballots):
    """Return the strength of the strongest path between two alternatives, counted plainly, by margins."""
    labels, ranks = ballots.alternatives, ballots.ranks
    margin = np.sign(ranks[:, None, :] - ranks[:, :, None]).sum(axis=0)
    found = {(a, b): max(margin[i, j], 0) for i, a in enumerate(labels) for j, b in enumerate(labels)}
    for via, a, b in itertools.product(labels, repeat=3):
        found[a, b] = max(found[a, b], min(found[a, via], found[via, b]))
    return found


def test_instant_runoff(elections):
    compared = 0
    for ballots, peer in elections:
        ours = decide(ballots, "irv")
        if (ballots.places == 1).sum(axis=0).max() > 1 or len(ours.winners) > 1:
            continue  # VoteKit's transfers take strict ballots only, and breaks ties
        if any(len(set(row[row > 0])) < (row > 0).sum() for row in ballots.ranks):
            continue
        compared += 1
        assert elected(votekit.IRV(peer, tiebreak="random", rng_seed=1)) == set(ours.winners)
    assert compared > 60


def test_albany(shared_data):
    with gzip.open(shared_data / "ballots" / "albany_profile.csv.gz", "rt") as file:
        lines = file.read().splitlines()
    labels = [part.split(":")[1].strip(")") for part in lines[2].split(",(")]
    labels = [label.strip(")") for label in labels]
    start = next(index for index, line in enumerate(lines) if line.startswith("Ranking_1")) + 1
    ranks, weights = [], []
    for line in lines[start:]:
        cells = line.split(",&,")
        row = np.zeros(len(labels), dtype=int)
        for place, cell in enumerate(cells[0].split(","), start=1):
            if cell.strip("{}'\" ") in labels:
                row[labels.index(cell.strip("{}'\" "))] = place
        ranks.append(row)
        weights.append(float(cells[1].split(",")[0]))
    voted = np.array(ranks).any(axis=1)
    ballots = Rankings(np.array(ranks)[voted], np.array(weights)[voted], labels)
    kinds, which = np.unique(ballots.ranks, axis=0, return_inverse=True)
    peer = peer_of(kinds, np.bincount(which.reshape(-1), ballots.weights), labels)
    assert ballots.n_voters > 7000
    for rule, method in (
        ("irv", "IRV"),
        ("plurality", "Plurality"),
        ("schulze", "Schulze"),
        ("ranked_pairs", "RankedPairs"),
    ):
        assert elected(getattr(votekit, method)(peer)) == set(decide(ballots, rule).winners)
