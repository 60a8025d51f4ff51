"""Bootstraps: what a jury would have decided had its members been drawn again.

>>> import numpy as np
>>> from aggregators import Rankings
>>> from aggregators.resampling import bootstrap
>>> jury = Rankings([[1, 2]] * 60 + [[2, 1]] * 40)
>>> again = bootstrap(jury, "borda", 10_000, np.random.default_rng(0))
>>> again.decided, bool(0.95 < again.win_share[0] < 0.99)
(('a',), True)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from aggregators.decision import decide
from aggregators.errors import RuleError
from aggregators.options import one_of
from aggregators.outcome import BatchOutcome, Outcome

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from aggregators.profiles import Profile
    from aggregators.ties import TieBreak

__all__ = ["Bootstrap", "Meaning", "bootstrap", "bootstrap_weights"]

_NUMBERS_AT_ONCE = 2**20


Meaning = Literal["survey", "counts"]
"""What weights mean: how much one voter counts, or how many voters cast the same ballot."""


def bootstrap_weights(
    n: int,
    resamples: int,
    rng: np.random.Generator,
    weights: ArrayLike | None = None,
    rows: int | None = None,
    meaning: Meaning = "survey",
) -> Iterator[NDArray[np.float64]]:
    """Yield the weights of voters drawn with replacement, as many as there are, some resamples at a time.

    Parameters
    ----------
    n : int
        Number of ballots.
    resamples : int
        How many rows there are in all.
    rng : numpy.random.Generator
        The same generator and the same `rows` give the same weights.
    weights : (n,) array_like, optional
        Of the ballots. Default: ones.
    rows : int, optional
        Rows of one chunk. Default: as many as a few megabytes hold.
    meaning : {"survey", "counts"}
        What `weights` are. ``"survey"``: each ballot is one voter's, and one drawn k times counts k times its weight.
        ``"counts"``: whole numbers of voters who cast it; they are drawn one by one, each counting once.

    Yields
    ------
    (k, n) float array
        Each row's draws add up to n before they are multiplied by survey weights; to the total of counts.

    Raises
    ------
    RuleError
        If a number is not positive, or counts are not whole.

    Notes
    -----
    Every draw of a ballot is one index; counting indices is many times cheaper than drawing multinomial counts, which
    take the same time and memory for any number of voters. A row of survey weights that come out as all zero is drawn
    again.

    References
    ----------
    Efron (1979), Bootstrap methods: another look at the jackknife.

    Examples
    --------
    >>> import numpy as np
    >>> from aggregators.resampling import bootstrap_weights
    >>> [chunk.sum(axis=1).tolist() for chunk in bootstrap_weights(5, 3, np.random.default_rng(0), rows=2)]
    [[5.0, 5.0], [5.0]]
    """
    if n < 1 or resamples < 1 or (rows is not None and rows < 1):
        raise RuleError(f"n={n}, resamples={resamples}, rows={rows}: give positive numbers")
    base = None if weights is None else np.asarray(weights, dtype=np.float64)
    rows = max(1, _NUMBERS_AT_ONCE // n) if rows is None else rows
    if one_of("bootstrap", "weights", meaning, get_args(Meaning)) == "counts" and base is not None:
        yield from _voters_drawn(base, resamples, rng, rows)
        return
    for start in range(0, resamples, rows):
        counts = _counts(n, min(rows, resamples - start), rng)
        if base is not None:
            counts *= base
            while (empty := np.flatnonzero(~counts.any(axis=1))).size:
                counts[empty] = _counts(n, len(empty), rng) * base
        yield counts


def _voters_drawn(
    counts: NDArray[np.float64], resamples: int, rng: np.random.Generator, rows: int
) -> Iterator[NDArray[np.float64]]:
    """Yield how many of all voters drawn again cast each ballot, which `counts` did."""
    total = counts.sum()
    if (counts != np.rint(counts)).any() or not 1 <= total <= _MOST_VOTERS:
        raise RuleError(f"weights='counts' draws whole voters, 1 to {_MOST_VOTERS:g}; say 'survey' for other weights")
    cast = np.flatnonzero(counts)
    for start in range(0, resamples, rows):
        drawn = np.zeros((min(rows, resamples - start), len(counts)))
        drawn[:, cast] = rng.multinomial(int(total), counts[cast] / total, size=len(drawn))
        yield drawn


def _counts(n: int, rows: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return (rows, n) multinomial counts of n draws each, counting a few rows at a time while they are in cache."""
    counts = np.empty((rows, n))
    small = np.uint16 if n <= 2**16 else np.uint32
    together = min(rows, max(1, _IN_CACHE // n))
    offsets = np.arange(together)[:, None] * n
    for start in range(0, rows, together):
        part = min(together, rows - start)
        drawn = rng.integers(0, n, size=(part, n), dtype=small) + offsets[:part]
        counts[start : start + part] = np.bincount(drawn.reshape(-1), minlength=part * n).reshape(part, n)
    return counts


_IN_CACHE = 2**15
_MOST_VOTERS = 2.0**53


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """How often each alternative won over resamples of the voters.

    Attributes
    ----------
    outcome : Outcome
        The decision of the voters as they are.
    resamples : int
        How many were decided.
    win_share : (m,) float array
        Share of resamples that each alternative wins, tied winners splitting one win.
    sole_share : (m,) float array
        Share that it wins alone.
    no_winner : float
        Share without a winner.
    standard_error : (m,) float array
        Of `win_share`, from the number of resamples alone; at most 1 / (2 * sqrt(resamples)).
    """

    outcome: Outcome
    resamples: int
    win_share: NDArray[np.float64]
    sole_share: NDArray[np.float64]
    no_winner: float
    standard_error: NDArray[np.float64]

    @property
    def decided(self) -> tuple[str, ...]:
        """Winners of the voters as they are."""
        return self.outcome.winners

    @property
    def stability(self) -> float:
        """Share of resamples won by the winners of the voters as they are, a tie counting in part."""
        columns = [self.outcome.alternatives.index(label) for label in self.outcome.winners]
        return float(self.win_share[columns].sum())

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as plain JSON types."""
        shares: Mapping[str, Any] = {
            "win_share": self.win_share,
            "sole_share": self.sole_share,
            "standard_error": self.standard_error,
        }
        return {
            "outcome": self.outcome.to_dict(),
            "resamples": self.resamples,
            "no_winner": self.no_winner,
            **{name: share.tolist() for name, share in shares.items()},
        }


def bootstrap(
    profile: Profile,
    rule: str,
    resamples: int,
    rng: np.random.Generator,
    *,
    weights: Meaning | None = None,
    tie_break: TieBreak = "none",
    **parameters: object,
) -> Bootstrap:
    """Decide many resamples of the voters, in memory that does not grow with their number.

    Parameters
    ----------
    profile : Utilities, Rankings or Approvals
        The ballots.
    rule : str
        As for `aggregators.decide`.
    resamples : int
        How many.
    rng : numpy.random.Generator
        Draws the voters, and breaks ties at random if asked to.
    weights : {"survey", "counts"}, optional
        What the weights in the profile are. ``"survey"``: how much one voter counts, as in a weighted sample; ballots
        are drawn, and one drawn k times has k times its weight. ``"counts"``: how many voters cast the ballot, as in
        files of PrefLib and VoteKit; as many voters are drawn. Needed unless all weights are 1, as the answers differ
        and no profile tells.
    tie_break : {"none", "lexicographic", "random"}
        As for `aggregators.decide`.
    **parameters
        Parameters of the rule.

    Raises
    ------
    RuleError, ProfileError
        As `aggregators.decide` does; if weights are not all 1 and it is not said what they mean; if counts are not
        whole.

    References
    ----------
    Efron (1979), Bootstrap methods: another look at the jackknife.

    Examples
    --------
    >>> import numpy as np
    >>> from aggregators import Rankings
    >>> from aggregators.resampling import bootstrap
    >>> vote = Rankings([[1, 2], [2, 1]], weights=[600, 400])
    >>> drawn = np.random.default_rng(0)
    >>> [round(bootstrap(vote, "borda", 1000, drawn, weights=w).stability, 2) for w in ("counts", "survey")]
    [1.0, 0.75]
    """
    alike = bool((profile.weights == 1).all())
    if weights is not None:
        one_of("bootstrap", "weights", weights, get_args(Meaning))
    elif not alike:
        raise RuleError(
            "weights are not all 1: say weights='counts' if they are numbers of voters who cast the same ballot, or "
            "weights='survey' if they say how much one voter counts"
        )
    decided: Callable[..., object] = partial(decide, profile, rule, tie_break=tie_break, rng=rng, **parameters)
    outcome = decided()
    if not isinstance(outcome, Outcome):
        raise TypeError("one weighting gave a batch")
    wins = np.zeros(profile.n_alternatives)
    squares, sole, none = wins.copy(), wins.copy(), 0
    base = None if alike else profile.weights
    for drawn in bootstrap_weights(profile.n_voters, resamples, rng, base, meaning=weights or "survey"):
        batch = decided(weights=drawn)
        if not isinstance(batch, BatchOutcome):
            raise TypeError("many weightings gave one outcome")
        held = batch.winner_mask.sum(axis=1)
        shares = batch.winner_mask / np.maximum(held, 1)[:, None]
        wins += shares.sum(axis=0)
        squares += (shares * shares).sum(axis=0)
        sole += batch.winner_mask[held == 1].sum(axis=0)
        none += int(np.count_nonzero(held == 0))
    share = wins / resamples
    error = np.sqrt(np.maximum(squares / resamples - share * share, 0.0) / resamples)
    return Bootstrap(outcome, resamples, share, sole / resamples, none / resamples, error)
