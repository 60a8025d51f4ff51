"""``mode: rank``: rank the alternatives, or the best of them, with or without ties."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations, islice, permutations
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from aggregators import Comparisons, Rankings, Utilities
from jury.backends.base import Form, Question, Reply
from jury.cases import Case
from jury.elicitation.answer import Answer, Vote
from jury.elicitation.base import Mode, Profile, modes
from jury.elicitation.forms import brief, example, object_schema
from jury.elicitation.pooling import ballot_rows
from jury.elicitation.presenting import present
from jury.elicitation.reading import read_form
from jury.elicitation.showing import Showing

Tiers = tuple[tuple[str, ...], ...]

#: Up to so many rankings are all listed in the form of the answer, so that no other one can be given.
_MOST_LISTED = 120

#: What may stand between two places of a ranking.
_THEN = re.compile(r"[,>]")


@modes.register("rank")
class Rank(Mode):
    """A ranking, best first; the profile is `Rankings`, in which what was not named is unranked."""

    usual_rules: ClassVar[tuple[str, ...]] = ("borda", "schulze")
    welfare_words: ClassVar[str] = (
        "is the share of the other alternatives that one is ranked above (ties, and unranked ones among themselves, "
        "count half)"
    )
    relative: ClassVar[bool] = True

    mode: Literal["rank"] = "rank"
    ties: bool = Field(default=False, description="Whether several alternatives may share a place.")
    top: int | None = Field(
        default=None, ge=1, description="Rank only so many of the best and leave the others unranked; by default all."
    )

    def fault(self, cases: Sequence[Case]) -> str | None:
        """Return why not: a ranking takes two alternatives."""
        lonely = next((case.id for case in cases if len(case.alternatives) < 2), None)
        return None if lonely is None else f"mode: 'rank' takes two alternatives or more, and case {lonely!r} has one"

    def questions(self, showing: Showing) -> list[Question]:
        """Return one question."""
        places = self._places(len(showing.order))
        form = example(["ranking"], ", ".join("…" * places))
        ask = f"{self._instruction(places, len(showing.order))} Reply with JSON only, in the form {form}."
        listed = _listed(showing.marks, places, ties=self.ties)
        schema = object_schema({"ranking": {"type": "string"} if listed is None else {"enum": list(listed)}})

        def as_if(utilities: Mapping[str, float]) -> str:
            return json.dumps({"ranking": _written(self._held(showing, utilities))})

        return [Question(present(showing), ask, Form(schema), as_if)]

    def _instruction(self, places: int, alternatives: int) -> str:
        if places == 1:
            equal = ", or those that are equally good, with an equals sign between them" if self.ties else ""
            return f"Which of the alternatives is best in your eyes? Name it by its label{equal}."
        what = "the alternatives" if places == alternatives else f"the {places} best of the alternatives"
        equal = ", or an equals sign between those that are equally good" if self.ties else ""
        return (
            f"Rank {what} by how good they are in your eyes. Name each once by its label, the best first, with commas "
            f"between them{equal}."
        )

    def _places(self, alternatives: int) -> int:
        return alternatives if self.top is None else min(self.top, alternatives)

    def _held(self, showing: Showing, utilities: Mapping[str, float]) -> Tiers:
        """Return the labels as a juror with `utilities` ranks them; equals that may not tie go by id."""
        tiers: list[tuple[str, ...]] = []
        marks = sorted(showing.by_mark, key=lambda mark: (-utilities[showing.by_mark[mark]], showing.by_mark[mark]))
        ranked, last = 0, math.nan
        for mark in marks:
            utility = utilities[showing.by_mark[mark]]
            if self.ties and utility == last:
                tiers[-1] += (mark,)
            elif ranked < self._places(len(marks)):
                tiers.append((mark,))
            else:
                break
            ranked, last = ranked + 1, utility
        return tuple(tiers)

    def read(self, showing: Showing, replies: Sequence[Reply], rng: np.random.Generator) -> Answer:
        """Return the ranking as tiers of alternative ids, best first."""
        given = read_form(replies[0].text, ["ranking"])
        if isinstance(given, str):
            return Answer("unparsed", problem=given)
        written = given["ranking"]
        if not isinstance(written, str):
            return Answer("unparsed", problem=f"{brief(written)} is not text")
        tiers = [[mark.strip() for mark in tier.split("=")] for tier in _THEN.split(written)]
        problem = self._problem(tiers, showing)
        if problem is not None:
            return Answer("unparsed", problem=problem)
        column = {name: index for index, name in enumerate(showing.case.alternative_ids)}
        named = [sorted((showing.by_mark[mark] for mark in tier), key=column.__getitem__) for tier in tiers]
        return Answer("answered", {"ranking": named})

    def _problem(self, tiers: Sequence[Sequence[str]], showing: Showing) -> str | None:
        """Return in a few words why `tiers` of labels are not the ranking that was asked for."""
        marks = [mark for tier in tiers for mark in tier]
        unknown = next((mark for mark in marks if mark not in showing.by_mark), None)
        if unknown is not None:
            return f"{unknown[:40]!r} is none of the labels"
        if len(set(marks)) < len(marks):
            return "a label is named twice"
        if len(tiers) < len(marks) and not self.ties:
            return "a tie, where none was offered"
        places = self._places(len(showing.order))
        if len(marks) < places:
            return f"{len(marks)} labels are named, {places} were asked for"
        return f"more labels are named than the {places} best" if len(marks) - len(tiers[-1]) >= places else None

    def profile(
        self, case: Case, votes: Sequence[Vote], weights: np.ndarray, groups: Mapping[str, np.ndarray]
    ) -> Rankings:
        """Return one row a ballot; a juror's weight is shared among the juror's replicates."""
        ranks = np.array([_ranks(vote.values, case) for vote in votes], dtype=int)
        shared, labels = ballot_rows(votes, weights, groups)
        return Rankings(
            ranks.reshape(len(votes), len(case.alternatives)),
            weights=shared,
            alternatives=case.alternative_ids,
            groups=labels,
        )

    def utilities_of(self, values: Mapping[str, Any], case: Case) -> list[float]:
        """Return the share of the others that each alternative is ranked above, ties as halves (Borda's points)."""
        ranks = [rank or math.inf for rank in _ranks(values, case)]
        others = len(ranks) - 1
        # Itself ties with itself, which is taken off.
        return [(sum((own < rank) + (own == rank) / 2 for rank in ranks) - 0.5) / others for own in ranks]

    def told(self, values: Mapping[str, Any], showing: Showing) -> str:
        """Return the ranking by labels, as it is asked for."""
        marks = {name: mark for mark, name in showing.by_mark.items()}
        return _written(tuple(tuple(marks[name] for name in tier) for tier in values["ranking"]))

    def utilities(self, profile: Profile) -> Utilities:
        """Return the share of the others that each alternative is ranked above, ties as halves."""
        if not isinstance(profile, Rankings):
            raise TypeError(f"a ranking's profile is Rankings, not {type(profile).__name__}")
        return Comparisons.from_rankings(profile).to_utilities()


def _ranks(values: Mapping[str, Any], case: Case) -> list[int]:
    """Return the place of each alternative, from 1; 0 is unranked."""
    place = {name: rank for rank, tier in enumerate(values["ranking"], start=1) for name in tier}
    return [place.get(name, 0) for name in case.alternative_ids]


def _written(tiers: Tiers) -> str:
    return ", ".join(" = ".join(tier) for tier in tiers)


@lru_cache(maxsize=256)
def _listed(marks: tuple[str, ...], places: int, *, ties: bool) -> tuple[str, ...] | None:
    """Return every ranking that can be given, or None if there are too many to list."""
    orders: Iterator[Tiers]
    if ties:
        orders = _weak_orders(marks, places)
    else:
        orders = (tuple((mark,) for mark in order) for order in permutations(marks, places))
    listed = tuple(islice(map(_written, orders), _MOST_LISTED + 1))
    return listed if len(listed) <= _MOST_LISTED else None


def _weak_orders(marks: tuple[str, ...], places: int) -> Iterator[Tiers]:
    """Yield the rankings with ties whose last tier reaches `places`."""
    if places <= 0 or not marks:
        yield ()
        return
    for size in range(1, len(marks) + 1):
        for tier in combinations(marks, size):
            rest = tuple(mark for mark in marks if mark not in tier)
            for below in _weak_orders(rest, places - size):
                yield (tier, *below)
