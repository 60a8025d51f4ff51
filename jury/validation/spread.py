"""Whether jurors differ as much as people do, and in the same direction: within groups, between groups, over items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from jury.estimates import Estimate
from jury.uncertainty.crossed import percentile_estimate
from jury.uncertainty.simultaneous import simultaneous
from jury.validation.moments import Moments, group_moments
from jury.validation.sides import Pair

__all__ = ["Drawings", "GroupSpread", "Grouping", "group_spread", "grouping", "item_correlation"]

FloatArray = NDArray[np.float64]

#: Groups with fewer jurors, or people, than this are left out of what compares groups.
FEWEST = 5


@dataclass(frozen=True, eq=False)
class Grouping:
    """The groups of an attribute that both sides have.

    Attributes
    ----------
    by : str
    labels : tuple of str
    shares : (g,) float array
        Of the people's weight, adding up to 1; both sides are compared under these, so that another composition is no
        gap.
    jurors, people : (g, n) float arrays
        1 for members.
    left_out : tuple of str
        Groups with too few jurors or people.
    """

    by: str
    labels: tuple[str, ...]
    shares: FloatArray
    jurors: FloatArray
    people: FloatArray
    left_out: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class GroupSpread:
    """How the groups of one attribute spread.

    Attributes
    ----------
    by : str
        Empty for everybody together.
    variance_ratio : Estimate
        Standard deviation of jurors' answers within groups over that of people's; 1 is right, below 1 jurors are
        too much alike.
    gap_inflation : Estimate or None
        Standard deviation between the jurors' groups over that between people's, free of sampling noise; 1 is right,
        above 1 groups are caricatured. NaN where people's groups do not differ beyond noise.
    gap_correlation : Estimate or None
        Correlation between jurors' and people's deviations of groups from the whole, over groups and items.
    within : Mapping
        Group -> `variance_ratio` of its own, with intervals that hold for all groups of the attribute at once.
    left_out : tuple of str
    """

    by: str
    variance_ratio: Estimate
    gap_inflation: Estimate | None
    gap_correlation: Estimate | None
    within: dict[str, Estimate]
    left_out: tuple[str, ...]


def grouping(pair: Pair, by: str) -> Grouping:
    """Return the groups of `by` with enough jurors and people to be compared.

    Raises
    ------
    RunError
        If either side does not have the attribute.
    """
    labels = [panel.group_labels(by) for panel in (pair.jurors_panel, pair.people_panel)]
    active = [side.seen.any(axis=1) & (side.weights > 0) for side in (pair.jurors, pair.people)]
    every = np.unique(np.concatenate([names[used] for names, used in zip(labels, active, strict=True)]))
    members = [names[None, :] == every[:, None] for names in labels]
    sizes = [(inside & used).sum(axis=1) for inside, used in zip(members, active, strict=True)]
    enough = (sizes[0] >= FEWEST) & (sizes[1] >= FEWEST)
    mass = (members[1] & active[1]) @ pair.people.weights
    shares = np.where(enough, mass, 0.0)[enough]
    return Grouping(
        by,
        tuple(every[enough].tolist()),
        shares / shares.sum() if shares.sum() > 0 else shares,
        members[0][enough].astype(float),
        members[1][enough].astype(float),
        tuple(every[~enough].tolist()),
    )


@dataclass(frozen=True, eq=False)
class Drawings:
    """Weightings of jurors, people and cases: the first row counts each once, the others are resamples."""

    jurors: FloatArray
    people: FloatArray
    cases: FloatArray

    @classmethod
    def of(cls, pair: Pair, resamples: int, rng: np.random.Generator) -> Drawings:
        """Draw jurors, people and cases with replacement; the very same people are drawn together with their jurors."""

        def times(units: int) -> FloatArray:
            drawn = rng.multinomial(units, np.full(units, 1 / units), size=resamples)
            return np.concatenate([np.ones((1, units)), drawn])

        jurors = times(len(pair.jurors.weights))
        people = jurors if pair.same_people else times(len(pair.people.weights))
        many = len(pair.cases)
        cases = times(many) if many > 1 else np.ones((resamples + 1, 1))
        return cls(jurors, people, cases)

    def estimate(self, values: FloatArray, fewest: int, unit: str = "cases") -> Estimate:
        """Return the first value with the interval of the others."""
        count = self.cases.shape[1]
        return percentile_estimate(float(values[0]), values[1:], fewest, count, unit)

    def together(self, values: Sequence[FloatArray], fewest: int, unit: str = "cases") -> list[Estimate]:
        """Return the first of each of several figures with intervals that hold for all at once."""
        if not values:
            return []
        stacked = np.stack(values, axis=1)
        found = simultaneous(stacked[0], stacked[1:], [fewest] * len(values), unit)
        return [replace(one, count=self.cases.shape[1]) for one in found]


def _fewest(pair: Pair) -> int:
    sizes = [int(side.seen.any(axis=1).sum()) for side in (pair.jurors, pair.people)]
    return min(*sizes, len(pair.cases)) if len(pair.cases) > 1 else min(sizes)


def _ratio_of_spreads(jurors: FloatArray, people: FloatArray) -> FloatArray:
    """Return the root of a ratio of variances: 0 where the first is below 0, NaN where the second is not above 0."""
    ratio = np.divide(np.maximum(jurors, 0.0), people, out=np.full_like(people, np.nan), where=people > 1e-12)
    return np.sqrt(ratio)


def _over_columns(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the weighted sum over the last axis of what is not NaN."""
    total: FloatArray = np.where(np.isnan(values), 0.0, values * weights).sum(axis=-1)
    return total


