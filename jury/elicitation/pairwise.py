"""``mode: pairwise``: choose between two alternatives, pair by pair."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import BeforeValidator, Field

from aggregators import Comparisons, Utilities
from aggregators.designs import comparison_design
from jury.backends.base import Form, Question, Reply
from jury.cases import Case
from jury.elicitation.answer import Answer, Rating, Vote
from jury.elicitation.base import Mode, Profile, modes
from jury.elicitation.forms import example, object_schema
from jury.elicitation.neutral import neutral
from jury.elicitation.pooling import ballot_rows
from jury.elicitation.presenting import present
from jury.elicitation.reading import option_shares, read_form
from jury.elicitation.showing import Elicited, Showing, no_single_characters

_TIE = "I like both equally"
_COMPARE = "Compare these two alternatives."


def _number_or_all(value: Any) -> Any:  # noqa: ANN401 - raw input
    # Told here: of a union pydantic would name the first member alone.
    if value != "all" and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise ValueError(f"{value!r} is neither all nor a whole number of at least 1")
    return value


@modes.register("pairwise")
class Pairwise(Mode):
    """Comparisons of two; the profile is `Comparisons`, in which a tie counts half for either side.

    Which pairs a juror compares is laid down by a design over the order in which the alternatives are shown
    (`aggregators.designs.comparison_design`). With the counterbalanced order every pair is compared about equally often
    over the jury, either alternative of it standing first about equally often.
    """

    usual_rules: ClassVar[tuple[str, ...]] = ("bradley_terry", "rank_centrality")
    readouts: ClassVar[tuple[Elicited, ...]] = ("sample", "logprobs")
    welfare_words: ClassVar[str] = "is the share of its comparisons that an alternative wins (ties count half)"
    relative: ClassVar[bool] = True
    orders_context: ClassVar[bool] = False

    mode: Literal["pairwise"] = "pairwise"
    pairs: Annotated[Literal["all"] | Annotated[int, Field(ge=1)], BeforeValidator(_number_or_all)] = Field(
        default="all",
        description="Pairs that each juror compares: all, or at most so many of them, at least one less than there are "
        "alternatives.",
    )
    ties: bool = Field(default=False, description=f'Offer "{_TIE}" as a third option.')

    def fault(self, cases: Sequence[Case]) -> str | None:
        """Return why not: a comparison takes two alternatives, and fewer pairs than connect all tell too little."""
        for case in cases:
            size = len(case.alternatives)
            if size < 2:
                return f"mode: 'pairwise' takes two alternatives or more, and case {case.id!r} has one"
            if self.pairs != "all" and self.pairs < size - 1:
                return (
                    f"pairs: {self.pairs} cannot connect the {size} alternatives of case {case.id!r}; give {size - 1} "
                    "or more, or all"
                )
        return None

    def obstacle(self, readout: Elicited, cases: Sequence[Case]) -> str | None:
        """Return why not: log-probabilities tell labels apart by their first token, so they need single characters."""
        if readout != "logprobs":
            return super().obstacle(readout, cases)
        return no_single_characters(self.labels, cases, int(self.ties))

    def questions(self, showing: Showing) -> list[Question]:
        """Return one question for each pair; it shows the two alternatives, after the case's prompt."""
        return [self._ask(showing, first, second) for first, second in self._pairs(showing)]

    def _pairs(self, showing: Showing) -> list[tuple[str, str]]:
        """Return the pairs of labels to compare, the one that is shown first coming first."""
        size = len(showing.order)
        most = size * (size - 1) // 2
        design = comparison_design(size, most if self.pairs == "all" else min(self.pairs, most))
        return [(showing.marks[first], showing.marks[second]) for first, second in design]

    def _ask(self, showing: Showing, first: str, second: str) -> Question:
        named = showing.by_mark
        pair = {mark: named[mark] for mark in (first, second)}
        tie = showing.spare[0] if self.ties else None
        marks = (*pair, *([tie] if tie else []))
        how = (
            f"Reply with JSON only, in the form {example(['preferred'], '…')}."
            if showing.readout == "sample"
            else f"Reply with one {'number' if self.labels == 'numbers' else 'letter'} only."
        )
        shown = "\n".join([_two(showing, pair), *([f"{tie}. {_TIE}"] if tie else [])])

        def as_if(utilities: Mapping[str, float]) -> str | dict[str, float]:
            one, other = (utilities[name] for name in pair.values())
            # Equals that may not tie go by id.
            better = min(pair, key=lambda mark: (-utilities[pair[mark]], pair[mark]))
            said = tie if tie and one == other else better
            if showing.readout == "sample":
                return json.dumps({"preferred": said})
            return {mark: float(mark == said) for mark in marks}

        schema = object_schema({"preferred": {"type": "string", "enum": list(marks)}})
        form = Form(schema, marks, "Answer Choice:")
        ask = f"{shown}\n\nWhich one do you prefer? {how}"
        return Question(neutral(showing.case.prompt), ask, form, as_if)

    def read(self, showing: Showing, replies: Sequence[Reply], rng: np.random.Generator) -> Answer:
        """Return how far the first alternative of each pair won: 1, 0, a half for a tie, a probability for logprobs.

        None is a comparison that cannot be read, which costs the others nothing.
        """
        tie = showing.spare[0] if self.ties else None
        pairs = self._pairs(showing)
        found = [self._won(showing.readout, reply, pair, tie) for pair, reply in zip(pairs, replies, strict=True)]
        masses = [mass for _, mass in found if mass is not None]
        mass = min(masses, default=None)
        if all(won is None for won, _ in found):
            return Answer("unparsed", label_mass=mass, problem="no comparison names one of its options")
        named = showing.by_mark
        compared = [[named[one], named[other], won] for (one, other), (won, _) in zip(pairs, found, strict=True)]
        return Answer("answered", {"comparisons": compared}, label_mass=mass)

    def _won(
        self, readout: Elicited, reply: Reply, pair: tuple[str, str], tie: str | None
    ) -> tuple[float | None, float | None]:
        """Return how far the first of `pair` won, and the label mass."""
        worth = {pair[0]: 1.0, pair[1]: 0.0} | ({tie: 0.5} if tie else {})
        if readout == "logprobs":
            shares, mass = option_shares(reply, worth, self.token_variants)
            return (sum(worth[mark] * share for mark, share in shares.items()) if shares else None), mass
        given = read_form(reply.text, ["preferred"])
        preferred = None if isinstance(given, str) else given["preferred"]
        return (worth.get(preferred) if isinstance(preferred, str) else None), None

    def profile(
        self, case: Case, votes: Sequence[Vote], weights: np.ndarray, groups: Mapping[str, np.ndarray]
    ) -> Comparisons:
        """Return one row a ballot; a juror's weight is shared among the juror's replicates."""
        column = {name: index for index, name in enumerate(case.alternative_ids)}
        wins = np.zeros((len(votes), len(column), len(column)))
        for row, vote in enumerate(votes):
            for first, second, won in _read(vote.values):
                wins[row, column[first], column[second]] += won
                wins[row, column[second], column[first]] += 1 - won
        shared, labels = ballot_rows(votes, weights, groups)
        return Comparisons(wins, weights=shared, alternatives=case.alternative_ids, groups=labels)

    def utilities_of(self, values: Mapping[str, Any], case: Case) -> list[float]:
        """Return the share of its comparisons that each alternative won; NaN if it was in none."""
        won = dict.fromkeys(case.alternative_ids, 0.0)
        compared = dict.fromkeys(case.alternative_ids, 0)
        for first, second, share in _read(values):
            for name, own in ((first, share), (second, 1 - share)):
                won[name] += own
                compared[name] += 1
        return [won[name] / compared[name] if compared[name] else float("nan") for name in case.alternative_ids]

    def utilities(self, profile: Profile) -> Utilities:
        """Return the share of its comparisons that each alternative won; NaN if it was in none."""
        if not isinstance(profile, Comparisons):
            raise TypeError(f"a pairwise ballot's profile is Comparisons, not {type(profile).__name__}")
        return profile.to_utilities()

    def unread(self, values: Mapping[str, Any]) -> int:
        """Return the number of comparisons that could not be read."""
        return len(values["comparisons"]) - len(_read(values))

    def ratings(self, vote: Vote, case: Case) -> list[tuple[Rating, ...]]:
        """Return the two sides of each comparison: the first is at position 0."""
        column = {name: index for index, name in enumerate(case.alternative_ids)}
        named = dict(zip(vote.shown, vote.labels, strict=True)) if vote.labels else {}
        return [
            tuple(
                Rating(column[name], own, position, named.get(name))
                for position, (name, own) in enumerate(((first, share), (second, 1 - share)))
            )
            for first, second, share in _read(vote.values)
        ]


def _two(showing: Showing, pair: Mapping[str, str]) -> str:
    """Return the two alternatives as any case would show them."""
    case = showing.case
    two = tuple(alternative for alternative in case.alternatives if alternative.id in pair.values())
    only = Case(id=case.id, prompt=_COMPARE, alternatives=two)
    return present(replace(showing, case=only, order=tuple(pair.values()), labels=tuple(pair)))


def _read(values: Mapping[str, Any]) -> list[tuple[str, str, float]]:
    """Return the comparisons that could be read."""
    return [(first, second, won) for first, second, won in values["comparisons"] if won is not None]
