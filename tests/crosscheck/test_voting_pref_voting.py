"""The voting rules against pref_voting, on random elections with weights, ties and truncation, and on real ones.

Conventions that differ are named in docs/decisions/0004-conventions.md; here both sides are asked for the same.
"""

import itertools
import math
import re
import warnings

import numpy as np
import pytest

from aggregators import Rankings, Utilities, decide, tournament

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what the peer and its plotting libraries warn of on import is not ours
    pytest.importorskip("pref_voting", minversion="1.18", reason="needs pref_voting >= 1.18, the extra 'crosscheck'")
    from pref_voting import c1_methods as c1
    from pref_voting import combined_methods as combined
    from pref_voting import grade_methods as graded
    from pref_voting import iterative_methods as iterative
    from pref_voting import margin_based_methods as margins
    from pref_voting import other_methods as other
    from pref_voting import probabilistic_methods as lotteries
    from pref_voting import scoring_methods as scoring
    from pref_voting.grade_profiles import GradeProfile
    from pref_voting.profiles import Profile
    from pref_voting.profiles_with_ties import ProfileWithTies

SHAPES = [(1, 1), (1, 4), (4, 1), (2, 2), (2, 7), (3, 3), (3, 8), (4, 2), (4, 5), (4, 9), (5, 4), (5, 7)]  # (m, n)
EACH = 40


def strict_elections():
    rng = np.random.default_rng(11)
    for (m, n), _ in itertools.product(SHAPES, range(EACH)):
        ranks = rng.permuted(np.tile(np.arange(1, m + 1), (n, 1)), axis=1)
        weights = rng.integers(1, 5 if rng.random() < 0.7 else 2, n)
        orders = np.argsort(ranks, axis=1).tolist()
        yield Rankings(ranks, weights), Profile(orders, weights.tolist())


def loose_elections(*, unranked_last):
    rng = np.random.default_rng(12)
    for (m, n), kind in itertools.product(SHAPES, range(EACH)):
        ranks = rng.integers(1, m + 1, (n, m))
        if kind % 3:
            ranks = rng.permuted(np.tile(np.arange(1, m + 1), (n, 1)), axis=1)
        if kind % 2:
            ranks[ranks > rng.integers(1, m + 1, n)[:, None]] = 0
        ranks[0, 0] = 1  # the peer cannot hold an election in which nobody says anything
        weights = rng.integers(1, 4, n)
        peer = loose(ranks, weights)
        if unranked_last:
            peer.use_extended_strict_preference()
        yield Rankings(ranks, weights), peer


def loose(ranks, weights):
    ballots = [{int(c): int(row[c]) for c in np.flatnonzero(row)} for row in ranks]
    return ProfileWithTies(ballots, [int(weight) for weight in weights], candidates=list(range(ranks.shape[1])))


@pytest.fixture(scope="module")
def strict():
    return list(strict_elections())


@pytest.fixture(scope="module")
def last():
    return list(loose_elections(unranked_last=True))


@pytest.fixture(scope="module")
def ignored():
    return list(loose_elections(unranked_last=False))


def winners(ballots, rule):
    outcome = decide(ballots, rule)
    # weights in thirds are noisy, and decide the same
    assert decide(ballots, rule, weights=ballots.weights / 3).winners == outcome.winners
    batch = decide(ballots, rule, weights=np.stack([ballots.weights, ballots.weights / 3]))
    assert (batch.winner_mask == [label in outcome.winners for label in ballots.alternatives]).all()
    return [ballots.index(label) for label in outcome.winners]


