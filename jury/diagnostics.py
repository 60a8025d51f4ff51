"""Whether answers come from who was asked and what was asked, or from how it was shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jury.panel import Panel


@dataclass(frozen=True, slots=True)
class Explained:
    """Shares of the variation in utilities, within cases, that are explained by what was rated, where, and by whom.

    Attributes
    ----------
    alternative : float
        By which alternative it was.
    position : float
        By the position at which it was shown, beyond the alternative: option-order bias.
    juror : float
        By which juror rated it (leniency), beyond both.
    ratings : int
        Number of ratings behind the shares.
    """

    alternative: float
    position: float
    juror: float
    ratings: int


def explained(panel: Panel) -> Explained | None:
    """Return what explains the answers of `panel`; None where no order is known or all answers are equal.

    Shares are sequential (type I) sums of squares over the total, unweighted: alternatives first, then
    positions, then jurors. A counterbalanced order makes the first two orthogonal.
    """
    values, alternatives, positions, jurors = _ratings(panel)
    if not len(values):
        return None
    total = float((values**2).sum())
    if total <= 1e-12 * max(len(values), 1):
        return None
    shares = []
    for factor in (alternatives, positions, jurors):
        fitted = _means(values, factor)
        shares.append(float((fitted**2).sum()) / total)
        values = values - fitted
    of_alternative, of_position, of_juror = shares
    return Explained(of_alternative, of_position, of_juror, ratings=len(values))


def _ratings(
    panel: Panel,
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Return every rating less its case's mean, with codes of its alternative, position and juror."""
    values: list[NDArray[np.float64]] = []
    alternatives: list[int] = []
    positions: list[int] = []
    jurors: list[int] = []
    offset = 0
    for case in panel.cases:
        found: list[float] = []
        for vote in panel.votes.get(case.id, ()):
            if not vote.shown:
                continue
            utilities = panel.mode.utilities_of(vote.values, case)
            for column, name in enumerate(case.alternative_ids):
                if not np.isnan(utilities[column]):
                    found.append(utilities[column])
                    alternatives.append(offset + column)
                    positions.append(vote.shown.index(name))
                    jurors.append(vote.juror)
        if found:
            values.append(np.array(found) - np.mean(found))
        offset += len(case.alternatives)
    if not values:
        return np.empty(0), *(np.empty(0, dtype=np.intp) for _ in range(3))  # type: ignore[return-value]
    return np.concatenate(values), np.array(alternatives), np.array(positions), np.array(jurors)


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
        Standard deviation between the alternatives' mean utilities, within cases.
    chance : float
        Its mean when every juror's own ratings are dealt to the alternatives by lot.
    share_above : float
        Share of the deals whose spread is at least the one found. Near 0, the jury tells the alternatives apart;
        otherwise any verdict is as good as drawn by lot.
    rounds : int
        Number of deals.
    """

    spread: float
    chance: float
    share_above: float
    rounds: int


def dealt(panel: Panel, rng: np.random.Generator, rounds: int = 999) -> Dealt | None:
    """Compare the spread between alternatives with that of ratings dealt by lot; None where nothing can differ.

    Jurors without an opinion on some alternative of a case are left out of that case. Option order must have been
    counterbalanced or random: with a fixed order, position and alternative are one.
    """
    blocks = [block for block in _blocks(panel) if block.shape[0] > 1 and block.shape[1] > 1]
    if not blocks:
        return None

    def spread(deal: list[NDArray[np.float64]]) -> float:
        return float(np.sqrt(np.mean([block.mean(axis=0).var() for block in deal])))

    found = spread(blocks)
    deals = np.array([spread([rng.permuted(block, axis=1) for block in blocks]) for _ in range(rounds)])
    above = (1 + int((deals >= found * (1 - 1e-9)).sum())) / (rounds + 1)
    return Dealt(found, float(deals.mean()), above, rounds)


def _blocks(panel: Panel) -> list[NDArray[np.float64]]:
    """Return the complete ratings of each case, weighted so that a plain mean of a column is the weighted mean."""
    blocks = []
    for case in panel.cases:
        votes = panel.votes.get(case.id, ())
        rows = np.array([panel.mode.utilities_of(vote.values, case) for vote in votes])
        if not len(rows):
            continue
        weights = panel.weights[[vote.juror for vote in votes]]
        whole = ~np.isnan(rows).any(axis=1) & (weights > 0)
        rows, weights = rows[whole], weights[whole]
        if len(rows):
            blocks.append((rows - rows.mean(axis=1, keepdims=True)) * (weights / weights.mean())[:, None])
    return blocks


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
        Share of the deals by lot whose spread is at least the one found; near 0, groups really differ in their
        answers (which does not make them like people).
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
    matrix = _matrix(panel)
    _, codes = np.unique(panel.group_labels(by), return_inverse=True)
    groups = int(codes.max()) + 1
    if groups < 2 or matrix is None:
        return None
    member = np.eye(groups)[codes] * panel.weights[:, None]
    sizes = member.sum(axis=0)
    member, sizes = member[:, sizes > 0], sizes[sizes > 0]

    def spread(rows: NDArray[np.float64]) -> float:
        means = (rows.T @ matrix) / sizes[:, None]
        return float(np.average((means**2).mean(axis=1), weights=sizes))

    found = spread(member)
    dealt = np.array([spread(member[rng.permutation(len(member))]) for _ in range(rounds)])
    above = (1 + int((dealt >= found * (1 - 1e-9)).sum())) / (rounds + 1)
    return Shuffled(by, found, float(dealt.mean()), above, rounds)


def _matrix(panel: Panel) -> NDArray[np.float64] | None:
    """Return utilities (jurors, alternatives of all cases) less their column's mean; no opinion is the mean."""
    blocks = []
    for case in panel.cases:
        total = np.zeros((len(panel.weights), len(case.alternatives)))
        count = np.zeros_like(total)
        for vote in panel.votes.get(case.id, ()):
            utilities = np.array(panel.mode.utilities_of(vote.values, case))
            given = ~np.isnan(utilities)
            total[vote.juror, given] += utilities[given]
            count[vote.juror, given] += 1
        seen = count > 0
        values = np.divide(total, count, out=np.zeros_like(total), where=seen)
        means = values.sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
        blocks.append(np.where(seen, values - means, 0.0))
    return np.concatenate(blocks, axis=1) if blocks else None
