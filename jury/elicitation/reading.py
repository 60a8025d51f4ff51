"""Answers as they arrive: JSON, refusals, the probabilities of first tokens."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

from jury.backends.base import Reply

TokenVariants = Literal["logsumexp", "legacy_sum"]


def parse_object(text: str) -> dict[str, Any] | None:
    """Return the JSON object that `text` is, or is the only content of a fenced block; None if it is not.

    Text around it, several objects, a key given twice (which answer would count?) and numbers that JSON does not have
    (NaN, Infinity) are no answer.

    Examples
    --------
    >>> parse_object('{"A": 4}')
    {'A': 4}
    >>> [parse_object(text) for text in ('Sure: {"A": 4}', '{"A": 4} {"A": 1}', '{"A": 4, "A": 1}', '{"A": NaN}')]
    [None, None, None, None]
    """
    body = text.strip()
    fenced = _FENCED.fullmatch(body)
    try:
        value = json.loads(fenced[1] if fenced else body, object_pairs_hook=_distinct, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


_FENCED = re.compile(r"```(?:json)?(.*)```", re.DOTALL | re.IGNORECASE)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice")
    return found


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def declined(replies: Sequence[Reply]) -> bool:
    """Return whether the provider said of any reply that the model declined."""
    return any(reply.refused for reply in replies)


class OptionShares(NamedTuple):
    """What a first token says about the options.

    Attributes
    ----------
    shares : dict
        Option -> probability, summing to 1; empty when no token spelt an option.
    mass : float
        The probability that the model put on any option, in whatever spelling; in [0, 1].
    """

    shares: dict[str, float]
    mass: float


def option_shares(reply: Reply, options: Iterable[str], variants: TokenVariants = "logsumexp") -> OptionShares:
    """Return the probabilities of options from those of the tokens that spell them.

    An option has several tokens: with and without a space in front, say.

    Parameters
    ----------
    reply : Reply
        With log-probabilities.
    options : iterable of str
    variants : {"logsumexp", "legacy_sum"}
        ``logsumexp`` adds the probabilities of an option's spellings. ``legacy_sum`` adds their
        log-probabilities, which multiplies the probabilities, and takes the softmax over options, as the released
        code of Sorensen et al. (2024) did; every spelling met for one option counts for all of them, and one that
        was not reported counts with the lowest log-probability that was.

    Examples
    --------
    >>> reply = Reply("", {"A": math.log(0.5), " A": math.log(0.1), "B": math.log(0.3), " B": math.log(0.1)})
    >>> option_shares(reply, "AB").shares
    {'A': 0.6, 'B': 0.4}
    >>> {option: round(share, 3) for option, share in option_shares(reply, "AB", "legacy_sum").shares.items()}
    {'A': 0.625, 'B': 0.375}
    """
    tokens = reply.logprobs or {}
    spelt: dict[str, dict[tuple[str, str], float]] = {option: {} for option in options}
    for token, logprob in tokens.items():
        option = token.strip()
        if option in spelt:
            before, _, after = token.partition(option)
            spelt[option][before, after] = logprob
    sums = {option: sum(math.exp(value) for value in found.values()) for option, found in spelt.items()}
    mass = sum(sums.values())
    if mass <= 0:
        return OptionShares({}, 0.0)
    if variants == "logsumexp":
        return OptionShares({option: value / mass for option, value in sums.items()}, mass)
    return OptionShares(_softmax(_added(spelt, reply.floor)), mass)


def _added(spelt: dict[str, dict[tuple[str, str], float]], floor: float | None) -> dict[str, float]:
    ways = sorted({way for found in spelt.values() for way in found})
    lowest = min(value for found in spelt.values() for value in found.values()) if floor is None else floor
    return {option: sum(found.get(way, lowest) for way in ways) for option, found in spelt.items()}


def _softmax(scores: dict[str, float]) -> dict[str, float]:
    top = max(scores.values())
    raised = {option: math.exp(score - top) for option, score in scores.items()}
    total = sum(raised.values())
    return {option: value / total for option, value in raised.items()}