ON_STRICT = {
    "plurality": scoring.plurality,
    "antiplurality": scoring.anti_plurality,
    "borda": scoring.borda,
    "scoring": scoring.borda,
    "scoring:vector=1|1/2|1/3|1/4|1/5": scoring.dowdall,
    "bucklin": other.bucklin,
    "copeland": c1.copeland,
    "copeland:alpha=1": c1.llull,
    "minimax": margins.minimax,
    "minimax:strength=winning": margins.minimax,
    "minimax:strength=opposition": margins.minimax,
    "schulze": margins.beat_path,
    "schulze:strength=winning": margins.beat_path,
    "split_cycle": margins.split_cycle,
    "kemeny": other.kemeny_young,
    "black": combined.blacks,
    "smith": c1.top_cycle,
    "uncovered": c1.uc_gill,
    "uncovered:covering=bordes": c1.uc_bordes,
    "uncovered:covering=mckelvey": c1.uc_mckelvey,
    "uncovered:covering=fishburn": c1.uc_fish,
    "benham": iterative.benham_put,
    "benham:ties=together": iterative.benham,
    "nanson": iterative.strict_nanson,
    "nanson:average=leaves": iterative.weak_nanson,
    "baldwin": iterative.baldwin_put,
    "baldwin:ties=together": iterative.baldwin,
    "irv": iterative.instant_runoff_put,
    "irv:ties=together": iterative.instant_runoff,
    "coombs": iterative.coombs_put,
    "coombs:ties=together": iterative.coombs,
}

ON_LOOSE = {
    "borda": scoring.borda_for_profile_with_ties,
    "copeland": c1.copeland,
    "copeland:alpha=1": c1.llull,
    "minimax": margins.minimax,
    "schulze": margins.beat_path,
    "split_cycle": margins.split_cycle,
    "kemeny": other.kemeny_young,
    "smith": c1.top_cycle,
    "uncovered": c1.uc_gill,
    "uncovered:covering=bordes": c1.uc_bordes,
    "uncovered:covering=mckelvey": c1.uc_mckelvey,
    "uncovered:covering=fishburn": c1.uc_fish,
}


def by_winning_votes(method):
    return lambda profile: method(profile, strength_function=profile.support)


ON_LAST = {
    "schulze:strength=winning": by_winning_votes(margins.beat_path),
    "split_cycle:strength=winning": by_winning_votes(margins.split_cycle),
    "minimax:strength=winning": by_winning_votes(margins.minimax),
    "irv": iterative.split_irv_put,
    "irv:ties=together": iterative.split_irv,
}


@pytest.mark.parametrize("rule", ON_STRICT)
def test_on_complete_strict_ballots(rule, strict):
    assert len(strict) == len(SHAPES) * EACH
    for ballots, peer in strict:
        assert winners(ballots, rule) == list(ON_STRICT[rule](peer)), (ballots.ranks, ballots.weights)


@pytest.mark.parametrize("rule", ON_LOOSE | ON_LAST)
def test_with_unranked_alternatives_last(rule, last):
    for ballots, peer in last:
        assert winners(ballots, rule) == list((ON_LOOSE | ON_LAST)[rule](peer)), (ballots.ranks, ballots.weights)


@pytest.mark.parametrize("rule", [rule for rule in ON_LOOSE if rule != "borda"])
def test_with_unranked_alternatives_ignored(rule, ignored):
    for ballots, peer in ignored:
        asked = rule + ("," if ":" in rule else ":") + "unranked=ignored"
        assert winners(ballots, asked) == list(ON_LOOSE[rule](peer)), (ballots.ranks, ballots.weights)


def test_ranked_pairs_where_the_peer_can_list_the_orders(strict, last):
    compared = tied = 0
    for ballots, peer in strict + last:
        orders = number_of_orders(ballots)
        if orders <= 150:
            compared += 1
            tied += orders > 1
            assert winners(ballots, "ranked_pairs") == list(margins.ranked_pairs(peer)), (
                ballots.ranks,
                ballots.weights,
            )
    assert compared > 100
    assert tied > 30


def number_of_orders(ballots):
    """Count the orders of equally strong duels; the peer takes both directions of a tied duel as two."""
    margin = tournament.margins(ballots)
    strengths = margin[(margin >= 0) & ~np.eye(len(margin), dtype=bool)]
    return math.prod(math.factorial(many) for many in np.unique(strengths, return_counts=True)[1].tolist())


