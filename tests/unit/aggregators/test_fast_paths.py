"""What is computed for many weightings at once is what the definitions give, one weighting after the other."""

from itertools import permutations, product

import numpy as np
import pytest

from aggregators import Rankings, RuleError, Utilities, decide
from aggregators.pairwise import duels
from aggregators.voting import maximal_lotteries, ranked_pairs

STRENGTHS = ("margins", "winning")


def random_weightings(rng, kind, voters, many=12):
    """Whole numbers of one, two or eight bytes, or fractions; small ones, so that duels tie often."""
    whole = rng.integers(0, 4, size=(many, voters)).astype(float)
    whole[:, 0] += 1
    return whole * {"bytes": 1, "thousands": 20_000, "billions": 3e9, "fractions": 0.1}[kind]


def random_profiles(seed, count, alternatives=5):
    rng = np.random.default_rng(seed)
    kinds = ("bytes", "thousands", "billions", "fractions")
    for number in range(count):
        voters, size = int(rng.integers(1, 9)), int(rng.integers(1, alternatives + 1))
        ranks = rng.integers(number % 2, size + 1, size=(voters, size))
        ranks[0, 0] = 1  # the first voter, who always counts, says something
        kind = kinds[number % 4]
        yield Rankings(ranks), random_weightings(rng, kind, voters), STRENGTHS[number // 4 % 2]


def strengths_by_hand(profile, weights, strength):
    """Count in whole numbers where weights are tenths, so that ties are ties."""
    unit = 0.1 if (weights != np.rint(weights)).any() else 1.0
    counts = np.rint(weights / unit).astype(np.int64)
    size, places = profile.n_alternatives, profile.places
    found = [[0] * size for _ in range(size)]
    for x, y in permutations(range(size), 2):
        ahead, behind = int(counts[places[x] < places[y]].sum()), int(counts[places[y] < places[x]].sum())
        if ahead > behind:
            found[x][y] = ahead - behind if strength == "margins" else ahead
    return found


def paths_by_hand(strengths):
    best = [row[:] for row in strengths]
    for middle, start, end in product(range(len(best)), repeat=3):
        best[start][end] = max(best[start][end], min(best[start][middle], best[middle][end]))
    return best


def schulze_by_hand(strengths):
    best, columns = paths_by_hand(strengths), range(len(strengths))
    return [sum(best[y][x] <= best[x][y] for y in columns if y != x) for x in columns]


def split_cycle_by_hand(strengths):
    best, columns = paths_by_hand(strengths), range(len(strengths))
    return [sum(not strengths[y][x] > best[x][y] for y in columns if y != x) for x in columns]


def minimax_by_hand(strengths):
    columns = range(len(strengths))
    against = [[strengths[y][x] - strengths[x][y] for y in columns if y != x] for x in columns]
    return [-max(defeats, default=0) for defeats in against]


def ranked_pairs_by_hand(strengths):
    """Lock in along every order of equally strong duels."""
    size = len(strengths)
    won = {(x, y): strengths[x][y] for x, y in permutations(range(size), 2) if strengths[x][y]}
    groups = [[duel for duel in won if won[duel] == level] for level in sorted(set(won.values()), reverse=True)]
    if np.prod([float(len(list(permutations(group)))) for group in groups]) > 100:
        return None
    best = [0] * size
    for orders in product(*(permutations(group) for group in groups)):
        above = np.eye(size, dtype=bool)
        for x, y in (duel for order in orders for duel in order):
            if not above[y, x]:
                above |= np.outer(above[:, x], above[y])
        best = [max(score, size - int(column.sum())) for score, column in zip(best, above.T, strict=True)]
    return best


@pytest.mark.parametrize(
    ("rule", "by_hand"),
    [("schulze", schulze_by_hand), ("split_cycle", split_cycle_by_hand), ("ranked_pairs", ranked_pairs_by_hand)],
)
def test_duels_are_compared_as_by_hand(rule, by_hand):
    compared = 0
    for profile, weights, strength in random_profiles(11, 240):
        scores = decide(profile, rule, weights=weights, strength=strength).scores
        for row, found in zip(weights, scores, strict=True):
            wanted = by_hand(strengths_by_hand(profile, row, strength))
            if wanted is not None:
                assert found.tolist() == wanted, (profile.ranks.tolist(), row.tolist(), strength)
                compared += 1
    assert compared > 1500


def test_the_worst_defeat_is_that_by_hand():
    for profile, weights, _ in random_profiles(12, 120):
        unit = 0.1 if (weights != np.rint(weights)).any() else 1.0
        scores = decide(profile, "minimax", weights=weights).scores
        wanted = [minimax_by_hand(strengths_by_hand(profile, row, "margins")) for row in weights]
        np.testing.assert_allclose(scores / unit, np.array(wanted, dtype=float), atol=1e-9)


def test_parts_join():
    """More weightings than are decided in one part, the last part a small one."""
    rng = np.random.default_rng(4)
    profile = Rankings(rng.permuted(np.tile(np.arange(1, 5), (9, 1)), axis=1))
    weights = rng.multinomial(9, np.full(9, 1 / 9), size=4100)
    for rule in ("schulze", "ranked_pairs", "copeland", "minimax", "split_cycle", "maximal_lotteries"):
        together = decide(profile, rule, weights=weights).scores
        for row in (0, 2047, 2048, 4095, 4096, 4099):
            np.testing.assert_allclose(together[row], decide(profile, rule, weights=weights[row]).scores, atol=1e-12)


def test_strengths_are_exact_in_the_smallest_integers():
    profile = Rankings([[1, 2], [2, 1]])
    for one, kind in ((30_000, np.int16), (2_000_000, np.int32), (2**40, np.float64), (0.5, np.float64)):
        strengths = duels(profile, np.array([[one, 1.0 if one > 1 else 0.25]])).strengths("winning")
        assert strengths.dtype == kind
        assert strengths[0, 1, 0] == one


@pytest.mark.parametrize("size", [7, 8])
def test_duels_locked_together_are_those_of_every_order(size):
    rng = np.random.default_rng(size)
    profile = Rankings(rng.permuted(np.tile(np.arange(1, size + 1), (25, 1)), axis=1))
    strengths = duels(profile, rng.multinomial(25, np.full(25, 1 / 25), size=600).astype(float)).strengths("margins")
    above, undecided = ranked_pairs._above_at_once(strengths)
    assert 0 < undecided.sum() < 600
    for row in np.flatnonzero(~undecided).tolist():
        assert above[:, row].tolist() == ranked_pairs._fewest_above(strengths[:, :, row]).tolist()


def test_more_alternatives_than_a_word_has_bits():
    size = 66
    order = np.random.default_rng(2).permutation(size)
    profile = Rankings(np.array([order + 1, order + 1, np.arange(1, size + 1)]))
    outcome = decide(profile, "ranked_pairs")
    assert outcome.scores is not None
    assert np.argsort(-outcome.scores).tolist() == np.argsort(order).tolist()
    fewer = decide(profile.restrict(profile.alternatives[:64]), "ranked_pairs")
    assert fewer.scores is not None
    assert np.argsort(-fewer.scores).tolist() == np.argsort(order[:64]).tolist()


def skew_matrices(seed, count):
    """Small whole margins, so that many have several maximal lotteries; some with alternatives that are alike."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        size, largest = int(rng.integers(2, 11)), int(rng.integers(1, 30 if number % 2 else 4))
        half = np.triu(rng.integers(-largest, largest + 1, size=(size, size)).astype(float), 1)
        margins = half - half.T
        if number % 5 == 0:
            margins[-1], margins[:, -1] = margins[0], margins[:, 0]
            margins[0, -1] = margins[-1, 0] = margins[-1, -1] = 0.0
        if margins.any():
            yield margins


def test_the_most_even_lottery_is_that_of_the_linear_programs():
    lost = 0
    for margins in skew_matrices(5, 1200):
        paid = margins / np.abs(margins).max()
        nearest = maximal_lotteries._nearest(paid)
        if nearest is None:
            lost += 1
            continue
        chance = maximal_lotteries._polished(nearest, paid)
        by_programs = maximal_lotteries._polished(maximal_lotteries._from_corners(paid), paid)
        np.testing.assert_allclose(chance, by_programs, atol=1e-9)
    assert lost < 30


def test_a_lottery_that_is_not_proven_is_sought_again(monkeypatch):
    expected = [maximal_lotteries._most_even(margins) for margins in skew_matrices(6, 40)]
    monkeypatch.setattr(maximal_lotteries, "_nearest", lambda paid: None)
    for margins, chance in zip(skew_matrices(6, 40), expected, strict=True):
        np.testing.assert_allclose(maximal_lotteries._most_even(margins), chance, atol=1e-9)


def gini_by_hand(utilities, weights, delta):
    """Return the integral of the quantile function under the weights (1 - (1 - p) ** delta)'."""
    heard = [(u, w) for u, w in zip(utilities.tolist(), weights.tolist(), strict=True) if u == u and w > 0]
    total, done, score = sum(w for _, w in heard), 0.0, 0.0
    for utility, weight in sorted(heard, reverse=True):
        score += utility * (((done + weight) / total) ** delta - (done / total) ** delta)
        done += weight
    return score if heard else float("nan")


@pytest.mark.parametrize("delta", [1.5, 2.0, 3.0])
def test_gini_is_that_by_hand_even_or_weighted(delta):
    rng = np.random.default_rng(8)
    for number in range(150):
        voters = int(rng.integers(1, 12))
        values = rng.integers(-3, 4, size=(voters, 3)).astype(float)
        values[rng.random(values.shape) < 0.2] = np.nan
        weights = np.full((1, voters), 2.5) if number % 3 == 0 else rng.integers(0, 3, size=(4, voters)) + 0.0
        weights[:, 0] += number % 3 > 0
        scores = decide(Utilities(values), "gini", weights=weights, delta=delta).scores
        for row, found in zip(weights, scores, strict=True):
            wanted = [gini_by_hand(column, row, delta) for column in values.T]
            np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_nash_refuses_negative_gains_of_those_who_count():
    jury = Utilities([[1.0, 2.0], [-1.0, 3.0]])
    with pytest.raises(RuleError, match="juror 1"):
        decide(jury, "nash", weights=[[1, 0], [1, 1]])
    np.testing.assert_allclose(decide(jury, "nash", weights=[[1, 0], [2, 0]]).scores, [[1, 2], [1, 2]])


def test_the_lowest_is_the_same_however_few_count():
    """Weightings under which hardly anybody counts go another way, and so do those under which many do."""
    from aggregators.means import lowest

    rng = np.random.default_rng(3)
    values = rng.integers(0, 9, (200, 4)).astype(float)
    values[rng.random(values.shape) < 0.3] = np.nan
    for share in (0.0, 0.004, 0.05, 0.09, 0.5):
        weights = rng.random((40, 200)) * (rng.random((40, 200)) < share)
        found = lowest(values, weights)
        for row, weighting in zip(found, weights, strict=True):
            own = np.where((weighting > 0)[:, None], values, np.nan)
            wanted = [column[~np.isnan(column)].min() if not np.isnan(column).all() else np.nan for column in own.T]
            np.testing.assert_array_equal(row, wanted)
