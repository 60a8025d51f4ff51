"""Drawing many juries at once, as arrays of (juries, jurors)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from personas.designs import Draw
from personas.errors import SamplingError
from personas.selection import certain_rows, check_enough

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from personas.designs import Design, Request

AT_ONCE = 1 << 22  # numbers held at a time
WORTHWHILE = 0.02  # share of tries that must succeed for rejection to be the faster way


def one_by_one(design: Design, request: Request, count: int, rng: np.random.Generator) -> Draw:
    """Draw `count` juries one after the other, in random order within each."""
    rows = np.empty((count, request.n), dtype=np.intp)
    weights = np.empty((count, request.n))
    unbiased, warnings = True, dict[str, None]()
    for jury in range(count):
        drawn = design(request, rng)
        order = rng.permutation(request.n)
        rows[jury], weights[jury] = drawn.rows[order], drawn.weights[order]
        unbiased &= drawn.unbiased
        warnings.update(dict.fromkeys(drawn.warnings))
    return Draw(rows, weights, unbiased, tuple(warnings))


def strata_many(
    request: Request,
    codes: NDArray[np.intp],
    totals: NDArray[np.float64],
    counts: NDArray[np.float64],
    names: Sequence[str],
    count: int,
    rng: np.random.Generator,
    *,
    proportional: bool,
) -> Draw:
    """Draw `count` juries with expected numbers `counts` from each stratum, as a stratified design does one.

    Parameters
    ----------
    codes : (rows,) array of int
        The stratum of each row, -1 for none.
    totals, counts : (k,) array of float
        Weight of each stratum, and its expected number of jurors.
    names : sequence of str
        What strata are called in messages.
    proportional : bool
        Whether `counts` are proportional to `totals`.
    """
    sizes = integerise_many(counts, request.n, count, rng)
    first = np.cumsum(sizes, axis=1) - sizes
    rows = np.empty((count, request.n), dtype=np.intp)
    weights = np.empty((count, request.n))
    for stratum, members in members_of(codes, totals.size):
        for size in np.unique(sizes[:, stratum]).tolist():
            if not size:
                continue
            juries = np.flatnonzero(sizes[:, stratum] == size)
            try:
                picked, expansion = select_many(
                    request.weights[members], size, juries.size, rng, replace=request.replace
                )
            except SamplingError as error:
                raise SamplingError(f"stratum {names[stratum]}: {error}") from None
            seats = first[juries, stratum][:, None] + np.arange(size)
            rows[juries[:, None], seats] = members[picked]
            share = request.n * totals[stratum] / totals.sum()
            weights[juries[:, None], seats] = expansion * (size / share) if proportional else expansion
    order = np.argsort(rng.random((count, request.n)), axis=1)
    return Draw(np.take_along_axis(rows, order, axis=1), np.take_along_axis(weights, order, axis=1))


def members_of(codes: NDArray[np.intp], size: int) -> list[tuple[int, NDArray[np.intp]]]:
    """Return each stratum with its rows; rows of code -1 are in none."""
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(size + 1))
    return [(cell, order[ends[cell] : ends[cell + 1]]) for cell in range(size)]


def integerise_many(shares: NDArray[np.float64], n: int, count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Round ``n * shares`` to whole numbers that add to `n`, without bias, `count` times over.

    Returns
    -------
    (count, k) array of int
        As `integerise` returns one row.
    """
    rounded = np.empty((count, shares.size), dtype=np.intp)
    exact = n * shares / shares.sum()
    for part in _parts(count, shares.size):
        size = part.stop - part.start
        order = np.argsort(rng.random((size, shares.size)), axis=1)
        ends = np.cumsum(exact[order], axis=1)
        ends[:, -1] = n
        passed = np.ceil(ends - rng.random((size, 1))).astype(np.intp)
        np.put_along_axis(rounded[part], order, np.diff(passed, axis=1, prepend=0), axis=1)
    return rounded


