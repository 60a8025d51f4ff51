"""Strategies for ballots without any pattern, and for weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aggregators.profiles import Approvals, Comparisons, Rankings, Utilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BYTE = 256

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
    if whole:
        spread = 10 if zero else 5  # half of the weights are zero where some may be
        row = st.binary(min_size=voters, max_size=voters).map(lambda raw: _numbers(raw, spread, 6 - spread)).filter(any)
    else:
        positive = st.floats(0.01, 100)
        row = st.lists(st.just(0.0) | positive if zero else positive, min_size=voters, max_size=voters).filter(any)
    if batch is None:
        return np.array(draw(row))
    return np.array(draw(st.lists(row, min_size=batch, max_size=batch)))


def _numbers(raw: bytes, many: int, first: int) -> list[float]:
    """Return each byte as one of so many whole numbers from `first` on, those below zero as zero."""
    return [float(max(0, byte % many + first)) for byte in raw]


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
    if whole and np.floor(high) - np.ceil(low) < _BYTE:
        known = np.arange(np.ceil(low), np.floor(high) + 1, dtype=np.float64)
        known = known[np.argsort(np.abs(known), kind="stable")]  # small numbers are simpler
        values = known[drawn_bytes(draw, shape) % len(known)]
    else:
        value: st.SearchStrategy[float] = st.floats(low, high, allow_subnormal=False)
        if whole:
            value = st.integers(int(np.ceil(low)), int(np.floor(high))).map(float)
        values = draw(arrays(np.float64, shape, elements=value, fill=st.nothing()))
    if missing:  # drawn apart from the values, so that an opinion is simpler than none
        values[drawn_mask(draw, shape)] = np.nan
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
    lots = drawn_bytes(draw, (n, m)).astype(np.int64)
    ranks = 1 + (lots % m if ties else lots.argsort(axis=1, kind="stable").argsort(axis=1))
    if truncated:
        cut = drawn_bytes(draw, (n, 1)) % (m + 1)
        ranks[ranks > m - cut] = 0
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
    return Approvals(drawn_mask(draw, shape), drawn_weights(draw, shape[0], weighted))


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


def drawn_bytes(draw: st.DrawFn, shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Draw a table of bytes in one go, which takes Hypothesis a fraction of the time; 0 is the simplest."""
    size = shape[0] * shape[1]
    return np.frombuffer(draw(st.binary(min_size=size, max_size=size)), dtype=np.uint8).reshape(shape)


def drawn_mask(draw: st.DrawFn, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Draw a table of truth values likewise; false is simpler."""
    return drawn_bytes(draw, shape) % 2 > 0


def drawn_weights(draw: st.DrawFn, voters: int, weighted: bool) -> NDArray[np.float64] | None:
    """Draw weights, or None."""
    return draw(st.none() | weights(voters)) if weighted else None
