"""OpenAI's two interfaces, and which of them answers: responses and chat completions.

==============  ================================  =============================================
readout         ``openai``                        ``openai-compatible``
==============  ================================  =============================================
``sample``      responses                         chat completions
``logprobs``    chat completions                  chat completions
==============  ================================  =============================================

``model.options.interface`` set to ``responses`` or ``chat`` takes that one for everything. Log-probabilities go through
chat completions because only these take a seed and stop after one token; responses write 16 at least.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jury.backends.chat_completions import ChatCompletions
from jury.backends.responses import Responses
from jury.backends.sdk import own_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openai import AsyncOpenAI

    from jury.backends.base import ModelSpec, Readout, Reply, Request
    from jury.backends.http_errors import Endpoint
    from jury.backends.openai_dialects import Dialect

Interface = ChatCompletions | Responses

_INTERFACES: dict[str, type[Interface]] = {"responses": Responses, "chat": ChatCompletions}


class OpenAIModel:
    """One model behind OpenAI's interfaces, or behind a server that offers the same.

    Parameters
    ----------
    spec : ModelSpec
        Its options are sent along as fields of the request body, all but ``interface`` and ``structured``.
    endpoint : Endpoint
    client : AsyncOpenAI
        With its own retries off.
    dialect : Dialect
    """

    caveat: str | None = None

    def __init__(self, spec: ModelSpec, endpoint: Endpoint, client: AsyncOpenAI, dialect: Dialect) -> None:
        self.client = client
        self.endpoint = endpoint
        self.max_connections = dialect.max_connections
        self.pricing = dialect.pricing
        self.cached_prefix = dialect.cached_prefix
        self.readouts: tuple[Readout, ...] = ("sample", "logprobs")
        self._by_readout: dict[Readout, Interface] = {}
        for readout in self.readouts:
            name = own_option(spec, "interface", tuple(_INTERFACES), dialect.interfaces[readout])
            self._by_readout[readout] = _INTERFACES[name](spec, endpoint, client, dialect)

    async def ask(self, request: Request) -> Reply:
        """Put one request to the model; see `jury.backends.http_errors` for what is raised when."""
        return await self._by_readout[request.readout].ask(request)

    def check(self, request: Request, reply: Reply) -> bool:
        """Return whether `reply` shows that the server gives what was asked; see `check_structure`."""
        return self._by_readout[request.readout].check(request, reply)

    def path(self, request: Request) -> str:
        """Return where a batch sends `request`."""
        return self._by_readout[request.readout].path

    def body(self, request: Request) -> dict[str, Any]:
        """Return the whole body of `request`, as a batch sends it."""
        return self._by_readout[request.readout].body(request)

    def read(self, request: Request, answer: Mapping[str, Any]) -> Reply:
        """Return the reply that the body of an answer to `request` holds; raises as `ask` does."""
        return self._by_readout[request.readout].read(request, answer)

    async def aclose(self) -> None:
        """Close the connections."""
        await self.client.close()
