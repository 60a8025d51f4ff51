"""A survey as a benchmark reads it: what was asked, and how groups of people answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from jury.errors import DataError, JuryError
from jury.metrics import Answers, Item

__all__ = ["People", "Respondent", "Survey"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class People:
    """Persons one by one, for measures that need to know who answered what.

    Attributes
    ----------
    answers : Mapping
        Question id -> (n,) position of the option that each person chose, NaN where none.
    weights : ndarray of shape (n,)
    groups : Mapping
        Attribute -> group of each person.
    """

    answers: Mapping[str, FloatArray]
    weights: FloatArray
    groups: Mapping[str, NDArray[np.str_]]


@dataclass(frozen=True)
class Respondent:
    """One side whose answers are compared with people's: a model, asked as itself or as somebody.

    Attributes
    ----------
    name : str
        As it is called in tables.
    answers : Mapping
        Question id -> `Answers`.
    group : str or None
        The group that it was asked to answer for; None for the model as itself.
    of : str
        The model; equal to `name` where it was asked as itself.
    """

    name: str
    answers: Mapping[str, Answers]
    of: str
    group: str | None = None


@dataclass(frozen=True, eq=False)
class Survey:
    """Questions and how groups answered them.

    Attributes
    ----------
    items : tuple of Item
    texts : Mapping
        Question id -> its wording.
    people : Mapping
        Group -> question id -> `Answers`.
    shown : tuple of str
        Groups to show first, and to steer to, unless others are asked for.
    steering : str
        What a model is told to answer for a group; ``{group}`` stands for it.
    respondents : tuple of Respondent
        Models whose answers are stored.
    pairs : tuple of (str, str)
        Of them, which are one model before and after alignment.
    persons : People or None
        The people one by one, where the data has them.
    notes : tuple of str
        What reading the data left out or decided.
    """

    items: tuple[Item, ...]
    texts: Mapping[str, str]
    people: Mapping[str, Mapping[str, Answers]]
    shown: tuple[str, ...]
    steering: str
    respondents: tuple[Respondent, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    persons: People | None = None
    notes: tuple[str, ...] = field(default=())

    def drawn(self, count: int | None, rng: np.random.Generator, groups: Sequence[str]) -> Survey:
        """Return the survey with `count` of its questions, drawn among those that all of `groups` were asked.

        Where there are fewer such questions, others follow, those that more of the groups were asked first.
        """
        if count is None or count >= len(self.items):
            return self
        asked = np.array([sum(item.id in self.people[group] for group in groups) for item in self.items])
        order = rng.permutation(len(self.items))
        chosen = sorted(order[np.argsort(-asked[order], kind="stable")][:count].tolist())
        return self.kept([self.items[place].id for place in chosen])

    def kept(self, questions: Sequence[str]) -> Survey:
        """Return the survey with these questions only."""
        wanted = set(questions)

        def among(answers: Mapping[str, Answers]) -> dict[str, Answers]:
            return {question: given for question, given in answers.items() if question in wanted}

        return replace(
            self,
            items=tuple(item for item in self.items if item.id in wanted),
            people={group: among(answers) for group, answers in self.people.items()},
            respondents=tuple(replace(each, answers=among(each.answers)) for each in self.respondents),
        )

    def known(self, groups: Sequence[str]) -> tuple[str, ...]:
        """Return `groups`, or those to show, if all of them are groups of the survey; raises `JuryError`."""
        wanted = tuple(dict.fromkeys(groups)) or self.shown
        for group in wanted:
            if group not in self.people:
                known = ", ".join(list(self.people)[:12])
                more = f" and {len(self.people) - 12} more" if len(self.people) > 12 else ""
                raise JuryError(f"groups: no group {group!r}; known: {known}{more}")
        return wanted

    def majority(self, question: str) -> str | None:
        """Return the option that most people chose, the groups counting alike; None if nobody answered."""
        totals: dict[str, float] = {}
        for answers in self.people.values():
            if question in answers:
                shares = answers[question].shares
                whole = sum(shares.values())
                for option, share in shares.items():
                    totals[option] = totals.get(option, 0.0) + (share / whole if whole else 0.0)
        return max(totals, key=lambda option: totals[option]) if any(totals.values()) else None


def check_shares(place: str, shares: Sequence[object], options: Sequence[str]) -> dict[str, float]:
    """Return option -> share; raises `DataError` that starts with `place`."""
    if len(shares) != len(options):
        raise DataError(f"{place}: {len(shares)} shares for {len(options)} options; give one each")
    found = {}
    for option, share in zip(options, shares, strict=True):
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share < np.inf:
            raise DataError(f"{place}: share {share!r} of {option!r} is not a number of 0 or more")
        found[option] = float(share)
    return found
