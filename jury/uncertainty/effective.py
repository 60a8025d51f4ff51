"""How many independent jurors a simulated jury is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from jury.drawing import MODEL
from jury.errors import RunError
from jury.estimates import Estimate
from jury.panel import Panel
from jury.uncertainty.correlation import Errors
from jury.uncertainty.crossed import percentile_estimate, product_weights
from jury.uncertainty.matching import matched
from jury.uncertainty.responses import responses

__all__ = ["Basis", "EffectiveSize", "Mix", "effective_size"]

FloatArray = NDArray[np.float64]

#: Against what jurors are held: people's answers, or one another's.
Basis = Literal["error", "agreement"]


@dataclass(frozen=True, slots=True)
class Mix:
    """How much the errors of jurors of two models, or of one, have in common.

    Attributes
    ----------
    first, second : str
        Models; the same one for the correlation within it.
    correlation : float
        NaN where there are too few jurors.
    jurors : int
        Of both together.
    """

    first: str
    second: str
    correlation: float
    jurors: int


@dataclass(frozen=True, eq=False)
class EffectiveSize:
    """How many independent jurors would be as informative as this jury.

    Attributes
    ----------
    basis : {"error", "agreement"}
        ``error``: jurors are held against people's mean answers, and what they have in common is error. ``agreement``:
        people's answers are not known, and what they have in common is agreement, which may be right or wrong.
    jurors : int
    correlation : Estimate
        Mean correlation between two jurors over the items (intra-class correlation); lower is better.
    kish : float
        Effective size from unequal weights alone, (sum w)^2 / sum w^2.
    size : Estimate
        ``kish / (1 + (kish - 1) correlation)``; a correlation below 0 counts as 0. Higher is better, at most `kish`.
    people : Estimate or None
        Size of a simple random sample of people whose mean answers would be as far from people's as this jury's are,
        infinite where no error can be seen; None for ``agreement``.
    mixes : tuple of Mix
        Within and between models, where several share the jury.
    items, cases : int
    """

    basis: Basis
    jurors: int
    correlation: Estimate
    kish: float
    size: Estimate
    people: Estimate | None
    mixes: tuple[Mix, ...]
    items: int
    cases: int

    @property
    def widening(self) -> float:
        """By how much an interval that takes jurors for independent has to be longer, to speak of what they share too.

        ``sqrt((1 + (kish - 1) rho) / (1 - rho))``: the spread between jurors shows only what they do not share.
        """
        rho = min(max(self.correlation.value, 0.0), 1.0)
        return float(np.sqrt((1 + (self.kish - 1) * rho) / (1 - rho))) if rho < 1 else float("inf")

    def widened(self, estimate: Estimate) -> Estimate:
        """Return an estimate of a mean over the jurors, its interval longer by `widening`.

        Examples
        --------
        >>> one = Estimate(0.1, float("nan"), float("nan"), 6, "cases")
        >>> found = EffectiveSize("error", 21, one, 21.0, one, None, (), 12, 6)
        >>> round(found.widening, 2), found.widened(Estimate(0.5, 0.4, 0.6, 21, "jurors")).words(2)
        (1.83, '0.50 [0.32, 0.68]')
        """
        factor = self.widening
        low = estimate.value - (estimate.value - estimate.low) * factor
        high = estimate.value + (estimate.high - estimate.value) * factor
        return replace(estimate, low=low, high=high)

    def words(self) -> str:
        """Return what it means, in a sentence or two."""
        size = _whole(self.size)
        if self.basis == "error":
            people = "" if self.people is None or np.isnan(self.people.value) else _people_words(self.people)
            return (
                f"{self.jurors} simulated jurors behave like about {size} independent ones (their errors against "
                f"people correlate at {self.correlation.words(2)}).{people}"
            )
        return (
            f"The answers of two jurors correlate at {self.correlation.words(2)}: if all of that were error, the "
            f"{self.jurors} simulated jurors would behave like about {size} independent ones. It is agreement, not "
            "error; how much of it is error only people's answers can tell (`jury validate`)."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain JSON types."""
        widening = self.widening
        return {
            "basis": self.basis,
            "jurors": self.jurors,
            "correlation": self.correlation.to_dict(),
            "kish": self.kish,
            "size": self.size.to_dict(),
            "people": None if self.people is None else self.people.to_dict(),
            "widening": widening if np.isfinite(widening) else None,
            "mixes": [
                {
                    "first": mix.first,
                    "second": mix.second,
                    "correlation": None if np.isnan(mix.correlation) else mix.correlation,
                    "jurors": mix.jurors,
                }
                for mix in self.mixes
            ],
            "items": self.items,
            "cases": self.cases,
            "words": self.words(),
        }


