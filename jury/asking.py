"""One ballot: its requests put to the model, in order, and the replies read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import numpy as np

from jury.backends.base import Request
from jury.elicitation import Answer
from jury.errors import RequestError
from jury.lane import Attempted
from jury.middleware.halt import Stopped
from jury.plan import Reader, Task
from jury.records import Ballot, Draft, TimedReply

#: Puts a request to a model, as often as it takes.
Ask = Callable[[Request], Awaitable[Attempted]]


async def ask_ballot(task: Task, reader: Reader, ask: Ask) -> Ballot | Draft | None:
    """Return the juror's ballot; a request that comes to nothing makes it a failed one.

    Returns
    -------
    Ballot or None
        None when the run was stopped before there was any reply.

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
        try:
            attempted = await ask(request)
        except Stopped:
            if not replies:
                return None
            answer = Answer("failed", problem="the run was stopped before all was asked")
            break
        except RequestError as error:
            answer = Answer("failed", problem=str(error))
            break
        replies.append(_timed(request, attempted))
        said.append(attempted.reply.text)
        if attempted.reply.refused:
            break  # the rest of this ballot would be asked of somebody who has declined
    return fill(task, reader, replies, answer)


def fill(task: Task, reader: Reader, replies: Sequence[TimedReply], answer: Answer | None = None) -> Ballot | Draft:
    """Return the ballot that `replies` make; their answer is read off them unless it is given."""
    if answer is None:
        # A stream of its own, so that reading draws nothing that a synthetic backend drew.
        rng = np.random.default_rng(np.random.SeedSequence(task.seed, spawn_key=(1,)))
        answer = reader.hear(task.showing, [timed.reply for timed in replies], rng)
    return task.record(answer, replies)


def _timed(request: Request, attempted: Attempted) -> TimedReply:
    return TimedReply(
        ask=request.question.ask,
        reply=attempted.reply,
        seconds=attempted.seconds,
        attempts=attempted.attempts,
        cost=attempted.cost,
        source=attempted.source,
    )
