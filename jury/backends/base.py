"""What every backend takes and gives: one request in, one reply out.

A backend is told everything about one question in a `Request` and answers with a `Reply`, or raises one
of `jury.errors`: `TransientError` when asking again may help, `RequestError` when this request cannot be
answered, `ModelError` when the model cannot be used at all. Backends never retry, never parse an answer
and never write: those are the runner's work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from aggregators.registry import Registry

Readout = Literal["sample", "logprobs"]

#: The `Backend.pricing` of a model that charges nothing.
FREE = "free"


@dataclass(frozen=True, slots=True)
class Form:
    """The channel through which an answer is accepted.

    Attributes
    ----------
    schema : Mapping
        JSON Schema of the structured answer, for the ``sample`` readout.
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
    as_if : callable
        Maps known utilities in [0, 1] by alternative id to what a juror who holds them would put on the
        form: the answer's text for ``sample``, option -> probability for ``logprobs``. Synthetic
        backends answer with it; no other backend looks at it.
    """

    context: str
    ask: str
    form: Form
    as_if: Callable[[Mapping[str, float]], str | dict[str, float]]


@dataclass(frozen=True, slots=True)
class Request:
    """One call of a model.

    Attributes
    ----------
    persona : str
        System text: who the juror is. Shared by all requests of one juror, so it comes first.
    question : Question
    readout : {"sample", "logprobs"}
    seed : int
        Drawn from the juror, case and replicate alone, never from the order of asking.
    attributes, case, shown, majority :
        Who is asked about what: the persona's attributes, the case id, the alternative ids in the order
        shown, the case's stated majority. Synthetic backends answer from these.
    """

    persona: str
    question: Question
    readout: Readout
    seed: int
    attributes: Mapping[str, Any] = field(default_factory=dict)
    case: str = ""
    shown: tuple[str, ...] = ()
    majority: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one request, as the provider counted them; `cached` is the part of `input` read from a cache."""

    input: int = 0
    output: int = 0
    cached: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.

    Attributes
    ----------
    text : str
        The answer as written (``""`` for a log-probability readout).
    probabilities : Mapping or None
        Option -> probability of its first token, not renormalised: what is missing to 1 went elsewhere.
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
    probabilities: Mapping[str, float] | None = None
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
    """

    readouts: tuple[Readout, ...]
    max_connections: int
    caveat: str | None
    pricing: str | None

    async def ask(self, request: Request) -> Reply:
        """Put one request to the model."""
        ...

    async def aclose(self) -> None:
        """Let go of connections, threads and memory."""
        ...


#: Opens a backend for one model; raises `ModelError` when the model cannot be used.
Factory = Callable[[ModelSpec], Backend]

backends: Registry[Factory] = Registry("provider", "jury.backends")
