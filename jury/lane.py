"""One model's way from a request to a reply: cache, proof, circuit breaker, pace, attempts, hedges and their cost."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from jury.backends.base import Backend, ModelSpec, Reply, Request, Usage
from jury.errors import RequestError, TransientError
from jury.middleware.breaker import Breaker
from jury.middleware.budget import Budget, Ticket
from jury.middleware.cache import ReplyCache, reply_key
from jury.middleware.halt import Halt, Stopped
from jury.middleware.hedge import Sent, hedged
from jury.middleware.pace import Pace
from jury.middleware.proof import Proof
from jury.middleware.retry import Retry, gave_up
from jury.middleware.tokens import TokenEstimate
from jury.plan import Task
from jury.prices import Price, most_expensive
from jury.records import Source

_RECENT = 200  # latencies from which a straggler is told
_ENOUGH = 20  # of them
_STRAGGLER = 0.95  # the quantile beyond which a request is one,
_SLOW = 1.5  # and how many medians it has to last: where all take the same time nobody straggles


@dataclass(frozen=True)
class Limits:
    """How hard one model may be asked, and how patiently.

    Attributes
    ----------
    connections : int
        Requests at once, at most.
    max_rpm, max_tpm : float or None
        Requests and tokens a minute.
    patience : float
        Seconds without one success after which the provider is given up.
    hedge : float
        Share of the requests, from 0 to 1, that may be made twice when they take longer than 95 % of the others, and
        half as long again as most.
    retry : Retry
    """

    connections: int
    max_rpm: float | None = None
    max_tpm: float | None = None
    patience: float = 600.0
    hedge: float = 0.0
    retry: Retry = field(default_factory=Retry)


@dataclass
class Tally:
    """What it took to get the replies.

    Attributes
    ----------
    requests : int
        Requests that a reply was sought for.
    retries : int
        Attempts beyond the first of a request.
    hits : int
        Replies from the cache.
    hedged : int
        Requests made twice because the first was slow.
    """

    requests: int = 0
    retries: int = 0
    hits: int = 0
    hedged: int = 0


class Attempted(NamedTuple):
    """A reply, how many times the model was asked for it, how long it took, where it came from and what it cost."""

    reply: Reply
    attempts: int
    seconds: float
    source: Source
    cost: float | None


@dataclass(eq=False)
class Lane:
    """One model, with everything that stands between the engine and it.

    Parameters
    ----------
    backend, spec, price, limits
    budget : Budget
        Shared by all lanes of a run.
    cache : ReplyCache or None
    address : str
        Where the backend is asked, which is a part of the cache's key.
    """

    backend: Backend
    spec: ModelSpec
    price: Price
    limits: Limits
    budget: Budget
    cache: ReplyCache | None = None
    address: str = ""
    tally: Tally = field(default_factory=Tally)
    halt: Halt = field(default_factory=Halt)
    problem: str = ""

    def __post_init__(self) -> None:
        limits = self.limits
        self.pace = Pace(limits.connections, self.halt, max_rpm=limits.max_rpm, max_tpm=limits.max_tpm)
        self.breaker = Breaker(limits.patience, self.halt, self.give_up, limits.retry.jitter)
        self.proof = Proof(self.backend, self.halt)
        self.tokens = TokenEstimate(self.spec)
        self.given_up = False
        self._charges = bool(self.price(Usage(1, 1)))
        self._successes = 0
        self._trouble = ""  # the last failure
        self._latencies: deque[float] = deque(maxlen=_RECENT)

    @property
    def waiting(self) -> str:
        """Why nothing goes out at present, in a few words; ``""`` when something does."""
        if self.breaker.is_open:
            return f"provider down, probing ({self._trouble})"
        return "rate-limited, waiting as asked" if self.pace.paused else ""

    def give_up(self, problem: str) -> None:
        """Ask this model nothing more."""
        if not self.given_up:
            self.given_up, self.problem = True, problem
            self.halt.set()

    def most(self, task: Task) -> float:
        """Return the most that `task` can cost: what the cache holds costs nothing; 0 where prices are not known."""
        if not self._charges:
            return 0.0
        return sum(self._most(request) for request in task.requests() if not self._kept(request))

    async def ask(self, request: Request, ticket: Ticket) -> Attempted:
        """Return a reply to `request`, after as many attempts as it takes.

        Raises
        ------
        RequestError
            If it came to nothing.
        ModelError
            If the model cannot be used at all.
        Stopped
            If the run, or this lane, was stopped while this waited.
        """
        self.tally.requests += 1
        if self.cache is None:
            return await self._ask_again(request, ticket)
        key = reply_key(self.spec, self.address, request)
        kept = self.cache.get(key)
        if kept is not None:
            self.tally.hits += 1
            return Attempted(kept.reply, 0, 0.0, "cache", 0.0)
        attempted = await self._ask_again(request, ticket)
        self.cache.put(key, self.spec, attempted.reply, attempted.seconds)
        return attempted

    def _most(self, request: Request) -> float:
        return most_expensive(request, self.spec, self.price) or 0.0 if self._charges else 0.0

    def _kept(self, request: Request) -> bool:
        return self.cache is not None and self.cache.has(reply_key(self.spec, self.address, request))

    async def _ask_again(self, request: Request, ticket: Ticket) -> Attempted:
        retry, most = self.limits.retry, self._most(request)
        attempts, charged, own = 0, 0, 0.0
        while True:
            async with self.proof.turn(request):
                probe = await self.breaker.enter()
                before, attempts = self._successes, attempts + 1
                self.tally.retries += attempts > 1
                ended = await self._attempt(request, ticket, most, probe=probe)
                if not isinstance(ended, _Failed):
                    self.proof.judge(request, ended.reply)
                    return ended._replace(attempts=attempts)
            error, wait = ended.error, retry.wait(attempts)
            if not self.breaker.is_open:  # in an outage nothing is held against a single request
                charged += self._successes > before and not error.overloaded
                own += ended.seconds + wait
            if charged >= retry.attempts or own >= retry.patience:
                if error.maybe_billed:
                    self.budget.lost(ticket, most)
                raise gave_up(error, attempts)
            if error.maybe_billed and not await self.budget.lose(ticket, most):
                raise Stopped
            await self.halt.sleep(wait)

    async def _attempt(self, request: Request, ticket: Ticket, most: float, *, probe: bool) -> Attempted | _Failed:
        expected = self.tokens(request) if self.pace.counts_tokens else 0.0
        try:
            entered = await self.pace.enter(expected)
        except BaseException:
            self.breaker.abandoned(probe=probe)
            raise
        try:
            sent = await self._send(request, ticket, most, expected)
        except TransientError as error:
            self._failed(request, error, entered, probe=probe)
            return _Failed(error, asyncio.get_running_loop().time() - entered)
        except RequestError:
            self.breaker.succeeded()  # it was refused, by somebody who is there
            raise
        except asyncio.CancelledError:
            self.budget.lost(ticket, most)
            raise
        finally:
            self.pace.leave()
        return self._succeeded(request, ticket, most, sent, asyncio.get_running_loop().time() - entered, expected)

    async def _send(self, request: Request, ticket: Ticket, most: float, expected: float) -> Sent:
        if self.limits.hedge <= 0 or len(self._latencies) < _ENOUGH:
            return Sent(await self.backend.ask(request), hedged=False)
        latencies = sorted(self._latencies)

        def allowed() -> bool:
            return (
                self.tally.hedged + 1 <= self.limits.hedge * self.tally.requests
                and self.budget.add(ticket, most)
                and self._enter_too(ticket, most, expected)
            )

        async def ask() -> Reply:
            return await self.backend.ask(request)

        return await hedged(
            ask,
            after=max(latencies[int(_STRAGGLER * len(latencies))], _SLOW * latencies[len(latencies) // 2]),
            allowed=allowed,
            ended=self.pace.leave,
            lost=lambda: self.budget.lost(ticket, most),
        )

    def _enter_too(self, ticket: Ticket, most: float, expected: float) -> bool:
        if not self.pace.try_enter(expected):
            self.budget.paid(ticket, most, 0.0)
            return False
        self.tally.hedged += 1
        return True

    def _failed(self, request: Request, error: TransientError, entered: float, *, probe: bool) -> None:
        self._trouble = str(error)
        if error.overloaded:
            self.pace.overloaded(entered)
        if error.retry_after:
            self.pace.pause(error.retry_after)
        self.breaker.failed((request.seed, request.question.ask), error, probe=probe)

    def _succeeded(
        self, request: Request, ticket: Ticket, most: float, sent: Sent, seconds: float, expected: float
    ) -> Attempted:
        usage = sent.reply.usage
        self._successes += 1
        self._latencies.append(seconds)
        self.breaker.succeeded()
        self.pace.went_well()
        if self.pace.counts_tokens:
            self.tokens.learn(request, usage)
            self.pace.settle(expected, usage.input + usage.output or expected)
        cost = self.price(usage)
        self.budget.paid(ticket, most, cost)
        return Attempted(sent.reply, 1, seconds, "hedge" if sent.hedged else "model", cost)


class _Failed(NamedTuple):
    """An attempt that may be made again, and how many seconds it took."""

    error: TransientError
    seconds: float
