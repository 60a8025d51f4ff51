"""One ballot: its requests put to the model, in order, and the replies read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import numpy as np

from jury.backends.base import Request
from jury.elicitation import Answer, Mode
from jury.errors import RequestError
from jury.lane import Attempted
from jury.middleware.halt import Stopped
from jury.plan import Task
from jury.records import Ballot, TimedReply

#: Puts a request to a model, as often as it takes.
Ask = Callable[[Request], Awaitable[Attempted]]


async def ask_ballot(task: Task, mode: Mode, ask: Ask) -> Ballot | None:
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
    return fill(task, mode, replies, answer)


def fill(task: Task, mode: Mode, replies: Sequence[TimedReply], answer: Answer | None = None) -> Ballot:
    """Return the ballot that `replies` make; their answer is read off them unless it is given."""
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


def _timed(request: Request, attempted: Attempted) -> TimedReply:
    return TimedReply(
        ask=request.question.ask,
        reply=attempted.reply,
        seconds=attempted.seconds,
        attempts=attempted.attempts,
        cost=attempted.cost,
        source=attempted.source,
    )
