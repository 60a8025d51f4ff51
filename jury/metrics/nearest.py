"""Whose answers a model's are nearest to, and how near groups are to each other."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from jury.errors import MeasureError
from jury.estimates import LEVEL, Estimate, mean_estimate
from jury.metrics.answers import Answers, Item, Spread
from jury.metrics.distances import jensen_shannon_distance, total_variation
from jury.metrics.distributional_fit import Distributional

__all__ = ["GroupDistance", "NearestGroup", "group_distances", "nearest_groups"]


@dataclass(frozen=True)
class NearestGroup:
    """A group's place among those that a model is near to.

    Attributes
    ----------
    group : str
    distance : Estimate
        Mean over the group's own questions, lower is closer.
    behind : Estimate
        Mean of its distance less that of the nearest group, paired over the questions that both were asked; 0 for
        the nearest itself, NaN without such a question. Where the interval reaches 0, who is nearer is not settled.
    """

    group: str
    distance: Estimate
    behind: Estimate

    def to_dict(self) -> dict[str, Any]:
        """Return the place as plain JSON types."""
        return {"group": self.group, "distance": self.distance.to_dict(), "behind": self.behind.to_dict()}


@dataclass(frozen=True)
class GroupDistance:
    """How far two groups of people are from each other.

    Attributes
    ----------
    groups : tuple of two str
    distance : Estimate
        Mean over the questions that both answered; lower is closer.
    """

    groups: tuple[str, str]
    distance: Estimate


def nearest_groups(
    found: Distributional, figure: str = "js", *, least: int = 1, shared: bool = False, level: float = LEVEL
) -> list[NearestGroup]:
    """Return the groups in the order in which a model's answers are near to theirs, nearest first.

    Parameters
    ----------
    found : Distributional
    figure : str
        A distance among the columns of `Distributional.pairs`.
    least : int
        Groups with fewer questions are left out.
    shared : bool
        Whether only the questions count that every such group was asked. Otherwise each group is judged on its own,
        and one that was asked easier questions looks nearer: `behind` compares on the same ones.
    level : float

    Raises
    ------
    MeasureError
        If there is no such figure, or with `shared` no such question.

    Examples
    --------
    >>> from jury.metrics import distributional
    >>> people = {"north": {"q": Answers({"yes": 1, "no": 3})}, "south": {"q": Answers({"yes": 1, "no": 1})}}
    >>> model = {"q": Answers({"yes": 0.6, "no": 0.4})}
    >>> found = distributional([Item("q", ("yes", "no"))], model, people, rng=np.random.default_rng(0))
    >>> [place.group for place in nearest_groups(found)]
    ['south', 'north']
    """
    if figure not in found.pairs.columns:
        raise MeasureError(f"figure={figure!r} is none; choose a distance such as 'js', 'tv' or 'wasserstein'")
    table = found.pairs.pivot_table(index="question", columns="group", values=figure, observed=True)
    weights = found.pairs.drop_duplicates("question").set_index("question")["weight"].reindex(table.index).to_numpy()
    table = table.loc[:, table.notna().sum() >= least]
    if shared:
        whole = table.notna().all(axis=1).to_numpy()
        if not whole.any():
            raise MeasureError(f"shared=True: no question was asked in all {table.shape[1]} groups; raise least")
        table, weights = table[whole], weights[whole]
    distances = {
        str(group): mean_estimate(table[group], "questions", weights=weights, level=level) for group in table.columns
    }
    order = sorted(distances, key=lambda group: (distances[group].value, group))
    return [
        NearestGroup(
            group,
            distances[group],
            mean_estimate(table[group] - table[order[0]], "questions", weights=weights, level=level),
        )
        for group in order
    ]


def group_distances(
    items: Sequence[Item],
    people: Mapping[str, Mapping[str, Answers]],
    *,
    figure: str = "js",
    base: float = 2.0,
    level: float = LEVEL,
) -> list[GroupDistance]:
    """Return how far every two groups are from each other, nearest first: how much there is to tell apart.

    Parameters
    ----------
    items : sequence of Item
    people : Mapping
        Group -> question id -> its answers.
    figure : {"js", "tv"}
    base : float
        Of the logarithm in the Jensen-Shannon distance.
    level : float

    Returns
    -------
    list of GroupDistance
        Pairs of groups that answered a question with two options or more in common.

    Raises
    ------
    MeasureError
        If `figure` is neither.

    Examples
    --------
    >>> people = {"north": {"q": Answers({"yes": 1})}, "south": {"q": Answers({"no": 1})}}
    >>> group_distances([Item("q", ("yes", "no"))], people)[0].distance.value
    1.0
    """
    if figure not in ("js", "tv"):
        raise MeasureError(f"figure={figure!r} must be 'js' or 'tv'")
    apart: dict[tuple[str, str], list[float]] = {}
    for item in items:
        spreads = {group: Spread.of(item, answers[item.id]) for group, answers in people.items() if item.id in answers}
        held = {group: spread.weights for group, spread in spreads.items() if spread.answered}
        extra = sorted({name for weights in held.values() for name, share in weights.items() if share > 0})
        options = [*item.opinions, *(name for name in extra if name not in item.opinions)]
        if len(options) < 2 or len(held) < 2:
            continue
        rows = np.array([[weights.get(name, 0.0) for name in options] for weights in held.values()])
        measured = (
            jensen_shannon_distance(rows[:, None], rows[None], base=base)
            if figure == "js"
            else total_variation(rows[:, None], rows[None])
        )
        square = np.asarray(measured)
        for (one, first), (other, second) in itertools.combinations(enumerate(held), 2):
            apart.setdefault((first, second), []).append(float(square[one, other]))
    found = [GroupDistance(pair, mean_estimate(values, "questions", level=level)) for pair, values in apart.items()]
    return sorted(found, key=lambda pair: pair.distance.value)
