"""``mode: score``: rate every alternative on one scale."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from aggregators import Utilities
from jury.backends.base import Form, Question, Reply
from jury.cases import Case
from jury.elicitation.answer import Answer, Vote
from jury.elicitation.base import Mode, Profile, modes
from jury.elicitation.forms import brief, example, object_schema
from jury.elicitation.pooling import mean_utilities
from jury.elicitation.presenting import present
from jury.elicitation.reading import option_shares, read_form
from jury.elicitation.showing import Elicited, Showing

#: Longer scales are given to the provider as a range, which not every one of them enforces.
_LONGEST_ENUM = 21

Anchor = Annotated[str, Field(min_length=1)]


@modes.register("score")
class Score(Mode):
    """Whole-number scores; the profile is `Utilities` on the scale itself, replicates averaged."""

    usual_rules: ClassVar[tuple[str, ...]] = ("utilitarian", "nash", "maximin", "leximin")
    readouts: ClassVar[tuple[Elicited, ...]] = ("sample", "logprobs")

    mode: Literal["score"] = "score"
    scale: tuple[int, int] = Field(default=(1, 5), description="Lowest and highest score, the highest is best.")
    anchors: tuple[Anchor, ...] = Field(
        default=("very bad", "very good"),
        min_length=2,
        description="What the lowest and the highest score mean, or a word for every score, the lowest first.",
    )

    @model_validator(mode="after")
    def _ascending(self) -> Score:
        low, high = self.scale
        if low >= high:
            raise ValueError(f"scale [{low}, {high}] must ascend, for instance [1, 5]")
        if self.readout == "logprobs" and not self._single_tokens:
            raise ValueError(
                f"scale [{low}, {high}]: readout logprobs tells scores apart by their first token, so it needs "
                "a scale within [0, 9]; or use readout: sample"
            )
        if len(self.anchors) not in (2, high - low + 1):
            raise ValueError(
                f"anchors: {len(self.anchors)} words for scale [{low}, {high}]; give 2, for its ends, or "
                f"{high - low + 1}, one for every score"
            )
        return self

    @property
    def default_rules(self) -> tuple[str, ...]:
        """The usual rules, without those that take no negative utilities where the scale has negative scores."""
        return tuple(rule for rule in self.usual_rules if self.scale[0] >= 0 or rule != "nash")

    @property
    def _single_tokens(self) -> bool:
        return self.scale[0] >= 0 and self.scale[1] <= 9

    @property
    def _levels(self) -> tuple[str, ...]:
        low, high = self.scale
        return tuple(str(score) for score in range(low, high + 1))

    @property
    def _meaning(self) -> str:
        """The scale in words, to follow "from"."""
        low, high = self.scale
        if len(self.anchors) == 2:
            return f"{low} ({self.anchors[0]}) to {high} ({self.anchors[1]})"
        *most, last = (f"{level} means {word}" for level, word in zip(self._levels, self.anchors, strict=True))
        return f"{low} to {high}, where {', '.join(most)} and {last}"

    def obstacle(self, readout: Elicited, cases: Sequence[Case]) -> str | None:
        """Return why not: log-probabilities tell scores apart by their first token, so they need single digits."""
        if readout != "logprobs" or self._single_tokens:
            return super().obstacle(readout, cases)
        return f"scale {list(self.scale)} has scores of more than one digit"

    def questions(self, showing: Showing) -> list[Question]:
        """Return one question for all alternatives (sample), or one for each (logprobs)."""
        context = present(showing)
        if showing.readout == "sample":
            return [self._ask_all(context, showing)]
        return [self._ask_one(context, mark, name) for mark, name in showing.by_mark.items()]

    def _ask_all(self, context: str, showing: Showing) -> Question:
        low, high = self.scale
        labels = list(showing.marks)
        if high - low < _LONGEST_ENUM:
            score: dict[str, Any] = {"enum": [*range(low, high + 1), None]}
        else:
            score = {"type": ["integer", "null"]}
        ask = (
            f"How good is each alternative in your eyes? Give each a whole number from {self._meaning}, or null if you "
            f"have no opinion. Reply with JSON only, in the form {example(labels)}."
        )

        def as_if(utilities: Mapping[str, float]) -> str:
            return json.dumps({mark: self._score(utilities[name]) for mark, name in showing.by_mark.items()})

        return Question(context, ask, Form(object_schema(dict.fromkeys(labels, score))), as_if)

    def _ask_one(self, context: str, mark: str, name: str) -> Question:
        scores = self._levels
        ask = f"How good is alternative {mark} in your eyes, from {self._meaning}? Reply with one number only."

        def as_if(utilities: Mapping[str, float]) -> dict[str, float]:
            return {score: float(score == str(self._score(utilities[name]))) for score in scores}

        return Question(context, ask, Form({}, scores, f"Rating of alternative {mark}: "), as_if)

    def _score(self, utility: float) -> int:
        # Equal bins, so that uniform utilities give uniform scores.
        low, high = self.scale
        levels = high - low + 1
        return low + min(int(min(max(utility, 0.0), 1.0) * levels), levels - 1)

    def read(self, showing: Showing, replies: Sequence[Reply], rng: np.random.Generator) -> Answer:
        """Return scores by alternative id; None is no opinion. Log-probabilities give the expected score."""
        if showing.readout == "logprobs":
            return self._read_probabilities(showing, replies)
        return self._read_text(showing, replies[0].text)

    def _read_text(self, showing: Showing, text: str) -> Answer:
        low, high = self.scale
        given = read_form(text, showing.marks)
        if isinstance(given, str):
            return Answer("unparsed", problem=given)
        scores: dict[str, float | None] = {}
        for mark, name in showing.by_mark.items():
            score = given[mark]
            if score is not None and (isinstance(score, bool) or not isinstance(score, int | float)):
                return Answer("unparsed", problem=f"{mark}: {brief(score)} is not a number")
            if score is not None and not low <= score <= high:
                return Answer("unparsed", problem=f"{mark}: {brief(score)} is outside {low} to {high}")
            if score is not None and score != int(score):
                return Answer("unparsed", problem=f"{mark}: {brief(score)} is not a whole number")
            scores[name] = None if score is None else int(score)
        if all(score is None for score in scores.values()):
            return Answer("refused", problem="no opinion on any alternative")
        return Answer("answered", {"scores": scores})

    def _read_probabilities(self, showing: Showing, replies: Sequence[Reply]) -> Answer:
        scores: dict[str, float] = {}
        masses = []
        for name, reply in zip(showing.order, replies, strict=True):
            shares, mass = option_shares(reply, self._levels, self.token_variants)
            if mass <= 0:
                return Answer("unparsed", label_mass=0.0, problem="no probability on any score")
            masses.append(mass)
            scores[name] = sum(int(level) * share for level, share in shares.items())
        return Answer("answered", {"scores": scores}, label_mass=min(masses))

    def profile(
        self, case: Case, votes: Sequence[Vote], weights: np.ndarray, groups: Mapping[str, np.ndarray]
    ) -> Utilities:
        """Return one row a juror: the mean of what the juror gave each alternative over replicates, NaN if never."""
        return mean_utilities(votes, self.utilities_of, case, weights, groups)

    def utilities_of(self, values: Mapping[str, Any], case: Case) -> list[float]:
        """Return the scores themselves."""
        given, nothing = values["scores"].get, math.nan
        return [nothing if (score := given(name)) is None else float(score) for name in case.alternative_ids]

    def held(self, values: Mapping[str, Any], case: Case) -> dict[str, float]:
        """Return the middles of the bins that scores stand for, as parts of the scale."""
        low, high = self.scale
        return {name: (score - low + 0.5) / (high - low + 1) for name, score in super().held(values, case).items()}

    def utilities(self, profile: Profile) -> Utilities:
        """Return the scores themselves."""
        if not isinstance(profile, Utilities):
            raise TypeError(f"a score ballot's profile is Utilities, not {type(profile).__name__}")
        return profile
