"""What a rule under test answered, and how the answer of a plain function is read."""

from __future__ import annotations

import math
import typing
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from aggregators.axioms.writing import named
from aggregators.errors import RuleError
from aggregators.outcome import CommitteeOutcome, Outcome
from aggregators.ties import tier_ranks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aggregators.profiles import Profile

__all__ = ["Committees", "Decision", "OutsideDomain", "RuleFailed", "of_outcome", "read", "read_committees"]

Committees = frozenset[frozenset[str]]


class OutsideDomain(RuleError):
    """A question that the rule does not answer: an axiom that does not speak of it, ballots that it refuses."""


class RuleFailed(RuleError):
    """The rule under test failed, or returned what cannot be read as a decision."""


@dataclass(frozen=True)
class Decision:
    """What a rule decided, as axioms see it.

    Attributes
    ----------
    winners : frozenset of str
        Every tied winner.
    ranking : tuple of frozensets of str, or None
        Tiers, best first; None where the rule only names winners.
    scores : mapping of str to float, or None
        Higher is better; NaN of what is not scored.
    """

    winners: frozenset[str]
    ranking: tuple[frozenset[str], ...] | None = None
    scores: typing.Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        if self.scores is not None:  # one and the same NaN, so that equal decisions compare equal
            scores = {label: score if score == score else math.nan for label, score in self.scores.items()}
            object.__setattr__(self, "scores", scores)

    def order(self, x: str, y: str) -> int | None:
        """Return 1 if x is ranked above y, -1 if below, 0 if tied, None if that is not known."""
        if self.ranking is None:
            winning = (x in self.winners) - (y in self.winners)
            return winning or (0 if x in self.winners else None)
        place = {label: tier for tier, labels in enumerate(self.ranking) for label in labels}
        if x not in place or y not in place:
            return None
        return (place[y] > place[x]) - (place[y] < place[x])

    def same_as(self, other: Decision) -> bool:
        """Tell whether winners are the same, and the rankings where both are known."""
        if self.ranking is None or other.ranking is None:
            return self.winners == other.winners
        return self.winners == other.winners and self.ranking == other.ranking

    def __str__(self) -> str:
        """Return the winners, and the ranking where there is one."""
        winners = " = ".join(map(named, sorted(self.winners))) or "nobody"
        if self.ranking is None or len(self.ranking) < 2:
            return f"winner: {winners}"
        scores = self._said_scores()
        shown = (" = ".join(named(label) + scores.get(label, "") for label in sorted(tier)) for tier in self.ranking)
        return f"winner: {winners}; ranking: {' > '.join(shown)}"

    def _said_scores(self) -> dict[str, str]:
        """Return the scores in brackets, in six digits unless these do not tell the tiers apart."""
        if not self.scores or not self.ranking:
            return {}
        short = {label: f" ({score:.6g})" for label, score in self.scores.items()}
        tiers = [{short[label] for label in tier if label in short} for tier in self.ranking]
        if sum(map(len, tiers)) == len(set().union(*tiers)):
            return short
        return {label: f" ({float(score)!r})" for label, score in self.scores.items()}


def of_outcome(outcome: object) -> Decision:
    """Return what a registered rule decided."""
    if not isinstance(outcome, Outcome):
        raise RuleFailed(f"a rule returned {type(outcome).__name__} for one profile; return one Outcome")
    scores = outcome.scores
    return Decision(
        frozenset(outcome.winners),
        tuple(frozenset(tier) for tier in outcome.ranking),
        None if scores is None else dict(zip(outcome.alternatives, scores.tolist(), strict=True)),
    )


def read(result: object, profile: Profile, name: str) -> Decision:
    """Return what a function returned as a decision; what may mean two things is refused."""
    labels = profile.alternatives
    if isinstance(result, Decision):
        return result
    if isinstance(result, Outcome):
        return of_outcome(result)
    if isinstance(result, Mapping):
        return _of_scores(_looked_up(result, labels, name), labels)
    several = isinstance(result, AbstractSet)
    array = np.asarray(list(result) if isinstance(result, AbstractSet) else _array(result, name))
    if array.ndim == 0:
        return Decision(frozenset([_member(array.item(), labels, name, result)]))
    if not several and array.shape == (len(labels),):
        if array.dtype.kind == "b":
            return Decision(frozenset(label for label, wins in zip(labels, array, strict=True) if wins))
        if array.dtype.kind == "f":
            return _of_scores(array.astype(np.float64), labels)
        if array.dtype.kind in "iu" and len(labels) > 1:
            raise RuleFailed(
                f"{name} returned {result!r}, {len(labels)} whole numbers for {len(labels)} alternatives, which may be"
                " scores, ranks or columns; return float scores, higher is better, or a set of columns"
            )
        if array.dtype.kind == "U" and len(labels) > 1 and not isinstance(result, tuple):  # as Outcome.winners is
            raise RuleFailed(
                f"{name} returned {result!r}, all alternatives in an order, which may be a ranking or a tie; return"
                " float scores, higher is better, or the winners as a set or tuple"
            )
    if array.ndim != 1:
        _no_decision(name, result)
    members = [_member(each, labels, name, result) for each in (list(result) if several else array.tolist())]  # type: ignore[call-overload]
    if len(set(members)) < len(members):
        raise RuleFailed(f"{name} returned {result!r}, which names a winner twice; return each once")
    return Decision(frozenset(members))


