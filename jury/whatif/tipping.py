"""Tipping points: from which value on the verdict is another, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jury.errors import StudyError
from jury.estimates import LEVEL
from jury.panel import Panel
from jury.whatif.ballots import Heard, heard_cases
from jury.whatif.engine import Bench, Draws
from jury.whatif.grid import baseline_of, scenario
from jury.whatif.keys import OF_GROUPS, split_group
from jury.whatif.rulings import BoolArray, FloatArray
from jury.whatif.scenario import Scenario
from jury.whatif.support import FEW, Weighting, backing
from jury.whatif.tipped import TippingPoint
from jury.whatif.whole import decide_rows

if TYPE_CHECKING:
    from jury.run import Run

__all__ = ["TippingPoint", "tipping_point"]

#: Where a key is looked at, unless a range is given.
RANGES = {
    "share": (0.0, 1.0),
    "power": (0.0, 10.0),
    "threshold": (0.5, 1.0),
    "alpha": (0.0, 10.0),
    "quorum": (0.0, 1.0),
}
_STEPS = 40  # of the grid that looks for the first flip, and tells whether there are several
_HALVINGS = 14
_OFF = (3 - math.sqrt(5)) / 2  # of a step
_WIDE_JURY = 60


def tipping_point(
    source: Run | Panel,
    key: str,
    *,
    baseline: Mapping[str, Any] | Sequence[str] = (),
    rule: str | None = None,
    cases: Sequence[str] | None = None,
    within: tuple[float, float] | None = None,
    few: int = FEW,
    resamples: int = 500,
    rng: np.random.Generator | None = None,
) -> tuple[TippingPoint, ...]:
    """Find from which value of a key on the verdict is another than at the start of its range.

    Parameters
    ----------
    source : Run or Panel
    key : str
        ``share:race=Black``, ``power:race=Black``, ``threshold``, ``alpha``, ``quorum``; or ``seats:race=Black``, with
        the number of jurors in `baseline`.
    baseline : mapping or sequence of str
        What else is other than it is: ``["rule=supermajority:q=2/3"]``, ``["jurors=12"]``.
    rule : str, optional
        What decides where `baseline` does not say.
    cases : sequence of str, optional
    within : (float, float), optional
        The range to look at.
    few : int
        A group of fewer jurors with an opinion is not extrapolated from.
    resamples : int
        Bootstraps of the panel's jurors.
    rng : Generator, optional
        By default seeded with 0.

    Returns
    -------
    tuple of TippingPoint
        One a case. Of seats, the least number with which most juries drawn have another verdict.

    Raises
    ------
    StudyError, RunError
        For what cannot be asked.

    Notes
    -----
    A grid of 41 values looks for the first change, which is then halved down to 2e-6 of the range; a verdict that
    changes twice between two values of the grid is missed. In a bootstrap, what is looked for is the first value at
    which the verdict is not the panel's own at the start: the start itself if it is none there, infinity if there is
    no such value.

    Examples
    --------
    >>> from jury.panels.base import Builder
    >>> builder = Builder("a survey")
    >>> builder.case("q", "Yes or no?", ["yes", "no"])
    >>> for number in range(200):
    ...     rater = builder.rater(f"r{number}", {"side": "ab"[number % 2]})
    ...     builder.rating(rater, "q", {"choice": "yes" if number % 2 == 0 and number >= 40 else "no"})
    >>> (found,) = tipping_point(builder.panel(), "share:side=a", rule="majority")
    >>> found.before, found.after, round(found.value, 4)  # 80 % of side a say yes, and nobody else
    ('no', 'yes', 0.625)
    """
    panel, decides = (source, rule) if isinstance(source, Panel) else (source.panel(), rule)
    if decides is None:
        decides = panel.mode.default_rules[0] if isinstance(source, Panel) else source.study.rule_names()[0]
    against = baseline_of(baseline, {}, decides)
    word = key.partition(":")[0]
    generator = np.random.default_rng(0) if rng is None else rng
    heard = heard_cases(panel, cases)
    seeds = generator.bit_generator.seed_seq.spawn(len(heard))  # type: ignore[attr-defined]
    weighting = Weighting(panel, ())
    if word == "seats":
        return tuple(
            _seats(each, key, against, weighting, few, resamples, seed) for each, seed in zip(heard, seeds, strict=True)
        )
    if word not in RANGES or (word in OF_GROUPS) != (":" in key):
        known = "share:GROUP, power:GROUP, seats:GROUP, threshold, alpha, quorum"
        raise StudyError(f"tipping point of {key!r}: not a key with a range; give one of {known}")
    if against.jurors is not None:
        raise StudyError(f"tipping point of {key}: is found for the whole panel; leave jurors={against.jurors} out")
    start, end = within or RANGES[word]
    if not start < end:
        raise StudyError(f"within=({start:g}, {end:g}): give a start and a larger end")

    def at(value: float) -> Scenario:
        settings = {name: given for name, given in against.settings.items() if not (word in _RULES and name in _RULES)}
        return scenario({**settings, key: value}, decides)

    return tuple(
        _point(each, key, (start, end), at, Bench(each, weighting, at(start), seed, Draws(resamples), (), 0), few)
        for each, seed in zip(heard, seeds, strict=True)
    )


_RULES = ("rule", "threshold", "alpha")


def _point(
    heard: Heard, key: str, within: tuple[float, float], at: Callable[[float], Scenario], bench: Bench, few: int
) -> TippingPoint:
    start, end = within
    everybody = heard.behind(np.ones(len(heard.rows), dtype=np.bool_))
    _, note = backing(heard, at((start + end) / 2), few)
    if note:
        return TippingPoint(key, heard.case, start, end, jurors=everybody, note=note)
    weights = bench.bootstrapped()
    # Verdicts of whole sets of winners, told apart by numbers.
    power = 2.0 ** np.arange(len(heard.alternatives))

    def verdicts(values: FloatArray, rows: NDArray[np.intp]) -> FloatArray:
        cells = [at(float(value)) for value in values]
        return np.asarray(decide_rows(heard, cells, weights[rows]).winners @ power)

    all_rows = np.arange(len(weights))
    grid = np.linspace(start, end, _STEPS + 1)
    # Off round numbers, at which votes tie that tie nowhere near them.
    grid[1:-1] += _OFF * (grid[1] - grid[0])
    codes = np.stack([verdicts(np.full(len(weights), value), all_rows) for value in grid], axis=1)
    own = codes[0, 0]
    left = codes != own
    found = _halved(left, grid, lambda values, rows: verdicts(values, rows) != own)
    value = float(found[0])
    after = codes[0, int(left[0].argmax())] if math.isfinite(value) else own
    low, high = _interval(found[1:], everybody)
    return TippingPoint(
        key,
        heard.case,
        start,
        end,
        before=_verdict(own, heard),
        after=_verdict(after, heard),
        value=value,
        low=low,
        high=high,
        flips=float(np.isfinite(found[1:]).mean()),
        changes=int(np.count_nonzero(np.diff(codes[0]))),
        present=_present(heard, key),
        resamples=len(found) - 1,
        jurors=everybody,
    )


def _halved(
    left: BoolArray, grid: FloatArray, is_left: Callable[[FloatArray, NDArray[np.intp]], BoolArray]
) -> FloatArray:
    """Return the first value at which each row has left the verdict at the start, by halving the step of the grid."""
    found = np.full(len(left), np.inf)
    found[left[:, 0]] = grid[0]
    rows = np.flatnonzero(left.any(axis=1) & ~left[:, 0])
    if rows.size:
        first = left[rows].argmax(axis=1)
        below, above = grid[first - 1], grid[first]
        for _ in range(_HALVINGS):
            middle = (below + above) / 2
            past = is_left(middle, rows)
            below, above = np.where(past, below, middle), np.where(past, middle, above)
        found[rows] = above
    return found


def _interval(draws: FloatArray, count: int) -> tuple[float, float]:
    """Return the ends of the percentile interval, values among the draws, so that infinity stays infinity."""
    from scipy import special

    if count < 2:
        return math.nan, math.nan
    reach = np.sqrt(count / (count - 1)) * float(special.stdtrit(count - 1, (1 + LEVEL) / 2))
    outer = float(special.ndtr(-reach))
    low = np.quantile(draws, outer, method="lower")
    return float(low), float(np.quantile(draws, 1 - outer, method="higher"))


def _verdict(code: float, heard: Heard) -> str:
    held = [label for place, label in enumerate(heard.alternatives) if int(code) >> place & 1]
    return " = ".join(held) or "hung"


def _present(heard: Heard, key: str) -> float | None:
    """Return the value that a key has as it is."""
    word, _, rest = key.partition(":")
    if word == "share":
        members = heard.members(split_group(rest, key))
        return float(heard.weights[members].sum() / heard.weights.sum())
    return 1.0 if word == "power" else None


def _seats(
    heard: Heard,
    key: str,
    against: Scenario,
    weighting: Weighting,
    few: int,
    resamples: int,
    seed: np.random.SeedSequence,
) -> TippingPoint:
    if against.jurors is None or against.jurors > _WIDE_JURY:
        raise StudyError(f"tipping point of {key}: say how many seats there are, baseline jurors=2 to {_WIDE_JURY}")
    group = split_group(key.partition(":")[2], key)
    numbers = range(against.jurors + 1)
    cells = [scenario({**against.settings, key: number}, against.rule) for number in numbers]
    everybody = heard.behind(np.ones(len(heard.rows), dtype=np.bool_))
    empty = TippingPoint(key, heard.case, 0, against.jurors, jurors=everybody)
    _, note = backing(heard, cells[-1], few)
    if note:
        return _noted(empty, note)
    draws = Draws(resamples=2, panels=min(resamples, 200))
    bench = Bench(heard, weighting, against, seed, draws, (group,), against.jurors)
    found = np.full(draws.panels, np.inf)
    firsts = np.empty(len(cells), dtype=np.intp)
    for number, cell in enumerate(cells):
        shares = bench.verdict_shares(cell, bootstraps=bool(np.isinf(found).any()))
        if shares is None:
            return _noted(empty, "a bootstrap of the panel has nobody to seat")
        firsts[number] = shares[0].argmax()
        if len(shares[1]):
            found[np.isinf(found) & (shares[1].argmax(axis=1) != firsts[0])] = number
    labels = (*heard.alternatives, "hung")
    left = firsts != firsts[0]
    low, high = _interval(found, everybody)
    return TippingPoint(
        key,
        heard.case,
        0,
        against.jurors,
        before=labels[firsts[0]],
        after=labels[firsts[int(left.argmax())]],
        value=float(left.argmax()) if left.any() else math.inf,
        low=low,
        high=high,
        flips=float(np.isfinite(found).mean()),
        changes=int(np.count_nonzero(np.diff(firsts))),
        resamples=draws.panels,
        jurors=everybody,
    )


def _noted(empty: TippingPoint, note: str) -> TippingPoint:
    return TippingPoint(empty.key, empty.case, empty.start, empty.end, jurors=empty.jurors, note=note)
