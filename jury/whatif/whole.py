"""Scenarios that take the whole panel, decided for thousands of cells and all bootstraps by one product."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jury.whatif.ballots import Heard, Points
from jury.whatif.rulings import FloatArray, Ruling, Tallied, ruling, settle_points, settle_verdicts
from jury.whatif.scenario import Group, Scenario
from personas.groups import NOT_STATED

__all__ = ["decide_rows", "decide_whole", "kind_of"]

_NUMBERS_AT_ONCE = 2**19
_HALF = 0.5
_NEAR = 1e-9

Key = tuple[object, ...]


def kind_of(cell: Scenario) -> Key:
    """Return what cells that one product can decide have in common: all but numbers."""
    found = ruling(cell.rule)
    rule = "verdict" if found.form == "verdict" else cell.rule
    shared, empowered = tuple(group for group, _ in cell.shares), tuple(group for group, _ in cell.power)
    return rule, cell.scale, shared, empowered, cell.veto, cell.double, cell.abstentions, cell.population


def decide_whole(heard: Heard, cells: Sequence[Scenario], weights: FloatArray) -> Iterator[tuple[slice, Tallied]]:
    """Decide cells of one kind, some at a time.

    Parameters
    ----------
    heard : Heard
    cells : sequence of Scenario
        Of the same `kind_of`.
    weights : (b, n) float array
        Of the ballots: those of the panel, then of its bootstraps.

    Yields
    ------
    (slice, Tallied)
        Which cells, and what was decided: arrays (c, b, m).
    """
    parts = _Parts.of(heard, cells[0])
    factors = parts.factors(cells)
    points = heard.points(ruling(cells[0].rule), cells[0].scale)
    if points is None:
        for place, cell in enumerate(cells):
            scaled = parts.scaled(weights) * factors[place][parts.codes]
            found = heard.decide(cell.rule, cell.scale, scaled)
            yield slice(place, place + 1), Tallied(found.winners[None], found.standing[None])
        return
    sums = _Sums.of(points, parts, weights)
    step = max(1, _NUMBERS_AT_ONCE // (len(weights) * len(heard.alternatives)))
    for start in range(0, len(cells), step):
        part = slice(start, min(start + step, len(cells)))
        yield part, _decided(sums, parts, factors[part], cells[part])


def decide_rows(heard: Heard, cells: Sequence[Scenario], weights: FloatArray) -> Tallied:
    """Decide each weighting (b, n) by a cell of its own, all b cells alike but for numbers; arrays (b, m)."""
    parts = _Parts.of(heard, cells[0])
    factors = parts.factors(cells)
    points = heard.points(ruling(cells[0].rule), cells[0].scale)
    if points is not None:
        found = _decided(_Sums.of(points, parts, weights), parts, factors, cells, by_row=True)
        return Tallied(found.winners[0], found.standing[0])
    scaled = parts.scaled(weights) * factors[:, parts.codes]
    shape = len(weights), len(heard.alternatives)
    told = Tallied(np.zeros(shape, dtype=np.bool_), np.full(shape, np.nan))
    names = np.array([cell.rule for cell in cells])
    for name in dict.fromkeys(names.tolist()):
        rows = names == name
        found = heard.decide(name, cells[0].scale, scaled[rows])
        told.winners[rows], told.standing[rows] = found.winners, found.standing
    return told


@dataclass(frozen=True, eq=False)
class _Parts:
    """The jurors in as few parts as a kind of cells tells apart.

    Attributes
    ----------
    codes : (n,) int array
        Part of each ballot.
    masks : Mapping of Group to (q,) bool arrays
        Which parts belong to a group.
    blocks : (q,) int array
        Of the shares: which share each part belongs to, the last for all others; None without shares.
    """

    codes: NDArray[np.intp]
    masks: dict[Group, NDArray[np.bool_]]
    second: tuple[Group, ...]
    blocks: NDArray[np.intp] | None

    @classmethod
    def of(cls, heard: Heard, cell: Scenario) -> _Parts:
        shared = [group for group, _ in cell.shares]
        second: tuple[Group, ...] = ()
        if cell.double is not None:
            labels = np.unique(heard.panel.group_labels(cell.double)[heard.rows])
            second = tuple((cell.double, str(label)) for label in labels if label != NOT_STATED)
        named = [*shared, *(group for group, _ in cell.power), *second]
        named = list(dict.fromkeys([*named, *([cell.veto] if cell.veto else [])]))
        if not named:
            return cls(np.zeros(len(heard.rows), dtype=np.intp), {}, (), None)
        table = np.stack([heard.members(group) for group in named], axis=1)
        rows, codes = np.unique(table, axis=0, return_inverse=True)
        masks = {group: rows[:, place] for place, group in enumerate(named)}
        blocks = None
        if shared:
            inside = np.stack([masks[group] for group in shared], axis=1)
            blocks = np.where(inside.any(axis=1), inside.argmax(axis=1), len(shared))
        return cls(codes.reshape(-1), masks, second, blocks)

    @property
    def count(self) -> int:
        return int(self.codes.max()) + 1

    def factors(self, cells: Sequence[Scenario]) -> FloatArray:
        """Return (c, q): by what each part's weight is multiplied."""
        found = np.ones((len(cells), self.count))
        for place, (group, _) in enumerate(cells[0].power):
            found[:, self.masks[group]] *= np.array([cell.power[place][1] for cell in cells])[:, None]
        if self.blocks is not None:
            shares = np.array([[share for _, share in cell.shares] for cell in cells])
            rest = np.maximum(0.0, 1.0 - shares.sum(axis=1, keepdims=True))
            found *= np.concatenate([shares, rest], axis=1)[:, self.blocks]
        return found

    def totals(self, weights: FloatArray) -> FloatArray:
        """Return (b, q) weight of each part."""
        return np.asarray(weights @ np.equal.outer(self.codes, np.arange(self.count)).astype(float))

    def norms(self, totals: FloatArray) -> FloatArray:
        """Return (b, q) by which a part's weight is divided, so that shares of groups are what they are to be."""
        if self.blocks is None:
            return np.ones_like(totals)
        of_block = totals @ np.equal.outer(self.blocks, np.arange(int(self.blocks.max()) + 1)).astype(float)
        norms: FloatArray = of_block[:, self.blocks]
        return np.asarray(np.where(norms > 0, norms, 1.0), dtype=np.float64)

    def scaled(self, weights: FloatArray) -> FloatArray:
        """Return (b, n) weights, divided by what their block weighs."""
        if self.blocks is None:
            return weights
        return weights / self.norms(self.totals(weights))[:, self.codes]


