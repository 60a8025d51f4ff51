"""Codes that may mean "no answer", by their looks; only a survey's documentation can tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from personas.groups import readable

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

_FEW = 4  # sentinels of one column
_SILENT = re.compile(
    r"^(\.|-+|\?|n/?a|n\.a\.|nan|null|none given|missing|refused?|refusal|don'?t know|dk|no answer|not applicable"
    r"|inap|iap)( .*)?$",
    re.IGNORECASE,
)
_SENTINEL = re.compile(r"-\d{1,4}|[789]|[789]{2,4}|999+[789]?|888+")


def silent(word: str) -> bool:
    """Return whether a word says that there is no answer."""
    return _SILENT.match(word) is not None


def suspicious(code: str) -> bool:
    """Return whether a code or word may mean no answer."""
    return bool(_SENTINEL.fullmatch(code)) or silent(code)


def sentinels(column: pd.Series, declared: Collection[str] = ()) -> list[str]:
    """Return the values of a column that may mean no answer and are not `declared` to.

    Numbers are suspected where they stand apart from the others; among words, numbers that are rare are.
    """
    import pandas as pd

    stated = column.dropna()
    numbers = pd.to_numeric(stated, errors="coerce")
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return _far(numbers, declared)
    rare = numbers.notna().mean() < 0.5
    found = [code for code in stated.map(readable).unique() if code not in declared]
    return [code for code in found if silent(code) or (rare and _SENTINEL.fullmatch(code))]


def _far(numbers: pd.Series, declared: Collection[str]) -> list[str]:
    """Return codes that look like a sentinel and stand apart from the other numbers, on either side of them."""
    values = sorted({float(value) for value in numbers if np.isfinite(value) and readable(value) not in declared})
    below = [value for value in values if value < 0]
    above = [value for value in values if value >= 0]
    found = []
    if above and 0 < len(below) <= _FEW and above[0] - below[-1] > 1:  # not a scale such as -1, 0, 1
        found = [readable(value) for value in below if _SENTINEL.fullmatch(readable(value))]
    for position in range(1, len(above)):
        span, gap = above[position - 1] - above[0], above[position] - above[position - 1]
        rest = [readable(value) for value in above[position:]]
        if gap > max(1.0, 0.25 * span) and len(rest) <= _FEW and all(map(_SENTINEL.fullmatch, rest)):
            return found + rest
    return found
