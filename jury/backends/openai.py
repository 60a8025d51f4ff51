"""``openai/NAME``: OpenAI's own models, through the official SDK and chat completions.

The key comes from ``OPENAI_API_KEY``; another address from the model's base URL or ``OPENAI_BASE_URL``.
"""

from __future__ import annotations

from jury.backends.base import ModelSpec, backends
from jury.backends.chat_completions import ChatCompletions
from jury.backends.http_errors import Endpoint
from jury.backends.sdk import check_base_url, import_sdk, require_key, shown_url

KEY_VARIABLE = "OPENAI_API_KEY"


@backends.register("openai")
def open_openai(spec: ModelSpec) -> ChatCompletions:
    """Open an OpenAI model; raises `ModelError` when the SDK or the key is missing."""
    key = require_key(KEY_VARIABLE, spec)
    base_url = check_base_url(spec)
    sdk = import_sdk("openai")
    client = sdk.AsyncOpenAI(api_key=key, base_url=base_url, timeout=spec.timeout, max_retries=0)
    endpoint = Endpoint(spec.full_name, shown_url(client.base_url), sdk, KEY_VARIABLE, key, spec.timeout)
    return ChatCompletions(spec, endpoint, client)
