"""``openai-compatible/NAME``: any server that speaks chat completions, such as vLLM, Ollama or llama.cpp.

One that has a responses interface is asked through it with ``model.options.interface: responses``.

Where it is has to be said (``--model-base-url``). A key is taken from ``OPENAI_COMPATIBLE_API_KEY`` if there is
one; local servers mostly want none. ``OPENAI_API_KEY`` is never sent: the server may be anybody's.
"""

from __future__ import annotations

from jury.backends.address import check_base_url, shown_url
from jury.backends.base import ModelSpec, backends
from jury.backends.http_errors import Endpoint
from jury.backends.openai_dialects import COMPATIBLE
from jury.backends.openai_interfaces import OpenAIModel
from jury.backends.sdk import http_client, import_sdk, read_key
from jury.errors import ModelError

KEY_VARIABLE = "OPENAI_COMPATIBLE_API_KEY"
#: The SDK insists on a key.
_NO_KEY = "none"


@backends.register("openai-compatible")
def open_compatible(spec: ModelSpec) -> OpenAIModel:
    """Open a model behind an OpenAI-compatible server; raises `ModelError` when its address is missing."""
    if not spec.base_url:
        raise ModelError(
            f"{spec.full_name} needs the address of its server: give it as --model-base-url http://127.0.0.1:8080/v1"
        )
    base_url = check_base_url(spec)
    key = read_key(KEY_VARIABLE)
    sdk = import_sdk("openai")
    client = sdk.AsyncOpenAI(
        api_key=key or _NO_KEY, base_url=base_url, timeout=spec.timeout, max_retries=0, http_client=http_client(sdk)
    )
    endpoint = Endpoint(
        model=spec.full_name,
        url=shown_url(client.base_url),
        sdk=sdk,
        key_variable=KEY_VARIABLE,
        key=key,
        timeout=spec.timeout,
        where_to_look="check the model's name, and --model-base-url, which for most servers ends in /v1",
    )
    return OpenAIModel(spec, endpoint, client, COMPATIBLE)
