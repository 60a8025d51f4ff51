"""Condorcet's jury theorem for unequal jurors whose errors go together, and how a run's own jurors fare by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jury.errors import MeasureError
from jury.estimates import Estimate, drawn_estimate, mean_estimate
from jury.panel import Panel

__all__ = ["CondorcetFit", "condorcet_fit", "correct_chance", "number_correct"]

FloatArray = NDArray[np.float64]

_NODES, _FAR = 1201, 9.0
_MANY = 2000  # jurors beyond whom a jury drawn with replacement is as good
_MOST_SEATS = 1000
_DRAWS = 500
_ALIKE = 1e-9
_LARGEST = 0.995  # of a correlation of traits: beyond it the quadrature has too few points


def number_correct(competence: ArrayLike, correlation: float = 0.0) -> FloatArray:
    """Return the distribution of how many jurors are right.

    Parameters
    ----------
    competence : (n,) array_like
        Each juror's probability of being right, from 0 to 1.
    correlation : float
        Of the jurors' latent traits, from 0 (independent) to below 1: what they have in common beside the case.

    Returns
    -------
    (n + 1,) array
        Probability that 0, 1, ..., n are right.

    Notes
    -----
    Independent jurors: the Poisson binomial distribution, exactly, by convolution. Correlated ones: a juror is right
    when a normal trait, sqrt(r) of it common to all, falls below the quantile of the juror's competence; given the
    common part they are independent, and it is integrated out by the trapezoidal rule, in 1,201 points from -9 to 9. Of
    jurors of one competence this is Vasicek's distribution, a close relative of the beta-binomial.

    References
    ----------
    Condorcet (1785), Essai. Ladha (1992), The Condorcet jury theorem, free speech, and correlated votes, American
    Journal of Political Science 36. Hong (2013), On computing the distribution function for the Poisson binomial
    distribution, Computational Statistics and Data Analysis 59. Vasicek (2002), The distribution of loan portfolio
    value, Risk 15.

    Examples
    --------
    >>> number_correct([0.6, 0.6, 0.6]).round(3).tolist()
    [0.064, 0.288, 0.432, 0.216]
    """
    given = np.asarray(competence, dtype=float)
    if given.ndim != 1 or not given.size or not ((given >= 0) & (given <= 1)).all():
        raise MeasureError("competence: give one probability from 0 to 1 for each juror")
    if not 0 <= correlation <= _LARGEST:
        raise MeasureError(f"correlation={correlation:g}; give a number from 0 to {_LARGEST}")
    if correlation == 0:
        return np.asarray(_poisson_binomial(given[None])[0])
    from scipy import special

    nodes = np.linspace(-_FAR, _FAR, _NODES)
    weights = np.exp(-(nodes**2) / 2)
    common = np.sqrt(correlation) * nodes[:, None]
    chances = special.ndtr((special.ndtri(given)[None] - common) / np.sqrt(1 - correlation))
    return np.asarray(weights / weights.sum() @ _poisson_binomial(chances), dtype=np.float64)


def correct_chance(competence: ArrayLike, correlation: float = 0.0, *, quota: float = 0.5) -> float:
    """Return the probability that more than a quota of the jurors are right; ties count half.

    Parameters
    ----------
    competence, correlation
        As for `number_correct`.
    quota : float
        From 1/2 (a majority) to below 1; with a higher one the jury is more often right when it decides, and hung more
        often.

    Examples
    --------
    >>> round(correct_chance([0.6] * 12), 4), round(correct_chance([0.6] * 12, 0.3), 4)
    (0.7535, 0.6564)
    """
    if not 0.5 <= quota < 1:
        raise MeasureError(f"quota={quota:g}; give a share from 1/2 to below 1")
    spread = number_correct(competence, correlation)
    share = np.arange(len(spread)) / (len(spread) - 1)
    tied = np.isclose(share, quota) if quota == 0.5 else np.zeros(len(spread), dtype=bool)
    return float(spread[(share > quota) & ~tied].sum() + spread[tied].sum() / 2)


def _poisson_binomial(chances: FloatArray) -> FloatArray:
    """Return (b, n + 1) distributions of sums of independent trials (b, n), one trial after another."""
    found = np.zeros((len(chances), chances.shape[1] + 1))
    found[:, 0] = 1.0
    for place in range(chances.shape[1]):
        chance = chances[:, place, None]
        found[:, 1 : place + 2] = found[:, 1 : place + 2] * (1 - chance) + found[:, : place + 1] * chance
        found[:, :1] *= 1 - chance
    return found


@dataclass(frozen=True, slots=True)
class CondorcetFit:
    """How right a panel's jurors are, alone and together.

    Attributes
    ----------
    competence : Estimate
        Mean share of the cases on which a juror is right; over cases.
    correlation : Estimate
        Of the latent traits, as fits how often two jurors are right together; over cases, which are drawn again.
    seats : int
        Of the juries below.
    independent, correlated : float
        Probability that a majority of so many is right, by the theorem with independent jurors, and with correlated.
    observed : Estimate
        Share of juries by lot, over cases, whose majority is right, ties counting half.
    jurors, cases : int
    """

    competence: Estimate
    correlation: Estimate
    seats: int
    independent: float
    correlated: float
    observed: Estimate
    jurors: int
    cases: int

    def to_dict(self) -> dict[str, Any]:
        """Return the fit as plain JSON types."""
        kept = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return (
            kept
            | {name: getattr(self, name).to_dict() for name in ("competence", "correlation", "observed")}
            | {"words": self.words()}
        )

    def words(self) -> str:
        """Return the fit in sentences."""
        alone = f"A juror is right in {self.competence.words(2)} of {self.cases} cases"
        if self.seats == 1:
            return f"{alone} ({self.jurors} jurors)."
        return (
            f"{alone}. Were {self.seats} independent, "
            f"their majority would be right in {self.independent:.2f}; with the correlation found, "
            f"{self.correlation.words(2)}, in {self.correlated:.2f}; juries by lot are in {self.observed.words(2)} "
            f"({self.jurors} jurors)."
        )


def condorcet_fit(panel: Panel, truth: Mapping[str, str], rng: np.random.Generator, *, seats: int = 12) -> CondorcetFit:
    """Compare what the jury theorem says of a panel's jurors with what juries of them do.

    Parameters
    ----------
    panel : Panel
    truth : Mapping
        Case id -> the alternative that is right: what is known, or what a reference of people chose.
    rng : Generator
        Draws the cases again.
    seats : int
        Size of juries, up to 1,000. All juries that a case's jurors can form are counted, not drawn: of different
        people where all weigh the same and are enough (up to 2,000), else with replacement and by weight.

    Returns
    -------
    CondorcetFit

    Raises
    ------
    MeasureError
        If fewer than two cases with a known answer were judged by two jurors or more.

    Notes
    -----
    A juror is right on a case if the right alternative is alone at the top of the ballot; one without an opinion or
    without weight is not counted, and of several ballots of one juror a jury hears one by lot. Jurors by lot have the
    mean competence each, however unequal they are. Where juries are drawn with replacement, who sits twice errs twice,
    which looks like a correlation of about one over the number of jurors. Cases differ in difficulty:
    jurors fail together on the hard ones, and that is what is found as correlation, whatever its cause. It is the one
    at which two normal traits are jointly below the quantile of the mean competence as often as two jurors are right
    together, from 0 on. Where rightness varies between cases in another way than a normal trait does, the theorem with
    correlation may still be off; the observed share tells.

    References
    ----------
    Kaniovski and Zaigraev (2011), Optimal jury design for homogeneous juries with correlated votes, Theory and Decision
    71. Ladha (1992), as for `number_correct`.
    """
    if not 1 <= seats <= _MOST_SEATS:
        raise MeasureError(f"seats={seats}; give 1 to {_MOST_SEATS}")
    judged = {case: _right(panel, case, answer) for case, answer in truth.items()}
    right = [each for each in judged.values() if len(each[0]) > 1]
    if len(right) < 2:
        told = f"{len(right)} case{'' if len(right) == 1 else 's'} with an answer"
        raise MeasureError(f"truth: two jurors judged {told}; give the answers of two cases or more")
    means = np.array([np.average(shares, weights=weights) for shares, weights in right])
    pairs = np.array([_pair(*each) for each in right])
    competence = float(means.mean())
    correlation = _correlation(competence, float(pairs.mean()))
    times = rng.multinomial(len(right), np.full(len(right), 1 / len(right)), size=_DRAWS) / len(right)
    again = [_correlation(*each) for each in zip(times @ means, times @ pairs, strict=True)]
    return CondorcetFit(
        competence=_over_cases(means),
        correlation=drawn_estimate(correlation, again, len(right), "cases"),
        seats=seats,
        independent=correct_chance(np.full(seats, competence)),
        correlated=correct_chance(np.full(seats, competence), correlation),
        observed=_over_cases(np.array([_majorities(*each, seats) for each in right])),
        jurors=len({vote.juror for case, each in judged.items() if len(each[0]) > 1 for vote in panel.votes[case]}),
        cases=len(right),
    )


def _correlation(competence: float, together: float) -> float:
    """Return the correlation of traits with which two jurors are right together so often, from 0 to the largest."""
    from scipy import optimize, special

    bound = float(special.ndtri(np.clip(competence, 1e-6, 1 - 1e-6)))
    nodes = np.linspace(-_FAR, _FAR, _NODES)
    weights = np.exp(-(nodes**2) / 2)
    weights /= weights.sum()

    def jointly(correlation: float) -> float:
        chances = special.ndtr((bound - np.sqrt(correlation) * nodes) / np.sqrt(1 - correlation))
        return float(weights @ chances**2) - together

    if jointly(0.0) >= -_ALIKE:
        return 0.0
    return _LARGEST if jointly(_LARGEST) <= 0 else float(optimize.brentq(jointly, 0.0, _LARGEST))


def _over_cases(shares: FloatArray) -> Estimate:
    """Return the mean of shares of cases, its interval within 0 and 1."""
    found = mean_estimate(shares, "cases")
    return replace(found, low=max(0.0, found.low), high=min(1.0, found.high)) if found.low == found.low else found


def _right(panel: Panel, case: str, answer: str) -> tuple[FloatArray, FloatArray]:
    """Return, of every juror with an opinion and a weight, the share of the ballots that are right, and the weight."""
    asked = panel.case(case)
    if answer not in asked.alternative_ids:
        raise MeasureError(f"truth of {case!r}: {answer!r} is none of {', '.join(asked.alternative_ids)}")
    column = asked.alternative_ids.index(answer)
    right: dict[int, list[float]] = {}
    for vote in panel.votes.get(case, ()):
        utilities = np.array(panel.mode.utilities_of(vote.values, asked), dtype=float)
        if panel.weights[vote.juror] > 0 and not np.isnan(utilities).all():
            top = utilities == np.nanmax(utilities)
            right.setdefault(vote.juror, []).append(float(top[column] and top.sum() == 1))
    return np.array([np.mean(each) for each in right.values()]), panel.weights[list(right)].astype(float)


def _pair(right: FloatArray, weights: FloatArray) -> float:
    """Return how often two different jurors, drawn by weight, are both right."""
    both = (weights @ right) ** 2 - (weights**2) @ right**2
    return float(both / (weights.sum() ** 2 - (weights**2).sum()))


def _majorities(right: FloatArray, weights: FloatArray, seats: int) -> float:
    """Return in what share of all juries the majority is right, ties counting half."""
    many = len(right)
    if seats > many or many > _MANY or not np.allclose(weights, weights[0]):
        return correct_chance(np.full(seats, np.average(right, weights=weights)))
    total, seated = np.arange(many + 1)[:, None], np.arange(seats + 1)[None]
    ways = _log_choose(total, seated) + _log_choose(many - total, seats - seated)
    share = np.where(2 * seated == seats, 0.5, 2 * seated > seats)
    chances = (np.exp(ways - _log_choose(np.array(many), np.array(seats))) * share).sum(axis=1)
    return float(_poisson_binomial(right[None])[0] @ chances)


def _log_choose(many: NDArray[np.intp], some: NDArray[np.intp]) -> FloatArray:
    """Return the logarithm of the number of ways to choose, -inf where there are none."""
    from scipy import special

    left = np.maximum(many - some, 0)
    found = special.gammaln(many + 1) - special.gammaln(some + 1) - special.gammaln(left + 1)
    return np.where(some > many, -np.inf, found)
