"""What the page needs to decide a case anew under any aversion to inequality: utilities, weights and groups."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from aggregators import BatchOutcome, Utilities, decide
from aggregators.fates import standing
from aggregators.ties import RELATIVE_TOLERANCE
from jury.auditing.hearing import Hearing
from jury.auditing.membership import Groups
from jury.auditing.percase import Scale
from jury.report.deciding import redrawn

__all__ = ["ballots_to_recount", "chances_along", "disagreement_of"]

#: Different rows of a case, and of all cases, beyond which the page snaps to outcomes that were computed beforehand.
MOST_ROWS, MOST_OF_ALL = 50_000, 200_000
_GRID = 101
#: Points along alpha at which jurors are drawn again, and cases beyond which they are not.
POINTS, MOST_CASES = 33, 50


def disagreement_of(hearing: Hearing) -> float:
    """Return what gains are measured from: 0, or the bottom of the scale where utilities go below 0."""
    values = hearing.utilities.values[hearing.weights > 0]
    lowest = float(np.nanmin(values)) if (~np.isnan(values)).any() else 0.0
    return 0.0 if lowest >= 0 else min(lowest, Scale.of(hearing.mode).ends[0])


def ballots_to_recount(hearing: Hearing, groups: Groups, most: int = MOST_ROWS) -> dict[str, Any]:
    """Return the rows of a case, equal ones together, and what every group thinks of each alternative.

    Parameters
    ----------
    hearing : Hearing
    groups : Groups
    most : int
        Different rows that the page holds.

    Returns
    -------
    dict
        ``values`` (rows, m), null for no opinion; ``weights`` (rows,), their total; ``answers`` (rows,), how many
        ballots a row stands for; ``codes``, attribute -> group of each row; ``disagreement``; ``tolerance``, relative,
        within which two scores tie; ``groups``, a row a group with ``jurors``, ``weight`` and ``means`` (m,). Where
        there are too many different rows, ``rows`` are left out and ``grid`` has outcomes along alpha.
    """
    found = _groups(hearing, groups)
    disagreement = disagreement_of(hearing)
    shared = {"groups": found, "disagreement": disagreement, "tolerance": RELATIVE_TOLERANCE}
    table, weights, answers = _alike(hearing, groups)
    if len(table) > most:
        return shared | {"rows": None, "grid": _grid(hearing, disagreement)}
    many = hearing.utilities.n_alternatives
    codes = table[:, many:].astype(int)
    rows = {
        "values": table[:, :many],
        "weights": weights,
        "answers": answers,
        "codes": {attribute: codes[:, place] for place, attribute in enumerate(groups.by)},
    }
    return shared | {"rows": rows, "grid": None}


def chances_along(hearing: Hearing, resamples: int, rng: np.random.Generator) -> dict[str, Any] | None:
    """Return how often each alternative would win along alpha had other jurors been drawn.

    Parameters
    ----------
    hearing : Hearing
    resamples : int
        Drawings of the case's jurors with replacement.
    rng : Generator

    Returns
    -------
    dict or None
        ``at`` (p,), alpha / (1 + alpha); ``shares`` (p, m), tied winners sharing a win; ``resamples``. None for fewer
        than two jurors, and for no drawings.
    """
    weights = redrawn(hearing, resamples, rng)
    if weights is None:
        return None
    profile, counted = _distinct(hearing.utilities, weights[weights.any(axis=1)])
    disagreement = disagreement_of(hearing)
    at = np.linspace(0, 1, POINTS)
    shares = []
    for step in at:
        alpha = np.inf if step == 1 else step / (1 - step)
        found = decide(profile, "isoelastic", weights=counted, alpha=alpha, disagreement=disagreement)
        shares.append(found.win_share() if isinstance(found, BatchOutcome) else None)
    return {"at": at, "shares": shares, "resamples": resamples}


def _distinct(utilities: Utilities, weights: NDArray[np.float64]) -> tuple[Utilities, NDArray[np.float64]]:
    """Return a profile in which equal ballots are one, and (b, rows) weights that fit it."""
    from scipy.sparse import csr_array

    rows, where = np.unique(utilities.values, axis=0, return_inverse=True, equal_nan=True)
    where = where.reshape(-1)
    alike = csr_array((np.ones(len(where)), (np.arange(len(where)), where)), shape=(len(where), len(rows)))
    return Utilities(rows, alternatives=utilities.alternatives), np.asarray(weights @ alike)


def _alike(hearing: Hearing, groups: Groups) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    counted = hearing.weights > 0
    codes = groups.codes[:, hearing.jurors].T[counted]
    table = np.concatenate([hearing.utilities.values[counted], codes], axis=1)
    distinct, where, answers = np.unique(table, axis=0, return_inverse=True, return_counts=True, equal_nan=True)
    weights = np.bincount(where.reshape(-1), hearing.weights[counted], minlength=len(distinct)).astype(np.float64)
    return distinct, weights, answers.astype(np.int64)


def _groups(hearing: Hearing, groups: Groups) -> list[dict[str, Any]]:
    member = groups.member[:, hearing.jurors]
    found = standing(hearing.utilities.values, hearing.weights[None, :], member)
    spoke = hearing.utilities.opinions.any(axis=1) & (hearing.weights > 0)
    total = float(hearing.weights[spoke].sum())
    return [
        {
            "attribute": groups.attributes[g],
            "group": groups.labels[g],
            "jurors": len(np.unique(hearing.jurors[member[g] & spoke])),
            "few": bool(groups.few[g]),
            "weight": float(hearing.weights[member[g] & spoke].sum()) / total if total else float("nan"),
            "means": found.welfare[0, g],
            "favourites": found.favourites[0, g],
        }
        for g in range(len(groups))
    ]


def _grid(hearing: Hearing, disagreement: float) -> list[dict[str, Any]]:
    found = []
    for step in np.linspace(0, 1, _GRID):
        alpha = np.inf if step == 1 else step / (1 - step)
        outcome = decide(hearing.utilities, "isoelastic", alpha=alpha, disagreement=disagreement)
        found.append({"at": step, "scores": outcome.scores, "winners": list(outcome.winners)})
    return found