def test_lotteries(strict, last):
    for ballots, peer in strict:
        chance = lotteries.random_dictator(peer)
        assert decide(ballots, "random_dictator").scores == pytest.approx([chance[c] for c in peer.candidates])
    compared = 0
    for ballots, peer in strict + last:
        ours = decide(ballots, "maximal_lotteries").scores
        if ballots.n_alternatives == 1:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # degenerate games make the peer's enumeration warn
            theirs = lotteries.maximal_lottery(peer, algorithm="lp")
        margin = np.array([[peer.margin(x, y) for y in peer.candidates] for x in peer.candidates])
        assert (ours @ margin).min() >= -1e-9
        if is_unique(margin, ours):
            compared += 1
            assert ours == pytest.approx([theirs[c] for c in peer.candidates], abs=1e-6)
    assert compared > 150


def is_unique(margin, chance):
    drawn = chance > 0
    outside = (chance @ margin)[~drawn]
    return bool((outside > 1e-9).all()) and np.linalg.matrix_rank(margin[np.ix_(drawn, drawn)]) == drawn.sum() - 1


def graded_elections(*, odd):
    rng = np.random.default_rng(13)
    for (m, n), _ in itertools.product(SHAPES, range(EACH)):
        values = rng.integers(0, 6, (n, m))
        weights = rng.integers(1, 4, n)
        weights[0] += odd and (weights.sum() + 1) % 2
        peer = GradeProfile(
            [dict(enumerate(row)) for row in values.tolist()],
            list(range(6)),
            weights.tolist(),
            candidates=list(range(m)),
        )
        yield Utilities(values, weights), peer


def test_range():
    for ballots, peer in graded_elections(odd=False):
        assert winners(ballots, "range") == list(graded.score_voting(peer))


def test_star_where_no_runoff_is_tied():
    compared = 0
    for ballots, peer in graded_elections(odd=False):
        pairs = itertools.combinations(range(ballots.n_alternatives), 2)
        levels = len(set(decide(ballots, "range").scores.tolist()))
        if any(peer.margin(x, y) == 0 for x, y in pairs) or levels == 1 < ballots.n_alternatives:
            continue  # the peer elects both of a tied runoff, also where one has the higher score
        compared += 1
        assert winners(ballots, "star") == list(graded.star(peer))
    assert compared > 100


def test_majority_judgment_where_the_gauge_decides():
    # With an odd number of grades, and where the weight above or below the median settles it in one step.
    compared = 0
    for ballots, peer in graded_elections(odd=True):
        theirs = graded.majority_judgement(peer)
        ours = winners(ballots, "majority_judgment")
        assert set(ours) <= set(theirs)
        compared += len(theirs) == 1
    assert compared > 60


def preflib(path):
    ballots, weights, size = [], [], 0
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("#"):
                if "NUMBER ALTERNATIVES" in line:
                    size = int(line.partition(":")[2])
                continue
            count, _, order = line.partition(":")
            row = np.zeros(size, dtype=int)
            for place, tier in enumerate(re.findall(r"\{[^}]*\}|\d+", order), start=1):
                for column in re.findall(r"\d+", tier):
                    row[int(column) - 1] = place
            ballots.append(row)
            weights.append(int(count))
    return np.array(ballots), np.array(weights)


REAL = {
    **{rule: method for rule, method in ON_LOOSE.items() if rule != "kemeny"},
    "irv": iterative.split_irv_put,
    "ranked_pairs": margins.ranked_pairs,
}


@pytest.mark.parametrize(
    "name", ["00002-00000001.soi", "00002-00000006.toc", "00004-00000006.soc", "00005-00000002.toi"]
)
def test_real_elections(name, shared_data):
    ranks, weights = preflib(shared_data / "preflib" / name)
    ballots, peer = Rankings(ranks, weights), loose(ranks, weights)
    peer.use_extended_strict_preference()
    for rule, method in REAL.items():
        assert winners(ballots, rule) == list(method(peer)), rule
