"""What a rule decided."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BatchOutcome", "CommitteeOutcome", "Outcome", "plain"]


@dataclass(frozen=True, eq=False)
class Outcome:
    """The decision of one rule on one profile.

    Attributes
    ----------
    rule : str
        Canonical name of the rule.
    parameters : mapping
        Every parameter of the rule, defaults included.
    alternatives : tuple of m str
        In the order of the arrays below.
    winners : tuple of str
        Every tied winner, or the one that the tie-break picked. Empty when nobody gave an opinion, and when
        a verdict's quota was not met: the jury is hung.
    ranking : tuple of tuples of str
        Tiers, best first; the alternatives within a tier are tied. Without the unscored ones.
    scores : (m,) float array or None
        Higher is better; NaN for unscored alternatives. None for a rule that does not decide by a number.
    asked : int
        Voters with a positive weight.
    answered : (m,) int array
        How many of them gave an opinion on each alternative.
    answered_weight : (m,) float array
        Their total weight.
    details : mapping of str to numbers or arrays
        What else the rule reports, as its docstring says: the margin to a quota, the gap of an integer program.
    """

    rule: str
    parameters: Mapping[str, Any]
    alternatives: tuple[str, ...]
    winners: tuple[str, ...]
    ranking: tuple[tuple[str, ...], ...]
    scores: NDArray[np.float64] | None
    asked: int
    answered: NDArray[np.int64]
    answered_weight: NDArray[np.float64]
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def hung(self) -> bool:
        """Whether a jury reached no verdict: it judged the alternatives, and none met the quota."""
        return bool(self.ranking) and not self.winners

    @property
    def unscored(self) -> tuple[str, ...]:
        """Alternatives that the rule could not judge because nobody gave an opinion; they never win."""
        ranked = {label for tier in self.ranking for label in tier}
        return tuple(label for label in self.alternatives if label not in ranked)

    def _repr_html_(self) -> str:
        from aggregators.notebook import outcome_html

        return outcome_html(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as plain JSON types; NaN becomes None."""
        return {
            "rule": self.rule,
            "parameters": plain(self.parameters),
            "alternatives": list(self.alternatives),
            "winners": list(self.winners),
            "hung": self.hung,
            "ranking": [list(tier) for tier in self.ranking],
            "scores": plain(self.scores),
            "asked": self.asked,
            "answered": self.answered.tolist(),
            "answered_weight": self.answered_weight.tolist(),
            "unscored": list(self.unscored),
            "details": plain(self.details),
        }

    def __str__(self) -> str:
        """Return the ranking in one line, tied alternatives joined by ``=``; of a hung jury, by how much it hangs."""
        scores = {} if self.scores is None else dict(zip(self.alternatives, self.scores, strict=True))
        shown = [
            " = ".join(f"{label} ({scores[label]:.4g})" if scores else label for label in tier) for tier in self.ranking
        ]
        return f"{self.rule}: {' > '.join(shown) or 'nobody answered'}{self._verdict()}"

    def _verdict(self) -> str:
        if not self.hung:
            return ""
        short = -np.nanmax(self.details["margin"]) if "margin" in self.details else 0.0
        return f" [hung, {short:.4g} short of the quota]" if short > 0 else " [hung]"

    def __repr__(self) -> str:
        return f"Outcome({_called(self.rule, self.parameters)}, winners={self.winners}, ranking={self.ranking})"


@dataclass(frozen=True, eq=False)
class BatchOutcome:
    """The decisions of one rule on b weightings of one profile.

    Attributes
    ----------
    rule, parameters, alternatives
        As for `Outcome`.
    winner_mask : (b, m) bool array
        Every tied winner of each weighting; a row is empty where nobody won.
    scores : (b, m) float array or None
        Higher is better; NaN for unscored alternatives.
    details : mapping of str to (b, ...) arrays
        As for `Outcome`, one a weighting.
    """

    rule: str
    parameters: Mapping[str, Any]
    alternatives: tuple[str, ...]
    winner_mask: NDArray[np.bool_]
    scores: NDArray[np.float64] | None
    details: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def win_share(self) -> NDArray[np.float64]:
        """Return the (m,) share of weightings that each alternative wins, tied winners splitting one win.

        The shares add up to 1 less the share of weightings without a winner.
        """
        tied = self.winner_mask.sum(axis=1, keepdims=True)
        share: NDArray[np.float64] = (self.winner_mask / np.maximum(tied, 1)).mean(axis=0)
        return share

    def _repr_html_(self) -> str:
        from aggregators.notebook import batch_html

        return batch_html(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the outcomes as plain JSON types, winners by label for each weighting; NaN becomes None."""
        columns = range(len(self.alternatives))
        return {
            "rule": self.rule,
            "parameters": plain(self.parameters),
            "alternatives": list(self.alternatives),
            "winners": [[self.alternatives[c] for c in columns if row[c]] for row in self.winner_mask.tolist()],
            "win_share": self.win_share().tolist(),
            "scores": plain(self.scores),
            "details": plain(self.details),
        }

    def __repr__(self) -> str:
        shares = zip(self.alternatives, self.win_share(), strict=True)
        shown = ", ".join(f"{label} {share:.3f}" for label, share in shares)
        batch = len(self.winner_mask)
        return f"BatchOutcome({_called(self.rule, self.parameters)}, {batch} weightings, win shares: {shown})"


@dataclass(frozen=True)
class CommitteeOutcome:
    """The committees that a rule elected.

    Attributes
    ----------
    rule, parameters, alternatives
        As for `Outcome`.
    seats : int
        Size asked for. A rule that may leave seats empty says so.
    committees : tuple of frozensets of str
        Every tied committee, or the one that the tie-break picked; ordered by the order of the alternatives.
    score : float or None
        What the rule maximises, in the weights given, equal for all `committees`; higher is better. None for a
        rule that maximises nothing.
    gap : float or None
        How far above `score`, relative to it, the best committee may still be: 0 when all were searched, what
        the solver could prove otherwise. None for a rule that maximises nothing.
    complete : bool
        Whether every tied committee was looked for. False after a tie-break, or when a solver returned one
        optimum without looking for others.
    details : mapping
        Further numbers of the rule, by name, such as the quota of ``stv``.
    """

    rule: str
    parameters: Mapping[str, Any]
    alternatives: tuple[str, ...]
    seats: int
    committees: tuple[frozenset[str], ...]
    score: float | None = None
    gap: float | None = None
    complete: bool = True
    details: Mapping[str, float] = field(default_factory=dict)

    def _repr_html_(self) -> str:
        from aggregators.notebook import committees_html

        return committees_html(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as plain JSON types."""
        return {
            "rule": self.rule,
            "parameters": plain(self.parameters),
            "alternatives": list(self.alternatives),
            "seats": self.seats,
            "committees": [[a for a in self.alternatives if a in committee] for committee in self.committees],
            "score": plain(self.score),
            "gap": plain(self.gap),
            "complete": self.complete,
            "details": plain(self.details),
        }


def _called(rule: str, parameters: Mapping[str, Any]) -> str:
    given = ",".join(f"{name}={value}" for name, value in parameters.items())
    return f"{rule}:{given}" if given else rule


def plain(value: Any) -> Any:  # noqa: ANN401 - any parameter of any rule
    """Return parameters, arrays and numbers as plain JSON types: NaN as None, infinities as text."""
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value
