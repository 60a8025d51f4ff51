"""Statistical cultures as strategies: voters who have something in common.

The prefsampling package draws fair samples from most of them; these steer a search for failures and shrink.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Literal, TypedDict, Unpack

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aggregators.profiles import Rankings, Utilities
from aggregators.strategies.populations import minority_last
from aggregators.strategies.profiles import check_shape, drawn_shape, drawn_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Shape", "euclidean", "impartial", "mallows", "polarised", "single_peaked", "urn"]

Order = Sequence[int]
"""Columns, best first."""

_BYTE = 256
_HALVINGS = 60


class Shape(TypedDict, total=False):
    """What every culture may be told: bounds of the shape, and whether weights may differ from one (by default not)."""

    min_voters: int
    max_voters: int
    min_alternatives: int
    max_alternatives: int
    weighted: bool


def impartial(**shape: Unpack[Shape]) -> st.SearchStrategy[Rankings]:
    """Draw every voter's order from all orders alike.

    Parameters
    ----------
    **shape
        min_voters=1, max_voters=6, min_alternatives=1, max_alternatives=5, weighted=False.

    References
    ----------
    Guilbaud (1952), Les théories de l'intérêt général et le problème logique de l'agrégation.
    """
    return mallows(1.0, **shape)


def mallows(phi: float = 0.5, *, normalised: bool = False, **shape: Unpack[Shape]) -> st.SearchStrategy[Rankings]:
    """Draw orders that scatter around a > b > c > ..., each with probability proportional to phi to its distance.

    The distance is the number of pairs ordered otherwise (Kendall tau). Alternatives are inserted one after another,
    and each moves up past k of those before it with probability proportional to phi^k.

    Parameters
    ----------
    phi : float
        Dispersion: 0 for voters who all agree, 1 for `impartial`.
    normalised : bool
        Whether phi is given as a share, that of the distance to be expected in `impartial`, which makes profiles of
        different numbers of alternatives comparable.
    **shape
        As for `impartial`.

    References
    ----------
    Mallows (1957), Non-null ranking models.
    Boehmer, Bredereck, Faliszewski, Niedermeier & Szufa (2021), Putting a compass on the map of elections (normalised
    phi, on the map of Szufa et al. (2020), Drawing a map of elections in the space of statistical cultures).
    """
    if not 0 <= phi <= 1:
        raise ValueError(f"phi={phi!r} is no dispersion; give one from 0 to 1")

    def read(drawn: list[bytes], size: int) -> list[Order]:
        dispersion = normalised_phi(size, phi) if normalised else phi
        odds = [insertion_odds(column, dispersion) for column in range(size)]
        return [_inserted(chances, odds) for chances in drawn]

    return _culture(read, **shape)


def urn(alpha: float = 0.5, **shape: Unpack[Shape]) -> st.SearchStrategy[Rankings]:
    """Draw orders from an urn with one of each, to which every drawn one is returned with copies of itself.

    Equally: a voter copies each earlier voter with odds of alpha, against odds of 1 for a fresh order.

    Parameters
    ----------
    alpha : float
        Copies as a multiple of the m! orders that the urn has at first: 0 for `impartial`, the more the more
        voters agree.
    **shape
        As for `impartial`.

    References
    ----------
    Eggenberger & Pólya (1923), Über die Statistik verketteter Vorgänge.
    Berg (1985), Paradox of voting under an urn model: the effect of homogeneity.
    """
    if not 0 <= alpha < float("inf"):
        raise ValueError(f"alpha={alpha!r} makes no urn; give a number from 0")

    def read(drawn: list[bytes], size: int) -> list[Order]:
        fresh = [insertion_odds(column, 1.0) for column in range(size)]
        orders: list[Order] = []
        for voter, chances in enumerate(drawn):
            copied = picked([1.0, *[alpha] * voter], chances[-1])
            orders.append(orders[copied - 1] if copied else _inserted(chances, fresh))
        return orders

    return _culture(read, **shape)


def single_peaked(
    method: Literal["conitzer", "walsh"] = "conitzer", **shape: Unpack[Shape]
) -> st.SearchStrategy[Rankings]:
    """Draw orders that are single-peaked on the axis a, b, c, ...: further from the best on either side is worse.

    Parameters
    ----------
    method : {"conitzer", "walsh"}
        "conitzer": the best is drawn from all alike, then the next on its left or right, by equal chances. "walsh":
        the worst is one end of the axis or the other by equal chances, then the next worst, so that all single-peaked
        orders are alike.
    **shape
        As for `impartial`.

    References
    ----------
    Black (1948), On the rationale of group decision-making.
    Conitzer (2009), Eliciting single-peaked preferences using comparison queries.
    Walsh (2015), Generating single peaked votes.
    """
    methods = {"conitzer": _from_the_peak, "walsh": _from_the_ends}
    if method not in methods:
        raise ValueError(f"method={method!r} is unknown; give one of: {', '.join(methods)}")

    def read(drawn: list[bytes], size: int) -> list[Order]:
        return [methods[method](size, chances) for chances in drawn]

    return _culture(read, **shape)


@st.composite
def euclidean(
    draw: st.DrawFn,
    dimensions: int = 2,
    *,
    min_voters: int = 1,
    max_voters: int = 6,
    min_alternatives: int = 1,
    max_alternatives: int = 5,
    weighted: bool = False,
) -> Utilities:
    """Draw voters and alternatives as points of a cube, and utilities that fall with the distance between them.

    ``euclidean().map(Utilities.to_rankings)`` gives rankings, with a tie where two alternatives are equally far.

    Parameters
    ----------
    draw : callable
        Supplied by Hypothesis.
    dimensions : int
        Of the cube. In one dimension, preferences are single-peaked.
    min_voters, max_voters, min_alternatives, max_alternatives, weighted
        As for `impartial`.

    Returns
    -------
    Utilities
        1 where voter and alternative are at the same point, 0 at opposite corners. No two alternatives are at the same.

    References
    ----------
    Enelow & Hinich (1984), The spatial theory of voting.
    """
    check_shape(min_voters, max_voters, min_alternatives, max_alternatives)
    point = st.binary(min_size=dimensions, max_size=dimensions)  # a byte a coordinate, as in other cultures
    places = st.lists(point, min_size=min_alternatives, max_size=max_alternatives, unique=True)
    alternatives = np.array([list(each) for each in draw(places)])
    voters = np.array([list(each) for each in draw(st.lists(point, min_size=min_voters, max_size=max_voters))])
    distances = np.sqrt(((voters[:, None] - alternatives) ** 2).sum(axis=2))
    return Utilities(1 - distances / ((_BYTE - 1) * dimensions**0.5), drawn_weights(draw, len(voters), weighted))


@st.composite
def polarised(
    draw: st.DrawFn,
    minority: float = 0.25,
    *,
    spread: int = 1,
    min_voters: int = 3,
    max_voters: int = 6,
    min_alternatives: int = 2,
    max_alternatives: int = 5,
    weighted: bool = False,
) -> Utilities:
    """Draw a majority and a minority with opposed views.

    The majority gives m to its best alternative, m - 1 to the next, and so on to 1; the minority the same the other
    way round; then every utility is raised by a whole number up to `spread`.
    ``polarised().map(Utilities.to_rankings)`` gives rankings.

    Parameters
    ----------
    draw : callable
        Supplied by Hypothesis.
    minority : float
        Share of the voters in the minority, between 0 and 1/2: rounded, but at least one voter and fewer than half.
    spread : int
        How far voters of one camp may differ; 0 for two blocs.
    min_voters, max_voters, min_alternatives, max_alternatives, weighted
        As for `impartial`; at least 3 voters.

    Returns
    -------
    Utilities
        Whole and positive, with the groups ``"majority"`` and ``"minority"``.

    References
    ----------
    Can, Ozkes & Storcken (2015), Measuring polarization in preferences.
    """
    n, m = drawn_shape(draw, min_voters, max_voters, min_alternatives, max_alternatives)
    opposed = np.array(minority_last(n, minority))
    liked = m - np.array(draw(st.permutations(range(m))))
    values = np.where(opposed[:, None], m + 1 - liked, liked)
    raised = draw(arrays(np.int64, (n, m), elements=st.integers(0, spread), fill=st.nothing()))
    groups = np.where(opposed, "minority", "majority")
    return Utilities(values + raised, drawn_weights(draw, n, weighted), groups=groups.tolist())


def insertion_odds(before: int, phi: float) -> list[float]:
    """Return the odds with which an alternative moves up past 0, 1, ... of those `before` it."""
    return [phi**moved for moved in range(before + 1)]


@lru_cache(maxsize=256)
def normalised_phi(size: int, share: float) -> float:
    """Return the phi whose orders are, by expectation, this share as far off as impartial ones are."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        phi = (low + high) / 2
        if expected_distance(size, phi) < share * size * (size - 1) / 4:
            low = phi
        else:
            high = phi
    return high if share > 0 else 0.0


