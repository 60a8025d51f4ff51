"""Cases that the same jurors answered, so that drawing jurors again or dealing them by lot is one count for all."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aggregators import AggregatorError, Utilities
from aggregators.abreast import Abreast, columnwise
from jury.auditing.hearing import Hearing

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_MOST_ANSWERS = 2**19  # of one bench: jurors x alternatives, over its cases
_MOST_MEANS = 2**11  # likewise: groups x alternatives, of which there is one for each weighting


@dataclass(frozen=True, eq=False)
class Bench:
    """Cases with the same jurors, weights, number of alternatives, and rules that could decide them.

    Attributes
    ----------
    hearings : tuple of c Hearing
    rules : tuple of r str or None
        None for a rule that could not decide these cases.
    places : (c,) int array
        Where each case stands among all that are heard.
    """

    hearings: tuple[Hearing, ...]
    rules: tuple[str | None, ...]
    places: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.hearings)

    @property
    def jurors(self) -> NDArray[np.intp]:
        """(n,) the juror of each row, as a row of the panel."""
        return self.hearings[0].jurors

    @property
    def weights(self) -> FloatArray:
        """(n,) weights of the rows."""
        return self.hearings[0].weights

    @cached_property
    def values(self) -> FloatArray:
        """(c, n, m) utilities."""
        return np.stack([hearing.utilities.values for hearing in self.hearings])

    def winners(self, weights: FloatArray) -> BoolArray:
        """Return (b, c, r, m) winners under (b, n) weights, each juror counting; nobody wins where nobody has weight.

        A drawing that a rule cannot decide says nothing: nobody wins by it.
        """
        won = np.zeros((len(weights), len(self), len(self.rules), self.values.shape[2]), dtype=np.bool_)
        voted = weights.any(axis=1)
        if not voted.any():
            return won
        counted = weights if voted.all() else weights[voted]
        for place, rule in enumerate(self.rules):
            if rule is not None:
                won[voted, :, place] = self._winners(rule, counted)
        return won

    def _winners(self, rule: str, weights: FloatArray) -> BoolArray:
        if len(self) > 1 and rule in self._abreast:
            with suppress(AggregatorError):  # in some case alone, which is found out one by one
                return self._abreast[rule].winners(rule, weights)
        won = np.zeros((len(weights), len(self), self.values.shape[2]), dtype=np.bool_)
        for place, hearing in enumerate(self.hearings):
            with suppress(AggregatorError):
                won[:, place] = hearing.winners(rule, weights)
        return won

    @cached_property
    def _abreast(self) -> dict[str, Abreast]:
        found: dict[str, Abreast] = {}
        tables: dict[tuple[int, ...], Abreast] = {}
        for rule in self.rules:
            if rule is None or not columnwise(rule):
                continue
            ballots = [hearing.ballots(rule) for hearing in self.hearings]
            read = [one for one in ballots if isinstance(one, Utilities)]
            if len(read) == len(ballots):
                key = tuple(map(id, read))  # several rules mostly read the very same ballots
                if key not in tables:
                    tables[key] = Abreast(read)
                found[rule] = tables[key]
        return found


def benches(heard: Sequence[Hearing], rules: Sequence[tuple[str | None, ...]], groups: int) -> list[Bench]:
    """Return all cases on as few benches as memory lets.

    Parameters
    ----------
    heard : sequence of Hearing
    rules : sequence of tuple of str or None
        Of each, the rules that decided it.
    groups : int
        How many groups are to be looked at.
    """
    alike: dict[tuple[object, ...], list[int]] = {}
    for place, (hearing, decided) in enumerate(zip(heard, rules, strict=True)):
        # Where groups are the unit, one that a rule cannot decide would spoil the others.
        alone = place if hearing.unit == "group" else None
        alternatives = hearing.utilities.n_alternatives
        key = (alone, decided, alternatives, hearing.jurors.tobytes(), hearing.weights.tobytes())
        alike.setdefault(key, []).append(place)
    found: list[Bench] = []
    for places in alike.values():
        voters, alternatives = heard[places[0]].utilities.values.shape
        most = max(1, min(_MOST_ANSWERS // voters, _MOST_MEANS // (groups + 1)) // alternatives)
        for start in range(0, len(places), most):
            some = places[start : start + most]
            hearings = tuple(heard[place] for place in some)
            found.append(Bench(hearings, rules[some[0]], np.array(some, dtype=np.intp)))
    return found
