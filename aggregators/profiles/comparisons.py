"""Comparisons: which of two alternatives each voter preferred, pair by pair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from aggregators.errors import ProfileError
from aggregators.profiles.base import Profile, checked_voters
from aggregators.profiles.checking import Groups, first, frozen, named, refuse_mask
from aggregators.profiles.rankings import Rankings
from aggregators.profiles.triples import Triple, read_triples
from aggregators.profiles.utilities import Utilities

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

UNRANKED = ("last", "ignored")


class Comparisons(Profile):
    """Which of two alternatives each voter preferred, pair by pair.

    A voter may leave pairs out, compare one more than once, and be intransitive.

    Parameters
    ----------
    wins : (n, m, m) array_like of float
        How often each voter preferred the row to the column. A tie is half a win on both sides; zeros on both sides
        are no opinion, which is never a tie.
    weights, alternatives, groups
        As for `Utilities`.

    Attributes
    ----------
    voter : (k,) int array
        Whose comparisons, in order; k is the number of pairs that some voter compared.
    pair : (k, 2) int array
        The columns of the two alternatives, the smaller first.
    counts : (k, 2) float array
        How often that voter preferred the one, and the other.

    Raises
    ------
    ProfileError
        If shapes, entries, weights, labels or groups do not fit.

    Examples
    --------
    >>> from aggregators import Comparisons
    >>> jury = Comparisons.from_triples([("ann", "tea", "milk"), ("ann", "milk", "rum"), ("bob", "rum", "tea")])
    >>> jury
    Comparisons(2 voters; milk, rum, tea; 1 missing)
    >>> jury.wins[0].tolist()
    [[0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
    """

    voter: NDArray[np.intp]
    pair: NDArray[np.intp]
    counts: NDArray[np.float64]

    def __init__(
        self,
        wins: ArrayLike,
        weights: ArrayLike | None = None,
        alternatives: Sequence[object] | None = None,
        groups: Groups | None = None,
    ) -> None:
        table = _checked_wins(wins)
        self._settle((len(table), table.shape[1]), weights, alternatives, groups)
        voter, one, other = np.nonzero(table)
        self._hold(voter, one, other, table[voter, one, other])

    def _hold(
        self, voter: NDArray[np.intp], winner: NDArray[np.intp], loser: NDArray[np.intp], count: NDArray[np.float64]
    ) -> None:
        """Keep one row for each pair that a voter compared, however often it comes."""
        size = self.n_alternatives
        low, high = np.minimum(winner, loser), np.maximum(winner, loser)
        found, row = np.unique((voter * size + low) * size + high, return_inverse=True)
        sides = (np.bincount(row, count * won, len(found)) for won in (winner < loser, winner > loser))
        self._hold_pairs(
            found // size**2, np.stack([found // size % size, found % size], axis=1), np.stack([*sides], 1)
        )

    def _hold_pairs(self, voter: NDArray[np.intp], pair: NDArray[np.intp], counts: NDArray[np.float64]) -> None:
        """Keep rows of which no two are of the same pair of one voter, put in order."""
        turned = pair[:, 0] > pair[:, 1]
        if turned.any():
            pair = np.where(turned[:, None], pair[:, ::-1], pair)
            counts = np.where(turned[:, None], counts[:, ::-1], counts)
        place = (voter * self.n_alternatives + pair[:, 0]) * self.n_alternatives + pair[:, 1]
        if (np.diff(place) < 0).any():
            order = np.argsort(place)
            voter, pair, counts = voter[order], pair[order], counts[order]
        self._keep(voter=frozen(voter), pair=frozen(pair), counts=frozen(counts))

    @classmethod
    def from_triples(
        cls,
        preferred: Iterable[Triple],
        ties: Iterable[Triple] = (),
        *,
        voters: Sequence[object] | None = None,
        weights: ArrayLike | None = None,
        alternatives: Sequence[object] | None = None,
        groups: Groups | None = None,
    ) -> Comparisons:
        """Build comparisons from a list, one entry a comparison.

        Parameters
        ----------
        preferred : iterable of (voter, winner, loser)
            In any order; an entry may recur.
        ties : iterable of (voter, one, other)
            Comparisons that ended in a tie.
        voters : sequence of n labels, optional
            Every voter, those who compared nothing included, in the order of `weights` and `groups`. Default: those
            who occur, in the order in which they first do, `preferred` before `ties`.
        weights, groups
            As for `Utilities`.
        alternatives : sequence of labels, optional
            Default: every label that occurs, sorted; whole numbers, if all are, by size. Kept as strings.

        Raises
        ------
        ProfileError
            If an entry is no triple, compares an alternative with itself, or names a voter or an alternative that
            is not in the lists.

        Examples
        --------
        >>> from aggregators import Comparisons
        >>> Comparisons.from_triples([(7, "a", "b")], ties=[(7, "b", "a"), (8, "a", "b")]).wins[:, 0, 1].tolist()
        [1.5, 0.5]
        """
        listed = read_triples(preferred, ties, voters, alternatives)
        made = object.__new__(cls)
        made._settle((listed.voters, len(listed.alternatives)), weights, listed.alternatives, groups)
        made._hold(listed.voter, listed.winner, listed.loser, listed.count)
        return made

    @classmethod
    def from_rankings(cls, rankings: Rankings, unranked: str = "last") -> Comparisons:
        """Compare every pair once, as each voter ranks the two; see `Rankings.to_comparisons`."""
        if unranked not in UNRANKED:
            raise ProfileError(f"unranked={unranked!r} is not an option; choose one of: {', '.join(UNRANKED)}")
        places = rankings.places
        one, other = np.triu_indices(len(places), 1)
        ranked = places <= len(places)
        asked = ranked[one] & ranked[other] if unranked == "ignored" else np.tile(ranked.any(axis=0), (len(one), 1))
        voter, pair = np.nonzero(asked.T)
        columns = np.stack([one[pair], other[pair]], axis=1)
        above, below = places[columns.T, voter]
        share = np.where(above == below, 0.5, (above < below).astype(np.float64))
        held = voter, columns, np.stack([share, 1 - share], axis=1)
        return _rebuilt(cls, held, rankings.weights, rankings.alternatives, rankings.groups)

    @classmethod
    def read(cls, path: str | Path, **options: Any) -> Comparisons:  # noqa: ANN401 - whatever the reader takes
        """Read a file of ballots as comparisons; see `aggregators.reading.read`.

        Examples
        --------
        >>> from aggregators import Comparisons
        >>> Comparisons.read("duels.csv", weight="w")  # doctest: +SKIP
        """
        from aggregators.reading import read

        return read(path, cls, **options)

    @property
    def wins(self) -> NDArray[np.float64]:
        """(n, m, m) array of how often each voter preferred the row to the column, ties as halves."""
        return self.derived(_wins)

    @property
    def opinions(self) -> NDArray[np.bool_]:
        """(n, m) mask of who compared what with anything."""
        return self.derived(_compared) > 0

    @property
    def complete(self) -> bool:
        """Whether everybody compared everything with something; not whether everybody compared all pairs."""
        return bool(self.opinions.all())

    @property
    def n_comparisons(self) -> float:
        """How many comparisons were made, over all voters, whatever they weigh."""
        return float(self.counts.sum())

    def to_utilities(self) -> Utilities:
        """Return each voter's share of the comparisons of an alternative that it won, from 0 to 1, ties as halves.

        NaN where the voter never compared it. Where pairs are left out the share depends on what an alternative was
        compared with, which cancels over voters whose pairs are balanced (`aggregators.designs`), and not in one.

        Examples
        --------
        >>> from aggregators import Comparisons
        >>> jury = Comparisons.from_triples([("ann", "tea", "milk"), ("ann", "tea", "rum"), ("bob", "rum", "tea")])
        >>> jury.to_utilities().values
        array([[ 0.,  0.,  1.],
               [nan,  1.,  0.]])
        """
        won, compared = np.zeros((self.n_voters, self.n_alternatives)), self.derived(_compared)
        np.add.at(won, (self.voter[:, None], self.pair), self.counts)
        share = np.divide(won, compared, out=np.full(won.shape, np.nan), where=compared > 0)
        return Utilities(share, self.weights, self.alternatives, self.groups)

    def select(self, voters: ArrayLike) -> Comparisons:
        """Return the ballots of some voters, with their weights and groups; see `Profile.select`."""
        chosen = np.arange(self.n_voters)[checked_voters(voters, self.n_voters)]
        start = np.searchsorted(self.voter, np.arange(self.n_voters + 1))
        many = np.diff(start)[chosen]
        rows = np.arange(many.sum()) + np.repeat(start[chosen] - np.append(0, np.cumsum(many)[:-1]), many)
        held = np.repeat(np.arange(len(chosen)), many), self.pair[rows], self.counts[rows]
        groups = {name: labels[chosen] for name, labels in self.groups.items()}
        return _rebuilt(type(self), held, self.weights[chosen], self.alternatives, groups)

    def restrict(self, alternatives: Sequence[str]) -> Comparisons:
        """Return the comparisons among some alternatives only, in the order given."""
        alternatives = named("alternatives", alternatives)
        column = np.full(self.n_alternatives, -1)
        column[[self.index(label) for label in alternatives]] = np.arange(len(alternatives))
        pair = column[self.pair]
        kept = (pair >= 0).all(axis=1)
        held = self.voter[kept], pair[kept], self.counts[kept]
        return _rebuilt(type(self), held, self.weights, alternatives, self.groups)

    @property
    def _matrix(self) -> NDArray[Any]:
        return np.column_stack([self.voter, self.pair, self.counts])

    def __reduce__(self) -> tuple[Any, ...]:
        held = self.voter, self.pair, self.counts
        return _rebuilt, (type(self), held, self.weights, self.alternatives, dict(self.groups))


Held: TypeAlias = "tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]"
"""Voters, pairs in either order, and counts."""


def _rebuilt(
    kind: type[Comparisons], held: Held, weights: ArrayLike, alternatives: Sequence[str], groups: Groups
) -> Comparisons:
    """Return comparisons from what others hold; the pairs may be turned round."""
    made = object.__new__(kind)
    made._settle((len(np.asarray(weights)), len(alternatives)), weights, alternatives, groups)
    made._hold_pairs(*held)
    return made


def _wins(profile: Comparisons) -> NDArray[np.float64]:
    size = profile.n_alternatives
    table = np.zeros((profile.n_voters, size, size))
    one, other = profile.pair.T
    table[profile.voter, one, other] = profile.counts[:, 0]
    table[profile.voter, other, one] = profile.counts[:, 1]
    table.flags.writeable = False
    return table


def _compared(profile: Comparisons) -> NDArray[np.float64]:
    """Return (n, m) how often each voter compared each alternative."""
    made = np.zeros((profile.n_voters, profile.n_alternatives))
    np.add.at(made, (profile.voter[:, None], profile.pair), profile.counts.sum(axis=1, keepdims=True))
    return made


def _checked_wins(wins: ArrayLike) -> NDArray[np.float64]:
    refuse_mask("wins", wins)
    try:
        table = np.asarray(wins, dtype=np.float64)
    except (TypeError, ValueError):
        raise ProfileError("wins is not an array of numbers; give (voters, alternatives, alternatives)") from None
    if table.ndim != 3 or table.shape[1] != table.shape[2] or 0 in table.shape:
        raise ProfileError(f"wins has shape {table.shape}; give (voters, alternatives, alternatives), one at least")
    wrong = ~((table >= 0) & (table < np.inf))
    if wrong.any():
        where = first(wrong)
        raise ProfileError(f"wins{where} is {table[tuple(where)]}; give how often, 0 or more; 0 on both sides is none")
    itself = np.einsum("nii->ni", table) != 0
    if itself.any():
        voter, column = first(itself)
        raise ProfileError(f"wins{[voter, column, column]} compares an alternative with itself; leave it 0")
    return table
