"""Juries drawn from the panel, by the same lots in every scenario, so that two differ by what was changed alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jury.whatif.ballots import Heard
from jury.whatif.rulings import BoolArray, FloatArray, ruling, settle_points, settle_verdicts
from jury.whatif.scenario import Group, Scenario
from personas.groups import NOT_STATED

__all__ = ["ByLot", "Lots", "Seats", "decide_seated", "seat"]

Seats = NDArray[np.intp]
_HALF = 0.5
_NEAR = 1e-9


@dataclass(frozen=True, eq=False)
class Lots:
    """Uniform numbers that seat s juries from each of r panels: which group, who of it, and the same for who instead.

    Attributes
    ----------
    group, member, other_group, other_member : (r, s, k) float arrays
    """

    group: FloatArray
    member: FloatArray
    other_group: FloatArray
    other_member: FloatArray

    @classmethod
    def draw(cls, panels: int, juries: int, seats: int, rng: np.random.Generator) -> Lots:
        """Draw lots for juries of up to so many seats."""
        return cls(*rng.random((4, panels, juries, seats)))

    def first(self, seats: int) -> Lots:
        """Return the lots of smaller juries: those of the first seats."""
        return Lots(*(getattr(self, name)[..., :seats] for name in self.__dataclass_fields__))


@dataclass(frozen=True, eq=False)
class _Pool:
    """Ballots in the order of their parts, with running shares of each panel's weight.

    A panel's running shares are raised by its number, so that one search finds the ballots of all panels.
    """

    order: Seats
    running: FloatArray
    ends: Seats

    @classmethod
    def of(cls, weights: FloatArray, codes: Seats, parts: int) -> _Pool:
        order = np.argsort(codes, kind="stable")
        summed = np.cumsum(weights[:, order], axis=1)
        running = np.concatenate([np.zeros((len(weights), 1)), summed / summed[:, -1:]], axis=1)
        ends = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=parts))])
        return cls(order, running + np.arange(len(weights))[:, None], ends)

    def masses(self) -> FloatArray:
        """Return the (r, q) share of each part in the weight of each panel."""
        return np.diff(self.running[:, self.ends], axis=1)

    def pick(self, shares: FloatArray, panel: Seats, group: FloatArray, member: FloatArray) -> Seats:
        """Return ballots of panels: one uniform number chooses a part by shares (r, q), one a member by weight."""
        edges = np.cumsum(shares, axis=1)
        edges /= edges[:, -1:]
        part = np.zeros(group.shape, dtype=np.intp)
        for edge in range(shares.shape[1] - 1):
            part += group >= edges[panel, edge]
        low, high = self.running[panel, self.ends[part]], self.running[panel, self.ends[part + 1]]
        # Never the end itself, which would be the first of the next part.
        target = np.minimum(low + member * (high - low), np.nextafter(high, low))
        found = np.searchsorted(self.running.reshape(-1), target, side="right") - 1
        seated: Seats = self.order[np.minimum(found - panel * self.running.shape[1], len(self.order) - 1)]
        return seated


@dataclass(frozen=True, eq=False)
class ByLot:
    """Juries drawn by lot from r panels, before any seat is promised to a group.

    Attributes
    ----------
    jury : (r, s, k) int array
        The jurors' ballots.
    codes : (n,) int array
        The part to which each ballot belongs, of q parts into which the groups divide the panel.
    masks : dict of Group to (q,) bool array
    shares, masses : (r, q) float arrays
        Share of each part in the lots, and in each panel.
    """

    jury: Seats
    codes: Seats
    masks: dict[Group, BoolArray]
    shares: FloatArray
    masses: FloatArray
    pool: _Pool
    lots: Lots

    @classmethod
    def draw(
        cls, heard: Heard, cell: Scenario, weights: FloatArray, groups: Sequence[Group], lots: Lots
    ) -> ByLot | None:
        """Draw them with replacement and by weight; None if a panel holds nobody of a group that is to have a share."""
        lots = lots.first(cell.jurors or lots.group.shape[-1])
        codes, masks = _parts(heard, groups)
        pool = _Pool.of(weights, codes, int(codes.max()) + 1)
        masses = pool.masses()
        shares = _shares(cell, masks, masses)
        if shares is None:
            return None
        panel = np.broadcast_to(np.arange(len(weights))[:, None, None], lots.group.shape)
        jury = pool.pick(shares, panel, lots.group, lots.member)
        return cls(jury, codes, masks, shares, masses, pool, lots)

    def keeping(self, cell: Scenario) -> Seats | None:
        """Return the juries with a scenario's promises kept; None if a panel holds nobody to keep them with."""
        promised = [(name, number, False) for name, number in cell.seats] + [(name, n, True) for name, n in cell.quotas]
        return _kept(promised, self) if promised else self.jury


