"""How likely a verdict is to come out otherwise: had other jurors been drawn, or the same ones been asked again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from aggregators import AggregatorError, Utilities
from aggregators.resampling import bootstrap_weights
from jury.auditing.hearing import Hearing, hearings
from jury.auditing.rules import check_rule
from jury.errors import RunError
from jury.estimates import LEVEL, Estimate
from jury.panel import Panel

__all__ = ["Flip", "Flips", "share_estimate", "verdict_flips"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

Redraw = Literal["jurors", "replies"]

#: A verdict that flips more often than this is called unsure.
UNSURE = 0.05


def share_estimate(hits: int, count: int, unit: str, *, level: float = LEVEL) -> Estimate:
    """Return a share of independent trials with Wilson's interval.

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22.

    Examples
    --------
    >>> share_estimate(2, 10, "cases").words(2)
    '0.20 [0.06, 0.51]'
    """
    from scipy import special  # scipy.stats takes ten times as long for one number

    if count < 1:
        return Estimate(np.nan, np.nan, np.nan, 0, unit, level)
    z = float(special.ndtri((1 + level) / 2))
    reach = z * np.sqrt(z * z + 4 * hits * (count - hits) / count) / (2 * (count + z * z))
    middle = (2 * hits + z * z) / (2 * (count + z * z))
    low = 0.0 if hits == 0 else float(middle - reach)
    high = 1.0 if hits == count else float(middle + reach)
    return Estimate(hits / count, low, high, count, unit, level)


@dataclass(frozen=True, slots=True)
class Flip:
    """How often one verdict came out otherwise.

    Attributes
    ----------
    case, rule : str
    winners : tuple of str
        Of the jury as it is, every tied one.
    probability : Estimate
        Share of the redrawn juries whose winners are not exactly these, with the interval that the number of
        redrawings leaves.
    jurors : int
        Who answered.
    """

    case: str
    rule: str
    winners: tuple[str, ...]
    probability: Estimate
    jurors: int


@dataclass(frozen=True, eq=False)
class Flips:
    """How likely each verdict is to flip.

    Attributes
    ----------
    redraw : {"jurors", "replies"}
        What could have been otherwise.
    size : int or None
        Number of jurors drawn each time; None for as many as there are.
    verdicts : tuple of Flip
        One a case and rule that could decide it.
    unseparated : tuple of str
        What cannot be said of this panel, with the remedy.
    """

    redraw: Redraw
    size: int | None
    verdicts: tuple[Flip, ...]
    unseparated: tuple[str, ...] = ()

    def unsure(self, rule: str) -> Estimate:
        """Return the share of cases whose verdict under `rule` flips in more than 5 % of the redrawings."""
        found = [flip.probability.value > UNSURE for flip in self.verdicts if flip.rule == rule]
        return share_estimate(sum(found), len(found), "cases")

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain JSON types."""
        return {
            "redraw": self.redraw,
            "size": self.size,
            "verdicts": [
                {
                    "case": flip.case,
                    "rule": flip.rule,
                    "winners": list(flip.winners),
                    "flips": flip.probability.to_dict(),
                    "jurors": flip.jurors,
                }
                for flip in self.verdicts
            ],
            "unsure": {rule: self.unsure(rule).to_dict() for rule in dict.fromkeys(f.rule for f in self.verdicts)},
            "unseparated": list(self.unseparated),
        }


def verdict_flips(
    panel: Panel,
    rules: Sequence[str],
    rng: np.random.Generator,
    *,
    redraw: Redraw = "jurors",
    size: int | None = None,
    resamples: int = 1000,
) -> Flips:
    """Decide each case again with redrawn jurors, or with redrawn replies of the same jurors.

    Parameters
    ----------
    panel : Panel
        Of a run or of people; weights count.
    rules : sequence of str
        As for `jury.auditing.audit`.
    rng : Generator
    redraw : {"jurors", "replies"}
        ``jurors``: with replacement, each with all replies. ``replies``: among the replicates of each juror, one
        fewer than there are, which keeps the variance right where they are few (McCarthy and Snowden 1985).
    size : int, optional
        How many jurors to draw; by default as many as there are. The effective size of the jury, from
        `effective_size`, gives what its verdicts are worth about people.
    resamples : int

    Returns
    -------
    Flips
        Verdicts that a rule cannot give, and with ``jurors`` those of one juror alone, are left out. Without replicates
        ``replies`` has no verdicts and says why.

    Raises
    ------
    RunError
        For a size that is no positive number, or an unknown `redraw`.
    StudyError
        For a rule that does not exist or elects committees.

    Notes
    -----
    A redrawn jury flips if its winners are not exactly those of the jury as it is: a tie that comes or goes is a flip.
    A verdict that flips in half of the drawings is as good as a coin; one that never does is stable against this
    source of chance, and no other.

    References
    ----------
    Efron (1979), Bootstrap methods: another look at the jackknife. McCarthy and Snowden (1985), The bootstrap and
    finite population sampling, Vital and Health Statistics 2-95.
    """
    if redraw not in ("jurors", "replies"):
        raise RunError(f"redraw={redraw!r} is not known; use jurors or replies")
    if size is not None and size < 1:
        raise RunError(f"size={size} is no number of jurors; give 1 or more")
    for rule in rules:
        check_rule(rule)
    repeated = any(vote.replicate for votes in panel.votes.values() for vote in votes)
    if redraw == "replies" and not repeated:
        note = (
            "Everybody was asked once: what asking again would change is not known; set elicitation: {replicates: 2}."
        )
        return Flips(redraw, size, (), (note,))
    found: list[Flip] = []
    for hearing in hearings(panel, (), "juror"):
        seed = int(rng.integers(2**63))
        if redraw == "jurors" and len(np.unique(hearing.jurors)) < 2:  # nothing tells how others would differ
            continue
        found += _flips(panel, hearing, rules, np.random.default_rng(seed), redraw, size, resamples)
    return Flips(redraw, size, tuple(found))


