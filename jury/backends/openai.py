"""``openai/NAME``: OpenAI's own models, through the official SDK.

Through which interface, `jury.backends.openai_interfaces` says. The key comes from ``OPENAI_API_KEY``; another address
from the model's base URL or ``OPENAI_BASE_URL``.
"""

from __future__ import annotations

from jury.backends.address import check_base_url, shown_url
from jury.backends.base import ModelSpec, backends
from jury.backends.http_errors import Endpoint
from jury.backends.openai_dialects import OPENAI
from jury.backends.openai_interfaces import OpenAIModel
from jury.backends.sdk import http_client, import_sdk, require_key

KEY_VARIABLE = "OPENAI_API_KEY"


@backends.register("openai")
def open_openai(spec: ModelSpec) -> OpenAIModel:
    """Open an OpenAI model; raises `ModelError` when the SDK or the key is missing."""
    key = require_key(KEY_VARIABLE, spec)
    base_url = check_base_url(spec)
    sdk = import_sdk("openai")
    client = sdk.AsyncOpenAI(
        api_key=key, base_url=base_url, timeout=spec.timeout, max_retries=0, http_client=http_client(sdk)
    )
    endpoint = Endpoint(
        model=spec.full_name,
        url=shown_url(client.base_url),
        sdk=sdk,
        key_variable=KEY_VARIABLE,
        key=key,
        timeout=spec.timeout,
        where_to_look="check the model's name; for a server without a responses interface set model.options.interface "
        "to chat",
    )
    return OpenAIModel(spec, endpoint, client, OPENAI)