def expected_distance(size: int, phi: float) -> float:
    """Return the number of pairs that an order of Mallows' model is expected to have otherwise."""
    odds: list[NDArray[np.float64]] = [np.array(insertion_odds(before, phi)) for before in range(size)]
    return float(sum(each @ np.arange(len(each)) / each.sum() for each in odds))


def picked(odds: Sequence[float], chance: int) -> int:
    """Return the index that a chance of 0 to 255 falls on, by roughly these odds; whatever is possible has its chance.

    What cannot be divided goes to the first, which is the one to shrink to.
    """
    possible = [each > 0 for each in odds]
    shared = _BYTE - sum(possible)
    steps = [int(shared * each / sum(odds)) + one for each, one in zip(odds, possible, strict=True)]
    steps[0] += _BYTE - sum(steps)
    return next(index for index, reached in enumerate(accumulate(steps)) if chance < reached)


@st.composite
def _culture(
    draw: st.DrawFn,
    read: Callable[[list[bytes], int], list[Order]],
    *,
    min_voters: int = 1,
    max_voters: int = 6,
    min_alternatives: int = 1,
    max_alternatives: int = 5,
    weighted: bool = False,
) -> Rankings:
    """Draw chances for each voter and read them as orders of so many columns.

    There is a chance of 0 to 255 for each of the most alternatives that there may be and one more, so that shrinking
    can leave out alternatives and voters without drawing anything anew. Hypothesis draws bytes evenly, as it does not
    draw integers, and shrinks them one by one.
    """
    check_shape(min_voters, max_voters, min_alternatives, max_alternatives)
    size = draw(st.integers(min_alternatives, max_alternatives))
    chances = st.binary(min_size=max_alternatives + 1, max_size=max_alternatives + 1)
    orders = read(draw(st.lists(chances, min_size=min_voters, max_size=max_voters)), size)
    return Rankings(np.argsort(orders, axis=1) + 1, drawn_weights(draw, len(orders), weighted))


def _inserted(chances: bytes, odds: Sequence[Sequence[float]]) -> Order:
    """Return the order after each column, in turn, has moved up past as many as its chance says."""
    order: list[int] = []
    for column, each in enumerate(odds):
        order.insert(column - picked(each, chances[column]), column)
    return order


def _from_the_peak(size: int, chances: bytes) -> Order:
    peak = picked([1.0] * size, chances[0])
    order, left, right = [peak], peak - 1, peak + 1
    while len(order) < size:
        if right == size or (left >= 0 and chances[len(order)] >= _BYTE // 2):
            order.append(left)
            left -= 1
        else:
            order.append(right)
            right += 1
    return order


def _from_the_ends(size: int, chances: bytes) -> Order:
    worst_first: list[int] = []
    left, right = 0, size - 1
    while left < right:
        if chances[len(worst_first)] >= _BYTE // 2:
            worst_first.append(left)
            left += 1
        else:
            worst_first.append(right)
            right -= 1
    return [left, *reversed(worst_first)]
