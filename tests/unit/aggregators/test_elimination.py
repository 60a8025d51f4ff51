"""Rules that eliminate: the search for all weightings at once against one written as the definition has it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from aggregators import Rankings, decide
from aggregators.errors import RuleError
from aggregators.ties import ties_with
from aggregators.weighing import in_single_precision, weigh

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


def ballots(kind: str, rng: np.random.Generator, voters: int, size: int) -> Rankings:
    strict = rng.random((voters, size)).argsort(axis=1).argsort(axis=1) + 1
    if kind == "strict":
        return Rankings(strict)
    if kind == "truncated":
        return Rankings(np.where(strict > rng.integers(1, size + 1, size=(voters, 1)), 0, strict))
    return Rankings(rng.integers(0 if kind == "tied and truncated" else 1, size + 1, size=(voters, size)))


def weightings(kind: str, rng: np.random.Generator, many: int, voters: int) -> NDArray[np.float64]:
    counts = rng.integers(0, 4, size=(many, voters)).astype(np.float64)
    counts[:, 0] += 1  # somebody has weight
    return {
        "whole": counts,
        "large": counts * 2.0**23 + rng.integers(0, 2, size=counts.shape),  # single precision would blur these
        "tenths": counts * 0.1,  # sums that tie come out different in the last digits
        "near": counts * (1 + rng.integers(-1, 2, size=counts.shape) * 4e-10),  # about as far apart as a tie may be
        "real": rng.random(counts.shape),
    }[kind]


BALLOTS = ("strict", "truncated", "tied", "tied and truncated")
WEIGHTS = ("whole", "large", "tenths", "near", "real")


def cases(rounds: int, many: int) -> Iterator[tuple[Rankings, NDArray[np.float64]]]:
    rng = np.random.default_rng(5)
    for _ in range(rounds):
        for kind in BALLOTS:
            for weights in WEIGHTS:
                voters, size = int(rng.integers(1, 10)), int(rng.integers(1, 7))
                yield ballots(kind, rng, voters, size), weightings(weights, rng, many, voters)


def by_definition(profile: Rankings, weights: NDArray[np.float64], ties: str) -> list[int]:
    """Return the scores of instant runoff: one universe after the other, one alternative a round."""
    size = profile.n_alternatives
    ranks = np.where(profile.ranks == 0, size + 1, profile.ranks)

    def lowest(remaining: tuple[int, ...]) -> list[int]:
        votes = np.zeros(len(remaining))
        for ballot, weight in zip(ranks[:, remaining], weights, strict=True):
            highest = (ballot == ballot.min()) & (ballot <= size)
            votes += weight * highest / max(1, highest.sum())
        return [column for column, tie in zip(remaining, ties_with(-votes.min(), -votes), strict=True) if tie]

    @cache
    def stays(remaining: tuple[int, ...]) -> tuple[int, ...]:
        gone = size - len(remaining)
        leaving = lowest(remaining)
        if ties == "together" and len(leaving) < len(remaining):
            universes = [leaving]
        elif ties == "together" or len(remaining) == 1:
            return tuple(size - 1 if column in remaining else -1 for column in range(size))
        else:
            universes = [[column] for column in leaving]
        ahead = []
        for left in universes:
            following = stays(tuple(column for column in remaining if column not in left))
            ahead.append([gone if column in left else following[column] for column in range(size)])
        return tuple(map(max, zip(*ahead, strict=True)))

    return list(stays(tuple(range(size))))


@pytest.mark.parametrize("ties", ["parallel", "together"])
def test_instant_runoff_goes_through_every_universe(ties: str) -> None:
    for profile, weights in cases(10, 3):
        spoke = profile.ranks.any(axis=1)
        if not ((weights @ spoke > 0).all() and profile.ranks.any(axis=0).all()):
            continue  # where nobody says anything there is no score
        found = decide(profile, "irv", weights=weights, ties=ties).scores
        assert found is not None
        for row, scores in zip(weights, found, strict=True):
            expected = np.array(by_definition(profile, row, ties))
            winning = profile.n_alternatives - 1
            assert ((scores == winning) == (expected == winning)).all()
            # those who leave at once in any order score as if each could be the last of them to leave
            assert (scores >= expected).all() if ties == "parallel" else (scores == expected).all()


@pytest.mark.parametrize(
    ("rule", "parameters"),
    [
        ("irv", {}),
        ("irv", {"ties": "together"}),
        ("coombs", {}),
        ("coombs", {"stop": "last"}),
        ("baldwin", {}),
        ("benham", {}),
        ("benham", {"unranked": "ignored", "ties": "together"}),
    ],
)
def test_one_weighting_is_decided_as_among_many(rule: str, parameters: dict[str, Any]) -> None:
    for profile, weights in cases(10, 8):
        together = decide(profile, rule, weights=weights, **parameters)
        for row, mask, scores in zip(weights, together.winner_mask, together.scores, strict=True):
            alone = decide(profile, rule, weights=row, **parameters)
            assert alone.winners == tuple(np.array(profile.alternatives)[mask])
            assert np.array_equal(alone.scores, scores, equal_nan=True)


@pytest.mark.parametrize("kind", BALLOTS)
def test_more_alternatives_than_a_number_has_bits(kind: str) -> None:
    rng = np.random.default_rng(8)
    profile = ballots(kind, rng, 300, 70)
    weights = rng.random((3, 300))
    found = decide(profile, "irv", weights=weights, ties="together").scores
    assert found is not None
    for row, scores in zip(weights, found, strict=True):
        assert scores.tolist() == by_definition(profile, row, "together")


def test_too_many_universes_are_refused() -> None:
    order = np.arange(1, 21)
    with pytest.raises(RuleError, match="ties='together'"):
        decide(Rankings([order, order[::-1]]), "baldwin")  # whoever remains, all are tied


def test_half_the_memory_only_where_sums_stay_exact() -> None:
    fits = np.array([[2.0**24 - 3, 2.0, 1.0], [1.0, 2.0, 3.0]])
    assert in_single_precision(fits).dtype == np.float32
    everyone = np.ones((1, 3), dtype=np.bool_)
    assert weigh(everyone, in_single_precision(fits)).tolist() == [[2.0**24], [6.0]]
    for too_much in (fits + 1, fits / 2, fits + 1e-9):
        assert in_single_precision(too_much) is too_much
    thirds = np.full((1, 3), 1 / 3)  # shares of votes are weighed in double precision whatever the weights
    assert weigh(thirds, in_single_precision(fits)).dtype == np.float64
    assert weigh(thirds, in_single_precision(fits))[1, 0] == pytest.approx(2, rel=1e-15)
