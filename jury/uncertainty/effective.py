"""How many independent jurors a simulated jury is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
from jury.uncertainty.size import EffectiveSize, Mix

__all__ = ["effective_size"]

FloatArray = NDArray[np.float64]


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
