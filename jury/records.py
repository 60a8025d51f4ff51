"""What a run file holds, as records: the run's header, jurors, ballots and the replies behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jury.backends.base import Reply
from jury.elicitation import Answer


@dataclass(frozen=True, slots=True)
class Header:
    """What a run file says about itself: the one row of table ``run``."""

    name: str
    created: str
    version: str
    model: str
    readout: str
    caveat: str | None
    seed: int
    fingerprint: str
    asked: int
    study: dict[str, Any]
    provenance: dict[str, Any]
    finished: str | None = None
    spent_on_failed_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class Juror:
    """A persona drawn into a jury: a row of table ``juror``; ``id`` counts from 0 in the order drawn.

    `rendering` says how `text` came about: style, language, which attributes in which order and wording.
    """

    id: int
    name: str
    persona: str
    weight: float
    model: str
    attributes: dict[str, Any]
    text: str
    survey_answers: dict[str, Any] | None = None
    rendering: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class TimedReply:
    """A reply with what it took to get it; `ask` is the instruction that it answers."""

    ask: str
    reply: Reply
    seconds: float
    attempts: int
    cost: float | None


@dataclass(frozen=True, slots=True)
class Ballot:
    """One juror's answer on one case, with everything that was shown and came back."""

    juror: int
    case: str
    replicate: int
    answer: Answer
    shown: tuple[str, ...]
    context: str
    seed: int
    replies: tuple[TimedReply, ...]
    answered_at: str

    @property
    def cost(self) -> float | None:
        """US dollars; None when the price of a reply is not known."""
        costs = [reply.cost for reply in self.replies]
        return None if any(cost is None for cost in costs) else sum(cost for cost in costs if cost is not None)
