"""Distributional pluralism: whether a model's answers spread as a population's do.

Per question and group of people; with what chance and ignorance would give beside it, and with every question that
could not be compared named with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from jury.errors import MeasureError
from jury.estimates import LEVEL, Estimate, mean_estimate
from jury.metrics.answers import Answers, Item, Spread
from jury.metrics.distances import entropy
from jury.metrics.pairing import measured_pairs, paired

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Distributional", "GroupFit", "distributional"]

_OF_MODEL = ("entropy_model", "refusal_model", "label_mass")


@dataclass(frozen=True)
class GroupFit:
    """How near a model's answers are to one group's.

    Attributes
    ----------
    group : str
    asked : int
        Questions that the group was asked.
    used : int
        Those in the distances; the rest is in `left_out`.
    left_out : Mapping
        Reason -> number of questions.
    figures : Mapping
        Name -> `Estimate`, means over questions: every column of `Distributional.pairs` from ``js`` on. Each says
        how many questions it rests on.
    """

    group: str
    asked: int
    used: int
    left_out: Mapping[str, int]
    figures: Mapping[str, Estimate]

    def to_dict(self) -> dict[str, Any]:
        """Return the fit as plain JSON types."""
        figures = {name: figure.to_dict() for name, figure in self.figures.items()}
        return {
            "group": self.group,
            "asked": self.asked,
            "used": self.used,
            "left_out": dict(self.left_out),
            "figures": figures,
        }


@dataclass(frozen=True, eq=False)
class Distributional:
    """A model's answers beside those of groups of people.

    Attributes
    ----------
    base : float
        Of the logarithm in the Jensen-Shannon distance. Entropies are in nats.
    groups : Mapping
        Group -> `GroupFit`, in the order given.
    pairs : DataFrame
        One row a question and group that could be compared: ``question, group, options`` (opinions that either side
        could give); ``people`` (number behind the shares, NaN if not known); ``weight``; ``js`` and ``tv`` (lower is
        closer), ``wasserstein`` (in steps of the scale, ordinal questions only, lower is closer), ``alignment``
        (1 - wasserstein / length of the scale, higher is closer); the distances again for what they are to be
        compared with, as ``js_floor``, ``js_uniform``, ``js_shuffled``, ``js_majority`` and so on;
        ``entropy_model, entropy_people``; ``refusal_model, refusal_people``; ``label_mass``.
    left_out : DataFrame
        One row a question and group that could not: ``question, group, reason``.
    model : Mapping
        ``entropy_model``, ``refusal_model``, ``label_mass`` -> `Estimate` over the questions that the model was
        asked, whoever else was asked them.
    """

    base: float
    groups: Mapping[str, GroupFit]
    pairs: pd.DataFrame
    left_out: pd.DataFrame
    model: Mapping[str, Estimate]

    def to_dict(self) -> dict[str, Any]:
        """Return the figures of all groups, and what was left out, as plain JSON types."""
        return {
            "base": self.base,
            "groups": [fit.to_dict() for fit in self.groups.values()],
            "left_out": self.left_out.to_dict(orient="records"),
            "model": {name: figure.to_dict() for name, figure in self.model.items()},
        }


def distributional(
    items: Sequence[Item],
    model: Mapping[str, Answers],
    people: Mapping[str, Mapping[str, Answers]],
    *,
    rng: np.random.Generator,
    base: float = 2.0,
    weights: Mapping[str, float] | None = None,
    draws: int = 200,
    level: float = LEVEL,
) -> Distributional:
    """Compare how a model's answers spread with how people's do.

    Parameters
    ----------
    items : sequence of Item
        The questions.
    model : Mapping
        Question id -> the model's answers.
    people : Mapping
        Group -> question id -> its answers.
    rng : Generator
        For the noise floor, and for shuffles of more than 5 options.
    base : float
        Of the logarithm in the Jensen-Shannon distance: 2 in Sorensen et al. (2024), e in Feng et al. (2024).
    weights : Mapping, optional
        Question id -> how much it counts in means; 1 by default.
    draws : int
        Resamples for the noise floor.
    level : float
        Of the intervals, which take the questions for a sample of those that could be asked.

    Returns
    -------
    Distributional

    Raises
    ------
    MeasureError
        If an id occurs twice or is in no item, or a weight is negative.

    Notes
    -----
    Refusals are in no distance: both sides are compared on the opinions given, over the options that either had. An
    option that only one side has counts as chosen by nobody on the other; on an ordinal scale it has no place, so that
    the Wasserstein distance is then missing. Left out, with the reason, are questions that one side did not answer or
    that leave one option only, on which all agree.

    Baselines: `floor` is a model that answers as the people do, with the same luck in sampling (needs their number);
    ``uniform`` an even spread; ``shuffled`` the model's own shares on the same question's options by lot; ``majority``
    everything on the people's most frequent option.

    Validated against SciPy, POT and closed forms.

    References
    ----------
    Sorensen et al. (2024), A roadmap to pluralistic alignment, arXiv:2402.05070. Durmus et al. (2023), Towards
    measuring the representation of subjective global opinions in language models, arXiv:2306.16388. Santurkar et al.
    (2023), Whose opinions do language models reflect?, arXiv:2303.17548 (``alignment``).

    Examples
    --------
    >>> items = [Item("q1", ("yes", "no")), Item("q2", ("yes", "no"))]
    >>> model = {"q1": Answers({"yes": 0.5, "no": 0.5}), "q2": Answers({"yes": 1.0})}
    >>> people = {"north": {"q1": Answers({"yes": 50, "no": 50}, count=100)}}
    >>> found = distributional(items, model, people, rng=np.random.default_rng(0))
    >>> found.groups["north"].figures["js"].value, found.groups["north"].used
    (0.0, 1)
    """
    import pandas as pd

    known = {item.id: item for item in items}
    _check(items, known, model, people, weights or {})
    rows, missing = [], []
    for group, answered in people.items():
        for question, theirs in answered.items():
            pair = paired(known[question], model.get(question), theirs)
            if isinstance(pair, str):
                missing.append({"question": question, "group": group, "reason": pair})
            else:
                rows.append({"question": question, "group": group, **pair})
    pairs = measured_pairs(rows, known, base, draws, rng)
    pairs.insert(4, "weight", [(weights or {}).get(question, 1.0) for question in pairs["question"]])
    left_out = pd.DataFrame(missing, columns=["question", "group", "reason"])
    return Distributional(
        base=base,
        groups={group: _fit(group, len(people[group]), pairs, left_out, level) for group in people},
        pairs=pairs,
        left_out=left_out,
        model=_alone(items, model, weights or {}, level),
    )


def _check(
    items: Sequence[Item],
    known: Mapping[str, Item],
    model: Mapping[str, Answers],
    people: Mapping[str, Mapping[str, Answers]],
    weights: Mapping[str, float],
) -> None:
    if len(known) < len(items):
        raise MeasureError(f"items: {len(items)} questions have {len(known)} different ids; give each its own")
    for name, answered in {"model": model, "weights": weights, **people}.items():
        strange = [question for question in answered if question not in known]
        if strange:
            raise MeasureError(f"{name}: {strange[0]!r} is no question; items has {len(known)} other ids")
    wrong = {question: weight for question, weight in weights.items() if not 0 <= weight < np.inf}
    if wrong:
        raise MeasureError(f"weights={wrong} must be finite numbers that are not negative")


def _fit(group: str, asked: int, pairs: pd.DataFrame, left_out: pd.DataFrame, level: float) -> GroupFit:
    own = pairs[pairs["group"] == group]
    names = [name for name in pairs.columns if name not in ("question", "group", "options", "people", "weight")]
    return GroupFit(
        group=group,
        asked=asked,
        used=len(own),
        left_out={
            str(reason): int(n)
            for reason, n in left_out.loc[left_out["group"] == group, "reason"].value_counts().items()
        },
        figures={name: mean_estimate(own[name], "questions", weights=own["weight"], level=level) for name in names},
    )


def _alone(
    items: Sequence[Item], model: Mapping[str, Answers], weights: Mapping[str, float], level: float
) -> dict[str, Estimate]:
    found: dict[str, list[float]] = {name: [] for name in _OF_MODEL}
    mass = []
    for item in items:
        if (answers := model.get(item.id)) is None:
            continue
        spread = Spread.of(item, answers)
        found["entropy_model"].append(float(entropy(list(spread.weights.values()))) if spread.answered else np.nan)
        found["refusal_model"].append(spread.refusal)
        found["label_mass"].append(np.nan if answers.label_mass is None else answers.label_mass)
        mass.append(weights.get(item.id, 1.0))
    return {name: mean_estimate(values, "questions", weights=mass, level=level) for name, values in found.items()}
