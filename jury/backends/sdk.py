"""What the backends that go through a provider's SDK share: its import, its client, its key, its options, a request."""

from __future__ import annotations

import asyncio
import importlib
import os
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies

from jury.backends.answers import Fields, parsed
from jury.backends.http_errors import garbled, no_json, translated
from jury.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from types import ModuleType

    from anthropic import AsyncAnthropic
    from httpx2 import AsyncClient
    from openai import AsyncOpenAI

    from jury.backends.base import ModelSpec
    from jury.backends.http_errors import Endpoint


def import_sdk(package: str) -> ModuleType:
    """Import an SDK; a missing one is a `ModelError` that names the remedy."""
    try:
        return importlib.import_module(package)
    except ModuleNotFoundError as error:
        if error.name != package:
            raise  # the SDK is there and something that it needs is not: its own words say what
        raise ModelError(
            f"{package} models need the Python package {package}: install it with `pip install {package}`"
        ) from None


def http_client(sdk: ModuleType) -> AsyncClient:
    """Return the SDK's own HTTP client, on a faster way to the network, with a connection for each request in flight.

    How many that are, the engine decides. Where requests go through a proxy, the SDK's own way is kept. Redirects are
    not followed: they would carry the key and the question to a server that nobody named.
    """
    new: type[AsyncClient] = sdk.DefaultAsyncHttpxClient
    if getproxies().keys() & {"http", "https", "all"}:
        return new(follow_redirects=False)
    from jury.backends.transport import AiohttpTransport

    return new(transport=AiohttpTransport(), follow_redirects=False)


async def send(
    client: AsyncOpenAI | AsyncAnthropic,
    endpoint: Endpoint,
    path: str,
    body: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
) -> Fields:
    """Send a request once, its body as it is, and return the body of the answer as it came.

    The SDK's method for each kind of request would look for something to convert in every field of it, and in the
    schema's; in our bodies there is nothing, and it takes as long as the sending. See `jury.backends.http_errors` for
    what is raised when.
    """
    from httpx2 import Response

    with translated(endpoint):
        # The SDK's own time-out is per read, which a server that drips its answer never meets.
        async with asyncio.timeout(endpoint.timeout):
            options: Any = {"headers": headers} if headers else {}
            response = await client.post(path, cast_to=Response, body=body, options=options)
    try:
        answer = parsed(response.content)
    except ValueError:
        raise no_json(endpoint, response.text) from None
    if not isinstance(answer, Fields):
        raise garbled(endpoint, "it is not a JSON object")
    return answer


def read_key(variable: str) -> str:
    """Return the API key in the environment variable `variable`, or ``""`` when there is none.

    Raises
    ------
    ModelError
        If it holds characters that no HTTP header may hold; sending it would quote it in an error.
    """
    key = os.environ.get(variable, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise ModelError(f"{variable} holds characters that no key has; copy the key again")
    return key


_LACKING: ContextVar[list[str] | None] = ContextVar("lacking", default=None)


@contextmanager
def without_keys() -> Iterator[list[str]]:
    """Let models be opened without their keys, to be priced and not to be asked; yields who lacks which."""
    lacking: list[str] = []
    token = _LACKING.set(lacking)
    try:
        yield lacking
    finally:
        _LACKING.reset(token)


def require_key(variable: str, spec: ModelSpec) -> str:
    """Return the API key in `variable`; raises `ModelError`, naming the variable, when there is none.

    Within `without_keys` it returns what stands for a key instead.
    """
    key = read_key(variable)
    if not key:
        fault = f"{spec.full_name} needs a key: set the environment variable {variable}"
        lacking = _LACKING.get()
        if lacking is None:
            raise ModelError(fault)
        lacking.append(fault)
        return "no-key"
    return key


#: Options that say which way a backend goes; they are no field of any provider's requests.
OWN_OPTIONS = frozenset({"interface", "structured"})


def own_option(spec: ModelSpec, name: str, choices: Sequence[str], default: str) -> str:
    """Return an option that this package reads itself; raises `ModelError` when it is none of `choices`."""
    value = spec.options.get(name, default)
    if value not in choices:
        raise ModelError(f"{spec.full_name}: model.options.{name}: {value!r} is none of {', '.join(choices)}")
    return str(value)


def read_options(spec: ModelSpec, owned: Iterable[str]) -> dict[str, Any]:
    """Return the options of `spec` that are sent as they are; raises `ModelError` for fields in `owned`."""
    taken = sorted(set(spec.options) & set(owned))
    if taken:
        raise ModelError(
            f"{spec.full_name}: model.options may not set {', '.join(taken)}, which the study's other "
            "settings decide; remove it there"
        )
    return {name: value for name, value in spec.options.items() if name not in OWN_OPTIONS}


def count(tokens: object) -> int:
    """Return a token count, 0 for what a server left out."""
    return tokens if isinstance(tokens, int) else 0
