"""Both engines under one roof: cells in, figures out, kinds of cells together, memory that does not grow with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from aggregators.resampling import bootstrap_weights
from jury.errors import StudyError
from jury.whatif.ballots import Heard
from jury.whatif.measuring import Measured, Together, measure_seated, measure_whole, shares_of_wins
from jury.whatif.rulings import BoolArray, FloatArray, Tallied, ruling
from jury.whatif.scenario import Group, Scenario
from jury.whatif.seated import ByLot, Lots, Seats, decide_seated
from jury.whatif.support import Weighting
from jury.whatif.whole import decide_whole, kind_of

__all__ = ["Bench", "Draws", "Placed"]

_MOST_SEATS = 1000
_LOTS_AT_ONCE = 2**21
_FEWEST_JURIES = 20


@dataclass(frozen=True, slots=True)
class Draws:
    """How much is drawn.

    Attributes
    ----------
    resamples : int
        Bootstraps of the panel, for scenarios that take all of it.
    panels : int
        Bootstraps of the panel, for juries drawn from it.
    juries : int
        Juries seated from each of these; fewer for large juries.
    first : int
        Juries seated from the panel as it is.
    """

    resamples: int = 1000
    panels: int = 200
    juries: int = 200
    first: int = 4000

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            if getattr(self, name) < 2:
                raise StudyError(f"{name}={getattr(self, name)}: give 2 or more")


@dataclass(frozen=True, eq=False)
class Placed:
    """Figures of some cells of one case: `places` says which."""

    places: Sequence[int]
    measured: Measured


@dataclass(eq=False)
class Bench:
    """One case, its bootstraps and lots, and the baseline that everything is compared with.

    Parameters
    ----------
    heard : Heard
    weighting : Weighting
    baseline : Scenario
    seed : SeedSequence
    draws : Draws
    groups : sequence of Group
        By which any scenario composes juries.
    seats : int
        Of the largest jury.
    """

    heard: Heard
    weighting: Weighting
    baseline: Scenario
    seed: np.random.SeedSequence
    draws: Draws
    groups: Sequence[Group]
    seats: int
    whole: Together = field(init=False)
    seated: Together = field(init=False)
    focal: int = field(init=False)
    _drawn: tuple[object, tuple[ByLot, ByLot]] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.seats > _MOST_SEATS:
            raise StudyError(f"jurors={self.seats}: at most {_MOST_SEATS}, or all for the whole panel")
        self.whole, self.seated = Together(self.draws.resamples), Together(self.draws.panels)
        streams = [np.random.default_rng(each) for each in self.seed.spawn(4)]
        self._counts = self._bootstraps(self.draws.resamples, streams[0])
        self._panels = self._bootstraps(self.draws.panels, streams[1])[1:] if self.seats else self._counts[:0]
        if self.seats:
            juries = max(_FEWEST_JURIES, min(self.draws.juries, _LOTS_AT_ONCE // (self.draws.panels * self.seats)))
            self._first = Lots.draw(1, self.draws.first, self.seats, streams[2])
            self._lots = Lots.draw(self.draws.panels, juries, self.seats, streams[3])
        self._base: Tallied | tuple[BoolArray, BoolArray] | None = None
        self.focal = self._set_baseline()

    def _bootstraps(self, many: int, rng: np.random.Generator) -> FloatArray:
        """Return (1 + b, n) how often each ballot counts: once, then as often as its juror was drawn."""
        jurors, ballot = np.unique(self.heard.rows, return_inverse=True)
        drawn = np.concatenate(list(bootstrap_weights(len(jurors), many, rng)))
        return np.concatenate([np.ones((1, len(jurors))), drawn])[:, ballot]

    def weights(self, population: str | None) -> FloatArray | None:
        """Return (n,) weights of the ballots, or None where a population's margins cannot be met."""
        factors = self.weighting.factors(population)
        if isinstance(factors, str):
            return None
        weights: FloatArray = self.heard.weights * factors[self.heard.rows]
        return weights if weights.any() else None

    def _set_baseline(self) -> int:
        """Decide the baseline, and return the alternative whose chance is followed: its verdict, m for none."""
        if self.baseline.jurors is None:
            weights = self.weights(self.baseline.population)
            if weights is None:
                raise StudyError(f"baseline: {self.weighting.factors(self.baseline.population)}")
            (_, tallied), *_ = decide_whole(self.heard, [self.baseline], self._counts * weights)
            self._base = Tallied(tallied.winners[0], tallied.standing[0])
            return int(shares_of_wins(self._base.winners[0]).argmax())
        found = self._juries(self.baseline)
        if found is None:
            raise StudyError("baseline: nobody of a group to which it gives seats is in this panel; change it")
        self._base = decide_seated(self.heard, self.baseline, found[0]), self._decided(self.baseline, found[1])
        return int(shares_of_wins(self._base[0]).mean(axis=0).argmax())

    def base_winners(self) -> BoolArray:
        """Return the (m,) mask of the baseline's verdict: the panel's, or the most frequent one of juries drawn."""
        if isinstance(self._base, Tallied):
            return np.asarray(self._base.winners[0])
        return np.asarray(np.arange(len(self.heard.alternatives)) == self.focal)

    def bootstrapped(self) -> FloatArray:
        """Return (1 + b, n) weights of the ballots under the baseline's population: the panel's, then bootstraps'."""
        weights = self.weights(self.baseline.population)
        return self._counts * (self.heard.weights if weights is None else weights)

    def verdict_shares(self, cell: Scenario, *, bootstraps: bool = True) -> tuple[FloatArray, FloatArray] | None:
        """Return shares of juries by verdict, the last for none: (m + 1,) of the panel, (r, m + 1) of bootstraps.

        Without `bootstraps` r is 0.
        """
        drawn = self._by_lot(cell)
        juries = [None] if drawn is None else [each.keeping(cell) for each in drawn[: 1 + bootstraps]]
        if any(each is None for each in juries):
            return None
        seated = [each.reshape(-1, each.shape[2]) for each in juries if each is not None]
        first = shares_of_wins(decide_seated(self.heard, cell, seated[0])).mean(axis=0)
        if not bootstraps:
            return first, np.empty((0, len(first)))
        return first, shares_of_wins(self._decided(cell, seated[1])).mean(axis=1)

    def measure(
        self, cells: Sequence[Scenario], places: Sequence[int], done: Callable[[int], None]
    ) -> Iterator[Placed]:
        """Yield the figures of cells at these places, kind by kind."""
        whole: dict[object, list[int]] = defaultdict(list)
        juries: dict[object, list[int]] = defaultdict(list)
        for place in places:
            cell = cells[place]
            (whole[kind_of(cell)] if cell.jurors is None else juries[_seating(cell)]).append(place)
        for some in whole.values():
            yield from self._measure_whole(cells, some, done)
        for some in juries.values():
            yield from self._measure_juries(cells, some, done)

    def _measure_whole(
        self, cells: Sequence[Scenario], places: Sequence[int], done: Callable[[int], None]
    ) -> Iterator[Placed]:
        weights = self.weights(cells[places[0]].population)
        if weights is None:
            done(len(places))
            return
        base = self._base if isinstance(self._base, Tallied) else None
        several = [cells[place] for place in places]
        jurors = len(np.unique(self.heard.rows))
        for part, tallied in decide_whole(self.heard, several, self._counts * weights):
            alike = np.array([_comparable(cell, self.baseline) for cell in several[part]])
            yield Placed(places[part], measure_whole(tallied, base, self.focal, self.whole, alike, jurors))
            done(len(places[part]))

    def _measure_juries(
        self, cells: Sequence[Scenario], places: Sequence[int], done: Callable[[int], None]
    ) -> Iterator[Placed]:
        found = self._juries(cells[places[0]])
        base = self._base if isinstance(self._base, tuple) else None
        if found is None:
            done(len(places))
            return
        for place in places:
            first, drawn = decide_seated(self.heard, cells[place], found[0]), self._decided(cells[place], found[1])
            yield Placed([place], measure_seated(first, drawn, base, self.focal, self.seated))
            done(1)

    def _juries(self, cell: Scenario) -> tuple[Seats, Seats] | None:
        """Return (s0, k) juries of the panel and (r * s, k) of its bootstraps, as ballots; None where it cannot be."""
        drawn = self._by_lot(cell)
        if drawn is None:
            return None
        first, again = (each.keeping(cell) for each in drawn)
        if first is None or again is None:
            return None
        return first[0], again.reshape(-1, again.shape[2])

    def _by_lot(self, cell: Scenario) -> tuple[ByLot, ByLot] | None:
        """Return juries of the panel and of its bootstraps before promises; kept, for the next cell may draw alike."""
        key = cell.jurors, cell.shares, cell.population
        if self._drawn is None or self._drawn[0] != key:
            weights = self.weights(cell.population)
            if weights is None:
                return None
            first = ByLot.draw(self.heard, cell, weights[None], self.groups, self._first)
            again = ByLot.draw(self.heard, cell, self._panels * weights, self.groups, self._lots)
            if first is None or again is None:
                return None
            self._drawn = key, (first, again)
        return self._drawn[1]

    def _decided(self, cell: Scenario, juries: Seats) -> BoolArray:
        winners = decide_seated(self.heard, cell, juries)
        return np.asarray(winners.reshape(len(self._panels), -1, winners.shape[1]))


def _seating(cell: Scenario) -> tuple[object, ...]:
    return cell.jurors, cell.shares, cell.seats, cell.quotas, cell.population


def _comparable(cell: Scenario, baseline: Scenario) -> bool:
    """Tell whether leads are in the same unit: the same rule and scale, or both shares of first places over a quota."""
    mine, other = ruling(cell.rule), ruling(baseline.rule)
    if mine.form == other.form == "verdict":
        return cell.scale == baseline.scale
    return cell.rule == baseline.rule and cell.scale == baseline.scale