def seat(heard: Heard, cell: Scenario, weights: FloatArray, groups: Sequence[Group], lots: Lots) -> Seats | None:
    """Return the (r, s, k) ballots of the jurors on juries, or None if a panel holds nobody of a group to be seated.

    Jurors are drawn with replacement, by weight: the panel stands for the people that it was drawn from.

    Parameters
    ----------
    heard : Heard
    cell : Scenario
    weights : (r, n) array
        Of the ballots, in each of r panels.
    groups : sequence of Group
        All groups that any scenario composes juries by, so that the same lots find the same people in every one.
    lots : Lots
    """
    drawn = ByLot.draw(heard, cell, weights, groups, lots)
    return None if drawn is None else drawn.keeping(cell)


def _kept(promised: list[tuple[Group, int, bool]], drawn: ByLot) -> Seats | None:
    """Exchange as few jurors as the promises take, from the last seat on."""
    jury, shares, masses = drawn.jury, drawn.shares, drawn.masses
    seats, rest = jury.shape[2], len(promised)
    level = np.full(masses.shape[1], rest)
    for place, (name, _, _) in enumerate(promised):
        level[drawn.masks[name]] = place
    levels = level[drawn.codes]
    least = np.array([number for _, number, _ in promised] + [0])
    most = np.array([number if exact else seats for _, number, exact in promised] + [seats])
    for place in range(rest):  # first those who are too many make room ...
        others = shares * ((level == rest) | (most[level] > least[level]))
        jury = _exchange(jury, levels, place, most, others, drawn, surplus=True)
    for place in range(rest):  # ... then those who are too few are seated
        own = np.where(level == place, shares, 0.0)
        own = np.where(own.sum(axis=1, keepdims=True) > 0, own, np.where(level == place, masses, 0.0))
        if least[place] and (own.sum(axis=1) <= 0).any():
            return None
        jury = _exchange(jury, levels, place, least, own, drawn, surplus=False)
    return jury


def _exchange(
    jury: Seats,
    levels: Seats,
    place: int,
    bound: Seats,
    shares: FloatArray,
    drawn: ByLot,
    *,
    surplus: bool,
) -> Seats:
    """Bring each jury's number of jurors of level `place` to its bound, from above (`surplus`) or from below.

    The last seats change hands first, and nobody goes whose own group would then have fewer seats than it was promised.
    """
    seated = levels[jury]
    here = seated == place
    counts = here.sum(axis=2)
    wanted = counts - bound[place] if surplus else bound[place] - counts
    wanted = np.where(shares.sum(axis=1)[:, None] > 0, wanted, 0)
    if (wanted <= 0).all():
        return jury
    if surplus:
        may_go = here
    else:
        may_go = np.zeros(here.shape, dtype=np.bool_)
        for each in range(len(bound)):
            if each != place:
                theirs = seated == each
                may_go |= theirs & (_from_last(theirs) <= (theirs.sum(axis=2) - bound[each])[..., None])
    where = np.nonzero(may_go & (_from_last(may_go) <= wanted[..., None]))
    found = jury.copy()
    who = drawn.lots.other_group[where], drawn.lots.other_member[where]
    found[where] = drawn.pool.pick(shares, where[0], *who)
    return found


