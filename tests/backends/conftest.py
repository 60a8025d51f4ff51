"""Loopback servers and small builders for the tests of backends."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

from jury.backends import Form, ModelSpec, Question, Request, open_backend

_SCHEMA = {
    "type": "object",
    "properties": {"A": {"enum": [1, 2, 3, 4, 5, None]}, "B": {"type": ["integer", "null"]}},
    "required": ["A", "B"],
    "additionalProperties": False,
}
_VARIABLES = [
    *(
        "OPENAI_API_KEY",
        "OPENAI_COMPATIBLE_API_KEY",
        "OPENAI_BASE_URL",
        "OPENAI_ORG_ID",
        "OPENAI_PROJECT_ID",
        "OPENAI_CUSTOM_HEADERS",
    ),
    *("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_CUSTOM_HEADERS"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"),
]


def _load():
    # By path: with --import-mode=importlib a test directory is no package to import siblings from.
    spec = importlib.util.spec_from_file_location("jury_test_fakes", Path(__file__).parent / "fakes" / "__init__.py")
    package = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = package  # its modules look it up
    spec.loader.exec_module(package)
    return package


_fakes = _load()


@pytest.fixture
def fakes():
    """The package of fakes: behaviours and bodies."""
    return _fakes


@pytest.fixture(autouse=True)
def own_environment(monkeypatch):
    """No test sees keys, addresses or proxies of the machine it runs on."""
    for variable in _VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", _fakes.KEY)
    monkeypatch.setenv("OPENAI_COMPATIBLE_API_KEY", _fakes.KEY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", _fakes.KEY)


def _serve(server):
    try:
        yield server
    finally:
        server.close()
    assert server.violations == []


@pytest.fixture
def openai_server():
    yield from _serve(_fakes.openai_server())


@pytest.fixture
def anthropic_server():
    yield from _serve(_fakes.anthropic_server())


@pytest.fixture
def openai_batches(openai_server):
    """OpenAI's files and batches, played by the server."""
    return _fakes.OpenAIBatches(openai_server)


@pytest.fixture
def anthropic_batches(anthropic_server):
    """Anthropic's message batches, played by the server."""
    return _fakes.AnthropicBatches(anthropic_server)


@pytest.fixture
def make_request():
    """Builds a request; the form has every spelling of a nullable value."""

    def build(readout="sample", *, persona="You are Ann.", schema=None, options=("A", "B"), seed=2**63 + 11):
        form = Form(schema or _SCHEMA, options)
        question = Question("Case: tea or coffee?", "Rate A and B.", form, as_if=lambda _: "")
        return Request(persona, question, readout, seed)

    return build


@pytest.fixture
def ask():
    """Opens a backend, puts requests to it one after the other, closes it; returns the last reply."""

    async def run(model, *requests, **spec):
        provider, _, name = model.partition("/")
        backend = open_backend(ModelSpec(provider, name, **spec))
        try:
            for request in requests:
                reply = await backend.ask(request)
        finally:
            await backend.aclose()
        return reply

    return run


@pytest.fixture(scope="session")
def gguf_path():
    """A language model to run: $JURY_TEST_GGUF, else the embedded one if it has been pulled."""
    override = os.environ.get("JURY_TEST_GGUF")
    if override:
        return Path(override)
    from jury.models.embedded import embedded_model_path

    path = embedded_model_path()
    if path is None:
        pytest.skip("the embedded model is not in the cache: run `jury models pull`, or set JURY_TEST_GGUF")
    return path
