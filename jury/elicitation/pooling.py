"""From ballots to the rows of a profile, where a juror may have several."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aggregators import Utilities
from jury.cases import Case
from jury.elicitation.answer import Vote

FloatArray = NDArray[np.float64]


def ballot_rows(
    votes: Sequence[Vote], weights: FloatArray, groups: Mapping[str, NDArray[Any]]
) -> tuple[FloatArray, dict[str, NDArray[Any]]]:
    """Return weights and groups of a profile with one row a ballot.

    A juror's weight is shared equally among the juror's answered replicates.

    Parameters
    ----------
    votes : sequence of k Vote
    weights : ndarray of shape (n,)
        Of all jurors.
    groups : Mapping
        Attribute -> labels of shape (n,) of all jurors.

    Returns
    -------
    weights : ndarray of shape (k,)
    groups : dict
        Attribute -> labels of shape (k,).
    """
    jurors = np.array([vote.juror for vote in votes], dtype=np.intp)
    repeats = np.bincount(jurors, minlength=len(weights))[jurors]
    return weights[jurors] / repeats, {name: labels[jurors] for name, labels in groups.items()}


def mean_utilities(
    votes: Sequence[Vote],
    utilities_of: Callable[[Mapping[str, Any], Case], list[float]],
    case: Case,
    weights: FloatArray,
    groups: Mapping[str, NDArray[Any]],
) -> Utilities:
    """Return one row a juror: the mean utility of each alternative over replicates, NaN where there is none."""
    jurors, row = np.unique(np.array([vote.juror for vote in votes], dtype=np.intp), return_inverse=True)
    said = np.array([utilities_of(vote.values, case) for vote in votes], dtype=float)
    said = said.reshape(len(votes), len(case.alternatives))
    given = ~np.isnan(said)
    total = np.zeros((len(jurors), len(case.alternatives)))
    count = np.zeros_like(total)
    np.add.at(total, row, np.where(given, said, 0.0))
    np.add.at(count, row, given)
    return Utilities(
        np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0),
        weights=weights[jurors],
        alternatives=case.alternative_ids,
        groups={name: labels[jurors] for name, labels in groups.items()},
    )
