"""What one juror said: an answer, a vote on its way into a profile, a rating by what was shown where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Status = Literal["answered", "refused", "unparsed", "failed"]
STATUSES: tuple[Status, ...] = ("answered", "refused", "unparsed", "failed")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one juror said on one case.

    Attributes
    ----------
    status : {"answered", "refused", "unparsed", "failed"}
    values : Mapping
        The mode's own record of the answer, JSON-able: ``scores`` by alternative id, or ``choice`` ...
    label_mass : float or None
        For log-probability readouts: the probability that the model put on any valid answer (the lowest
        over the questions of this ballot). Near 0, the answer is an artefact of the readout.
    problem : str
        Why it is not answered, in a few words.
    """

    status: Status
    values: Mapping[str, Any] = field(default_factory=dict)
    label_mass: float | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Vote:
    """One answered ballot on its way into a profile.

    Attributes
    ----------
    juror : int
        Whose: a row of the jurors.
    values : Mapping
        What it says, as in `Answer.values`.
    shown : tuple of str
        Alternative ids in the order shown; empty when that is not known.
    labels : tuple of str
        The label that each of them had, in the same order; empty when that is not known.
    replicate : int
        Which of the times that the juror was asked about the case, from 0.
    """

    juror: int
    values: Mapping[str, Any]
    shown: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    replicate: int = 0


class Rating(NamedTuple):
    """What one answer says of one alternative, and how the alternative was shown.

    Attributes
    ----------
    alternative : int
        A column of the case's alternatives.
    utility : float
    position : int or None
        Where it stood among those judged together, from 0; None when that is not known.
    label : str or None
        What it was called; None when that is not known.
    """

    alternative: int
    utility: float
    position: int | None
    label: str | None
