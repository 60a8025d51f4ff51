"""What changed between two models: before and after alignment, say, on the same questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from jury.errors import MeasureError
from jury.estimates import LEVEL, Estimate, mean_estimate
from jury.metrics.distributional_fit import Distributional

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Change", "changes", "model_changes"]

_EQUAL = 1e-9  # figures as near as this are equal


@dataclass(frozen=True)
class Change:
    """How a figure of one group changed from one model to another, question by question.

    Attributes
    ----------
    group : str
    figure : str
        A column of `Distributional.pairs`.
    before, after : Estimate
        Means over the questions that both models have.
    difference : Estimate
        Mean of after less before, paired by question. Of a distance: negative, the second model is closer to the
        group. Of an entropy: negative, its answers are more concentrated.
    fell, rose, same : int
        Questions on which the figure fell, rose, and stayed within 1e-9.
    only_before, only_after : int
        Questions that only one of the models has; they are in no figure here.
    """

    group: str
    figure: str
    before: Estimate
    after: Estimate
    difference: Estimate
    fell: int
    rose: int
    same: int
    only_before: int
    only_after: int

    def to_dict(self) -> dict[str, Any]:
        """Return the change as plain JSON types."""
        found = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value.to_dict() if isinstance(value, Estimate) else value for name, value in found.items()}


def changes(
    before: Distributional, after: Distributional, figure: str = "js", *, level: float = LEVEL
) -> dict[str, Change]:
    """Return by group how a figure changed between two models, paired by question.

    Parameters
    ----------
    before, after : Distributional
        Of two models, beside the same groups.
    figure : str
        A column of `Distributional.pairs`, such as ``"js"``, ``"tv"`` or ``"entropy_model"``.
    level : float

    Returns
    -------
    dict of str to Change
        The groups that both have. The intervals are of the paired differences, so that what makes a question hard for
        both models is in neither.

    Raises
    ------
    MeasureError
        If there is no such figure, no group is in both, or the distances are in different bases.

    References
    ----------
    Sorensen et al. (2024), A roadmap to pluralistic alignment, arXiv:2402.05070, section 5.

    Examples
    --------
    >>> from jury.metrics import Answers, Item, distributional
    >>> people = {"north": {"q": Answers({"yes": 1, "no": 1})}}
    >>> models = [{"q": Answers({"yes": yes, "no": 1 - yes})} for yes in (0.5, 1.0)]
    >>> item, rng = Item("q", ("yes", "no")), np.random.default_rng(0)
    >>> base, tuned = (distributional([item], model, people, rng=rng) for model in models)
    >>> round(changes(base, tuned, "tv")["north"].difference.value, 3)
    0.5
    """
    if figure.startswith("js") and before.base != after.base:
        raise MeasureError(f"before has base={before.base!r} and after base={after.base!r}; compute both in one base")
    shared = [group for group in before.groups if group in after.groups]
    if not shared:
        raise MeasureError("before and after have no group in common")
    first, second = _column(before.pairs, figure), _column(after.pairs, figure)
    return {group: _change(group, figure, _of(first, group), _of(second, group), level) for group in shared}


def model_changes(before: Distributional, after: Distributional, *, level: float = LEVEL) -> dict[str, Change]:
    """Return how entropy and label mass of the model itself changed, each question once whoever was asked it.

    Parameters
    ----------
    before, after : Distributional
    level : float

    Returns
    -------
    dict of str to Change
        By figure: ``entropy_model``, ``refusal_model``, ``label_mass``; their group is ``"all questions"``. Questions
        are those that some group could be compared on.
    """
    found = {}
    for figure in ("entropy_model", "refusal_model", "label_mass"):
        first, second = (_column(side.pairs.drop_duplicates("question"), figure) for side in (before, after))
        found[figure] = _change("all questions", figure, first, second, level)
    return found


def _column(pairs: pd.DataFrame, figure: str) -> pd.DataFrame:
    names = [name for name in pairs.columns if name not in ("question", "group", "weight")]
    if figure not in names:
        raise MeasureError(f"figure={figure!r} is none; choose one of: {', '.join(names)}")
    found = pairs[["question", "group", "weight"]].assign(value=pairs[figure])
    return found[found["value"].notna()]


def _of(column: pd.DataFrame, group: str) -> pd.DataFrame:
    return column[column["group"] == group]


def _change(group: str, figure: str, first: pd.DataFrame, second: pd.DataFrame, level: float) -> Change:
    both = first.merge(second, on="question", suffixes=("_before", "_after"))
    start, end = both["value_before"].to_numpy(dtype=float), both["value_after"].to_numpy(dtype=float)
    weights = both["weight_before"].to_numpy(dtype=float)
    moved = end - start
    fell, rose = int((moved < -_EQUAL).sum()), int((moved > _EQUAL).sum())

    def mean(values: np.ndarray) -> Estimate:
        return mean_estimate(values, "questions", weights=weights, level=level)

    return Change(
        group=group,
        figure=figure,
        before=mean(start),
        after=mean(end),
        difference=mean(moved),
        fell=fell,
        rose=rose,
        same=len(both) - fell - rose,
        only_before=len(first) - len(both),
        only_after=len(second) - len(both),
    )
