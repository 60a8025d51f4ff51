"""In what OpenAI's own servers and others that offer its interfaces differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jury.backends.base import Readout
from jury.backends.prompt_cache import OPENAI_SHORTEST


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a kind of server is spoken to.

    Attributes
    ----------
    limit_field : str
        The field of a chat completion that bounds the answer.
    prompt_cache : bool
        Whether the server has OpenAI's prompt cache, with fields of its own in a request.
    interfaces : Mapping
        Readout -> the interface that it goes through by default.
    max_connections, pricing, cached_prefix
        See `jury.backends.base.Backend`.
    """

    limit_field: str
    prompt_cache: bool
    interfaces: Mapping[Readout, str]
    max_connections: int
    pricing: str | None
    cached_prefix: int | None


OPENAI = Dialect(
    limit_field="max_completion_tokens",  # `max_tokens` is refused by the newer models
    prompt_cache=True,
    interfaces={"sample": "responses", "logprobs": "chat"},
    max_connections=32,
    pricing="openai",
    cached_prefix=OPENAI_SHORTEST,
)

COMPATIBLE = Dialect(
    limit_field="max_tokens",  # the name that llama.cpp, vLLM and Ollama all read
    prompt_cache=False,
    interfaces={"sample": "chat", "logprobs": "chat"},
    max_connections=16,
    pricing=None,
    cached_prefix=None,
)
