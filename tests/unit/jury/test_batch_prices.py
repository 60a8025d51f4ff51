"""Prices in batch interfaces: the list's own, else half."""

import pytest

from jury.backends import ModelSpec, Usage
from jury.backends.base import FREE
from jury.prices import price_of

MILLION = Usage(1_000_000, 1_000_000)


class Priced:
    def __init__(self, pricing):
        self.pricing = pricing


@pytest.mark.parametrize(
    ("provider", "model", "dollars"),
    [
        ("openai", "gpt-5-mini", (0.25 + 2.0) / 2),
        ("anthropic", "claude-haiku-4-5", (1 + 5) / 2),
        ("anthropic", "claude-opus-4-1", (15 + 75) / 2),  # the list knows its usual price alone
    ],
)
def test_a_batch_costs_half(provider, model, dollars):
    assert price_of(ModelSpec(provider, model), Priced(provider), batch=True)(MILLION) == pytest.approx(dollars)


def test_a_price_of_ones_own_is_halved_too():
    price = price_of(ModelSpec("openai", "new"), Priced("openai"), (3.0, 5.0), batch=True)
    assert price(MILLION) == pytest.approx(4.0)


def test_what_is_not_known_stays_so_and_what_is_free_too():
    assert price_of(ModelSpec("openai", "nobody-knows"), Priced("openai"), batch=True)(MILLION) is None
    assert price_of(ModelSpec("local", "m"), Priced(None), batch=True)(MILLION) is None
    assert price_of(ModelSpec("null", "m"), Priced(FREE), batch=True)(MILLION) == 0
