"""``mode: choose``: choose one alternative, or say that one does not know, or would rather not answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from aggregators import Approvals, Rankings, Utilities
from jury.backends.base import Form, Question, Reply
from jury.cases import Case
from jury.elicitation.answer import Answer, Vote
from jury.elicitation.base import Mode, Profile, modes
from jury.elicitation.forms import example, object_schema
from jury.elicitation.pooling import ballot_rows
from jury.elicitation.presenting import present
from jury.elicitation.reading import option_shares, read_form
from jury.elicitation.shares import read_shares, shares_form
from jury.elicitation.showing import Elicited, Showing, no_single_characters

_DONT_KNOW = "Don't know"
_REFUSE = "I would rather not answer"


@modes.register("choose")
class Choose(Mode):
    """A single choice; the profile is `Rankings` with the chosen alternative first and the others unranked."""

    usual_rules: ClassVar[tuple[str, ...]] = ("plurality",)
    readouts: ClassVar[tuple[Elicited, ...]] = ("sample", "logprobs", "verbalised")
    welfare_words: ClassVar[str] = "counts 1 for the alternative chosen and 0 for the others"
    relative: ClassVar[bool] = True

    mode: Literal["choose"] = "choose"
    dont_know: bool = Field(
        default=False, description='Offer "Don\'t know" after the alternatives; it is an answer without an opinion.'
    )
    refuse: bool = Field(
        default=False,
        description='Offer "I would rather not answer" as the last option; who takes it is counted as refused.',
    )

    def obstacle(self, readout: Elicited, cases: Sequence[Case]) -> str | None:
        """Return why not: log-probabilities tell choices apart by their first token, so they need single characters."""
        if readout != "logprobs":
            return super().obstacle(readout, cases)
        return no_single_characters(self.labels, cases, self.dont_know + self.refuse)

    def questions(self, showing: Showing) -> list[Question]:
        """Return one question."""
        options = self._options(showing)
        context = "\n".join([present(showing), *(f"{mark}. {text}" for mark, text in options.spoken.items())])
        if showing.readout == "verbalised":
            return [_ask_shares(context, options)]
        marks = options.marks
        ask = "Which one do you choose? "
        ask += (
            f"Reply with JSON only, in the form {example(['choice'], '…')}."
            if showing.readout == "sample"
            else f"Reply with one {'number' if self.labels == 'numbers' else 'letter'} only."
        )
        schema = object_schema({"choice": {"type": "string", "enum": list(marks)}})

        def as_if(utilities: Mapping[str, float]) -> str | dict[str, float]:
            best = options.best(utilities)
            if showing.readout == "sample":
                return json.dumps({"choice": best})
            return {mark: float(mark == best) for mark in marks}

        return [Question(context, ask, Form(schema, marks, "Answer Choice:"), as_if)]

    def read(self, showing: Showing, replies: Sequence[Reply], rng: np.random.Generator) -> Answer:
        """Return the choice, None for "don't know"; probabilities are kept whole and one option is drawn."""
        options = self._options(showing)
        reply = replies[0]
        if showing.readout == "logprobs":
            shares, mass = option_shares(reply, options.marks, self.token_variants)
            if mass <= 0:
                return Answer("unparsed", label_mass=0.0, problem="no probability on any choice")
            return options.drawn(shares, rng, mass)
        if showing.readout == "verbalised":
            written = read_shares(reply.text, options.marks)
            return Answer("unparsed", problem=written) if isinstance(written, str) else options.drawn(written, rng)
        given = read_form(reply.text, ["choice"])
        if isinstance(given, str):
            return Answer("unparsed", problem=given)
        mark = given["choice"]
        if not isinstance(mark, str) or mark not in options.marks:
            return Answer("unparsed", problem=f"not one of the choices {', '.join(options.marks)}")
        return options.answer(mark)

    def _options(self, showing: Showing) -> _Options:
        spare = iter(showing.spare)
        return _Options(showing.by_mark, next(spare) if self.dont_know else None, next(spare) if self.refuse else None)

    def profile(
        self, case: Case, votes: Sequence[Vote], weights: np.ndarray, groups: Mapping[str, np.ndarray]
    ) -> Rankings:
        """Return one row a ballot; a juror's weight is shared among the juror's replicates."""
        ranks = np.array(
            [[int(vote.values["choice"] == name) for name in case.alternative_ids] for vote in votes], dtype=int
        ).reshape(len(votes), len(case.alternatives))
        shared, labels = ballot_rows(votes, weights, groups)
        return Rankings(ranks, weights=shared, alternatives=case.alternative_ids, groups=labels)

    def utilities_of(self, values: Mapping[str, Any], case: Case) -> list[float]:
        """Return 1 for the chosen alternative and 0 for the others."""
        choice = values["choice"]
        if choice is None:
            return [float("nan")] * len(case.alternatives)
        return [float(name == choice) for name in case.alternative_ids]

    def told(self, values: Mapping[str, Any], showing: Showing) -> str:
        """Return the label of the choice."""
        marks = {name: mark for mark, name in showing.by_mark.items()}
        return "don't know" if values["choice"] is None else marks[values["choice"]]

    def utilities(self, profile: Profile) -> Utilities:
        """Return 1 for the chosen alternative and 0 for the others; no opinion (NaN) for "don't know"."""
        if not isinstance(profile, Rankings):
            raise TypeError(f"a choice ballot's profile is Rankings, not {type(profile).__name__}")
        chosen = np.asarray(profile.ranks) == 1
        values = np.where(chosen.any(axis=1, keepdims=True), chosen.astype(float), np.nan)
        return Utilities(values, weights=profile.weights, alternatives=profile.alternatives, groups=profile.groups)

    def read_as(self, profile: Profile, wanted: type) -> Profile:
        """Return a choice as utilities, or as the approval of what was chosen."""
        if wanted is Approvals:
            return self.utilities(profile).to_approvals(threshold=1.0)
        return super().read_as(profile, wanted)

    def shares_of(self, values: Mapping[str, Any], case: Case) -> list[float] | None:
        """Return the probabilities where those were read, else all on what was chosen."""
        given = values.get("probabilities") or {values["choice"]: 1.0}
        shares = [float(given.get(name, 0.0)) for name in case.alternative_ids]
        total = sum(shares)
        return [share / total for share in shares] if total > 0 else None


@dataclass(frozen=True)
class _Options:
    """What can be chosen: alternative ids by label, and the labels of the two ways of choosing none."""

    named: Mapping[str, str]
    dont_know: str | None
    refuse: str | None

    @cached_property
    def spoken(self) -> dict[str, str]:
        """Label -> words of the options that are no alternatives."""
        spoken = {self.dont_know: _DONT_KNOW, self.refuse: _REFUSE}
        return {mark: words for mark, words in spoken.items() if mark is not None}

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """All labels, in the order shown."""
        return (*self.named, *self.spoken)

    def best(self, utilities: Mapping[str, float]) -> str:
        """Return the label of the alternative with the highest utility."""
        return max(self.named, key=lambda mark: utilities[self.named[mark]])

    def answer(self, mark: str, details: Mapping[str, Any] | None = None, mass: float | None = None) -> Answer:
        """Return the choice of `mark` as an answer."""
        kept = dict(details or {})
        if mark == self.refuse:
            return Answer("refused", kept, mass, "chose not to answer")
        return Answer("answered", {"choice": self.named.get(mark), **kept}, mass)

    def drawn(self, shares: Mapping[str, float], rng: np.random.Generator, mass: float | None = None) -> Answer:
        """Return one option, drawn with the probabilities given, which are kept."""
        chances = [shares[mark] for mark in self.marks]
        mark = self.marks[int(rng.choice(len(chances), p=chances))]
        details: dict[str, Any] = {"probabilities": {name: shares[label] for label, name in self.named.items()}}
        details |= {} if self.dont_know is None else {"dont_know": shares[self.dont_know]}
        details |= {} if self.refuse is None else {"refuse": shares[self.refuse]}
        return self.answer(mark, details, mass)


def _ask_shares(context: str, options: _Options) -> Question:
    words, form = shares_form(options.marks)
    ask = (
        "How likely are you to choose each of them? Give every one a percentage from 0 to 100, adding up to 100. "
        f"{words}"
    )

    def as_if(utilities: Mapping[str, float]) -> str:
        best = options.best(utilities)
        return json.dumps({mark: 100 * (mark == best) for mark in options.marks})

    return Question(context, ask, form, as_if)
