"""A survey from persons one by one: their groups' answers are counted, and they can sit on a jury."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from jury.benchmarks.survey import People, Respondent, Survey
from jury.metrics import Answers, Item
from jury.panel import Panel

__all__ = ["EVERYBODY", "Persons", "panel_persons", "tallied"]

FloatArray = NDArray[np.float64]

EVERYBODY = "everybody"


@dataclass(frozen=True, eq=False)
class Persons:
    """What persons answered.

    Attributes
    ----------
    items : tuple of Item
    texts : Mapping
        Question id -> its wording.
    chosen : Mapping
        Question id -> (n,) position among the item's options, NaN where a person gave none of them.
    attributes : Mapping
        Attribute -> (n,) its value for each person; an empty text is none, and puts a person into no group.
    weights : ndarray of shape (n,), optional
    """

    items: tuple[Item, ...]
    texts: Mapping[str, str]
    chosen: Mapping[str, FloatArray]
    attributes: Mapping[str, NDArray[np.str_]]
    weights: FloatArray = field(default_factory=lambda: np.empty(0))

    @property
    def mass(self) -> FloatArray:
        """The weights, 1 each unless given."""
        size = len(next(iter(self.chosen.values())))
        return self.weights if self.weights.size else np.ones(size)


def tallied(
    persons: Persons,
    *,
    shown: Sequence[str],
    steering: str,
    respondents: Sequence[Respondent] = (),
    notes: Sequence[str] = (),
) -> Survey:
    """Return the survey, its groups being everybody and ``attribute: value`` for every value of an attribute.

    Parameters
    ----------
    persons : Persons
    shown : sequence of str
        Groups to show first; those that do not occur are left out.
    steering : str
        What a model is told to answer for a group; ``{group}`` stands for it.
    respondents, notes : sequence
        As those of `Survey`.
    """
    inside = {EVERYBODY: np.ones(len(persons.mass), dtype=np.bool_)}
    for attribute, values in persons.attributes.items():
        inside |= {f"{attribute}: {value}": values == value for value in np.unique(values) if value}
    people = {group: _answers(persons, mask) for group, mask in inside.items()}
    people = {group: answers for group, answers in people.items() if answers}
    groups = {name: np.where(values == "", "not stated", values) for name, values in persons.attributes.items()}
    return Survey(
        items=persons.items,
        texts=persons.texts,
        people=people,
        shown=tuple(group for group in shown if group in people) or (EVERYBODY,),
        steering=steering,
        respondents=tuple(respondents),
        persons=People(persons.chosen, persons.mass, groups),
        notes=tuple(notes),
    )


def _answers(persons: Persons, inside: NDArray[np.bool_]) -> dict[str, Answers]:
    found = {}
    for item in persons.items:
        chosen = persons.chosen.get(item.id)
        if chosen is None:
            continue
        used = inside & ~np.isnan(chosen) & (persons.mass > 0)
        mass = persons.mass[used]
        if mass.size:
            counted = np.bincount(chosen[used].astype(int), weights=mass, minlength=len(item.options))
            effective = float(mass.sum() ** 2 / (mass**2).sum())
            found[item.id] = Answers(dict(zip(item.options, counted.tolist(), strict=True)), count=effective)
    return found


def panel_persons(panel: Panel, texts: Mapping[str, str], attributes: Sequence[str]) -> Persons:
    """Return the persons of a panel of choices; of several answers to one question the first counts.

    Parameters
    ----------
    panel : Panel
        Of the mode ``choose``.
    texts : Mapping
        Case id -> what a model is asked; the case's own prompt where it has none.
    attributes : sequence of str
        Columns of the panel's jurors that make groups.
    """
    items, chosen = [], {}
    for case in panel.cases:
        places = {name: place for place, name in enumerate(case.alternative_ids)}
        column = np.full(len(panel.jurors), np.nan)
        for vote in reversed(panel.votes.get(case.id, ())):
            choice = vote.values["choice"]
            column[vote.juror] = np.nan if choice is None else places[choice]
        items.append(Item(case.id, case.alternative_ids))
        chosen[case.id] = column
    frame = panel.jurors
    values = {
        name: np.array(["" if value is None or value != value else str(value) for value in frame[name]], dtype=np.str_)
        for name in attributes
        if name in frame.columns
    }
    wordings = {case.id: texts.get(case.id, case.prompt) for case in panel.cases}
    return Persons(tuple(items), wordings, chosen, values, panel.weights)
