"""What a run file holds, as records: the run's header, jurors, ballots and the replies behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from jury.backends.base import Layout, Reply, Turn
from jury.elicitation import Answer, Elicited

#: Where a reply came from: the model, the cache of replies, a second request that overtook a slow first one, a batch.
Source = Literal["model", "cache", "hedge", "batch"]

#: What a round is made of: the jurors' answers and, where a moderator writes statements for the whole jury, what leads
#: to one, in this order: candidates, the jurors' rankings of them, their critiques of the one that won, its revisions,
#: and the jurors' rankings of those.
Stage = Literal["draft", "ranking", "critique", "revision", "final-ranking", "answer"]


class Step(NamedTuple):
    """One part of a run that has to be over before the next one starts; round 0 is before anybody was heard."""

    round: int = 0
    stage: Stage = "answer"

    @property
    def drafts(self) -> bool:
        """Whether a moderator writes in it, and no juror is asked."""
        return self.stage in ("draft", "revision")


#: The only step of a run without deliberation.
FIRST = Step()


@dataclass(frozen=True, slots=True)
class Header:
    """What a run file says about itself: the one row of table ``run``.

    `possible_usd` may have been billed for requests without an answer. `authorised_usd` is the most that the run can
    have cost while it goes on, and stays behind when its process is killed; None when all costs are settled.
    """

    name: str
    created: str
    version: str
    model: str
    readout: Elicited
    caveat: str | None
    seed: int
    fingerprint: str
    asked: int
    study: dict[str, Any]
    provenance: dict[str, Any]
    finished: str | None = None
    spent_on_failed_usd: float = 0.0
    layout: Layout = "persona-first"
    possible_usd: float = 0.0
    authorised_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Juror:
    """A persona drawn into a jury: a row of table ``juror``; ``id`` counts from 0 in the order drawn.

    `rendering` says how `text` came about: style, language, which attributes in which order and wording. `variants`
    are the same persona in other words, for further replicates.
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
    variants: tuple[str, ...] = ()

    def wording(self, replicate: int) -> str:
        """Return the persona as it is worded for a replicate: the wordings take turns."""
        turn = replicate % (len(self.variants) + 1)
        return self.variants[turn - 1] if turn else self.text


@dataclass(frozen=True, slots=True)
class TimedReply:
    """A reply with what it took to get it; `ask` is the instruction that it answers.

    One from the cache took no attempt and cost nothing; its tokens are those of when it was asked for. One from a batch
    took as long as the whole batch.
    """

    ask: str
    reply: Reply
    seconds: float
    attempts: int
    cost: float | None
    source: Source = "model"


@dataclass(frozen=True, slots=True)
class Ballot:
    """One juror's answer on one case, with everything that was shown and came back.

    `prior` is the conversation that stood before the first question, and `heard` says whom the juror heard: both are of
    rounds in which jurors hear each other.
    """

    juror: int
    case: str
    replicate: int
    answer: Answer
    shown: tuple[str, ...]
    labels: tuple[str, ...]
    context: str
    seed: int
    replies: tuple[TimedReply, ...]
    answered_at: str
    step: Step = FIRST
    prior: tuple[Turn, ...] = ()
    heard: Mapping[str, Any] | None = None

    @property
    def cost(self) -> float | None:
        """US dollars; None when the price of a reply is not known."""
        return _total(self.replies)


@dataclass(frozen=True, slots=True)
class Draft:
    """One statement that a moderator wrote for the jury, or failed to: a row of table ``statement``.

    `number` counts the candidates of a step from 0; ``answer.values["text"]`` is the statement; `prompt` is all that
    the moderator read.
    """

    case: str
    replicate: int
    step: Step
    number: int
    answer: Answer
    prompt: str
    seed: int
    replies: tuple[TimedReply, ...]
    answered_at: str

    @property
    def cost(self) -> float | None:
        """US dollars; None when the price of a reply is not known."""
        return _total(self.replies)


def _total(replies: tuple[TimedReply, ...]) -> float | None:
    costs = [reply.cost for reply in replies]
    return None if any(cost is None for cost in costs) else sum(cost for cost in costs if cost is not None)
