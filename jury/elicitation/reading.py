"""Answers as they arrive: JSON, refusals, the probabilities of first tokens."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

from jury.backends.base import Reply
from jury.elicitation.forms import brief

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


def read_form(text: str, keys: Sequence[str]) -> dict[str, Any] | str:
    """Return the JSON object that `text` is if it has exactly these keys, or in a few words why it is no answer.

    Whether or not a server holds a model to the form, the same answers count.

    Examples
    --------
    >>> read_form('{"A": 4, "B": 2}', "AB")
    {'A': 4, 'B': 2}
    >>> read_form('{"A": 4}', "AB"), read_form('{"A": 4, "B": 2, "C": 5}', "AB")
    ('B: missing', "'C': was not asked for")
    """
    given = parse_object(text)
    if given is None:
        return "not a JSON object"
    lacking = next((key for key in keys if key not in given), None)
    if lacking is not None:
        return f"{lacking}: missing"
    more = next((key for key in given if key not in keys), None)
    return given if more is None else f"{brief(more)}: was not asked for"


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
        ``logsumexp`` adds the probabilities of an option's spellings. ``legacy_sum`` adds their log-probabilities,
        which multiplies the probabilities, and takes the softmax over options, as the released code of Sorensen et
        al. (2024) did; every spelling met for one option counts for all of them, and one that was not reported counts
        with the lowest log-probability that was.

    Notes
    -----
    That code (jfisher52/AI_Pluralistic_Alignment) takes three token ids for each letter of LLaMA's vocabulary: the byte
    token, the letter after a space, and the letter alone; the same ids for whichever model is named. It averages each
    token's score over the repetitions, adds the three averages, and takes the softmax over the question's letters.
    What is different here under ``legacy_sum``:

    - The spellings are those that the model was seen to use: the letter with any white space around it. A byte token
      spells the same as the letter and is not told apart from it, so that there are mostly two and not three.
    - Log-probabilities instead of scores: the same shares, as what they differ by is alike for all options.
    - There the whole vocabulary was at hand; here a spelling that was not reported has the lowest reported value.
    - There a token that the model's own sampling settings had ruled out (minus infinity) is left out of the sum, and
      an option without any token left has the sum 0, which can be the largest. Here it has the lowest value.
    - One reply is read by itself. `pooled_option_shares` averages over repetitions first, as that code does.

    References
    ----------
    Sorensen et al. (2024), A roadmap to pluralistic alignment, arXiv:2402.05070, and its released code:
    ``src/tokens_to_extract.py``, ``create_model_response_globalqa.py``, ``analyze_data_globalqa.ipynb``.

    Examples
    --------
    >>> reply = Reply("", {"A": math.log(0.5), " A": math.log(0.1), "B": math.log(0.3), " B": math.log(0.1)})
    >>> option_shares(reply, "AB").shares
    {'A': 0.6, 'B': 0.4}
    >>> {option: round(share, 3) for option, share in option_shares(reply, "AB", "legacy_sum").shares.items()}
    {'A': 0.625, 'B': 0.375}
    """
    spelt, sums = _spelt(reply, options)
    mass = sum(sums.values())
    if mass <= 0:
        return OptionShares({}, 0.0)
    if variants == "logsumexp":
        return OptionShares({option: value / mass for option, value in sums.items()}, mass)
    return OptionShares(_softmax(_added(spelt, reply.floor)), mass)


def pooled_option_shares(
    replies: Sequence[Reply], options: Sequence[str], variants: TokenVariants = "logsumexp"
) -> OptionShares:
    """Return the probabilities of options over repetitions of one question.

    Parameters
    ----------
    replies : sequence of Reply
        Those without probability on any option are left out.
    options : sequence of str
    variants : {"logsumexp", "legacy_sum"}
        ``logsumexp`` averages probabilities over the repetitions. ``legacy_sum`` averages log-probabilities and takes
        the softmax afterwards, as the released code of Sorensen et al. (2024) did: a geometric mean of the shares, on
        which one repetition that rules an option out weighs heavily.

    Returns
    -------
    OptionShares
        Its mass is the mean over all repetitions.

    Examples
    --------
    >>> replies = [Reply("", {"A": math.log(a), "B": math.log(1 - a)}) for a in (0.9, 0.5)]
    >>> {name: round(pooled_option_shares(replies, "AB", name).shares["A"], 3) for name in ("logsumexp", "legacy_sum")}
    {'logsumexp': 0.7, 'legacy_sum': 0.75}
    """
    read = [(reply, *_spelt(reply, options)) for reply in replies]
    heard = [(reply, spelt, sums) for reply, spelt, sums in read if sum(sums.values()) > 0]
    if not heard:
        return OptionShares({}, 0.0)
    mass = sum(sum(sums.values()) for _, _, sums in heard) / len(replies)
    if variants == "logsumexp":
        totals = {option: sum(sums[option] for _, _, sums in heard) / len(replies) for option in options}
        return OptionShares({option: value / mass for option, value in totals.items()}, mass)
    scores = [_added(spelt, reply.floor) for reply, spelt, _ in heard]
    return OptionShares(
        _softmax({option: sum(score[option] for score in scores) / len(scores) for option in options}), mass
    )


_Spelt = dict[str, dict[tuple[str, str], float]]


def _spelt(reply: Reply, options: Iterable[str]) -> tuple[_Spelt, dict[str, float]]:
    """Return each option's spellings with their log-probabilities, and the sums of their probabilities."""
    spelt: _Spelt = {option: {} for option in options}
    for token, logprob in (reply.logprobs or {}).items():
        option = token.strip()
        if option in spelt:
            before, _, after = token.partition(option)
            spelt[option][before, after] = logprob
    return spelt, {option: sum(math.exp(value) for value in found.values()) for option, found in spelt.items()}


def _added(spelt: dict[str, dict[tuple[str, str], float]], floor: float | None) -> dict[str, float]:
    ways = sorted({way for found in spelt.values() for way in found})
    lowest = min(value for found in spelt.values() for value in found.values()) if floor is None else floor
    return {option: sum(found.get(way, lowest) for way in ways) for option, found in spelt.items()}


def _softmax(scores: dict[str, float]) -> dict[str, float]:
    top = max(scores.values())
    raised = {option: math.exp(score - top) for option, score in scores.items()}
    total = sum(raised.values())
    return {option: value / total for option, value in raised.items()}
