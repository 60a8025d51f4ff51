"""Wire-exact stand-ins for the OpenAI and Anthropic endpoints, as real HTTP servers on loopback.

A test lines up behaviours, one a request; what is not lined up is answered properly. Every request is
checked against the installed SDK's own parameter types, and what is wrong with it is kept in `violations`.
"""

from __future__ import annotations

from .batches import AnthropicBatches, OpenAIBatches
from .behaviours import Behaviour, cut_short, drip, reset, send, send_raw
from .bodies import anthropic_error, completion, message, openai_error, response
from .checks import KEY, check_anthropic, check_chat, check_responses
from .server import FakeServer, Route, Seen
from .services import anthropic_server, openai_server

__all__ = [
    "KEY",
    "AnthropicBatches",
    "Behaviour",
    "FakeServer",
    "OpenAIBatches",
    "Route",
    "Seen",
    "anthropic_error",
    "anthropic_server",
    "check_anthropic",
    "check_chat",
    "check_responses",
    "completion",
    "cut_short",
    "drip",
    "message",
    "openai_error",
    "openai_server",
    "reset",
    "response",
    "send",
    "send_raw",
]
