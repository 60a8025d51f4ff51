"""Prices by the list, which are computed from its rates, against the list's own calculation."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from genai_prices import Usage as Tokens
from genai_prices import calc_price
from genai_prices.data_snapshot import get_snapshot

from jury.backends import ModelSpec
from jury.backends.base import Usage
from jury.prices import price_of

LISTED = {
    provider.id: [model.id for model in provider.models]
    for provider in get_snapshot().providers
    if provider.id in ("openai", "anthropic")
}


def _price(provider, model):
    return price_of(ModelSpec(provider, model), SimpleNamespace(pricing=provider))


def _usages(rng, number):
    for size in 10 ** rng.uniform(0, 6, number):  # up to a million tokens, beyond every tier
        total = int(size)
        cached = int(rng.integers(total + 1))
        written = int(rng.integers(total - cached + 1))
        yield Usage(total, int(rng.integers(10_000)), cached, written)


def test_there_is_a_list():
    assert sum(map(len, LISTED.values())) > 50


@pytest.mark.parametrize("provider", LISTED)
def test_every_listed_price_is_the_lists_own(provider):
    rng = np.random.default_rng(1)
    for model in LISTED[provider]:
        price = _price(provider, model)
        for usage in _usages(rng, 30):
            tokens = Tokens(
                input_tokens=usage.input,
                output_tokens=usage.output,
                cache_read_tokens=usage.cached,
                cache_write_tokens=usage.written,
            )
            try:
                own = float(calc_price(tokens, model_ref=model, provider_id=provider).total_price)
            except LookupError:  # a family's id, which no model's name matches
                assert price(usage) is None
            else:
                assert price(usage) == pytest.approx(own, rel=1e-9, abs=1e-15), (model, usage)


def test_a_tier_that_a_long_prompt_reaches_is_charged():
    tiered = next(
        (provider.id, model.id)
        for provider in get_snapshot().providers
        for model in provider.models
        if provider.id in LISTED and "tiers" in repr(model.prices)
    )
    price = _price(*tiered)
    assert price(Usage(10**6)) > 100 * price(Usage(10**4))


def test_an_unlisted_model_has_no_price():
    assert _price("openai", "no-such-model")(Usage(1000, 10)) is None
