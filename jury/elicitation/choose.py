"""``mode: choose``: choose one alternative, or say that one does not know."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from aggregators import Rankings, Utilities
from jury.backends.base import Form, Question, Readout, Reply
from jury.cases import Case
from jury.elicitation.base import Answer, Mode, Profile, Vote, label, modes, parse_object, present, refusal

_DONT_KNOW = "Don't know"
_LETTERS = 26


@modes.register("choose")
class Choose(Mode):
    """A single choice; the profile is `Rankings` with the chosen alternative first and the others unranked."""

    default_rules: ClassVar[tuple[str, ...]] = ("plurality",)

    mode: Literal["choose"] = "choose"
    dont_know: bool = Field(default=False, description='Offer "Don\'t know" as the last option.')

    def obstacle(self, readout: Readout, cases: Sequence[Case]) -> str | None:
        """Return why not: log-probabilities tell choices apart by their first token, so they need single letters."""
        longest = max(cases, key=lambda case: len(case.alternatives))
        options = len(longest.alternatives) + self.dont_know
        if readout == "sample" or options <= _LETTERS:
            return None
        return f"case {longest.id!r} has {options} options, more than {_LETTERS} letters"

    def questions(self, case: Case, shown: tuple[str, ...], readout: Readout) -> list[Question]:
        """Return one question."""
        labels = self._labels(shown)
        context = present(case, shown)
        if self.dont_know:
            context += f"\n{labels[-1]}. {_DONT_KNOW}"
        ask = "Which one do you choose? "
        ask += (
            f'Reply with JSON only, in the form {{"choice": "{labels[0]}"}}.'
            if readout == "sample"
            else "Reply with one letter only."
        )
        schema = {
            "type": "object",
            "properties": {"choice": {"type": "string", "enum": labels}},
            "required": ["choice"],
            "additionalProperties": False,
        }

        def as_if(utilities: Mapping[str, float]) -> str | dict[str, float]:
            best = max(range(len(shown)), key=lambda position: utilities[shown[position]])
            if readout == "sample":
                return json.dumps({"choice": labels[best]})
            return {mark: float(mark == labels[best]) for mark in labels}

        return [Question(context, ask, Form(schema, tuple(labels), "Answer Choice:"), as_if)]

    def read(self, shown: tuple[str, ...], replies: Sequence[Reply], rng: np.random.Generator) -> Answer:
        """Return the choice, None for "don't know"; log-probabilities are kept whole and one choice is drawn."""
        declined = refusal(replies)
        if declined is not None:
            return declined
        options = dict(zip(self._labels(shown), [*shown, None], strict=False))
        if replies[0].probabilities is not None:
            return self._draw(options, replies[0].probabilities, rng)
        given = parse_object(replies[0].text)
        mark = None if given is None else given.get("choice")
        if not isinstance(mark, str) or mark not in options:
            return Answer("unparsed", problem=f"not one of the choices {', '.join(options)}")
        return Answer("answered", {"choice": options[mark]})

    def _labels(self, shown: tuple[str, ...]) -> list[str]:
        return [label(position) for position in range(len(shown) + self.dont_know)]

    @staticmethod
    def _draw(
        options: Mapping[str, str | None], probabilities: Mapping[str, float], rng: np.random.Generator
    ) -> Answer:
        mass = sum(probabilities.get(mark, 0.0) for mark in options)
        if mass <= 0:
            return Answer("unparsed", label_mass=0.0, problem="no probability on any choice")
        shares = [probabilities.get(mark, 0.0) / mass for mark in options]
        drawn = list(options.values())[int(rng.choice(len(shares), p=shares))]
        named = {name or "": share for name, share in zip(options.values(), shares, strict=True)}
        return Answer("answered", {"choice": drawn, "probabilities": named}, label_mass=mass)

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
