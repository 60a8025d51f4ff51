"""Whether answers come from who was asked and what was asked, or from how it was shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from jury.drawing import MODEL
from jury.panel import Panel
from jury.rated import UNKNOWN, rated

_AT_ONCE = 2**20  # jurors, or utilities, of the groups that are looked at together


@dataclass(frozen=True, slots=True)
class Share:
    """How much of the variation of ratings one thing explains, and how much of pure noise it would."""

    found: float
    by_chance: float


@dataclass(frozen=True, slots=True)
class Explained:
    """Shares of the variation in utilities, within cases, that are explained by what was rated, where, and by whom.

    Attributes
    ----------
    alternative : Share
        By which alternative it was.
    position : Share or None
        By the position at which it was shown (of a pair, first or second), beyond the alternative: option-order bias.
        None when the order was fixed, for then position and alternative are one, or is not known.
    juror : Share or None
        By which juror rated it (leniency), beyond the others. None where answers only compare alternatives, as choices
        and rankings do: nobody can be lenient then.
    ratings : int
        Number of ratings behind the shares; of a pair, either side is one.
    label : Share or None
        By the label under which it was shown, beyond alternative and position. None unless labels were varied, for
        then label and position are one, or are not known.
    model : Share or None
        By which model answered, in general and about this alternative, beyond alternative, position and label. None
        where one model played all jurors.
    """

    alternative: Share
    position: Share | None
    juror: Share | None
    ratings: int
    label: Share | None = None
    model: Share | None = None


def explained(panel: Panel) -> Explained | None:
    """Return what explains the answers of `panel`; None where all answers are equal.

    Shares are of the total sum of squares about the cases' means, unweighted: alternatives first, then positions,
    labels, models and jurors, each fitted to what the ones before left. A counterbalanced order makes the first two
    orthogonal.

    Notes
    -----
    By chance is what independent noise would give. Ratings that are free of each other share it by degrees of freedom:
    levels less one, over all of them. Where utilities of what is judged together have a fixed total, as of choices, the
    noise of one is made up by the others, and a factor whose levels each occur once among them explains levels over
    ratings. Labels, which are dealt by lot over alternatives and positions, do so of what these leave. Validation: the
    tests compare this with the mean over simulated noise, in every mode.
    """
    ratings = _ratings(panel)
    values = ratings.values
    total = float((values**2).sum())
    cases = len(np.unique(ratings.cases))
    if len(values) <= cases or total <= 1e-12 * len(values):
        return None
    left = values

    def share_of(factor: NDArray[np.intp], *, fitted_before: int = 1, crosses: int = 0) -> Share:
        """Return the share of a factor with as many levels' worth in what was fitted before; `crosses` alternatives."""
        nonlocal left
        fitted = _means(left, factor)
        left = left - fitted
        levels = len(np.unique(factor))
        if panel.mode.relative:
            chance = (levels - crosses) / len(values)
        else:
            chance = (levels - (crosses or fitted_before)) / (len(values) - cases)
        return Share(float((fitted**2).sum()) / total, min(chance, 1.0))

    alternative = share_of(ratings.alternatives, fitted_before=cases)
    position = share_of(ratings.positions) if ratings.ordered else None
    label = share_of(ratings.labels) if ratings.labelled else None
    if label is not None:
        taken = alternative.by_chance + (0.0 if position is None else position.by_chance)
        label = Share(label.found, label.by_chance * max(1.0 - taken, 0.0))
    models = _models(panel)
    model = None
    if models is not None:
        cells = models[ratings.jurors] * (int(ratings.alternatives.max()) + 1) + ratings.alternatives
        model = share_of(cells, crosses=len(np.unique(ratings.alternatives)))
    played = 1 if models is None else len(np.unique(models))
    return Explained(
        alternative=alternative,
        position=position,
        label=label,
        model=model,
        juror=None if panel.mode.relative else share_of(ratings.jurors, fitted_before=played),
        ratings=len(values),
    )


def _models(panel: Panel) -> NDArray[np.intp] | None:
    """Return a code of the model that played each juror, None where it was one for all, or no model."""
    if panel.drawn is None or MODEL not in panel.jurors:
        return None
    names, codes = np.unique(panel.jurors[MODEL].to_numpy(dtype=str), return_inverse=True)
    return codes if len(names) > 1 else None


