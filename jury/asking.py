"""One ballot: its requests put to the model, in order, and the replies read."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import numpy as np

from jury.backends.base import Request
from jury.elicitation import Answer, Mode
from jury.errors import RequestError
from jury.middleware.retry import Attempted
from jury.plan import Task
from jury.prices import Price
from jury.records import Ballot, TimedReply

#: Puts a request to a model, as often as it takes.
Ask = Callable[[Request], Awaitable[Attempted]]


async def ask_ballot(task: Task, mode: Mode, ask: Ask, price: Price) -> Ballot:
    """Return the juror's ballot; a request that comes to nothing makes it a failed one.

    Raises
    ------
    ModelError
        If the model cannot be used at all.
    """
    replies: list[TimedReply] = []
    answer: Answer | None = None
    said: list[str] = []
    for number in range(len(task.questions)):
        request = task.request(number, said)
        started = time.perf_counter()
        try:
            attempted = await ask(request)
        except RequestError as error:
            answer = Answer("failed", problem=str(error))
            break
        seconds = time.perf_counter() - started
        reply = attempted.reply
        replies.append(TimedReply(request.question.ask, reply, seconds, attempted.attempts, price(reply.usage)))
        said.append(reply.text)
        if reply.refused:
            break  # the rest of this ballot would be asked of somebody who has declined
    if answer is None:
        # A stream of its own, so that reading draws nothing that a synthetic backend drew.
        rng = np.random.default_rng(np.random.SeedSequence(task.seed, spawn_key=(1,)))
        answer = mode.hear(task.showing, [timed.reply for timed in replies], rng)
    return Ballot(
        juror=task.juror.id,
        case=task.case.id,
        replicate=task.replicate,
        answer=answer,
        shown=task.showing.order,
        labels=task.showing.marks,
        context=task.questions[0].context,
        seed=task.seed,
        replies=tuple(replies),
        answered_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
    )
