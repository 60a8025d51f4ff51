"""Ballots and the requests they are made of: which of them may be asked now, and which are complete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from jury.asking import fill
from jury.backends.base import Request
from jury.batches.ledger import Item, Ledger, Slot, Standing
from jury.batches.service import Outcome
from jury.elicitation import Answer
from jury.errors import TransientError
from jury.plan import Plan, Task
from jury.prices import Price
from jury.records import Ballot, Draft, TimedReply
from jury.store import Store

_ATTEMPTS = 3  # batches in which a request may come to nothing


class Ready(NamedTuple):
    """What can be asked of one ballot now, and all that is still to be asked of it."""

    task: Task
    now: list[tuple[Item, Request]]
    rest: list[Request]


class Desk:
    """Where requests go out and replies come in.

    Parameters
    ----------
    plan : Plan
    store : Store
        Open for writing.
    ledger : Ledger

    Attributes
    ----------
    counts : Counter
        Ballots on disk by status, the failed ones of this run only.
    fresh : int
        Ballots stored by this desk.
    cost : float or None
        US dollars of them; None when a price is not known.
    """

    def __init__(self, plan: Plan, store: Store, ledger: Ledger) -> None:
        self.counts: Counter[str] = Counter(store.counts(plan.step))
        self.counts["failed"] = 0  # they are asked again
        self.fresh = 0
        self.cost: float | None = 0.0
        self._plan = plan
        self._store = store
        self._ledger = ledger
        self._jurors = {juror.id: juror for juror in plan.jurors}
        self._positions = {case.id: position for position, case in enumerate(plan.cases)}
        self._failed: set[Slot] = set()
        self._trouble: dict[Item, str] = {}  # what the last attempt at a request came to

    def ready(self) -> Iterator[Ready]:
        """Return what can be asked now, one ballot at a time; who has failed too often is not asked again."""
        for task in self._plan.missing(self._store):
            slot = Slot(task.juror.id, self._positions[task.case.id], task.replicate)
            if slot in self._failed:
                continue
            standing = self._ledger.standing(slot)
            tired = [number for number, found in standing.items() if _is_open(found) and found.attempts >= _ATTEMPTS]
            if tired:
                words = self._trouble.get(Item(slot, tired[0]), "no answer came")
                self._fail(slot, f"{words} ({_ATTEMPTS} batches)")
                continue
            if (found := self._asked_now(task, slot, standing)).now:
                yield found

    def request(self, tag: str, custom_id: str) -> Request | None:
        """Return the request that a batch was asked under `custom_id`, None when that is not ours or was answered."""
        read = Item.read(custom_id)
        if read is None or read[0] != tag:
            return None
        slot, number = read[1]
        standing = self._ledger.standing(slot)
        found = standing.get(number)
        if found is None or found.tag != tag or found.reply is not None:
            return None
        return self._task(slot).request(number, _said(standing, number))

    def take(self, outcomes: Iterable[Outcome], seconds: float, price: Price) -> None:
        """Keep what came back from a batch that took so many seconds, and store the ballots that it completes."""
        kept, refused = [], {}
        for outcome in outcomes:
            read = Item.read(outcome.custom_id)
            if read is None:
                continue
            item = read[1]
            if outcome.reply is not None:
                kept.append((item, outcome.reply, seconds, price(outcome.reply.usage)))
            elif isinstance(outcome.error, TransientError):
                self._trouble[item] = str(outcome.error)
            elif outcome.error is not None:
                refused[item.slot] = str(outcome.error)
        self._ledger.keep(kept)
        self.complete(dict.fromkeys(item.slot for item, *_ in kept))
        for slot, words in refused.items():
            self._fail(slot, words)

    def complete(self, slots: Iterable[Slot]) -> None:
        """Store those of these ballots that nothing is lacking of."""
        done: dict[Slot, Ballot | Draft] = {}
        for slot in slots:
            standing = self._ledger.standing(slot)
            task = self._task(slot)
            replies = _replies(task, standing)
            declined = any(timed.reply.refused for timed in replies)
            waits = any(found.tag is not None and found.reply is None for found in standing.values())
            if len(replies) == len(task.questions) or (declined and not waits):
                done[slot] = fill(task, self._plan.reader, replies)
        self._write(done)

    def _asked_now(self, task: Task, slot: Slot, standing: Mapping[int, Standing]) -> Ready:
        now, rest = [], []
        for number, question in enumerate(task.questions):
            found = standing.get(number)
            if found is not None and not _is_open(found):
                continue
            request = task.request(number, _said(standing, number))
            rest.append(request)
            if all(before in standing and standing[before].reply is not None for before in question.follows):
                now.append((Item(slot, number), request))
        return Ready(task, now, rest)

    def _fail(self, slot: Slot, words: str) -> None:
        task = self._task(slot)
        replies = _replies(task, self._ledger.standing(slot))
        self._failed.add(slot)
        self._write({slot: fill(task, self._plan.reader, replies, Answer("failed", problem=words))})

    def _write(self, ballots: Mapping[Slot, Ballot | Draft]) -> None:
        if not ballots:
            return
        # One transaction: requests are forgotten when their ballot is stored, not before and not after.
        self._ledger.release(ballots)
        self._store.write(ballots.values())
        self.counts.update(ballot.answer.status for ballot in ballots.values())
        self.fresh += len(ballots)
        costs = [ballot.cost for ballot in ballots.values()]
        known = [cost for cost in costs if cost is not None]
        if self.cost is not None:
            self.cost = self.cost + sum(known) if len(known) == len(costs) else None

    def _task(self, slot: Slot) -> Task:
        return self._plan.task(self._jurors[slot.juror], slot.case, slot.replicate)


def _is_open(found: Standing) -> bool:
    return found.tag is None and found.reply is None


def _said(standing: Mapping[int, Standing], number: int) -> list[str]:
    """Return what was replied to the questions before `number`, ``""`` where there is no reply."""
    earlier = [standing.get(before) for before in range(number)]
    return [found.reply.text if found is not None and found.reply is not None else "" for found in earlier]


def _replies(task: Task, standing: Mapping[int, Standing]) -> list[TimedReply]:
    return [
        TimedReply(question.ask, found.reply, found.seconds, found.attempts, found.cost, "batch")
        for number, question in enumerate(task.questions)
        if (found := standing.get(number)) is not None and found.reply is not None
    ]
