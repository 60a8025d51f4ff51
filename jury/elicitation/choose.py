"""``mode: choose``: choose one alternative, or say that one does not know."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from aggregators import Rankings, Utilities
from jury.backends.base import Form, Question, Reply
from jury.cases import Case
from jury.elicitation.base import Answer, Mode, Profile, Vote, modes
from jury.elicitation.presenting import present
from jury.elicitation.reading import option_shares, parse_object
from jury.elicitation.showing import Elicited, Showing

_DONT_KNOW = "Don't know"
_LETTERS, _DIGITS = 26, 9
#: Percentage points by which written percentages may miss 100: rounding, not arithmetic.
_SLACK = 3.0


@modes.register("choose")
class Choose(Mode):
    """A single choice; the profile is `Rankings` with the chosen alternative first and the others unranked."""

    default_rules: ClassVar[tuple[str, ...]] = ("plurality",)
    readouts: ClassVar[tuple[Elicited, ...]] = ("sample", "logprobs", "verbalised")

    mode: Literal["choose"] = "choose"
    dont_know: bool = Field(default=False, description='Offer "Don\'t know" as the last option.')

    def obstacle(self, readout: Elicited, cases: Sequence[Case]) -> str | None:
        """Return why not: log-probabilities tell choices apart by their first token, so they need single characters."""
        longest = max(cases, key=lambda case: len(case.alternatives))
        options = len(longest.alternatives) + self.dont_know
        most = _DIGITS if self.labels == "numbers" else _LETTERS
        if readout != "logprobs" or options <= most:
            return None
        return f"case {longest.id!r} has {options} options, more than {most} {self.labels}"

    def questions(self, showing: Showing) -> list[Question]:
        """Return one question."""
        options = self._options(showing)
        marks = list(options)
        context = present(showing)
        if self.dont_know:
            context += f"\n{marks[-1]}. {_DONT_KNOW}"
        if showing.readout == "verbalised":
            return [_ask_shares(context, options)]
        ask = "Which one do you choose? "
        ask += (
            f'Reply with JSON only, in the form {{"choice": "{marks[0]}"}}.'
            if showing.readout == "sample"
            else f"Reply with one {'number' if self.labels == 'numbers' else 'letter'} only."
        )
        schema = {
            "type": "object",
            "properties": {"choice": {"type": "string", "enum": marks}},
            "required": ["choice"],
            "additionalProperties": False,
        }

        def as_if(utilities: Mapping[str, float]) -> str | dict[str, float]:
            best = _best(options, utilities)
            if showing.readout == "sample":
                return json.dumps({"choice": best})
            return {mark: float(mark == best) for mark in marks}

        return [Question(context, ask, Form(schema, tuple(marks), "Answer Choice:"), as_if)]

    def read(self, showing: Showing, replies: Sequence[Reply], rng: np.random.Generator) -> Answer:
        """Return the choice, None for "don't know"; probabilities are kept whole and one choice is drawn."""
        options = self._options(showing)
        reply = replies[0]
        if reply.logprobs is not None:
            shares, mass = option_shares(reply, options, self.token_variants)
            if mass <= 0:
                return Answer("unparsed", label_mass=0.0, problem="no probability on any choice")
            return _drawn(options, shares, rng, mass)
        given = parse_object(reply.text)
        if showing.readout == "verbalised":
            return _read_shares(options, given, rng)
        mark = None if given is None else given.get("choice")
        if not isinstance(mark, str) or mark not in options:
            return Answer("unparsed", problem=f"not one of the choices {', '.join(options)}")
        return Answer("answered", {"choice": options[mark]})

    def _options(self, showing: Showing) -> dict[str, str | None]:
        """Return label -> alternative id, None for "don't know"."""
        spare = {showing.spare[0]: None} if self.dont_know else {}
        return {**showing.by_mark, **spare}

    def profile(
        self, case: Case, votes: Sequence[Vote], weights: np.ndarray, groups: Mapping[str, np.ndarray]
    ) -> Rankings:
        """Return one row a ballot; a juror's weight is shared among the juror's replicates."""
        jurors = np.array([vote.juror for vote in votes], dtype=np.intp)
        repeats = np.bincount(jurors, minlength=len(weights))[jurors]
        ranks = np.array(
            [[int(vote.values["choice"] == name) for name in case.alternative_ids] for vote in votes],
            dtype=int,
        ).reshape(len(votes), len(case.alternatives))
        return Rankings(
            ranks,
            weights=weights[jurors] / repeats,
            alternatives=case.alternative_ids,
            groups={name: labels[jurors] for name, labels in groups.items()},
        )

    def utilities_of(self, values: Mapping[str, Any], case: Case) -> list[float]:
        """Return 1 for the chosen alternative and 0 for the others."""
        choice = values["choice"]
        if choice is None:
            return [float("nan")] * len(case.alternatives)
        return [float(name == choice) for name in case.alternative_ids]

    def utilities(self, profile: Profile) -> Utilities:
        """Return 1 for the chosen alternative and 0 for the others; no opinion (NaN) for "don't know"."""
        if not isinstance(profile, Rankings):
            raise TypeError(f"a choice ballot's profile is Rankings, not {type(profile).__name__}")
        chosen = np.asarray(profile.ranks) == 1
        values = np.where(chosen.any(axis=1, keepdims=True), chosen.astype(float), np.nan)
        return Utilities(values, weights=profile.weights, alternatives=profile.alternatives, groups=profile.groups)


def _best(options: Mapping[str, str | None], utilities: Mapping[str, float]) -> str:
    named = [mark for mark, name in options.items() if name is not None]
    return max(named, key=lambda mark: utilities[str(options[mark])])


def _ask_shares(context: str, options: Mapping[str, str | None]) -> Question:
    marks = list(options)
    example = json.dumps(dict.fromkeys(marks, "…"), ensure_ascii=False).replace('"…"', "…")
    ask = (
        "How likely are you to choose each of them? Give every one a percentage from 0 to 100, adding up to 100. "
        f"Reply with JSON only, in the form {example}."
    )
    schema = {
        "type": "object",
        "properties": {mark: {"type": "number"} for mark in marks},
        "required": marks,
        "additionalProperties": False,
    }

    def as_if(utilities: Mapping[str, float]) -> str:
        best = _best(options, utilities)
        return json.dumps({mark: 100 * (mark == best) for mark in marks})

    return Question(context, ask, Form(schema), as_if)


def _read_shares(
    options: Mapping[str, str | None], given: Mapping[str, Any] | None, rng: np.random.Generator
) -> Answer:
    if given is None:
        return Answer("unparsed", problem="not a JSON object")
    shares: dict[str, float] = {}
    for mark in options:
        value = given.get(mark, "missing")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
            return Answer("unparsed", problem=f"{mark}: no percentage")
        shares[mark] = float(value)
    total = math.fsum(shares.values())
    if abs(total - 100) > _SLACK:
        return Answer("unparsed", problem=f"the percentages add up to {total:.4g}, not to 100")
    return _drawn(options, {mark: share / total for mark, share in shares.items()}, rng, None)


def _drawn(
    options: Mapping[str, str | None], shares: Mapping[str, float], rng: np.random.Generator, mass: float | None
) -> Answer:
    names = list(options.values())
    chances = [shares[mark] for mark in options]
    drawn = names[int(rng.choice(len(chances), p=chances))]
    named = {name or "": share for name, share in zip(names, chances, strict=True)}
    return Answer("answered", {"choice": drawn, "probabilities": named}, label_mass=mass)
