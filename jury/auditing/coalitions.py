"""Who would rather have had something else: objections to winners, and groups that are left out of a committee."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aggregators import Approvals, Outcome, Rankings, Utilities
from aggregators.proportionality import Appraisal, appraise
from aggregators.ties import exceeds
from jury.auditing.hearing import Hearing

BoolArray = NDArray[np.bool_]

#: Coalition by attribute and group: jurors in it, and jurors of the group with an opinion.
Coalition = dict[str, dict[str, tuple[int, int]]]

_TIME_LIMIT = 5.0  # seconds for one search for a coalition


def objection(hearing: Hearing, outcome: Outcome, labels: Mapping[str, NDArray[np.str_]]) -> dict[str, Any]:
    """Return the largest group that prefers one and the same alternative to every winner.

    Parameters
    ----------
    hearing : Hearing
    outcome : Outcome
        With a winner.
    labels : Mapping
        Attribute -> group of every juror of the panel.
    """
    ranks = hearing.utilities.to_rankings().ranks
    won = [outcome.alternatives.index(label) for label in outcome.winners]
    spoke = (ranks > 0).any(axis=1) & (hearing.weights > 0)
    total = float(hearing.weights[spoke].sum())
    # Who has no opinion on a winner cannot be said to prefer something to it.
    knows = (ranks[:, won] > 0).all(axis=1) & spoke
    prefers = (ranks > 0) & (ranks < ranks[:, won].min(axis=1, keepdims=True)) & knows[:, None]
    weight = hearing.weights @ prefers
    most = int(weight.argmax())
    found: dict[str, Any] = {"alternative": None, "share": 0.0, "jurors": 0, "blocking": False, "coalition": {}}
    if weight[most] > 0:
        half = np.array([total / 2])
        found |= {
            "alternative": outcome.alternatives[most],
            "share": float(weight[most]) / total,
            "jurors": len(np.unique(hearing.jurors[prefers[:, most]])),
            "blocking": bool(exceeds(weight[most : most + 1], half)[0]),
            "coalition": coalition(hearing, prefers[:, most], spoke, labels),
        }
    return found


def coalition(
    hearing: Hearing, inside: BoolArray, spoke: BoolArray, labels: Mapping[str, NDArray[np.str_]]
) -> Coalition:
    """Return which groups a coalition of ballots is made of."""
    members, known = np.unique(hearing.jurors[inside]), np.unique(hearing.jurors[spoke])
    found: Coalition = {}
    for attribute, names in labels.items():
        all_names, of_all = np.unique(names[known], return_counts=True)
        in_names, of_members = np.unique(names[members], return_counts=True)
        counts = dict(zip(in_names.tolist(), of_members.tolist(), strict=True))
        found[attribute] = {
            name: (int(counts.get(name, 0)), int(many))
            for name, many in zip(all_names.tolist(), of_all.tolist(), strict=True)
        }
    return found


def committee_of(outcome: Outcome, seats: int) -> tuple[str, ...]:
    """Return the first `seats` alternatives of a ranking, ties in the order of the case."""
    return tuple(label for tier in outcome.ranking for label in tier)[:seats]


def left_out(
    hearing: Hearing, outcome: Outcome, seats: int, agrees_above: float, labels: Mapping[str, NDArray[np.str_]]
) -> list[dict[str, Any]]:
    """Return what every measure of proportionality says of the committee that an outcome makes.

    Parameters
    ----------
    hearing : Hearing
    outcome : Outcome
    seats : int
        Size of the committee; smaller where a case has fewer alternatives.
    agrees_above : float
        A juror approves of what has a greater utility.
    labels : Mapping
        Attribute -> group of every juror of the panel.
    """
    committee = committee_of(outcome, seats)
    utilities = hearing.utilities
    approved = Approvals(np.greater(utilities.values, agrees_above), utilities.weights, utilities.alternatives)
    ranked: Rankings = utilities.to_rankings()
    appraisals: Sequence[Appraisal] = (
        *appraise(approved, committee, time_limit=_TIME_LIMIT),
        *appraise(ranked, committee),
    )
    spoke = _spoke(utilities)
    rows = []
    for found in appraisals:
        row: dict[str, Any] = {
            "committee": committee,
            "measure": found.measure,
            "fine": found.fine,
            "undecided": found.undecided,
            "wants": (),
            "owed": None,
            "has": None,
            "share": None,
            "jurors": None,
            "coalition": {},
        }
        if found.witness is not None:
            inside = np.zeros(utilities.n_voters, dtype=np.bool_)
            inside[list(found.witness.voters)] = True
            row |= {
                "wants": found.witness.alternatives,
                "owed": found.witness.level,
                "has": found.witness.has,
                "share": found.witness.weight / found.witness.total,
                "jurors": len(np.unique(hearing.jurors[inside])),
                "coalition": coalition(hearing, inside, spoke, labels),
            }
        rows.append(row)
    return rows


def _spoke(utilities: Utilities) -> BoolArray:
    return np.asarray(utilities.opinions.any(axis=1) & (utilities.weights > 0))
