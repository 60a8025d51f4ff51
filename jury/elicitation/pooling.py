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
    jurors = np.array(sorted({vote.juror for vote in votes}), dtype=np.intp)
    row = {juror: index for index, juror in enumerate(jurors.tolist())}
    total = np.zeros((len(jurors), len(case.alternatives)))
    count = np.zeros_like(total)
    for vote in votes:
        utilities = np.array(utilities_of(vote.values, case))
        given = ~np.isnan(utilities)
        total[row[vote.juror], given] += utilities[given]
        count[row[vote.juror], given] += 1
    return Utilities(
        np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0),
        weights=weights[jurors],
        alternatives=case.alternative_ids,
        groups={name: labels[jurors] for name, labels in groups.items()},
    )