def _flips(
    panel: Panel,
    hearing: Hearing,
    rules: Sequence[str],
    rng: np.random.Generator,
    redraw: Redraw,
    size: int | None,
    resamples: int,
) -> Iterator[Flip]:
    """Yield how often each verdict on a case flips; all rules decide the same redrawn juries, and differ by no luck."""
    decided: dict[str, BoolArray] = {}
    for rule in rules:
        with suppress(AggregatorError):
            [decided[rule]] = hearing.winners(rule, hearing.weights[None, :])
    flipped, total = dict.fromkeys(decided, 0), 0
    drawings = (
        _jurors(hearing, rng, size, resamples) if redraw == "jurors" else _replies(panel, hearing, rng, resamples)
    )
    for again, weights in drawings:
        total += len(weights)
        for rule in list(flipped):
            try:
                flipped[rule] += int((again.winners(rule, weights) != decided[rule]).any(axis=1).sum())
            except AggregatorError:  # a verdict that some drawing cannot have is left out
                del flipped[rule]
    names, jurors = hearing.utilities.alternatives, len(np.unique(hearing.jurors))
    for rule, hits in flipped.items():
        winners = tuple(name for name, one in zip(names, decided[rule], strict=True) if one)
        yield Flip(hearing.case, rule, winners, share_estimate(hits, total, "resamples"), jurors)


_Drawings = Iterator[tuple[Hearing, FloatArray]]


def _jurors(hearing: Hearing, rng: np.random.Generator, size: int | None, resamples: int) -> _Drawings:
    """Yield (b, n) weights of juries drawn with replacement among those who answered the case."""
    who, row = np.unique(hearing.jurors, return_inverse=True)
    if size is None:
        for times in bootstrap_weights(len(who), resamples, rng):
            yield hearing, times[:, row] * hearing.weights
        return
    step = max(1, 2**20 // len(who))
    even = np.full(len(who), 1 / len(who))
    for start in range(0, resamples, step):
        times = rng.multinomial(size, even, size=min(step, resamples - start)).astype(float)
        yield hearing, times[:, row] * hearing.weights


def _replies(panel: Panel, hearing: Hearing, rng: np.random.Generator, resamples: int) -> _Drawings:
    """Yield the same jurors with their replies redrawn."""
    votes = panel.votes[hearing.case]
    jurors = np.array([vote.juror for vote in votes], dtype=np.intp)
    times = _replies_redrawn(jurors, resamples, rng)
    repeats = np.bincount(jurors)[jurors]
    if len(hearing.jurors) == len(votes):
        # A row a ballot, with the juror's weight shared among the ballots: the draws share it likewise.
        yield hearing, times * hearing.weights * repeats / np.maximum(repeats - 1, 1)
        return
    said = panel.said(hearing.case)
    for drawn in times:
        yield _averaged(hearing, said, jurors, drawn), hearing.weights[None, :]


def _averaged(hearing: Hearing, said: FloatArray, jurors: NDArray[np.intp], times: FloatArray) -> Hearing:
    """Return the case where each juror counts with the mean of the replies drawn."""
    row = np.searchsorted(hearing.jurors, jurors)
    total = np.zeros(hearing.utilities.values.shape)
    count = np.zeros_like(total)
    np.add.at(total, row, times[:, None] * np.nan_to_num(said))
    np.add.at(count, row, times[:, None] * ~np.isnan(said))
    means = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    drawn = Utilities(means, weights=hearing.weights, alternatives=hearing.utilities.alternatives)
    return Hearing(hearing.case, hearing.mode, drawn, drawn, hearing.jurors, hearing.unit)


def _replies_redrawn(jurors: NDArray[np.intp], resamples: int, rng: np.random.Generator) -> FloatArray:
    """Return how often each reply counts, (b, k): each juror's r replies are drawn r - 1 times; an only one once."""
    times = np.zeros((resamples, len(jurors)))
    for juror in np.unique(jurors):
        own = np.flatnonzero(jurors == juror)
        draws = max(len(own) - 1, 1)
        times[:, own] = rng.multinomial(draws, np.full(len(own), 1 / len(own)), size=resamples)
    return times
