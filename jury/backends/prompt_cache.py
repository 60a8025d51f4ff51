"""What providers' prompt caches need to know of a request: where the part that others share ends.

=========  ===============================================================================================
OpenAI     Prompts of 1,024 tokens and more, automatically. Requests with one ``prompt_cache_key`` go to the
           same machines. From GPT-5.6 on, what is written to the cache costs 1.25 times other input, and only
           what ends at a breakpoint is found again; breakpoints are set in the request.
Anthropic  From a length on that depends on the model, and only up to blocks marked ``cache_control``; writing
           costs 1.25 times other input.
=========  ===============================================================================================

References
----------
OpenAI, "Prompt caching", https://developers.openai.com/api/docs/guides/prompt-caching; Anthropic, "Prompt caching",
https://platform.claude.com/docs/en/build-with-claude/prompt-caching; minimum lengths also as listed by LiteLLM,
https://docs.litellm.ai/docs/completion/prompt_caching. Read in November 2026.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jury.backends.base import Message

#: Both providers take four marks a request; OpenAI's own implicit one, switched off here, would be one of them.
MOST_MARKS = 4

OPENAI_SHORTEST = 1024
_FIRST_WITH_BREAKPOINTS = (5, 6)
_GPT = re.compile(r"gpt-(\d+)(?:\.(\d+))?(?:-|$)")

_ANTHROPIC_SHORTEST = {
    512: ("opus-5", "fable-5", "mythos-5"),
    2048: ("opus-4-7", "haiku-3", "3-haiku", "3-5-haiku"),
    4096: ("opus-4-5", "opus-4-6", "haiku-4-5"),
}
_ANTHROPIC_OTHERS = 1024


def anthropic_shortest(model: str) -> int:
    """Return the tokens from which on a beginning is cached by one of Anthropic's models.

    Examples
    --------
    >>> anthropic_shortest("claude-haiku-4-5-20251001"), anthropic_shortest("claude-sonnet-5")
    (4096, 1024)
    """
    for shortest, families in _ANTHROPIC_SHORTEST.items():
        # A date may follow; another number makes it another model.
        if any(re.search(rf"{family}(?!-\d{{1,2}}(?!\d))", model) for family in families):
            return shortest
    return _ANTHROPIC_OTHERS


def takes_breakpoints(model: str) -> bool:
    """Return whether one of OpenAI's models wants to be told where a reusable beginning ends.

    Examples
    --------
    >>> [name for name in ("gpt-4o", "gpt-5-mini", "gpt-5.6-sol", "gpt-6-astra", "o3") if takes_breakpoints(name)]
    ['gpt-5.6-sol', 'gpt-6-astra']
    """
    found = _GPT.match(model)
    return found is not None and (int(found[1]), int(found[2] or 0)) >= _FIRST_WITH_BREAKPOINTS


def cache_key(messages: Sequence[Message]) -> str | None:
    """Return a key that requests with the same shared beginning have in common; None where nothing is shared."""
    shared = [(message.role, part) for message in messages for part in message.parts[: message.shared]]
    return hashlib.sha256(repr(shared).encode()).hexdigest()[:32] if shared else None


def blocks(message: Message, kind: str, mark: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a message's parts as text blocks of `kind`, the shared ones with `mark`; joined, they are its text."""
    made: list[dict[str, Any]] = []
    for number, part in enumerate(message.parts):
        text = part if number == len(message.parts) - 1 else f"{part}\n\n"
        made.append({"type": kind, "text": text} | (dict(mark) if number < message.shared else {}))
    return made
