"""Averages of what is heard, who has no opinion counting for nothing; and what repeated averaging comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from jury.deliberation.dynamics.base import State
from jury.deliberation.topology import Weights

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["averaged", "dense_of", "largest_moduli", "limit", "mixed", "second_modulus", "with_oneself"]

FloatArray = NDArray[np.float64]

_SMALL = 400
_ONE = 1e-9
_SQUARINGS = 60


def averaged(weights: Weights, state: State) -> State:
    """Return everybody's weighted mean of the opinions that there are, the own one among them."""
    known = ~np.isnan(state.values)
    heard = weights @ known.astype(np.float64)
    total = weights @ np.where(known, state.values, 0.0)
    people, questions, marks = state.owed.shape
    owed = (weights @ state.owed.reshape(people, questions * marks)).reshape(state.owed.shape)
    some = heard > 0
    values = np.divide(total, heard, out=np.full(total.shape, np.nan), where=some)
    return State(values, np.divide(owed, heard[:, :, None], out=np.zeros_like(owed), where=some[:, :, None]))


def mixed(share: FloatArray, one: State, other: State) -> State:
    """Return the (n,) `share` of one and the rest of the other; where one has no opinion, the other one alone."""
    first, second = np.isnan(one.values), np.isnan(other.values)
    weight = np.where(first, 0.0, np.where(second, 1.0, share[:, None]))
    filled = [np.where(gap, 0.0, state.values) for gap, state in ((first, one), (second, other))]
    values = weight * filled[0] + (1 - weight) * filled[1]
    owed = weight[:, :, None] * one.owed + (1 - weight)[:, :, None] * other.owed
    return State(np.where(first & second, np.nan, values), owed)


def limit(weights: FloatArray) -> FloatArray | None:
    """Return the limit of the powers of a row-stochastic matrix, by squaring; None where they have none.

    References
    ----------
    DeGroot (1974), Reaching a consensus, JASA 69. Golub and Jackson (2010), Naive learning in social networks and the
    wisdom of crowds, American Economic Journal: Microeconomics 2.
    """
    power = weights
    for _ in range(_SQUARINGS):
        squared = power @ power
        squared /= squared.sum(axis=1, keepdims=True)  # rounding must not make weights fade
        done = np.abs(squared - power).max(initial=0.0) < 1e-14
        power = squared
        if done:
            # Squares of a periodic matrix settle too; the next power tells.
            return power if np.abs(weights @ power - power).max(initial=0.0) < 1e-9 else None
    return None


def largest_moduli(matrix: Weights, count: int) -> NDArray[np.complex128] | None:
    """Return the eigenvalues of largest modulus, all of a small matrix; None where they cannot be found."""
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import ArpackError, eigs

    people = matrix.shape[0]
    if people <= _SMALL:
        dense = matrix if isinstance(matrix, np.ndarray) else matrix.toarray()
        return np.asarray(np.linalg.eigvals(dense), dtype=np.complex128)
    try:
        found = eigs(csr_array(matrix), k=count, which="LM", return_eigenvectors=False, v0=np.ones(people))
    except ArpackError:
        return None
    return np.asarray(found, dtype=np.complex128)


def second_modulus(weights: Weights) -> float | None:
    """Return the largest modulus of the eigenvalues other than 1, of a row-stochastic matrix; 0 if there is none."""
    found = largest_moduli(weights, count=6)
    if found is None:
        return None
    others = np.abs(found[np.abs(found - 1) > _ONE])
    return float(others.max(initial=0.0))


def dense_of(weights: Weights) -> FloatArray:
    """Return weights as an ordinary array."""
    return weights if isinstance(weights, np.ndarray) else np.asarray(weights.toarray())


def with_oneself(ties: sparse.csr_array) -> sparse.csr_array:
    """Return whom each listens to: those tied, and oneself; all count alike."""
    from scipy import sparse

    people = ties.shape[0]
    found = sparse.csr_array(ties + sparse.eye_array(people, format="csr"))
    found.eliminate_zeros()
    found.sort_indices()
    found.data[:] = 1.0
    return found
