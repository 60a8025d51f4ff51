"""What an elicitation mode is: it asks, it reads the answer, it makes a profile of many answers.

A mode is a frozen pydantic model, so that its settings are checked with the study, and lives in one file
of this package.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from aggregators import Approvals, Comparisons, Rankings, Utilities
from aggregators.registry import Registry
from jury.backends.base import Form, Question, Reply
from jury.cases import Case
from jury.elicitation.answer import STATUSES, Answer, Rating, Status, Vote
from jury.elicitation.order import Order
from jury.elicitation.reading import TokenVariants, declined
from jury.elicitation.showing import Elicited, Labels, Showing

if TYPE_CHECKING:
    import numpy as np

__all__ = ["STATUSES", "Answer", "Mode", "Profile", "Rating", "Status", "Vote", "modes"]

Profile: TypeAlias = Utilities | Rankings | Approvals | Comparisons


class Mode(BaseModel, ABC):
    """How jurors are asked; subclasses add their own settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: The rules that decide unless the study names others; see `default_rules`.
    usual_rules: ClassVar[tuple[str, ...]]
    #: How its answers can be had; `obstacle` says when one of them cannot.
    readouts: ClassVar[tuple[Elicited, ...]] = ("sample",)
    #: What welfare is, after the word "welfare" in a report.
    welfare_words: ClassVar[str] = "on the scale asked"
    #: Whether answers only compare alternatives, so that the utilities of what is judged together always have the
    #: same total, and nobody can be more generous than others.
    relative: ClassVar[bool] = False
    #: Whether the order of the alternatives shows in the context that the questions share.
    orders_context: ClassVar[bool] = True

    mode: str
    readout: Literal["auto", "sample", "logprobs", "verbalised"] = Field(
        default="auto",
        description="How an answer is taken: written by the model (sample), read off the probabilities of its first "
        "token (logprobs), or as probabilities that the model writes out (verbalised). auto takes sample or logprobs, "
        "whichever the backend does best.",
    )
    token_variants: TokenVariants = Field(
        default="logsumexp",
        description="How the spellings of one option (with and without a space) count in logprobs: their probabilities "
        "added (logsumexp), or their log-probabilities (legacy_sum), as the code of Sorensen et al. (2024) did.",
    )
    replicates: int = Field(default=1, ge=1, description="How often each juror is asked about each case.")
    order: Order = Field(
        default="counterbalanced",
        description="Order in which alternatives are shown: a balanced Latin square over the jurors, random, or fixed.",
    )
    labels: Labels = Field(
        default="letters",
        description="How alternatives are labelled: A, B, C (letters), 1, 2, 3 (numbers), or letters drawn anew for "
        "each ballot (varied), which tells what a letter adds from what a place adds.",
    )
    layout: Literal["auto", "persona-first", "case-first"] = Field(
        default="auto",
        description="What stands first in a prompt, and so is reused by a provider's prompt cache: the persona or the "
        "case. auto takes the case first where that makes the run cheaper, else the persona.",
    )
    opinion: int = Field(
        default=0,
        ge=0,
        description="Ask first for an opinion in the juror's own words, of at most so many sentences; the answer "
        "follows in the same conversation. 0 asks for none.",
    )

    @property
    def default_rules(self) -> tuple[str, ...]:
        """The rules that decide unless the study names others, with these settings."""
        return self.usual_rules

    def obstacle(self, readout: Elicited, cases: Sequence[Case]) -> str | None:
        """Return why `cases` cannot be asked with these settings and `readout`, or None."""
        return None if readout in self.readouts else f"mode {self.mode!r} has no {readout} readout"

    def fault(self, cases: Sequence[Case]) -> str | None:
        """Return why `cases` cannot be asked with these settings whatever the readout, as "setting: ...", or None."""
        return None

    def interview(self, showing: Showing, heard: str = "") -> list[Question]:
        """Return everything that one juror is asked, in order: `questions`, after an opinion if one is wanted.

        Parameters
        ----------
        showing : Showing
        heard : str
            In a later round of a deliberation, what the juror has heard by now, which the first question starts with.
        """
        asked = self.questions(showing)
        if not self.opinion:
            return asked
        after = [replace(question, follows=(0, *(number + 1 for number in question.follows))) for question in asked]
        return [_opinion_asked(asked[0].context, showing, self.opinion, heard), *after]

    def hear(self, showing: Showing, replies: Sequence[Reply], rng: np.random.Generator) -> Answer:
        """Read the replies to `interview`, in their order. Never raises for what a model wrote."""
        if declined(replies):
            return Answer("refused", problem="the model declined")
        if not self.opinion:
            return self.read(showing, replies, rng)
        answer = self.read(showing, replies[1:], rng)
        return replace(answer, values={**answer.values, "opinion": replies[0].text})

    def told(self, values: Mapping[str, Any], showing: Showing) -> str:
        """Return an answer in words, for a juror who is shown the case so: by that juror's labels, in that order."""
        case = showing.case
        utilities = dict(zip(case.alternative_ids, self.utilities_of(values, case), strict=True))
        given = ((mark, utilities[name]) for mark, name in showing.by_mark.items())
        return ", ".join(f"{mark}: {'no opinion' if math.isnan(value) else f'{value:.3g}'}" for mark, value in given)

    def held(self, values: Mapping[str, Any], case: Case) -> dict[str, float]:
        """Return the utilities in [0, 1] that a juror who answers so may hold, by alternative: `as_if` the other way.

        Alternatives without an opinion are left out.
        """
        utilities = zip(case.alternative_ids, self.utilities_of(values, case), strict=True)
        return {name: value for name, value in utilities if not math.isnan(value)}

    @abstractmethod
    def questions(self, showing: Showing) -> list[Question]:
        """Return what one juror is asked about a case that is shown so."""

    @abstractmethod
    def read(self, showing: Showing, replies: Sequence[Reply], rng: np.random.Generator) -> Answer:
        """Read the replies to `questions`, in their order, none of them declined."""

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

    def read_as(self, profile: Profile, wanted: type) -> Profile:
        """Return `profile` as the `wanted` kind, where this mode's ballots say what it would be; else as it is."""
        return self.utilities(profile) if wanted is Utilities else profile

    def unread(self, values: Mapping[str, Any]) -> int:
        """Return how many replies of an answered ballot could not be read, the others being good on their own."""
        return 0

    def shares_of(self, values: Mapping[str, Any], case: Case) -> list[float] | None:
        """Return how an answer spreads choices over the case's alternatives, adding up to 1.

        None where the mode does not ask for choices, or this answer names none.
        """
        return None

    def ratings(self, vote: Vote, case: Case) -> list[tuple[Rating, ...]]:
        """Return what a ballot says of each alternative and how that was shown, in tuples of what is judged together.

        Alternatives without an opinion are left out.
        """
        placed = {name: position for position, name in enumerate(vote.shown)}
        named = dict(zip(vote.shown, vote.labels, strict=True)) if vote.labels else {}
        utilities = self.utilities_of(vote.values, case)
        rated = (
            Rating(column, utility, placed.get(name), named.get(name))
            for column, (name, utility) in enumerate(zip(case.alternative_ids, utilities, strict=True))
            if not math.isnan(utility)
        )
        return [tuple(rated)]


modes: Registry[type[Mode]] = Registry("elicitation mode", "jury.elicitation")


def _opinion_asked(context: str, showing: Showing, sentences: int, heard: str = "") -> Question:
    """Return the question for an opinion in the juror's own words; synthetic jurors name what they like best."""
    most = "one sentence" if sentences == 1 else f"at most {sentences} sentences"
    ask = f"What do you think about this? Answer in your own words, in {most}."
    if heard:
        # Asked so as to invite neither a change nor none.
        again = "What do you think about this now, whether or not it is what you thought before?"
        ask = f"{heard}\n\n{again} Answer in your own words, in {most}."

    def as_if(utilities: Mapping[str, float]) -> str:
        best = max(showing.order, key=lambda name: utilities[name])
        return f"I like {best} best."

    return Question(context, ask, Form({}), as_if)
