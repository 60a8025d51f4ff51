"""The grammar of ``--vary KEY=VALUES``: which keys there are, and what their values may be.

::

    jurors=6,12,all                     size of juries drawn from the panel; all is the panel itself
    share:race=Black=0:1:0.1            share of a group (the group in the middle); start:stop:step is a range
    only=race=Black,race=White          juries of one group
    seats:race=Black=0,1,2              seats that a group has at least (needs jurors)
    quota:race=Black=2                  seats that a group has exactly (needs jurors)
    population=us-adults                the panel raked to a population's margins
    power:race=Black=1,2,3              how much each member's ballot counts
    rule=majority,supermajority:q=2/3   any rule that decides; alpha=0:4:0.5 and threshold=0.5:1:0.1 are short forms
    scale=raw,range,rank                on which utilities are compared
    veto=race=Black                     a group that can block a verdict
    double=race                         a majority in every group of an attribute too
    quorum=0,0.5                        share of ballots that must hold an opinion
    abstentions=ignored,counted         whether ballots without one count among those to be won
    model=..., style=..., wording=...   need new ballots: planned and priced, not answered
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, get_args

from aggregators.scales import SCALES
from jury.auditing.rules import check_rule
from jury.errors import StudyError
from jury.whatif.scenario import Abstentions, Group

__all__ = ["FRESH", "KEYS", "OF_GROUPS", "read_value", "read_vary", "split_group"]

#: Keys that name a group between two equals signs.
OF_GROUPS = ("share", "seats", "quota", "power")
#: Keys that only new ballots can answer.
FRESH = ("model", "style", "wording")
#: Every key, in the order of the documentation.
KEYS = (
    *("jurors", "share", "only", "seats", "quota", "population", "power", "rule", "alpha", "threshold", "scale"),
    *("veto", "double", "quorum", "abstentions", *FRESH),
)
_MOST = 1_000_000


def read_vary(text: str, field: str = "vary") -> tuple[str, tuple[Any, ...]]:
    """Read ``KEY=VALUES``.

    Parameters
    ----------
    text : str
        As the module's docstring shows.
    field : str
        Where it was given, for messages.

    Returns
    -------
    (str, tuple)
        The key, with the group that it names if it names one (``"share:race=Black"``), and its values, each of the
        key's type.

    Raises
    ------
    StudyError
        For an unknown key, or a value that the key cannot have; the message lists what is known.

    Examples
    --------
    >>> read_vary("share:race=Black=0:1:0.25")
    ('share:race=Black', (0.0, 0.25, 0.5, 0.75, 1.0))
    >>> read_vary("rule=majority,supermajority:q=2/3")
    ('rule', ('majority', 'supermajority:q=2/3'))
    """
    word = text.partition("=")[0].partition(":")[0].strip()
    where = f"{field} {text!r}"
    _check_key(word, where)
    if word in OF_GROUPS:
        head, equals, tail = text.rpartition("=")
        key, named = head.strip(), head.partition(":")[2]
        if not equals or "=" not in named:
            raise StudyError(f"{where}: {word} names a group, as in {word}:race=Black=1; give attribute and level")
    else:
        key, equals, tail = text.partition("=")
        key = key.strip()
        if not equals or key != word:
            raise StudyError(f"{where}: write {word}=VALUES, with values between commas")
    values = tuple(value for part in _parts(word, tail) for value in _expanded(word, part, where))
    if not values:
        raise StudyError(f"{where}: no values; give at least one after the last equals sign")
    return key, values


def split_group(text: str, field: str) -> Group:
    """Return attribute and label of ``"race=Black"``; of a crossing, ``"race & sex=race=Black & sex=Male"``."""
    attribute, equals, label = (part.strip() for part in text.partition("="))
    if not equals or not attribute or not label:
        raise StudyError(f"{field}: {text!r} names no group; write attribute=level, such as race=Black")
    return attribute, label


def read_value(word: str, given: object, where: str) -> Any:  # noqa: ANN401 - of the key's type
    """Return one value as the type of key `word`; raises `StudyError`, which says `where` it was given."""
    written = str(given).strip()
    if word == "jurors":
        return None if written == "all" else _whole(written, where, least=1)
    if word in ("seats", "quota"):
        return _whole(written, where, least=0)
    if word in ("share", "quorum"):
        return _number(written, where, 0.0, 1.0)
    if word == "power":
        return _number(written, where, 0.0, _MOST)
    if word == "alpha":
        return _number(written, where, 0.0, math.inf)
    if word == "threshold":
        return _number(written, where, 0.5, 1.0)
    if word == "rule":
        check_rule(written)
        return written
    if word in _WORDS:
        if written not in _WORDS[word]:
            raise StudyError(f"{where}: {written!r} is none of {', '.join(_WORDS[word])}")
        return written
    if word in ("only", "veto"):
        return "=".join(split_group(written, where))
    return written


_WORDS: dict[str, Sequence[str]] = {"scale": SCALES, "abstentions": get_args(Abstentions)}
_NUMBERS = frozenset({"jurors", "share", "seats", "quota", "power", "alpha", "threshold", "quorum"})


def _check_key(word: str, where: str) -> None:
    if word not in KEYS:
        near = difflib.get_close_matches(word, KEYS, n=1)
        hint = f"; did you mean {near[0]!r}" if near else ""
        raise StudyError(f"{where}: no key {word!r}{hint}; keys: {', '.join(KEYS)}")


def _parts(word: str, tail: str) -> list[str]:
    """Split values at commas; a rule's further parameters stay with the rule."""
    parts: list[str] = []
    for part in filter(None, (piece.strip() for piece in tail.split(","))):
        if word == "rule" and parts and ":" in parts[-1] and ":" not in part and "=" in part:
            parts[-1] += f",{part}"
        else:
            parts.append(part)
    return parts


def _expanded(word: str, part: str, where: str) -> tuple[Any, ...]:
    """Return the values of one part: itself, or those of a range start:stop:step, its stop included."""
    if word not in _NUMBERS or ":" not in part:
        return (read_value(word, part, where),)
    ends = part.split(":")
    if len(ends) != 3:
        raise StudyError(f"{where}: {part!r} is no range; write start:stop:step, such as 0:1:0.1")
    start, stop, step = (_exact(end, where) for end in ends)
    if step <= 0 or stop < start or (stop - start) / step >= _MOST:
        raise StudyError(f"{where}: {part!r} has no end or too many steps; give start, a larger stop, a step")
    numbers = (start + place * step for place in range(int((stop - start) / step) + 1))
    return tuple(read_value(word, number if number.denominator == 1 else float(number), where) for number in numbers)


def _exact(written: str, where: str) -> Fraction:
    try:
        return Fraction(written.strip())
    except (ValueError, ZeroDivisionError):
        raise StudyError(f"{where}: {written!r} is no number") from None


def _number(written: str, where: str, low: float, high: float) -> float:
    try:
        number = float(written) if written in ("inf", "nan") or "e" in written else float(Fraction(written))
    except (ValueError, ZeroDivisionError):
        number = math.nan
    if not low <= number <= high:
        raise StudyError(f"{where}: {written!r} is no number from {low:g} to {high:.15g}")
    return number


def _whole(written: str, where: str, least: int) -> int:
    try:
        number = int(written)
    except ValueError:
        number = least - 1
    if number < least:
        raise StudyError(f"{where}: {written!r} is no whole number of at least {least}")
    return number
