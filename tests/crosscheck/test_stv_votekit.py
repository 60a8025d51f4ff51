"""The single transferable vote against VoteKit, on random and on real ballots; conventions in 0004-conventions.md."""

import warnings

import numpy as np
import pytest

from aggregators import Rankings, elect

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what the peer and its plotting libraries warn of on import is not ours
    pytest.importorskip("votekit", reason="needs votekit >= 3.5, the extra 'crosscheck'")
    from votekit import RankBallot, RankProfile
    from votekit.elections import STV, FastSTV

ELECTIONS = 150


def peer_of(ballots):
    labels, made = ballots.alternatives, []
    for row, weight in zip(ballots.ranks, ballots.weights.astype(int).tolist(), strict=True):
        order = sorted(np.flatnonzero(row), key=row.__getitem__)
        made.append(RankBallot(ranking=[frozenset({labels[column]}) for column in order], weight=weight))
    return RankProfile(ballots=made, candidates=list(labels), max_ranking_length=len(labels))


def elected(election):
    return frozenset(label for tier in election.get_elected() for label in tier)


def drawn(seed, count=ELECTIONS):
    """Elections of 3 to 7 candidates for every number of seats; on every other one most ballots are cut short."""
    rng = np.random.default_rng(seed)
    for case in range(count):
        m, n = int(rng.integers(3, 8)), int(rng.integers(5, 40))
        ranks = rng.permuted(np.tile(np.arange(1, m + 1), (n, 1)), axis=1)
        if case % 2:
            ranks[ranks > rng.integers(1, m + 1, n)[:, None]] = 0
        yield Rankings(ranks, rng.integers(1, 60, n)), int(rng.integers(1, m))


@pytest.mark.parametrize("way", ["one", "together"])
@pytest.mark.parametrize(("ours", "theirs"), [("droop-whole", "droop"), ("hare", "hare")])
def test_the_same_committee(ours, theirs, way):
    # VoteKit rounds quotas: Droop's as Scottish law does, Hare's down. In fractions, it and we count exactly.
    compared = 0
    for ballots, seats in drawn(31):
        found = elect(ballots, "stv", seats=seats, quota=ours, elected=way)
        if len(found.committees) > 1 or (ours == "hare" and ballots.weights.sum() % seats):
            continue
        at_once = way == "together"
        election = STV(
            peer_of(ballots), n_seats=seats, quota=theirs, simultaneous=at_once, tiebreak="random", exact=True
        )
        assert election.threshold == found.details["quota"]
        assert elected(election) == found.committees[0], (ballots.ranks, ballots.weights, seats)
        compared += 1
    assert compared > ELECTIONS / 2


def test_where_a_surplus_goes_when_two_reach_the_quota_at_once():
    # The least example. The surplus of a goes to b, who is not elected yet, and on from there mostly to d;
    # VoteKit elects a and b at once unless told otherwise, and then it skips b and goes to c.
    ballots = Rankings.from_orders([tuple("abcd"), tuple("badc")], [3, 2])
    assert elect(ballots, "stv:quota=droop-whole", seats=3).committees == (frozenset("abd"),)
    assert elected(STV(peer_of(ballots), n_seats=3, simultaneous=False, exact=True)) == frozenset("abd")
    assert elected(STV(peer_of(ballots), n_seats=3, simultaneous=True, exact=True)) == frozenset("abc")
    for way in ("together", "deemed"):
        assert elect(ballots, f"stv:quota=droop-whole,elected={way}", seats=3).committees == (frozenset("abc"),)


@pytest.fixture(scope="module")
def portland(shared_data):
    """District 1 of Portland, Oregon, in 2024, without the write-ins that VoteKit's own study of it leaves out."""
    found = Rankings.read(shared_data / "ballots" / "Portland_D1_raw_votekit_format.csv.gz")
    found = found.restrict([label for label in found.alternatives if not label.startswith("Write-in-")])
    kinds, counts = np.unique(found.ranks[found.opinions.any(axis=1)], axis=0, return_counts=True)
    return Rankings(kinds, counts, found.alternatives)


def test_portland_elects_its_councillors(portland):
    assert (portland.weights.sum(), portland.n_alternatives) == (42871, 17)
    # As certified: https://www.portland.gov/sites/default/files/2024/Portland-District-1-Certified-Abstract-Nov-2024.pdf
    councillors = frozenset({"Candace Avalos", "Jamie Dunphy", "Loretta Smith"})
    for quota in ("droop", "droop-whole", "hare"):
        for way in ("one", "deemed", "together"):
            assert elect(portland, "stv", seats=3, quota=quota, elected=way).committees == (councillors,)


def test_portland_at_other_sizes(portland):
    peer = peer_of(portland)
    for seats in (1, 2, 3, 4, 5, 6, 8, 12):
        found = elect(portland, "stv:quota=droop-whole", seats=seats)
        election = FastSTV(peer, n_seats=seats, simultaneous=False)
        assert election.threshold == found.details["quota"]
        assert found.committees == (elected(election),)