@dataclass(frozen=True, eq=False)
class _Sums:
    """Sums over the ballots of each part under b weightings: points (b, q, m), known weight (b, q, k), all (b, q)."""

    found: FloatArray
    known: FloatArray
    total: FloatArray

    @classmethod
    def of(cls, points: Points, parts: _Parts, weights: FloatArray) -> _Sums:
        total = parts.totals(weights)
        norms = parts.norms(total)
        known = points.known[:, :1] if points.complete else points.known
        sums = [
            np.stack([weights[:, rows] @ each[rows] for rows in _rows(parts)], axis=1) / norms[..., None]
            for each in (points.values, known.astype(float))
        ]
        return cls(sums[0], sums[1], total / norms)


def _rows(parts: _Parts) -> Iterator[NDArray[np.intp]]:
    for part in range(parts.count):
        yield np.flatnonzero(parts.codes == part)


def _decided(
    sums: _Sums, parts: _Parts, factors: FloatArray, cells: Sequence[Scenario], *, by_row: bool = False
) -> Tallied:
    """Return what cells decide: arrays (c, b, m), or (1, b, m) where each weighting has a cell of its own."""
    found: Ruling = ruling(cells[0].rule)
    points, known, total = (
        _added(factors, each, by_row=by_row) for each in (sums.found, sums.known, sums.total[..., None])
    )
    if found.form == "verdict":
        return _verdicts(sums, parts, factors, cells, (points, known[..., :1], total), by_row=by_row)
    by = total if found.form == "sum" else known
    with np.errstate(invalid="ignore", divide="ignore"):
        scores = np.where(by > 0, points / by, np.nan)
    return settle_points(np.exp(scores) if found.form == "log" else scores)


def _added(factors: FloatArray, sums: FloatArray, *, by_row: bool) -> FloatArray:
    if by_row:
        return np.asarray(np.einsum("bq,bqm->bm", factors, sums))[None]
    return np.asarray(np.tensordot(factors, sums, axes=(1, 1)))


def _verdicts(
    sums: _Sums,
    parts: _Parts,
    factors: FloatArray,
    cells: Sequence[Scenario],
    counted: tuple[FloatArray, FloatArray, FloatArray],
    *,
    by_row: bool,
) -> Tallied:
    first, (votes, voted, total) = cells[0], counted
    by = voted if first.abstentions == "ignored" else total
    rulings = [ruling(cell.rule) for cell in cells]
    shape = (1, -1, 1) if by_row else (-1, 1, 1)
    quota = np.array([each.quota for each in rulings]).reshape(shape)
    strict = np.array([each.strict for each in rulings]).reshape(shape)
    quorum = np.array([cell.quorum for cell in cells]).reshape(shape)
    stands = np.broadcast_to(voted >= quorum * total - _NEAR * np.maximum(total, 1.0), votes.shape)
    for group, blocks in _hurdles(first, parts):
        some = factors * parts.masks[group]
        theirs = _added(some, sums.known[..., :1], by_row=by_row)
        share = _added(some, sums.found, by_row=by_row) / np.where(theirs > 0, theirs, 1.0)
        fine = share >= _HALF - _NEAR if blocks == "veto" else share > _HALF + _NEAR
        stands = stands & (fine | (theirs <= 0))
    return settle_verdicts(votes / np.where(by > 0, by, 1.0), quota, strict, stands)


def _hurdles(cell: Scenario, parts: _Parts) -> Iterator[tuple[Group, str]]:
    if cell.veto is not None:
        yield cell.veto, "veto"
    for group in parts.second:
        yield group, "double"
