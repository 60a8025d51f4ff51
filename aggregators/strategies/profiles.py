"""Strategies for ballots without any pattern, and for weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aggregators.profiles import Approvals, Comparisons, Rankings, Utilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["approvals", "comparisons", "rankings", "utilities", "weights"]


@st.composite
def weights(
    draw: st.DrawFn, voters: int, *, whole: bool = True, zero: bool = False, batch: int | None = None
) -> NDArray[np.float64]:
    """Draw weights that a profile accepts.

    Parameters
    ----------
    draw : callable
        Supplied by Hypothesis.
    voters : int
        How many, n.
    whole : bool
        Whole numbers up to 5, so that sums are exact; otherwise any floats from 0.01 to 100.
    zero : bool
        Whether some, never all, may be zero.
    batch : int, optional
        Draw shape (batch, n) instead of (n,).
    """
    positive = st.integers(1, 5).map(float) if whole else st.floats(0.01, 100)
    one = st.just(0.0) | positive if zero else positive
    row = st.lists(one, min_size=voters, max_size=voters).filter(any)
    if batch is None:
        return np.array(draw(row))
    return np.array(draw(st.lists(row, min_size=batch, max_size=batch)))


@st.composite
def utilities(
    draw: st.DrawFn,
    *,
    min_voters: int = 1,
    max_voters: int = 6,
    min_alternatives: int = 1,
    max_alternatives: int = 5,
    low: float = -10.0,
    high: float = 10.0,
    whole: bool = False,
    missing: bool = False,
    weighted: bool = True,
    groups: int = 0,
) -> Utilities:
    """Draw utilities.

    Parameters
    ----------
    draw : callable
        Supplied by Hypothesis.
    min_voters, max_voters, min_alternatives, max_alternatives : int
        Bounds of the shape.
    low, high : float
        Bounds of the values, both included.
    whole : bool
        Whole numbers only: ties are frequent and arithmetic is exact.
    missing : bool
        Whether opinions may be missing (NaN), even all of them.
    weighted : bool
        Whether weights may differ from one; they are whole and positive.
    groups : int
        Put the voters into up to this many groups of the attribute ``"group"``; 0 for no groups.
    """
    check_bounds("low", low, "high", high)
    if whole and np.ceil(low) > np.floor(high):
        raise ValueError(f"whole=True leaves nothing between low={low!r} and high={high!r}; give wider bounds")
    shape = drawn_shape(draw, min_voters, max_voters, min_alternatives, max_alternatives)
    value: st.SearchStrategy[float] = st.floats(low, high, allow_subnormal=False)
    if whole:
        value = st.integers(int(np.ceil(low)), int(np.floor(high))).map(float)
    values = draw(arrays(np.float64, shape, elements=value, fill=st.nothing()))
    if missing:  # drawn apart from the values, so that an opinion is simpler than none
        values[draw(arrays(np.bool_, shape, fill=st.nothing()))] = np.nan
    labels = [draw(st.sampled_from([f"g{g}" for g in range(groups)])) for _ in range(shape[0])] if groups else None
    return Utilities(values, drawn_weights(draw, shape[0], weighted), groups=labels)


@st.composite
def rankings(
    draw: st.DrawFn,
    *,
    min_voters: int = 1,
    max_voters: int = 6,
    min_alternatives: int = 1,
    max_alternatives: int = 5,
    ties: bool = False,
    truncated: bool = False,
    weighted: bool = True,
) -> Rankings:
    """Draw rankings.

    Parameters
    ----------
    draw : callable
        Supplied by Hypothesis.
    min_voters, max_voters, min_alternatives, max_alternatives : int
        Bounds of the shape.
    ties : bool
        Whether a voter may rank alternatives as equal.
    truncated : bool
        Whether a voter may leave alternatives unranked, even all of them.
    weighted : bool
        Whether weights may differ from one; they are whole and positive.
    """
    n, m = drawn_shape(draw, min_voters, max_voters, min_alternatives, max_alternatives)
    row = st.lists(st.integers(1, m), min_size=m, max_size=m) if ties else st.permutations(range(1, m + 1))
    ranks = np.array(draw(st.lists(row, min_size=n, max_size=n)))
    if truncated:
        cut = np.array(draw(st.lists(st.integers(0, m), min_size=n, max_size=n)))
        ranks[ranks > m - cut[:, None]] = 0
    return Rankings(ranks, drawn_weights(draw, n, weighted))


@st.composite
def approvals(
    draw: st.DrawFn,
    *,
    min_voters: int = 1,
    max_voters: int = 6,
    min_alternatives: int = 1,
    max_alternatives: int = 5,
    weighted: bool = True,
) -> Approvals:
    """Draw approvals.

    Parameters
    ----------
    draw : callable
        Supplied by Hypothesis.
    min_voters, max_voters, min_alternatives, max_alternatives : int
        Bounds of the shape.
    weighted : bool
        Whether weights may differ from one; they are whole and positive.
    """
    shape = drawn_shape(draw, min_voters, max_voters, min_alternatives, max_alternatives)
    matrix = draw(arrays(np.bool_, shape, fill=st.nothing()))
    return Approvals(matrix, drawn_weights(draw, shape[0], weighted))


@st.composite
def comparisons(
    draw: st.DrawFn,
    *,
    min_voters: int = 1,
    max_voters: int = 6,
    min_alternatives: int = 1,
    max_alternatives: int = 5,
    ties: bool = False,
    missing: bool = False,
    again: bool = False,
    weighted: bool = True,
) -> Comparisons:
    """Draw comparisons, which may go in circles.

    Parameters
    ----------
    draw : callable
        Supplied by Hypothesis.
    min_voters, max_voters, min_alternatives, max_alternatives : int
        Bounds of the shape.
    ties : bool
        Whether a comparison may end in a tie.
    missing : bool
        Whether pairs may be left out, even all of them.
    again : bool
        Whether a voter may compare a pair up to three times.
    weighted : bool
        Whether weights may differ from one; they are whole and positive.
    """
    n, m = drawn_shape(draw, min_voters, max_voters, min_alternatives, max_alternatives)
    halves = 1 if ties else 2
    ends = [(won / 2, made - won / 2) for made in range(1, 4 if again else 2) for won in range(2 * made, -1, -halves)]
    ends += [(0.0, 0.0)] * missing
    rows, columns = np.triu_indices(m, 1)
    found = np.array(ends)[draw(arrays(np.int64, (n, len(rows)), elements=st.integers(0, len(ends) - 1)))]
    wins = np.zeros((n, m, m))
    wins[:, rows, columns], wins[:, columns, rows] = found[:, :, 0], found[:, :, 1]
    return Comparisons(wins, drawn_weights(draw, n, weighted))


def check_bounds(low_name: str, low: float, high_name: str, high: float) -> None:
    """Refuse bounds between which there is nothing."""
    if not low <= high:
        raise ValueError(f"{low_name}={low!r} is not at most {high_name}={high!r}; give bounds in order")


def drawn_shape(draw: st.DrawFn, n_low: int, n_high: int, m_low: int, m_high: int) -> tuple[int, int]:
    """Draw how many voters and alternatives there are."""
    check_shape(n_low, n_high, m_low, m_high)
    return draw(st.integers(n_low, n_high)), draw(st.integers(m_low, m_high))


def check_shape(n_low: int, n_high: int, m_low: int, m_high: int) -> None:
    """Refuse bounds of voters and alternatives between which there is nothing."""
    for what, low, high in (("voters", n_low, n_high), ("alternatives", m_low, m_high)):
        if low < 1:
            raise ValueError(f"min_{what}={low!r} allows none; give at least 1")
        check_bounds(f"min_{what}", low, f"max_{what}", high)


def drawn_weights(draw: st.DrawFn, voters: int, weighted: bool) -> NDArray[np.float64] | None:
    """Draw weights, or None."""
    return draw(st.none() | weights(voters)) if weighted else None
