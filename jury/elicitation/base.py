"""What an elicitation mode is: it asks, it reads the answer, it makes a profile of many answers.

A mode is a frozen pydantic model, so that its settings are checked with the study, and lives in one file
of this package.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from aggregators import Approvals, Rankings, Utilities
from aggregators.registry import Registry
from jury.backends.base import Question, Readout, Reply
from jury.cases import Case
from jury.elicitation.order import Order

if TYPE_CHECKING:
    import numpy as np

Profile: TypeAlias = Utilities | Rankings | Approvals

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
    """

    juror: int
    values: Mapping[str, Any]
    shown: tuple[str, ...] = ()


class Mode(BaseModel, ABC):
    """How jurors are asked; subclasses add their own settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: The rules that decide unless the study names others.
    default_rules: ClassVar[tuple[str, ...]]

    mode: str
    readout: Literal["auto", "sample", "logprobs"] = Field(
        default="auto",
        description="How an answer is taken: written by the model (sample), or read off the probabilities of "
        "its first token (logprobs). auto takes what the backend does best.",
    )
    replicates: int = Field(default=1, ge=1, description="How often each juror is asked about each case.")
    order: Order = Field(
        default="counterbalanced",
        description="Order in which alternatives are shown: a balanced Latin square over the jurors, random, or fixed.",
    )

    def obstacle(self, readout: Readout, cases: Sequence[Case]) -> str | None:
        """Return why `cases` cannot be asked with these settings and `readout`, or None."""
        return None

    @abstractmethod
    def questions(self, case: Case, shown: tuple[str, ...], readout: Readout) -> list[Question]:
        """Return what one juror is asked about `case` when the alternatives are shown in this order."""

    @abstractmethod
    def read(self, shown: tuple[str, ...], replies: Sequence[Reply], rng: np.random.Generator) -> Answer:
        """Read the replies to `questions`, in their order. Never raises for what a model wrote."""

    @abstractmethod
    def profile(
        self, case: Case, votes: Sequence[Vote], weights: np.ndarray, groups: Mapping[str, np.ndarray]
    ) -> Profile:
        """Return the answered ballots on `case` as a profile.

        Parameters
        ----------
        case : Case
        votes : sequence of Vote
            Answered ballots; a juror with replicates has several.
        weights : ndarray of shape (n,)
            Of all jurors, by row.
        groups : Mapping
            Attribute -> labels of shape (n,) of all jurors, by row.
        """

    @abstractmethod
    def utilities_of(self, values: Mapping[str, Any], case: Case) -> list[float]:
        """Return one answer as utilities in the order of the case's alternatives; NaN is no opinion."""

    @abstractmethod
    def utilities(self, profile: Profile) -> Utilities:
        """Return `profile` as utilities, for what only they can answer: group welfare, gaps, regret."""


modes: Registry[type[Mode]] = Registry("elicitation mode", "jury.elicitation")


#: Characters up to which an alternative of one line is listed without tags: too few to pose as something else.
_SHORT = 60


def label(position: int) -> str:
    """Return the label of the alternative at `position` (from 0): A, B, ..., Z, AA, AB ..."""
    letters = ""
    position += 1
    while position:
        position, letter = divmod(position - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


_TAG = re.compile(r"<(?=[^\w<>]*alternative)", re.IGNORECASE)


def present(case: Case, shown: tuple[str, ...]) -> str:
    """Return the case and its labelled alternatives as the jurors read them.

    Alternatives that are all short and on one line, as the options of a survey are, stand in a list. Others are
    untrusted text: each stands between tags, and look-alikes of the tags inside it
    (in other letter case, with blanks or invisible characters) are defused, so that none can pose as another
    alternative or as an instruction from outside.
    """
    texts = [_TAG.sub("‹", case.text_of(alternative).strip()) for alternative in shown]
    prompt = case.prompt.strip()
    if all(len(text) <= _SHORT and text.isprintable() for text in texts):
        return "\n".join([f"{prompt}\n", *(f"{label(position)}. {text}" for position, text in enumerate(texts))])
    blocks = [f'<alternative label="{label(position)}">\n{text}\n</alternative>' for position, text in enumerate(texts)]
    return "\n\n".join([prompt, *blocks])


def parse_object(text: str) -> dict[str, Any] | None:
    """Return the JSON object that `text` is, or is the only content of a fenced block; None if it is not."""
    body = text.strip()
    if body.startswith("```") and body.endswith("```"):
        body = body[3:-3].removeprefix("json").strip()
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def refusal(replies: Sequence[Reply]) -> Answer | None:
    """Return a refused answer if the provider said that the model declined, else None."""
    if any(reply.refused for reply in replies):
        return Answer("refused", problem="the model declined")
    return None