def _whole(size: Estimate) -> str:
    low, high = size.low, size.high
    middle = f"{size.value:.0f}" if size.value >= 10 else f"{size.value:.2g}"
    return middle if np.isnan(low) else f"{middle} [{low:.2g}, {high:.3g}]"


def _people_words(people: Estimate) -> str:
    if np.isinf(people.value):
        return " Their mean answers are as near to people's as any sample of people could be told to be."
    return f" Their mean answers are as far from people's as those of {_whole(people)} people drawn at random would be."


def effective_size(
    panel: Panel,
    rng: np.random.Generator,
    *,
    human: Panel | None = None,
    same_people: bool = False,
    by: str | None = None,
    resamples: int = 500,
) -> EffectiveSize | None:
    """Return how many independent jurors `panel` is worth.

    Parameters
    ----------
    panel : Panel
        The jurors. Replicates of one are averaged first.
    rng : Generator
    human : Panel, optional
        People's answers to the same cases; their weighted means are the truth that errors are measured against, with
        their sampling noise taken out. Without, jurors are compared with one another (``basis="agreement"``).
    same_people : bool
        Whether `human` are the very people whom the jurors were made from; then they are all there is, and their means
        have no sampling noise.
    by : str, optional
        Attribute whose groups are compared within and between; by default ``"model"``, where several share the jury.
    resamples : int

    Returns
    -------
    EffectiveSize or None
        None with fewer than two jurors, or if all errors are 0.

    Raises
    ------
    RunError
        If no case was answered by both jurors and people.

    Notes
    -----
    Errors are utilities less people's mean utilities, alternative by alternative; one that is the same for all
    alternatives of all cases is left out where utilities have a level of their own, as it moves no verdict. The
    correlation is the mean product of two different jurors' errors over the mean square of one's. It is
    a ratio of means over items, so that items on which errors are larger count more. Intervals redraw jurors and cases
    (conservative); with one case there is none. Validation: jurors planted with a known correlation are recovered,
    with weights, missing answers and noisy truths.

    References
    ----------
    Kish (1965), Survey Sampling, on the design effect 1 + (n - 1) rho. Shrout and Fleiss (1979), Intraclass
    correlations, Psychological Bulletin 86. Verga et al. (2024), Replacing judges with juries, arXiv:2404.18796, on
    juries of several models.
    """
    table = responses(panel)
    answers, _ = table.cells()
    cases = table.case_of()
    if human is None:
        errors, spread = _against_each_other(answers, cases, panel), None
    else:
        errors, spread = _against_people(panel, human, same_people=same_people)
    jurors = int((~np.isnan(errors.values)).any(axis=1).sum())
    value = errors.moments(*errors.once())
    if jurors < 2 or np.isnan(value.correlation[0]):
        return None
    draws = _draws(errors, rng, resamples)
    fewest = min(jurors, errors.case_count)
    rho = _estimate(value.correlation[0], draws.correlation, fewest, jurors)
    kish = _kish(panel.weights[(~np.isnan(errors.values)).any(axis=1)])
    size = Estimate(_size(rho.value, kish), _size(rho.high, kish), _size(rho.low, kish), jurors, "jurors")
    people = None
    if spread is not None:
        missed, drawn = (_missed(found.shared, found.own, kish) for found in (value, draws))
        ratio = _estimate(missed[0] / spread, drawn / spread, fewest, jurors)
        people = replace(ratio, value=_one_over(ratio.value), low=_one_over(ratio.high), high=_one_over(ratio.low))
    return EffectiveSize(
        basis="agreement" if human is None else "error",
        jurors=jurors,
        correlation=rho,
        kish=kish,
        size=size,
        people=people,
        mixes=_mixes(panel, errors, by),
        items=int((~np.isnan(errors.values)).any(axis=0).sum()),
        cases=errors.case_count,
    )