def _array(result: object, name: str) -> NDArray[Any]:
    try:
        return np.asarray(result)
    except (TypeError, ValueError):
        _no_decision(name, result)


def _no_decision(name: str, result: object) -> NoReturn:
    raise RuleFailed(
        f"{name} returned {result!r}, which is no decision; return winners' labels, a column, a (m,) bool mask or (m,)"
        " float scores"
    ) from None


def _member(member: object, labels: tuple[str, ...], name: str, result: object) -> str:
    """Return the label of an alternative, which may be given as its column."""
    if isinstance(member, str) and member in labels:
        return str(member)
    column = _column(member, len(labels))
    return _no_decision(name, result) if column is None else labels[column]


def _column(member: object, columns: int) -> int | None:
    """Return a whole number from 0 to the last column, or None if it is none."""
    if isinstance(member, (bool, np.bool_)) or not isinstance(member, (int, np.integer)):
        return None
    return int(member) if 0 <= member < columns else None


def _looked_up(result: Mapping[Any, Any], labels: tuple[str, ...], name: str) -> NDArray[np.float64]:
    """Return scores by label as an array; NaN where there is none."""
    strange = [label for label in result if label not in labels]
    scores = [result.get(label, math.nan) for label in labels]
    if strange or not result or not all(isinstance(each, (Real, np.number)) for each in scores):
        raise RuleFailed(f"{name} returned {result!r}; a mapping is from labels to scores, higher is better")
    return np.array(scores, dtype=np.float64)


def _of_scores(scores: NDArray[np.float64], labels: tuple[str, ...]) -> Decision:
    ranks = tier_ranks(scores[None])[0]
    tiers: list[set[str]] = [set() for _ in range(int(ranks.max(initial=0)))]
    for label, rank in zip(labels, ranks.tolist(), strict=True):
        if rank:
            tiers[rank - 1].add(label)
    ranking = tuple(frozenset(tier) for tier in tiers)
    return Decision(ranking[0] if ranking else frozenset(), ranking, dict(zip(labels, scores.tolist(), strict=True)))


def read_committees(result: object, profile: Profile, seats: int, name: str) -> Committees:
    """Return what a function returned as committees: one or several, of labels or columns or as bool masks."""
    if isinstance(result, CommitteeOutcome):
        return frozenset(result.committees)
    labels = profile.alternatives
    masks = _masks(result, len(labels))
    if masks is not None:
        return frozenset(_committee(np.flatnonzero(mask).tolist(), labels, seats, name, result) for mask in masks)
    if isinstance(result, (str, Mapping)) or not isinstance(result, Iterable):
        _no_committee(name, result)
    members = list(result)
    several = bool(members) and all(isinstance(each, Iterable) and not isinstance(each, str) for each in members)
    return frozenset(_committee(one, labels, seats, name, result) for one in (members if several else [members]))


def _masks(result: object, columns: int) -> NDArray[np.bool_] | None:
    """Return (k, m) masks if the answer is a mask or several; None if it is not."""
    if not isinstance(result, (np.ndarray, list, tuple)):
        return None
    try:
        array = np.asarray(result)
    except ValueError:
        return None
    if array.dtype != np.bool_ or array.ndim not in {1, 2} or array.shape[-1] != columns:
        return None
    return np.atleast_2d(array)


def _committee(
    members: Iterable[object], labels: tuple[str, ...], seats: int, name: str, result: object
) -> frozenset[str]:
    chosen = []
    for member in members:
        column = labels.index(member) if isinstance(member, str) and member in labels else _column(member, len(labels))
        if column is None:
            _no_committee(name, result)
        chosen.append(labels[column])
    if len(set(chosen)) < len(chosen):
        raise RuleFailed(f"{name} returned {result!r}, which elects a member twice; name each once, or return a mask")
    if len(chosen) > seats:
        raise RuleFailed(f"{name} returned {result!r}, {len(chosen)} members for {seats} seats; elect no more")
    return frozenset(chosen)


def _no_committee(name: str, result: object) -> NoReturn:
    raise RuleFailed(
        f"{name} returned {result!r}; return a committee, or several, of labels, of columns or as a (m,) bool mask"
    )
