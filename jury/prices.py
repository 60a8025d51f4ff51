"""What a reply costs, from the price list that the package ``genai-prices`` keeps, or from the study."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from jury.backends.base import FREE, Backend, ModelSpec, Request, Usage
from jury.errors import ModelError

if TYPE_CHECKING:
    from genai_prices.types import PriceCalculation

#: US dollars of one reply, or None when the price is not known.
Price = Callable[[Usage], float | None]

#: US dollars for a million input tokens, and for a million output tokens.
Rates = tuple[float, float]

_PROBED = 1000  # tokens, so many that no rounding shows
#: OpenAI, https://developers.openai.com/api/docs/guides/batch; Anthropic,
#: https://platform.claude.com/docs/en/build-with-claude/batch-processing; November 2026.
_BATCH_SHARE = 0.5


def price_of(spec: ModelSpec, backend: Backend, rates: Rates | None = None, *, batch: bool = False) -> Price:
    """Return the price function of a model: 0 where nothing is charged, None where nothing is known.

    Parameters
    ----------
    spec : ModelSpec
    backend : Backend
    rates : tuple of float, optional
        A price that goes before the list's; what is read from a prompt cache costs as much as other input then.
    batch : bool
        The price in the provider's batch interface: by the list or, where that knows none, half of the usual price,
        which is what OpenAI and Anthropic charge.
    """
    if batch and (rates is not None or backend.pricing in (None, FREE) or not _lists_batches(spec, backend)):
        usual = price_of(spec, backend, rates)
        return lambda usage: None if (cost := usual(usage)) is None else cost * _BATCH_SHARE
    if rates is not None:
        dollars_in, dollars_out = rates
        return lambda usage: (usage.input * dollars_in + usage.output * dollars_out) / 1e6
    provider = backend.pricing
    if provider is None:
        return lambda _: None
    if provider == FREE:
        return lambda _: 0.0
    return _listed(spec.name, provider, {"processing": "batch"} if batch else None)


def _lists_batches(spec: ModelSpec, backend: Backend) -> bool:
    """Return whether the list has a batch price of its own for a model; it falls back to the usual one silently."""
    probe = Usage(_PROBED, _PROBED)
    usual, listed = (_listed(spec.name, str(backend.pricing), context) for context in (None, {"processing": "batch"}))
    return usual(probe) != listed(probe)


def _listed(model: str, provider: str, context: Mapping[str, str] | None = None) -> Price:
    """Return the price by the list.

    The list's own calculation takes longer than to send a request, and is made several times for each. So the rates
    are asked of it once, wherever they are the same at any time and for any length that a request may have.
    """
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price

    def calculate(usage: Usage) -> PriceCalculation:
        tokens = Tokens(
            input_tokens=usage.input,
            output_tokens=usage.output,
            cache_read_tokens=usage.cached,
            cache_write_tokens=usage.written,
        )
        return calc_price(tokens, model_ref=model, provider_id=provider, price_context=context)

    def price(usage: Usage) -> float:
        return float(calculate(usage).total_price)

    try:
        longest = _steady_up_to(calculate(Usage(1, 1)))
    except LookupError:
        return lambda _: None
    if longest < _PROBED:
        return price
    probes = (Usage(_PROBED), Usage(_PROBED, cached=_PROBED), Usage(_PROBED, written=_PROBED), Usage(0, _PROBED))
    fresh, cached, written, output = (price(probe) / _PROBED for probe in probes)

    def quick(usage: Usage) -> float:
        if usage.input > longest:
            return price(usage)
        new = usage.input - usage.cached - usage.written
        return new * fresh + usage.cached * cached + usage.written * written + usage.output * output

    return quick


def _steady_up_to(found: PriceCalculation) -> float:
    """Return the most input tokens for which the rates are always those of `found`; 0 where they depend on the time."""
    from genai_prices.types import ModelPrice, TieredPrices

    if not isinstance(found.model.prices, ModelPrice):
        return 0
    tiered = [rate for rate in vars(found.model_price).values() if isinstance(rate, TieredPrices)]
    return min((tier.start for rate in tiered for tier in rate.tiers), default=math.inf)


def check_price(price: Price, spec: ModelSpec) -> None:
    """Raise `ModelError` if the price of the model is not known, so that no limit can be kept."""
    if price(Usage(1, 1)) is None:
        raise ModelError(
            f"--max-cost: the price of {spec.full_name} is not known, so no limit can be kept; give it with "
            "--price INPUT OUTPUT (US dollars for a million tokens), or leave --max-cost out"
        )


def most_expensive(request: Request, spec: ModelSpec, price: Price) -> float | None:
    """Return an upper bound on what `request` costs, to set aside before it is sent; None if prices are not known.

    A byte-level tokenizer gives at most one token a UTF-8 byte; what providers add around messages and schemas is
    taken as 200 tokens and the schema's bytes again, and each earlier reply as the longest allowed. Writing to a
    provider's prompt cache may cost more than other input, so all of it is taken as written where that is dearer.
    What is set aside too much is given back with the real usage.
    """
    text = "".join(message.text for message in request.messages()) + 2 * str(request.question.form.schema)
    tokens = len(text.encode("utf-8", "replace")) + 200 + len(request.earlier) * spec.max_tokens
    costs = [price(Usage(tokens, spec.max_tokens)), price(Usage(tokens, spec.max_tokens, written=tokens))]
    known = [cost for cost in costs if cost is not None]
    return max(known) if len(known) == len(costs) else None
