"""What every backend takes and gives: one request in, one reply out.

A backend is told everything about one question in a `Request` and answers with a `Reply`, or raises one
of `jury.errors`: `TransientError` when asking again may help, `RequestError` when this request cannot be
answered, `ModelError` when the model cannot be used at all. Backends never retry, never parse an answer
and never write: those are the runner's work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol, runtime_checkable

from aggregators.registry import Registry

#: How an answer comes back: written by the model, or as the probabilities of its first token.
Readout = Literal["sample", "logprobs"]

#: Which of a prompt's two shared parts stands first; providers reuse what equal prompts start with.
Layout = Literal["persona-first", "case-first"]

#: The `Backend.pricing` of a model that charges nothing.
FREE = "free"


@dataclass(frozen=True, slots=True)
class Form:
    """The channel through which an answer is accepted.

    Attributes
    ----------
    schema : Mapping
        JSON Schema of the structured answer, for the ``sample`` readout; empty where words of the juror's own are
        wanted.
    options : tuple of str
        The strings, each told apart by its first token, whose probabilities the ``logprobs`` readout takes.
    lead : str
        Words that the answer starts with, so that its next token is an option. Used for ``logprobs`` by
        backends that can continue a started answer; the others leave it out.
    """

    schema: Mapping[str, Any]
    options: tuple[str, ...] = ()
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that a juror is asked: the text of it and the form of its answer.

    Attributes
    ----------
    context : str
        What is shared by all questions of one ballot: the case and its alternatives as shown.
    ask : str
        The instruction itself.
    form : Form
    follows : tuple of int
        Earlier questions of the same ballot, by number, that this one continues: they and their replies are part
        of the conversation.
    as_if : callable
        Maps known utilities in [0, 1] by alternative id to what a juror who holds them would put on the
        form: the answer's text for ``sample``, option -> probability for ``logprobs``. Synthetic
        backends answer with it; no other backend looks at it.
    """

    context: str
    ask: str
    form: Form
    as_if: Callable[[Mapping[str, float]], str | dict[str, float]]
    follows: tuple[int, ...] = ()


class Turn(NamedTuple):
    """What was asked earlier in a conversation, and what the juror replied."""

    ask: str
    reply: str


class Message(NamedTuple):
    """One message of a conversation.

    Attributes
    ----------
    role : {"system", "user", "assistant"}
    parts : tuple of str
        Its text in pieces, to be joined by blank lines.
    shared : int
        How many of the leading parts other requests start with too, and are worth a place in a prompt cache.
    """

    role: Literal["system", "user", "assistant"]
    parts: tuple[str, ...]
    shared: int = 0

    @property
    def text(self) -> str:
        """The parts joined."""
        return "\n\n".join(self.parts)


