"""Polis: who agreed and disagreed with which comment of a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import ReadError
from aggregators.profiles import Approvals, Profile, Utilities
from aggregators.reading.formats import reader

if TYPE_CHECKING:
    from aggregators.reading.source import Source

__all__ = ["read_polis"]

_SAID = {"": np.nan, "1": 1.0, "0": 0.0, "-1": -1.0, "1.0": 1.0, "0.0": 0.0, "-1.0": -1.0}


def _is_polis(source: Source) -> bool:
    first = source.first_line()
    return first.startswith("participant,") and "n-votes" in first


@reader("polis", suffixes=(".csv",), recognises=_is_polis)
def read_polis(source: Source, wanted: type[Profile] | None) -> Profile:
    """Polis participants-votes (.csv): 1 agree, 0 pass, -1 disagree as utilities, or agreement as approval.

    Alternatives are the ids of the comments. The opinion group that Polis found is the attribute "group-id"; the
    columns that count a participant's votes and comments are left out.
    """
    header, rows = source.table()
    comments = [index for index, name in enumerate(header) if name.isdecimal()]
    if not comments or not rows:
        raise ReadError(f"{source.path}: holds no {'comments' if rows else 'participants'}")
    values = np.empty((len(rows), len(comments)))
    for row, (line, cells) in enumerate(rows):
        for column, index in enumerate(comments):
            said = cells[index].strip()
            if said not in _SAID:
                raise source.fault(
                    line, f"comment {header[index]}={said!r} is not 1 (agree), 0 (pass), -1 (disagree) or empty"
                )
            values[row, column] = _SAID[said]
    names = [header[index] for index in comments]
    groups = {"group-id": [cells[header.index("group-id")] for _, cells in rows]} if "group-id" in header else None
    if wanted is Approvals:
        return Approvals(values == 1, alternatives=names, groups=groups)
    return Utilities(values, alternatives=names, groups=groups)
