"""Cases that the same voters judged, decided at once under many weightings of these voters.

Rules whose scores follow from one alternative's utilities alone do not care whose columns stand beside it: the columns
of all cases are one table, and a bootstrap of all of them is one product of matrices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import RuleError
from aggregators.profiles import Utilities
from aggregators.profiles.checking import checked_weights
from aggregators.rulebook import DecisionRule, parse_rule
from aggregators.ties import leaders

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import ArrayLike, NDArray

    from aggregators.tally import Tally

    BoolArray = NDArray[np.bool_]

__all__ = ["Abreast", "columnwise"]

_NUMBERS_AT_ONCE = 2**22  # voters x alternatives of all cases x weightings counted together


def columnwise(rule: str) -> bool:
    """Tell whether `rule` scores each alternative by its own utilities, so that `Abreast` can decide by it."""
    return parse_rule(rule)[0].columnwise


@dataclass(frozen=True, eq=False)
class Abreast:
    """Several profiles of the same voters.

    Parameters
    ----------
    profiles : sequence of c Utilities
        With as many voters and alternatives each; their own weights do not matter.

    Raises
    ------
    RuleError
        If there is none, or they are not of one shape.

    Examples
    --------
    >>> from aggregators import Utilities
    >>> from aggregators.abreast import Abreast
    >>> cases = Abreast([Utilities([[1, 2], [4, 0]]), Utilities([[3, 0], [3, 9]])])
    >>> cases.winners("utilitarian", [[1, 1], [9, 1]]).tolist()
    [[[True, False], [False, True]], [[False, True], [True, False]]]
    """

    profiles: Sequence[Utilities]
    _table: Utilities = field(init=False, repr=False)

    def __post_init__(self) -> None:
        shapes = {profile.values.shape for profile in self.profiles}
        if len(shapes) != 1:
            raise RuleError(f"profiles have the shapes {sorted(shapes)}; give one or more of the same voters")
        table = Utilities(np.concatenate([profile.values for profile in self.profiles], axis=1))
        object.__setattr__(self, "_table", table)

    def winners(self, rule: str, weights: ArrayLike) -> BoolArray:
        """Return (b, c, m) masks of every tied winner under (b, n) weights.

        Raises
        ------
        RuleError
            If the rule is unknown, is not `columnwise`, or cannot decide some case.
        ProfileError
            If the weights do not fit.
        """
        found, given = parse_rule(rule)
        if not (isinstance(found, DecisionRule) and found.columnwise):
            raise RuleError(f"rule {rule!r} looks at several alternatives together; decide one case after the other")
        bound = found.bind(given)
        rows = checked_weights(weights, self._table.n_voters)
        step = max(1, _NUMBERS_AT_ONCE // self._table.values.size)
        parts = [
            self._leaders(found.function(self._table, rows[start : start + step], **bound))
            for start in range(0, len(rows), step)
        ]
        return np.concatenate(parts)

    def _leaders(self, tally: Tally) -> BoolArray:
        cases = len(self.profiles)
        many = self._table.n_alternatives // cases

        def by_case(table: NDArray[np.float64]) -> NDArray[np.float64]:
            return table.reshape(-1, many)

        among = tally.taking_part() if tally.eligible is None else tally.taking_part() & tally.eligible
        among = among.reshape(-1, many)
        apart = replace(
            tally,
            scores=None if tally.scores is None else by_case(tally.scores),
            keys=None if tally.keys is None else _Keys(tally.keys, many),
            scale=None if tally.scale is None else by_case(tally.scale),
            scored=among,
            eligible=None,
        )
        return leaders(apart, among).reshape(-1, cases, many)


@dataclass(frozen=True)
class _Keys:
    """The keys of a tally, a row a weighting and case."""

    keys: Iterable[NDArray[np.float64]]
    alternatives: int

    def __iter__(self) -> Iterator[NDArray[np.float64]]:
        return (key.reshape(-1, self.alternatives) for key in self.keys)