@dataclass(frozen=True, slots=True)
class _Ratings:
    """Every rating less its case's mean, with codes of what it is of; position and label are 0 if not known."""

    values: NDArray[np.float64]
    cases: NDArray[np.intp]
    alternatives: NDArray[np.intp]
    positions: NDArray[np.intp]
    labels: NDArray[np.intp]
    jurors: NDArray[np.intp]
    ordered: bool  # whether every position is known, and told apart from the alternative
    labelled: bool  # whether every label is known, and told apart from the position

    def unplaced(self) -> NDArray[np.float64]:
        """Return the ratings less what the position at which an alternative was shown adds.

        Estimated beside the alternatives, so that neither takes what is the other's where the order is not balanced.
        """
        if not self.ordered:
            return self.values
        rest = self.values - _means(self.values, self.alternatives)
        left: NDArray[np.float64] = self.values - _means(rest, self.positions)
        return left


def _ratings(panel: Panel) -> _Ratings:
    return panel.derived(_read)


def _read(panel: Panel) -> _Ratings:
    found, mode = rated(panel), panel.mode
    counts = np.bincount(found.cases, minlength=len(panel.cases))
    ends = np.cumsum(counts)
    values = found.values.copy()
    for start, end in zip(ends - counts, ends, strict=True):
        if end > start:
            values[start:end] -= np.mean(values[start:end])
    sizes = np.array([len(case.alternatives) for case in panel.cases], dtype=np.intp)
    first = np.cumsum(sizes) - sizes
    return _Ratings(
        values,
        found.cases,
        first[found.cases] + found.alternatives,
        np.maximum(found.positions, 0),
        np.maximum(found.labels, 0),
        found.jurors,
        mode.order != "fixed" and bool((found.positions != UNKNOWN).all()),
        mode.labels == "varied" and bool((found.labels != UNKNOWN).all()),
    )


def _means(values: NDArray[np.float64], codes: NDArray[np.intp]) -> NDArray[np.float64]:
    count = np.bincount(codes)
    means = np.divide(np.bincount(codes, values), count, out=np.zeros(len(count)), where=count > 0)
    fitted: NDArray[np.float64] = means[codes]
    return fitted


@dataclass(frozen=True, slots=True)
class Dealt:
    """How far apart the alternatives are, against ratings dealt to alternatives by lot.

    Attributes
    ----------
    spread : float
        Standard deviation between the alternatives' weighted mean utilities, within cases, position effects removed.
    chance : float
        Its mean when every juror's own ratings are dealt to the alternatives by lot.
    share_above : float
        Permutation p-value, (1 + deals with at least the spread found) / (1 + rounds). Near 0, the jury tells the
        alternatives apart; otherwise any verdict is as good as drawn by lot.
    rounds : int
        Number of deals.
    """

    spread: float
    chance: float
    share_above: float
    rounds: int


def dealt(panel: Panel, rng: np.random.Generator, rounds: int = 999) -> Dealt | None:
    """Compare the spread between alternatives with that of ratings dealt by lot.

    The unit that is dealt is a juror: replicates are averaged first, so that asking the same juror again is no new
    evidence. What the position at which an alternative was shown adds is taken out before, or the noise that it
    makes in every juror's own ratings would hide differences that the counterbalanced order lets through.

    Returns
    -------
    Dealt or None
        None where nothing can differ, and where the order was fixed or is not known: position and alternative cannot
        be told apart then. Jurors without an opinion on some alternative of a case are left out of that case.
    """
    ratings = _ratings(panel)
    blocks = _blocks(panel, ratings)
    if not blocks or not ratings.ordered:
        return None

    stacks = _stacked(blocks)
    found = _apart(stacks)
    deals = np.array([_apart([(rng.permuted(rows, axis=1), starts) for rows, starts in stacks]) for _ in range(rounds)])
    above = (1 + int((deals >= found * (1 - 1e-9)).sum())) / (rounds + 1)
    return Dealt(found, float(deals.mean()), above, rounds)


_Stack = tuple[NDArray[np.float64], NDArray[np.intp]]


def _stacked(blocks: list[NDArray[np.float64]]) -> list[_Stack]:
    """Return blocks that follow each other and have as many columns as one, with the row at which each starts."""
    stacks = []
    for _, run in groupby(blocks, key=lambda block: block.shape[1]):
        same = list(run)
        lengths = np.array([len(block) for block in same], dtype=np.intp)
        stacks.append((np.concatenate(same), np.cumsum(lengths) - lengths))
    return stacks


