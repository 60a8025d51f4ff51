"""Which viewpoints one answer covers: by those who hold them, or by whoever can tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from aggregators.outcome import plain
from jury.errors import MeasureError

CoveredBy = Literal["majority", "mean"]

__all__ = ["Coverage", "CoveredBy", "judged_coverage", "rated_coverage"]


@dataclass(frozen=True)
class Coverage:
    """The viewpoints on one question, and which of them an answer covers.

    Attributes
    ----------
    question : str
    viewpoints : tuple of str
        Those that could be judged.
    covered : tuple of bool
    shares : tuple of float
        Of the population, adding up to 1: the weight of the people who rated, or what was given for a judge.
    support : tuple of float
        The figure behind each verdict: the share of members who feel represented, their mean rating, or what the
        judge said.
    raters : tuple of int
        People behind each; 1 for a judge.
    left_out : tuple of str
        Viewpoints that nobody rated, or that the judge could not tell; in no figure.
    """

    question: str
    viewpoints: tuple[str, ...]
    covered: tuple[bool, ...]
    shares: tuple[float, ...]
    support: tuple[float, ...]
    raters: tuple[int, ...]
    left_out: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """Share of the viewpoints that are covered, counted alike; higher is better."""
        return float(np.mean(self.covered))

    @property
    def weighted(self) -> float:
        """Share of the population whose viewpoint is covered; higher is better."""
        return float(np.dot(self.covered, self.shares))

    def to_dict(self) -> dict[str, Any]:
        """Return the coverage as plain JSON types."""
        document: dict[str, Any] = plain({name: getattr(self, name) for name in self.__dataclass_fields__})
        return {**document, "score": self.score, "weighted": self.weighted}


def rated_coverage(
    question: str,
    ratings: ArrayLike,
    viewpoints: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    threshold: float = 4.0,
    covered_by: CoveredBy = "majority",
) -> Coverage:
    """Return which viewpoints an answer covers by the ratings of the people who hold them.

    Parameters
    ----------
    question : str
    ratings : array_like of shape (n,)
        Of "my view is represented" by each person; NaN for no rating.
    viewpoints : array_like of shape (n,)
        The viewpoint that each holds, for instance `Viewpoints.labels`; a label of -1 is none.
    weights : array_like of shape (n,), optional
        Of the people, equal by default.
    threshold : float
        Lowest rating that counts as represented; 4 on the published scale of 1 to 5.
    covered_by : {"majority", "mean"}
        ``"majority"``: more than half of its members, by weight, rate at the threshold or above. ``"mean"``: their
        weighted mean rating is at the threshold or above, as in the published data of Poole-Dayan et al.

    Raises
    ------
    MeasureError
        If lengths differ, or nobody who holds a viewpoint rated the answer.

    References
    ----------
    Poole-Dayan et al. (2025), Benchmarking Overton pluralism in LLMs, arXiv:2512.01351, and the card of its data,
    elinorpd/overtonbench on the Hugging Face hub.

    Examples
    --------
    >>> found = rated_coverage("q", [5, 4, 1, 2], ["left", "left", "left", "right"])
    >>> found.covered, found.shares
    ((True, False), (0.75, 0.25))
    >>> rated_coverage("q", [5, 4, 1, 2], ["left", "left", "left", "right"], covered_by="mean").covered
    (False, False)
    """
    if covered_by not in get_args(CoveredBy):
        raise MeasureError(f"covered_by={covered_by!r} must be one of: {', '.join(get_args(CoveredBy))}")
    scores, held = np.asarray(ratings, dtype=float), np.asarray(viewpoints).astype(str)
    mass = np.ones(len(scores)) if weights is None else np.asarray(weights, dtype=float)
    if not scores.shape == held.shape == mass.shape:
        raise MeasureError(
            f"question {question}: ratings {scores.shape}, viewpoints {held.shape} and weights {mass.shape} differ"
        )
    if (mass < 0).any() or not np.isfinite(mass).all():
        raise MeasureError(f"question {question}: weights must be finite numbers that are not negative")
    rated = ~np.isnan(scores) & (mass > 0)
    labels = [str(label) for label in np.unique(held) if label != "-1"]
    inside = {label: rated & (held == label) for label in labels}
    known = [label for label in labels if inside[label].any()]
    if not known:
        raise MeasureError(f"question {question}: nobody rated the answer")
    total = np.array([mass[inside[label]].sum() for label in known])
    figure = scores if covered_by == "mean" else (scores >= threshold).astype(float)
    support = [float(np.average(figure[inside[label]], weights=mass[inside[label]])) for label in known]
    return Coverage(
        question=question,
        viewpoints=tuple(known),
        covered=tuple(value >= threshold if covered_by == "mean" else value > 0.5 for value in support),
        shares=tuple((total / total.sum()).tolist()),
        support=tuple(support),
        raters=tuple(int(inside[label].sum()) for label in known),
        left_out=tuple(label for label in labels if label not in known),
    )


def judged_coverage(
    question: str,
    answer: str,
    viewpoints: Mapping[str, str],
    judge: Callable[[str, str], float | bool | None],
    *,
    threshold: float = 0.5,
    shares: Mapping[str, float] | None = None,
) -> Coverage:
    """Return which viewpoints an answer covers by what a judge says: an entailment model, a language model, a person.

    Parameters
    ----------
    question, answer : str
    viewpoints : Mapping
        Label -> the viewpoint in words.
    judge : callable
        From answer and viewpoint to how well the one holds the other: a probability of entailment, a rating, yes or
        no. None or NaN where it cannot tell.
    threshold : float
        From which a viewpoint counts as covered: 0.5 of a probability, 4 of a rating from 1 to 5.
    shares : Mapping, optional
        Label -> share of the population that holds it; equal by default.

    Raises
    ------
    MeasureError
        If the judge could tell of no viewpoint, or shares do not fit.

    Notes
    -----
    A judge is not those who hold the view: check it against `rated_coverage` on some questions. Poole-Dayan et al.
    report a rank correlation of .88 between the scores of eight models by a language model and by people.

    References
    ----------
    Poole-Dayan et al. (2025), Benchmarking Overton pluralism in LLMs, arXiv:2512.01351. Feng et al. (2024), Modular
    pluralism, arXiv:2406.15951 (coverage by entailment).

    Examples
    --------
    >>> views = {"for": "tax the rich", "against": "lower all taxes"}
    >>> judged_coverage("q", "Many want to tax the rich.", views, lambda answer, view: view in answer).covered
    (True, False)
    """
    given = dict.fromkeys(viewpoints, 1.0) if shares is None else dict(shares)
    if set(given) != set(viewpoints) or any(not 0 <= share < np.inf for share in given.values()):
        raise MeasureError(f"question {question}: shares must be one number, not negative, for each viewpoint")
    verdicts = {label: judge(answer, text) for label, text in viewpoints.items()}
    told = {label: float(verdict) for label, verdict in verdicts.items() if verdict is not None}
    told = {label: verdict for label, verdict in told.items() if not np.isnan(verdict)}
    total = sum(given[label] for label in told)
    if not told or not total:
        raise MeasureError(f"question {question}: the judge could tell of no viewpoint that anybody holds")
    return Coverage(
        question=question,
        viewpoints=tuple(told),
        covered=tuple(verdict >= threshold for verdict in told.values()),
        shares=tuple(given[label] / total for label in told),
        support=tuple(told.values()),
        raters=(1,) * len(told),
        left_out=tuple(label for label in viewpoints if label not in told),
    )