def group_spread(pair: Pair, groups: Grouping | None, drawings: Drawings) -> GroupSpread:
    """Compare how jurors and people spread, within the groups and between them.

    Parameters
    ----------
    pair : Pair
    groups : Grouping or None
        None takes everybody for one group.
    drawings : Drawings

    Notes
    -----
    Variances are of single answers and summed over items before the ratio is taken; those between groups are
    unbiased, products of different members' answers, so that small groups do not seem to differ more. Intervals
    redraw jurors, people and cases together, which is conservative.

    References
    ----------
    Bisbee et al. (2024), Synthetic replacements for human survey data? The perils of large language models, Political
    Analysis 32, on spreads too small. Cheng, Piccardi and Yang (2023), CoMPosT, EMNLP, on caricature.
    """
    everybody = groups is None
    members = [
        np.ones((1, len(pair.jurors.weights))) if groups is None else groups.jurors,
        np.ones((1, len(pair.people.weights))) if groups is None else groups.people,
    ]
    shares = np.ones(1) if groups is None else groups.shares
    jurors = group_moments(pair.jurors, drawings.jurors, members[0])
    people = group_moments(pair.people, drawings.people, members[1])
    weights = drawings.cases[:, pair.case_of]
    both = ~(np.isnan(jurors.variance) | np.isnan(people.variance))
    spreads = [np.where(both, part.variance, np.nan) for part in (jurors, people)]
    by_group = [_over_columns(part, weights[:, None, :]) for part in spreads]
    fewest = _fewest(pair)
    labels = groups.labels if groups is not None else ()
    each = [_ratio_of_spreads(by_group[0][:, place], by_group[1][:, place]) for place in range(len(labels))]
    within = dict(zip(labels, drawings.together(each, fewest), strict=True))
    pooled = [part @ shares for part in by_group]
    return GroupSpread(
        by="" if groups is None else groups.by,
        variance_ratio=drawings.estimate(_ratio_of_spreads(*pooled), fewest),
        gap_inflation=None if everybody else _gaps(jurors, people, shares, weights, drawings, fewest),
        gap_correlation=None if everybody else _gap_correlation(jurors, people, shares, weights, drawings, fewest),
        within=within,
        left_out=() if groups is None else groups.left_out,
    )


def _gaps(
    jurors: Moments, people: Moments, shares: FloatArray, weights: FloatArray, drawings: Drawings, fewest: int
) -> Estimate:
    between = [part.between(shares) for part in (jurors, people)]
    both = ~(np.isnan(between[0]) | np.isnan(between[1]))
    totals = [_over_columns(np.where(both, part, np.nan), weights) for part in between]
    return drawings.estimate(_ratio_of_spreads(totals[0], totals[1]), fewest)


def _gap_correlation(
    jurors: Moments, people: Moments, shares: FloatArray, weights: FloatArray, drawings: Drawings, fewest: int
) -> Estimate:
    column = shares[:, None]
    gaps = [part.mean - (column * part.mean).sum(axis=1, keepdims=True) for part in (jurors, people)]
    mass = column * weights[:, None, :]
    known = ~(np.isnan(gaps[0]) | np.isnan(gaps[1]))
    flat = [np.where(known, part, 0.0).reshape(len(weights), -1) for part in (*gaps, mass)]
    # Deviations from the whole have mean 0 in each item already.
    covariance = (flat[2] * flat[0] * flat[1]).sum(axis=1)
    variances = [(flat[2] * part**2).sum(axis=1) for part in flat[:2]]
    scale = np.sqrt(variances[0] * variances[1])
    values = np.divide(covariance, scale, out=np.full_like(scale, np.nan), where=scale > 1e-12)
    return drawings.estimate(values, fewest)


def item_correlation(pair: Pair, drawings: Drawings) -> Estimate:
    """Return Pearson's correlation between the jurors' and the people's means over items; NaN with fewer than three.

    Of choices without an order, each answer to a case is an item, so that knowing which answers are popular counts.
    """
    sides = (pair.jurors, drawings.jurors), (pair.people, drawings.people)
    jurors, people = (group_moments(side, times, np.ones((1, len(side.weights)))).mean[:, 0] for side, times in sides)
    known = ~(np.isnan(jurors) | np.isnan(people))
    weights = np.where(known, drawings.cases[:, pair.case_of], 0.0)
    total = weights.sum(axis=1, keepdims=True)
    parts: Sequence[FloatArray] = [np.where(known, part, 0.0) for part in (jurors, people)]
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = [part - (weights * part).sum(axis=1, keepdims=True) / total for part in parts]
        covariance = (weights * centred[0] * centred[1]).sum(axis=1)
        scale = np.sqrt((weights * centred[0] ** 2).sum(axis=1) * (weights * centred[1] ** 2).sum(axis=1))
        values = np.where((scale > 1e-12) & ((weights > 0).sum(axis=1) >= 3), covariance / scale, np.nan)
    return drawings.estimate(values, _fewest(pair))