def _from_last(chosen: BoolArray) -> Seats:
    """Return, of each seat, how many chosen ones there are from it to the last."""
    return np.asarray(np.cumsum(chosen[..., ::-1], axis=2)[..., ::-1], dtype=np.intp)


def _parts(heard: Heard, groups: Sequence[Group]) -> tuple[Seats, dict[Group, BoolArray]]:
    if not groups:
        return np.zeros(len(heard.rows), dtype=np.intp), {}
    table = np.stack([heard.members(group) for group in groups], axis=1)
    rows, codes = np.unique(table, axis=0, return_inverse=True)
    return codes.reshape(-1), {group: rows[:, place] for place, group in enumerate(groups)}


def _shares(cell: Scenario, masks: dict[Group, BoolArray], masses: FloatArray) -> FloatArray | None:
    """Return the (r, q) share of each part in the lots, or None where a group that is to have one has nobody."""
    if not cell.shares:
        return masses
    shares, rest = np.zeros_like(masses), np.ones(masses.shape[1], dtype=np.bool_)
    for group, share in cell.shares:
        own = np.where(masks[group], masses, 0.0)
        there = own.sum(axis=1, keepdims=True)
        if share > 0:
            if (there <= 0).any():
                return None
            shares += share * own / there
        rest &= ~masks[group]
    left = 1.0 - sum(share for _, share in cell.shares)
    others = np.where(rest, masses, 0.0)
    there = others.sum(axis=1, keepdims=True)
    if left > _NEAR:
        if (there <= 0).any() and not shares.any():
            return None
        shares += left * others / np.where(there > 0, there, 1.0)
    return shares


def decide_seated(heard: Heard, cell: Scenario, jury: Seats) -> BoolArray:
    """Return the (s, m) winners of juries that were seated so."""
    power = np.ones(len(heard.rows))
    for group, factor in cell.power:
        power[heard.members(group)] *= factor
    found = ruling(cell.rule)
    points = heard.points(found, cell.scale)
    if points is None:
        counts = np.zeros((len(jury), len(heard.rows)))
        np.add.at(counts, (np.arange(len(jury))[:, None], jury), 1.0)
        return heard.decide(cell.rule, cell.scale, counts * power).winners
    table = points.values * power[:, None]
    said = points.known * power[:, None]
    sums, known = _added(table, jury), _added(said, jury)
    if found.form != "verdict":
        with np.errstate(invalid="ignore", divide="ignore"):
            scores = sums if found.form == "sum" else np.where(known > 0, sums / known, np.nan)
        return settle_points(np.where(known.any(axis=1, keepdims=True), scores, np.nan)).winners
    voted = known[:, :1]
    total = _added(power[:, None], jury)
    stands = np.broadcast_to(voted >= cell.quorum * total - _NEAR, sums.shape)
    for group, blocks in _hurdles(heard, cell):
        seated = heard.members(group)[:, None]
        theirs = _added(said[:, :1] * seated, jury)
        share = _added(table * seated, jury) / np.where(theirs > 0, theirs, 1.0)
        fine = share >= _HALF - _NEAR if blocks == "veto" else share > _HALF + _NEAR
        stands = stands & (fine | (theirs <= 0))
    by = voted if cell.abstentions == "ignored" else total
    return settle_verdicts(sums / np.where(by > 0, by, 1.0), found.quota, found.strict, stands).winners


def _added(table: FloatArray, jury: Seats) -> FloatArray:
    """Return (s, c) sums of the rows of a table (n, c) over each jury, one seat at a time to save memory."""
    found = np.zeros((len(jury), table.shape[1]))
    for place in range(jury.shape[1]):
        found += table[jury[:, place]]
    return found


def _hurdles(heard: Heard, cell: Scenario) -> list[tuple[Group, str]]:
    hurdles: list[tuple[Group, str]] = [(cell.veto, "veto")] if cell.veto is not None else []
    if cell.double is not None:
        labels = np.unique(heard.panel.group_labels(cell.double)[heard.rows])
        hurdles += [((cell.double, str(label)), "double") for label in labels if label != NOT_STATED]
    return hurdles
