"""What a reply costs, from the price list that the package ``genai-prices`` keeps."""

from __future__ import annotations

from collections.abc import Callable

from jury.backends.base import FREE, Backend, ModelSpec, Request, Usage

#: US dollars of one reply, or None when the price is not known.
Price = Callable[[Usage], float | None]


def price_of(spec: ModelSpec, backend: Backend) -> Price:
    """Return the price function of a model: 0 where nothing is charged, None where nothing is known."""
    provider = backend.pricing
    if provider is None:
        return lambda _: None
    if provider == FREE:
        return lambda _: 0.0
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price

    def price(usage: Usage) -> float | None:
        tokens = Tokens(input_tokens=usage.input, output_tokens=usage.output, cache_read_tokens=usage.cached)
        try:
            return float(calc_price(tokens, model_ref=spec.name, provider_id=provider).total_price)
        except LookupError:
            return None

    return price


def most_expensive(request: Request, spec: ModelSpec) -> Usage:
    """Return an upper bound on the tokens of `request`, to reserve its cost before it is sent.

    A byte-level tokenizer gives at most one token a UTF-8 byte; what providers add around messages and schemas is
    taken as 200 tokens and the schema's bytes again. What is set aside too much is given back with the real usage.
    """
    schema = str(request.question.form.schema)
    text = request.persona + request.question.context + request.question.ask + 2 * schema
    return Usage(input=len(text.encode()) + 200, output=spec.max_tokens)