@dataclass(frozen=True, slots=True)
class Request:
    """One call of a model.

    Attributes
    ----------
    persona : str
        Who the juror is; ``""`` asks the model as itself.
    question : Question
    readout : {"sample", "logprobs"}
    seed : int
        Drawn from the juror, case and replicate alone, never from the order of asking.
    attributes, case, shown, majority :
        Who is asked about what: the persona's attributes, the case id, the alternative ids in the order
        shown, the case's stated majority. Synthetic backends answer from these.
    earlier : tuple of Turn
        The conversation so far.
    layout : {"persona-first", "case-first"}
        Whether the persona (as system text) or the case stands first.
    shared : int
        How many of the two, in that order, other requests of the run start with too.
    replicate : int
        Which of several equal askings this is.
    heard : tuple of Mapping
        In a deliberation with open ballots, the utilities in [0, 1] that the answers of those who were heard stand for,
        by alternative id. Synthetic backends may be moved by them.
    """

    persona: str
    question: Question
    readout: Readout
    seed: int
    attributes: Mapping[str, Any] = field(default_factory=dict)
    case: str = ""
    shown: tuple[str, ...] = ()
    majority: str | None = None
    earlier: tuple[Turn, ...] = ()
    layout: Layout = "persona-first"
    shared: int = 1
    replicate: int = 0
    heard: tuple[Mapping[str, float], ...] = ()

    def messages(self) -> tuple[Message, ...]:
        """Return the conversation to send, the last message being what is asked now."""
        context = self.question.context
        asks = [*(turn.ask for turn in self.earlier), self.question.ask]
        leading: tuple[str, ...] = (context, self.persona) if self.layout == "case-first" else (self.persona, context)
        said: list[Message] = []
        if self.layout == "persona-first" and self.persona:
            said.append(Message("system", (self.persona,), min(self.shared, 1)))
            leading, shared = (context,), max(self.shared - 1, 0)
        else:
            shared = self.shared
        parts = tuple(part for part in leading if part)
        said.append(Message("user", (*parts, asks[0]), min(shared, len(parts))))
        for turn, ask in zip(self.earlier, asks[1:], strict=True):
            said += [Message("assistant", (turn.reply,)), Message("user", (ask,))]
        return tuple(said)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one request, as the provider counted them.

    `cached` is the part of `input` read from the provider's prompt cache, `written` the part written to it.
    """

    input: int = 0
    output: int = 0
    cached: int = 0
    written: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.

    Attributes
    ----------
    text : str
        The answer as written (``""`` for a log-probability readout).
    logprobs : Mapping or None
        For a log-probability readout: token -> its natural log-probability, of the reported first tokens that
        spell an option, white space around it aside.
    floor : float or None
        The lowest log-probability among all tokens reported: a token that was not reported has at most this.
    refused : bool
        The provider itself said that the model declined.
    finish_reason : str
        In the provider's own word.
    model : str
        The model that answered, as it names itself.
    parameters : Mapping
        The parameters that were really sent.
    usage : Usage
    """

    text: str
    logprobs: Mapping[str, float] | None = None
    floor: float | None = None
    refused: bool = False
    finish_reason: str = ""
    model: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """Which model is to answer, and how.

    Attributes
    ----------
    provider, name : str
        The two halves of ``provider/name``.
    base_url : str or None
        Where the server is, for providers that take one.
    temperature : float or None
        None leaves the provider's default alone (the embedded model samples at 1).
    max_tokens : int
    timeout : float
        Seconds that one request may take.
    options : Mapping
        What only this backend understands.
    """

    provider: str
    name: str
    base_url: str | None = None
    temperature: float | None = None
    max_tokens: int = 512
    timeout: float = 120.0
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """``provider/name``."""
        return f"{self.provider}/{self.name}"


class Backend(Protocol):
    """A way to reach models.

    Attributes
    ----------
    readouts : tuple of str
        The readouts that this backend can give, the preferred one first.
    max_connections : int
        Requests worth having in flight at once, unless the user says otherwise.
    caveat : str or None
        What everybody who reads results from this backend has to know, in one sentence.
    pricing : str or None
        `FREE`; or the provider's id in the price list of the package ``genai-prices``; or None: not known.
    cached_prefix : int or None
        Tokens from which on the provider charges less for the beginning of a prompt that it has seen before; None
        where that saves no money.
    """

    readouts: tuple[Readout, ...]
    max_connections: int
    caveat: str | None
    pricing: str | None
    cached_prefix: int | None

    async def ask(self, request: Request) -> Reply:
        """Put one request to the model."""
        ...

    async def aclose(self) -> None:
        """Let go of connections, threads and memory."""
        ...


@runtime_checkable
class Checking(Protocol):
    """A backend whose model may turn out not to give what it is asked for."""

    def check(self, request: Request, reply: Reply) -> bool:
        """Return whether `reply` shows that the model gives what `request` asks for; False when it cannot tell.

        Raises
        ------
        ModelError
            If the reply shows that it does not; the message names what to do instead.
        """
        ...


def spelling(tokens: Iterable[tuple[str, float]], options: Iterable[str]) -> tuple[dict[str, float], float | None]:
    """Pick the tokens that spell an option, with or without white space around it.

    Parameters
    ----------
    tokens : iterable of (str, float)
        Likely first tokens with their natural log-probabilities.
    options : iterable of str

    Returns
    -------
    logprobs : dict
        For `Reply.logprobs`.
    floor : float or None
        For `Reply.floor`; None when there are no tokens.

    Examples
    --------
    >>> spelling([("A", -0.5), (" A", -1.5), ("The", -2.0)], ["A", "B"])
    ({'A': -0.5, ' A': -1.5}, -2.0)
    """
    wanted, floor = frozenset(options), None
    found: dict[str, float] = {}
    for token, logprob in tokens:
        floor = logprob if floor is None else min(floor, logprob)
        if token.strip() in wanted:
            found[token] = max(logprob, found.get(token, logprob))
    return found, floor


#: Opens a backend for one model; raises `ModelError` when the model cannot be used.
Factory = Callable[[ModelSpec], Backend]

backends: Registry[Factory] = Registry("provider", "jury.backends")
