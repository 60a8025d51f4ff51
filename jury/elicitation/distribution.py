"""``mode: distribution``: say how many of 100 people would choose each alternative."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from aggregators import Utilities
from jury.backends.base import Question, Reply
from jury.cases import Case
from jury.elicitation.answer import Answer, Vote
from jury.elicitation.base import Mode, Profile, modes
from jury.elicitation.pooling import mean_utilities
from jury.elicitation.presenting import present
from jury.elicitation.shares import read_shares, shares_form
from jury.elicitation.showing import Elicited, Showing


@modes.register("distribution")
class Distribution(Mode):
    """A predicted distribution of choices; the profile is `Utilities` of shares, replicates averaged.

    The mean over the jurors, which the rule ``utilitarian`` gives, is the distribution that the jury predicts.
    """

    usual_rules: ClassVar[tuple[str, ...]] = ("utilitarian",)
    readouts: ClassVar[tuple[Elicited, ...]] = ("sample", "verbalised")
    welfare_words: ClassVar[str] = "is the share of people that is predicted to choose it"
    relative: ClassVar[bool] = True

    mode: Literal["distribution"] = "distribution"
    people: str = Field(
        default="people like you",
        min_length=1,
        description='Whose choices are predicted, after the words "Of 100".',
    )

    def questions(self, showing: Showing) -> list[Question]:
        """Return one question."""
        words, form = shares_form(showing.marks)
        ask = f"Of 100 {self.people}, how many would choose each? The numbers add up to 100. {words}"

        def as_if(utilities: Mapping[str, float]) -> str:
            # Choices in proportion to utility: a distribution from which the utilities can be told again.
            total = math.fsum(utilities[name] for name in showing.order)
            even = 1 / len(showing.order)
            shares = {mark: utilities[name] / total if total > 0 else even for mark, name in showing.by_mark.items()}
            return json.dumps({mark: 100 * share for mark, share in shares.items()})

        return [Question(present(showing), ask, form, as_if)]

    def read(self, showing: Showing, replies: Sequence[Reply], rng: np.random.Generator) -> Answer:
        """Return the shares by alternative id, adding up to 1."""
        written = read_shares(replies[0].text, showing.marks)
        if isinstance(written, str):
            return Answer("unparsed", problem=written)
        named = {name: written[mark] for mark, name in showing.by_mark.items()}
        return Answer("answered", {"shares": {name: named[name] for name in showing.case.alternative_ids}})

    def profile(
        self, case: Case, votes: Sequence[Vote], weights: np.ndarray, groups: Mapping[str, np.ndarray]
    ) -> Utilities:
        """Return one row a juror: the mean of the shares that the juror predicted over replicates."""
        return mean_utilities(votes, self.utilities_of, case, weights, groups)

    def utilities_of(self, values: Mapping[str, Any], case: Case) -> list[float]:
        """Return the predicted shares."""
        return [float(values["shares"][name]) for name in case.alternative_ids]

    def utilities(self, profile: Profile) -> Utilities:
        """Return the predicted shares."""
        if not isinstance(profile, Utilities):
            raise TypeError(f"a predicted distribution's profile is Utilities, not {type(profile).__name__}")
        return profile

    def shares_of(self, values: Mapping[str, Any], case: Case) -> list[float] | None:
        """Return the predicted shares."""
        return self.utilities_of(values, case)