def select_many(
    weights: NDArray[np.float64], n: int, count: int, rng: np.random.Generator, *, replace: bool
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Select `n` rows with probability proportional to weight, `count` times over.

    Inclusion probabilities are those of `select`. Without replacement rows are drawn by Sampford's rejection; where he
    would reject nearly all, as when most rows are selected, at equal steps through random orders.

    Returns
    -------
    rows : (count, n) array of int
    expansion : (count, n) array of float
        As `select` returns one row of each.

    References
    ----------
    Sampford, M. R. (1967). On sampling without replacement with unequal probabilities of selection. Biometrika 54.
    """
    total = float(weights.sum())
    if replace:
        return _with_replacement(weights, (count, n), rng), np.full((count, n), total / n)
    check_enough(weights, n)
    certain = certain_rows(weights, n)
    left = n - int(certain.sum())
    others = np.flatnonzero(~certain & (weights > 0))
    rows = np.empty((count, n), dtype=np.intp)
    rows[:, left:] = np.flatnonzero(certain)
    expansion = np.empty((count, n))
    expansion[:, left:] = weights[certain]
    if left:
        rest = weights[others]
        rows[:, :left] = others[_without_replacement(rest, left, count, rng)]
        expansion[:, :left] = rest.sum() / left
    return rows, expansion


def _without_replacement(
    weights: NDArray[np.float64], n: int, count: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    found = np.empty((count, n), dtype=np.intp)
    inclusion = n * weights / weights.sum()
    odds = inclusion / (1.0 - inclusion)  # certain rows have been taken out
    done, tries = 0, 64
    while done < count:
        if n == 1:
            return _with_replacement(weights, (count, 1), rng)
        tried = np.empty((tries, n), dtype=np.intp)
        tried[:, 0] = _with_replacement(weights, (tries,), rng)
        tried[:, 1:] = _with_replacement(odds, (tries, n - 1), rng)
        kept = tried[(np.diff(np.sort(tried, axis=1), axis=1) > 0).all(axis=1)][: count - done]
        found[done : done + len(kept)] = kept
        done += len(kept)
        rate = len(kept) / tries
        if done < count and rate < WORTHWHILE:
            found[done:] = _random_systematic(weights, n, count - done, rng)
            return found
        tries = min(int((count - done) / max(rate, WORTHWHILE)) + 64, AT_ONCE // n + 1)
    return found


def _random_systematic(weights: NDArray[np.float64], n: int, count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    found = np.empty((count, n), dtype=np.intp)
    for part in _parts(count, weights.size):
        size = part.stop - part.start
        order = np.argsort(rng.random((size, weights.size)), axis=1)
        ends = np.cumsum(weights[order], axis=1)
        ends /= ends[:, -1:]
        line = (ends + np.arange(size)[:, None]).ravel()  # one order after the other, each of length 1
        points = (rng.random((size, 1)) + np.arange(n)) / n + np.arange(size)[:, None]
        hits = np.searchsorted(line, points, side="right") - np.arange(size)[:, None] * weights.size
        found[part] = np.take_along_axis(order, np.clip(hits, 0, weights.size - 1), axis=1)
    return found


def _with_replacement(
    weights: NDArray[np.float64], shape: tuple[int, ...], rng: np.random.Generator
) -> NDArray[np.intp]:
    positive = np.flatnonzero(weights > 0)
    ends = np.cumsum(weights[positive])
    hits = np.searchsorted(ends, rng.random(shape) * ends[-1], side="right")
    return np.asarray(positive[np.minimum(hits, positive.size - 1)])


def _parts(count: int, width: int) -> list[slice]:
    """Return slices of `count` rows, each of which takes `AT_ONCE` numbers at most."""
    step = max(1, min(count, AT_ONCE // width, 4096 if width > 64 else count))
    return [slice(start, min(start + step, count)) for start in range(0, count, step)]
