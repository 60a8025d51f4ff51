"""What holds for every backend in the registry."""

import asyncio
import inspect
import json
import subprocess
import sys

import numpy as np
import pytest

import jury.backends
from jury import ModelError
from jury.backends import ModelSpec, Request, backends, open_backend, split_model_name
from jury.cases import Case
from jury.elicitation import Showing, channel, modes
from jury.models.embedded import embedded_model_path
from jury.prices import price_of

MODELS = {
    "anthropic": ["claude-haiku-4-5"],
    "local": ["smollm2-135m-instruct"],
    "null": ["uniform", "majority"],
    "openai": ["gpt-5-mini"],
    "openai-compatible": ["some-model"],
    "planted": ["hash", "table"],
}
OPTIONS = {"planted/table": {"utilities": {"x": {"default": 0.9}, "y": {"default": 0.2}}}}
SYNTHETIC = ["null/uniform", "null/majority", "planted/hash", "planted/table"]
CASE = Case.model_validate({"id": "k", "prompt": "p", "alternatives": ["x", "y"]})
HEAVY = ("openai", "anthropic", "xllamacpp", "pandas", "genai_prices")


def everyone():
    return [
        pytest.param(provider, name, id=f"{provider}/{name}", marks=[pytest.mark.local_model] * (provider == "local"))
        for provider in backends
        for name in MODELS.get(provider, ["untested"])
    ]


def spec_of(provider, name):
    url = "http://127.0.0.1:9/v1" if provider == "openai-compatible" else None
    return ModelSpec(provider, name, base_url=url, options=OPTIONS.get(f"{provider}/{name}", {}))


def opened(provider, name, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-test")
    if provider == "local" and embedded_model_path() is None:
        pytest.skip("the embedded model has not been pulled: `jury models pull`")
    if provider == "local":
        pytest.importorskip("xllamacpp", reason="needs xllamacpp, of the extra `local`")
    return open_backend(spec_of(provider, name))


def requests(mode, readout, seed=3):
    shown = ("y", "x")
    for question in mode.questions(Showing.plain(CASE, shown, readout)):
        yield Request("Age: 30", question, channel(readout), seed, {"age": 30}, CASE.id, shown, "y")


def test_every_backend_is_here():
    assert set(MODELS) == set(backends)


@pytest.mark.parametrize("provider", list(backends))
def test_it_is_documented(provider):
    factory = backends[provider]
    module = inspect.getmodule(factory)
    assert inspect.getdoc(factory)
    assert provider in (module.__doc__ or "")


@pytest.mark.parametrize(("provider", "name"), everyone())
def test_it_says_what_it_can_and_charges(provider, name, monkeypatch):
    backend = opened(provider, name, monkeypatch)
    try:
        assert backend.readouts
        assert set(backend.readouts) <= {"sample", "logprobs"}
        assert len(set(backend.readouts)) == len(backend.readouts)
        assert backend.max_connections >= 1
        assert backend.caveat is None or (backend.caveat.endswith(".") and "\n" not in backend.caveat)
        assert backend.pricing is None or isinstance(backend.pricing, str)
        price_of(spec_of(provider, name), backend)
        for mode in modes.values():
            assert any(mode.model_validate({}).obstacle(readout, [CASE]) is None for readout in backend.readouts)
        assert backend.cached_prefix is None or backend.cached_prefix > 0
    finally:
        asyncio.run(backend.aclose())


@pytest.mark.parametrize("model", SYNTHETIC)
def test_synthetic_jurors_carry_a_caveat(model, monkeypatch):
    assert "say nothing about people" in opened(*model.split("/"), monkeypatch).caveat


@pytest.mark.parametrize("model", SYNTHETIC)
@pytest.mark.parametrize("mode", list(modes))
@pytest.mark.parametrize("readout", ["sample", "logprobs", "verbalised"])
def test_synthetic_answers_can_be_read_and_depend_on_the_seed_alone(model, mode, readout, monkeypatch):
    settings = modes[mode].model_validate({})
    if settings.obstacle(readout, [CASE]) is not None:
        pytest.skip(f"mode {mode} has no {readout} readout")

    async def ask():
        backend = opened(*model.split("/"), monkeypatch)
        replies = [await backend.ask(request) for request in requests(settings, readout)]
        await backend.aclose()
        return replies

    first, second = asyncio.run(ask()), asyncio.run(ask())
    assert first == second
    answer = settings.hear(Showing.plain(CASE, ("y", "x"), readout), first, np.random.default_rng(0))
    assert answer.status == "answered"
    assert all(reply.model == model for reply in first)
    json.dumps(dict(first[0].parameters))


@pytest.mark.parametrize(
    "model", ["", "gpt", "gpt-5", "/gpt", "openai/", "opnai/gpt-5", "OpenAI/gpt-5", " openai/gpt-5"]
)
def test_unknown_models_are_named_with_what_there_is(model):
    with pytest.raises(ModelError) as caught:
        split_model_name(model)
    message = str(caught.value)
    assert repr(model) in message
    assert "\n" not in message
    assert all(provider in message for provider in backends)


@pytest.mark.parametrize("model", ["null/nothing", "planted/tree", "local/no/such/file.gguf"])
def test_unknown_names_of_a_provider_say_what_there_is(model):
    with pytest.raises(ModelError, match=model) as caught:
        open_backend(ModelSpec(*split_model_name(model)))
    assert "\n" not in str(caught.value)


def test_a_name_may_hold_slashes():
    assert split_model_name("openai-compatible/org/model") == ("openai-compatible", "org/model")


@pytest.mark.parametrize("module", ["jury", "jury.backends", "jury.study", "jury.elicitation"])
def test_nothing_heavy_is_imported_until_it_is_used(module):
    code = f"import {module}, sys; print(*sorted(sys.modules))"
    if module == "jury.backends":
        code = f"import sys, {module}; list({module}.backends); print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert module in loaded
    assert not loaded & set(HEAVY)


def test_the_public_names_are_there():
    assert all(hasattr(jury, name) for name in jury.__all__)
    assert all(hasattr(jury.backends, name) for name in jury.backends.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = jury.nonsense
