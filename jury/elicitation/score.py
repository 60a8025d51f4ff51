"""``mode: score``: rate every alternative on one scale."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from aggregators import Utilities
from jury.backends.base import Form, Question, Reply
from jury.cases import Case
from jury.elicitation.base import Answer, Mode, Profile, Vote, modes
from jury.elicitation.presenting import present
from jury.elicitation.reading import option_shares, parse_object
from jury.elicitation.showing import Elicited, Showing

#: Longer scales are given to the provider as a range, which not every one of them enforces.
_LONGEST_ENUM = 21


@modes.register("score")
class Score(Mode):
    """Whole-number scores; the profile is `Utilities` on the scale itself, replicates averaged."""

    default_rules: ClassVar[tuple[str, ...]] = ("utilitarian", "nash", "maximin", "leximin")
    readouts: ClassVar[tuple[Elicited, ...]] = ("sample", "logprobs")

    mode: Literal["score"] = "score"
    scale: tuple[int, int] = Field(default=(1, 5), description="Lowest and highest score, the highest is best.")
    anchors: tuple[str, str] = Field(
        default=("very bad", "very good"), description="What the lowest and the highest score mean."
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
        return self

    @property
    def _single_tokens(self) -> bool:
        return self.scale[0] >= 0 and self.scale[1] <= 9

    @property
    def _levels(self) -> tuple[str, ...]:
        low, high = self.scale
        return tuple(str(score) for score in range(low, high + 1))

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
        schema = {
            "type": "object",
            "properties": dict.fromkeys(labels, score),
            "required": labels,
            "additionalProperties": False,
        }
        example = json.dumps(dict.fromkeys(labels, "…"), ensure_ascii=False).replace('"…"', "…")
        ask = (
            f"How good is each alternative in your eyes? Give each a whole number from {low} ({self.anchors[0]}) "
            f"to {high} ({self.anchors[1]}), or null if you have no opinion. "
            f"Reply with JSON only, in the form {example}."
        )

        def as_if(utilities: Mapping[str, float]) -> str:
            return json.dumps({mark: self._score(utilities[name]) for mark, name in showing.by_mark.items()})

        return Question(context, ask, Form(schema), as_if)

    def _ask_one(self, context: str, mark: str, name: str) -> Question:
        low, high = self.scale
        scores = self._levels
        ask = (
            f"How good is alternative {mark} in your eyes, from {low} ({self.anchors[0]}) to {high} "
            f"({self.anchors[1]})? Reply with one number only."
        )

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
        if replies[0].logprobs is not None:
            return self._read_probabilities(showing, replies)
        return self._read_text(showing, replies[0].text)

    def _read_text(self, showing: Showing, text: str) -> Answer:
        low, high = self.scale
        given = parse_object(text)
        if given is None:
            return Answer("unparsed", problem="not a JSON object")
        scores: dict[str, float | None] = {}
        for mark, name in showing.by_mark.items():
            score = given.get(mark, "missing")
            if score is not None and (isinstance(score, bool) or not isinstance(score, int | float)):
                return Answer("unparsed", problem=f"{mark}: {_brief(score)} is not a number")
            if score is not None and not low <= score <= high:
                return Answer("unparsed", problem=f"{mark}: {_brief(score)} is outside {low} to {high}")
            scores[name] = score
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
        jurors = np.array(sorted({vote.juror for vote in votes}), dtype=np.intp)
        row = {juror: index for index, juror in enumerate(jurors.tolist())}
        total = np.zeros((len(jurors), len(case.alternatives)))
        count = np.zeros_like(total)
        for vote in votes:
            scores = np.array(self.utilities_of(vote.values, case))
            given = ~np.isnan(scores)
            total[row[vote.juror], given] += scores[given]
            count[row[vote.juror], given] += 1
        values = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
        return Utilities(
            values,
            weights=weights[jurors],
            alternatives=case.alternative_ids,
            groups={name: labels[jurors] for name, labels in groups.items()},
        )

    def utilities_of(self, values: Mapping[str, Any], case: Case) -> list[float]:
        """Return the scores themselves."""
        scores = (values["scores"].get(name) for name in case.alternative_ids)
        return [float("nan") if score is None else float(score) for score in scores]

    def utilities(self, profile: Profile) -> Utilities:
        """Return the scores themselves."""
        if not isinstance(profile, Utilities):
            raise TypeError(f"a score ballot's profile is Utilities, not {type(profile).__name__}")
        return profile


def _brief(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return a value from an answer in few characters, however long or deep it is."""
    return repr(value)[:60] if isinstance(value, str | int | float) else f"a {type(value).__name__}"