def _apart(stacks: list[_Stack]) -> float:
    """Return the standard deviation between the means of the columns, within blocks."""
    variances = []
    for rows, starts in stacks:
        lengths = np.diff(starts, append=len(rows))
        variances.append((np.add.reduceat(rows, starts, axis=0) / lengths[:, None]).var(axis=1))
    return float(np.sqrt(np.mean(np.concatenate(variances))))


def _blocks(panel: Panel, ratings: _Ratings) -> list[NDArray[np.float64]]:
    """Return each case's complete rows, one a juror, weighted so that a column's plain mean is the weighted mean."""
    blocks = []
    for means in _by_juror(panel, ratings):
        whole = ~np.isnan(means).any(axis=1) & (panel.weights > 0)
        if whole.sum() > 1 and means.shape[1] > 1:
            rows = means[whole]
            blocks.append((rows - rows.mean(axis=1, keepdims=True)) * _relative(panel.weights[whole]))
    return blocks


def _by_juror(panel: Panel, ratings: _Ratings) -> Iterator[NDArray[np.float64]]:
    """Yield for each case the mean over replicates of what each juror gave each alternative, NaN for nothing."""
    sizes = [len(case.alternatives) for case in panel.cases]
    total, count = np.zeros((2, len(panel.weights), sum(sizes)))
    cells = (ratings.jurors, ratings.alternatives)
    np.add.at(total, cells, ratings.unplaced())
    np.add.at(count, cells, 1)
    means = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    yield from np.split(means, np.cumsum(sizes)[:-1], axis=1)


def _relative(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    column: NDArray[np.float64] = (weights / weights.mean())[:, None]
    return column


@dataclass(frozen=True, slots=True)
class Shuffled:
    """How far the groups of `by` differ, against groups drawn by lot.

    Attributes
    ----------
    by : str
    spread : float
        Variance between the groups' mean utilities over all alternatives, on the squared scale.
    chance : float
        Its mean when the jurors are dealt into groups of the same sizes by lot.
    share_above : float
        Permutation p-value, (1 + deals with at least the spread found) / (1 + rounds); near 0, groups really differ
        in their answers (which does not make them like people).
    rounds : int
        Number of deals.
    """

    by: str
    spread: float
    chance: float
    share_above: float
    rounds: int


def shuffled(panel: Panel, by: str, rng: np.random.Generator, rounds: int = 999) -> Shuffled | None:
    """Compare the spread between the groups of `by` with that of groups dealt by lot; None with one group only.

    Raises
    ------
    RunError
        For an unknown attribute.
    """
    _, codes = np.unique(panel.group_labels(by), return_inverse=True)
    groups = int(codes.max()) + 1
    blocks = list(_by_juror(panel, _ratings(panel)))
    if groups < 2 or not blocks:
        return None
    weights = panel.weights
    matrix = np.concatenate([_centred(block, weights) for block in blocks], axis=1) * weights[:, None]

    def spreads(labels: NDArray[np.intp]) -> NDArray[np.float64]:
        # Each juror keeps weight and answers together; only the groups are dealt.
        member = (labels[:, None] == np.arange(groups)[:, None]).astype(float).reshape(-1, len(weights))
        sizes = (member @ weights)[:, None]
        means = np.divide(member @ matrix, sizes, out=np.zeros((len(member), matrix.shape[1])), where=sizes > 0)
        squares = (means**2).mean(axis=1).reshape(-1, groups)
        return np.asarray(np.average(squares, axis=1, weights=sizes.reshape(-1, groups)))

    found = float(spreads(codes[None])[0])
    step = max(1, _AT_ONCE // (groups * max(matrix.shape)))
    dealt = (np.array([rng.permutation(codes) for _ in range(min(step, rounds - at))]) for at in range(0, rounds, step))
    deals = np.concatenate([spreads(labels) for labels in dealt])
    above = (1 + int((deals >= found * (1 - 1e-9)).sum())) / (rounds + 1)
    return Shuffled(by, found, float(deals.mean()), above, rounds)


def _centred(block: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return `block` less its columns' weighted means; no opinion is that mean."""
    seen = ~np.isnan(block)
    mass = np.where(seen, weights[:, None], 0.0)
    total = mass.sum(axis=0)
    sums = (mass * np.where(seen, block, 0.0)).sum(axis=0)
    means = np.divide(sums, total, out=np.zeros_like(total), where=total > 0)
    return np.where(seen, block - means, 0.0)