def _against_each_other(answers: FloatArray, cases: NDArray[np.intp], panel: Panel) -> Errors:
    """Return answers about the mean that they have beforehand, or with the common level to be taken out."""
    if panel.mode.relative:
        sizes = np.bincount(cases)
        middle = np.array([np.nanmean(answers[:, cases == case]) for case in range(len(sizes))])
        return Errors(answers - middle[cases], cases, panel.weights)
    return Errors(answers - np.nanmean(answers), cases, panel.weights, shift_removed=True)


def _against_people(panel: Panel, human: Panel, *, same_people: bool) -> tuple[Errors, float]:
    """Return the jurors' errors on the items that people answered too, and the mean variance of people's answers."""
    jurors, people = matched(panel, human)
    mass = np.where(np.isnan(people.values), 0.0, human.weights[:, None])
    total = mass.sum(axis=0)
    counted = (mass > 0).sum(axis=0)
    share = np.divide(mass, total, out=np.zeros_like(mass), where=total > 0)
    filled = np.nan_to_num(people.values)
    truth = (share * filled).sum(axis=0)
    deviation = np.where(mass > 0, people.values - truth, 0.0)
    usable = counted >= 2
    if not usable.any():
        raise RunError(f"{human.name}: no case has the answers of two people; there is no mean to hold jurors against")
    correction = counted[usable] / (counted[usable] - 1)
    noise = ((share * deviation) ** 2).sum(axis=0)[usable] * correction
    # The population's variance, unbiased: what one person drawn from it would miss the mean by.
    spread = (share * deviation**2).sum(axis=0)[usable] + noise * (0.0 if same_people else 1.0)
    _, cases = np.unique(jurors.cases[usable], return_inverse=True)
    errors = Errors(
        jurors.values[:, usable] - truth[usable],
        cases.astype(np.intp),
        panel.weights,
        0.0 if same_people else noise,
        shift_removed=not panel.mode.relative,
    )
    return errors, float(spread.mean())


@dataclass(frozen=True)
class _Draws:
    shared: FloatArray
    own: FloatArray
    correlation: FloatArray


def _draws(errors: Errors, rng: np.random.Generator, resamples: int) -> _Draws:
    if errors.case_count < 2:
        return _Draws(np.empty(0), np.empty(0), np.empty(0))
    found = [errors.moments(u, v) for u, v in product_weights(len(errors.weights), errors.case_count, resamples, rng)]
    shared, own, rho = (
        np.concatenate([getattr(part, name) for part in found]) for name in ("shared", "own", "correlation")
    )
    return _Draws(shared, own, rho)


def _missed(shared: FloatArray, own: FloatArray, kish: float) -> FloatArray:
    """Return the mean squared error of the jury's means."""
    return shared + (own - shared) / kish


def _size(rho: float, kish: float) -> float:
    return kish / (1 + (kish - 1) * min(max(rho, 0.0), 1.0)) if not np.isnan(rho) else float("nan")


def _one_over(ratio: float) -> float:
    """Return 1 / ratio; what is no error at all, or less, is worth any number of people."""
    return float("inf") if ratio <= 0 else 1 / ratio


def _kish(weights: FloatArray) -> float:
    return float(weights.sum() ** 2 / (weights**2).sum())


def _estimate(value: float, draws: FloatArray, fewest: int, jurors: int) -> Estimate:
    return percentile_estimate(float(value), draws, fewest, jurors, "jurors")


def _mixes(panel: Panel, errors: Errors, by: str | None) -> tuple[Mix, ...]:
    name = by if by is not None else MODEL if MODEL in panel.jurors.columns else None
    if name is None:
        return ()
    labels = panel.group_labels(name)
    levels: Sequence[str] = np.unique(labels).tolist()
    found = []
    for position, first in enumerate(levels):
        inside = labels == first
        alone = replace(errors, values=errors.values[inside], weights=errors.weights[inside])
        rho = float(alone.moments(*alone.once()).correlation[0]) if inside.sum() > 1 else float("nan")
        found.append(Mix(first, first, rho, int(inside.sum())))
        for second in levels[position + 1 :]:
            other = labels == second
            found.append(Mix(first, second, errors.between(inside, other), int((inside | other).sum())))
    return tuple(found)
