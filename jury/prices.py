"""What a reply costs, from the price list that the package ``genai-prices`` keeps, or from the study."""

from __future__ import annotations

from collections.abc import Callable

from jury.backends.base import FREE, Backend, ModelSpec, Request, Usage
from jury.errors import ModelError

#: US dollars of one reply, or None when the price is not known.
Price = Callable[[Usage], float | None]

#: US dollars for a million input tokens, and for a million output tokens.
Rates = tuple[float, float]


def price_of(spec: ModelSpec, backend: Backend, rates: Rates | None = None) -> Price:
    """Return the price function of a model: 0 where nothing is charged, None where nothing is known.

    Parameters
    ----------
    spec : ModelSpec
    backend : Backend
    rates : tuple of float, optional
        A price that goes before the list's; what is read from a prompt cache costs as much as other input then.
    """
    if rates is not None:
        dollars_in, dollars_out = rates
        return lambda usage: (usage.input * dollars_in + usage.output * dollars_out) / 1e6
    provider = backend.pricing
    if provider is None:
        return lambda _: None
    if provider == FREE:
        return lambda _: 0.0
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price

    def price(usage: Usage) -> float | None:
        tokens = Tokens(
            input_tokens=usage.input,
            output_tokens=usage.output,
            cache_read_tokens=usage.cached,
            cache_write_tokens=usage.written,
        )
        try:
            return float(calc_price(tokens, model_ref=spec.name, provider_id=provider).total_price)
        except LookupError:
            return None

    return price


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
