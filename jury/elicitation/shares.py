"""Percentages that a juror writes out: asking for them and reading them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from jury.backends.base import Form
from jury.elicitation.forms import example, object_schema
from jury.elicitation.reading import read_form

#: Percentage points by which written percentages may miss 100: rounding, not arithmetic.
_SLACK = 3.0


def shares_form(marks: Sequence[str]) -> tuple[str, Form]:
    """Return the instruction on how to write a number for each of `marks`, and the form of the answer."""
    words = f"Reply with JSON only, in the form {example(marks)}."
    return words, Form(object_schema({mark: {"type": "number"} for mark in marks}))


def read_shares(text: str, marks: Sequence[str]) -> dict[str, float] | str:
    """Return the share of each mark, adding up to 1, or in a few words why `text` does not say.

    Examples
    --------
    >>> read_shares('{"A": 25, "B": 75}', "AB")
    {'A': 0.25, 'B': 0.75}
    >>> read_shares('{"A": 25, "B": 25}', "AB")
    'the percentages add up to 50, not to 100'
    """
    given = read_form(text, marks)
    if isinstance(given, str):
        return given
    shares: dict[str, float] = {}
    for mark in marks:
        value = given[mark]
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
            return f"{mark}: no percentage"
        if value > 100 + _SLACK:  # also too long for a float
            return f"{mark}: more than 100 percent"
        shares[mark] = float(value)
    total = math.fsum(shares.values())
    if abs(total - 100) > _SLACK:
        return f"the percentages add up to {total:.4g}, not to 100"
    return {mark: share / total for mark, share in shares.items()}
