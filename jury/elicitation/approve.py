"""``mode: approve``: say which alternatives are acceptable: any number of them, or none."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np

from aggregators import Approvals, Utilities
from jury.backends.base import Form, Question, Reply
from jury.cases import Case
from jury.elicitation.answer import Answer, Vote
from jury.elicitation.base import Mode, Profile, modes
from jury.elicitation.forms import example, object_schema
from jury.elicitation.pooling import ballot_rows
from jury.elicitation.presenting import present
from jury.elicitation.reading import option_shares, read_form
from jury.elicitation.showing import Elicited, Showing

_YES, _NO = "Yes", "No"
#: From which utility in [0, 1] on synthetic jurors approve.
_ACCEPTABLE = 0.5


@modes.register("approve")
class Approve(Mode):
    """Which alternatives are acceptable; the profile is `Approvals`. There is no "no opinion" of an alternative."""

    usual_rules: ClassVar[tuple[str, ...]] = ("approval",)
    readouts: ClassVar[tuple[Elicited, ...]] = ("sample", "logprobs")
    welfare_words: ClassVar[str] = "counts 1 for an alternative that is approved and 0 for any other"

    mode: Literal["approve"] = "approve"

    def questions(self, showing: Showing) -> list[Question]:
        """Return one question for all alternatives (sample), or a question of yes or no for each (logprobs)."""
        context = present(showing)
        if showing.readout == "sample":
            return [_ask_all(context, showing)]
        return [_ask_one(context, mark, name) for mark, name in showing.by_mark.items()]

    def read(self, showing: Showing, replies: Sequence[Reply], rng: np.random.Generator) -> Answer:
        """Return what is approved; of log-probabilities the chance of each approval is kept, and the approval drawn."""
        if showing.readout == "logprobs":
            return self._read_probabilities(showing, replies, rng)
        given = read_form(replies[0].text, showing.marks)
        if isinstance(given, str):
            return Answer("unparsed", problem=given)
        unclear = next((mark for mark in showing.marks if not isinstance(given[mark], bool)), None)
        if unclear is not None:
            return Answer("unparsed", problem=f"{unclear}: neither true nor false")
        return Answer("answered", _kept(showing, {name: given[mark] for mark, name in showing.by_mark.items()}))

    def _read_probabilities(self, showing: Showing, replies: Sequence[Reply], rng: np.random.Generator) -> Answer:
        chances: dict[str, float] = {}
        masses = []
        for name, reply in zip(showing.order, replies, strict=True):
            shares, mass = option_shares(reply, (_YES, _NO), self.token_variants)
            if mass <= 0:
                return Answer("unparsed", label_mass=0.0, problem="no probability on yes or no")
            masses.append(mass)
            chances[name] = shares[_YES]
        drawn = {name: bool(rng.random() < chance) for name, chance in chances.items()}
        return Answer("answered", _kept(showing, drawn) | {"probabilities": chances}, label_mass=min(masses))

    def profile(
        self, case: Case, votes: Sequence[Vote], weights: np.ndarray, groups: Mapping[str, np.ndarray]
    ) -> Approvals:
        """Return one row a ballot; a juror's weight is shared among the juror's replicates."""
        matrix = np.array([self.utilities_of(vote.values, case) for vote in votes], dtype=np.bool_)
        shared, labels = ballot_rows(votes, weights, groups)
        return Approvals(
            matrix.reshape(len(votes), len(case.alternatives)),
            weights=shared,
            alternatives=case.alternative_ids,
            groups=labels,
        )

    def utilities_of(self, values: Mapping[str, Any], case: Case) -> list[float]:
        """Return 1 for what is approved and 0 for the others."""
        approved = set(values["approved"])
        return [float(name in approved) for name in case.alternative_ids]

    def told(self, values: Mapping[str, Any], showing: Showing) -> str:
        """Return the labels of what is approved."""
        approved = set(values["approved"])
        return ", ".join(mark for mark, name in showing.by_mark.items() if name in approved) or "none"

    def utilities(self, profile: Profile) -> Utilities:
        """Return 1 for what is approved and 0 for the others."""
        if not isinstance(profile, Approvals):
            raise TypeError(f"an approval ballot's profile is Approvals, not {type(profile).__name__}")
        values = profile.matrix.astype(np.float64)
        return Utilities(values, weights=profile.weights, alternatives=profile.alternatives, groups=profile.groups)


def _kept(showing: Showing, approved: Mapping[str, bool]) -> dict[str, Any]:
    return {"approved": [name for name in showing.case.alternative_ids if approved[name]]}


def _ask_all(context: str, showing: Showing) -> Question:
    ask = (
        "Which of the alternatives are acceptable to you? It may be any number of them, or none. Reply with JSON only, "
        f"true for what is acceptable and false for what is not, in the form {example(showing.marks)}."
    )

    def as_if(utilities: Mapping[str, float]) -> str:
        return json.dumps({mark: utilities[name] >= _ACCEPTABLE for mark, name in showing.by_mark.items()})

    form = Form(object_schema({mark: {"type": "boolean"} for mark in showing.marks}))
    return Question(context, ask, form, as_if)


def _ask_one(context: str, mark: str, name: str) -> Question:
    ask = f"Is alternative {mark} acceptable to you? Reply with {_YES} or {_NO} only."

    def as_if(utilities: Mapping[str, float]) -> dict[str, float]:
        acceptable = utilities[name] >= _ACCEPTABLE
        return {_YES: float(acceptable), _NO: float(not acceptable)}

    return Question(context, ask, Form({}, (_YES, _NO), "Acceptable (Yes or No):"), as_if)
