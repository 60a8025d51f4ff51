"""Profiles, ballots and numbers as text that can be told apart."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import numpy as np

from aggregators.axioms.editing import cells
from aggregators.profiles import Approvals, Profile, Utilities

__all__ = ["ballot", "escaped", "named", "number", "written"]

_AMBIGUOUS = re.compile(r'[\s,=>{}():"←→]')


def number(value: float) -> str:
    """Return a number in six digits where they are exact, and otherwise in as few as tell it from any other."""
    short = f"{value:.6g}"
    return short if float(short) == value else repr(float(value))


def escaped(text: str) -> str:
    """Return a text on one line: line ends, controls and what else cannot be seen are written as escapes."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text)


def named(label: str) -> str:
    """Return the label of an alternative, in quotes where it could be read as more than a label."""
    if label and label.isprintable() and not _AMBIGUOUS.search(label):
        return label
    quoted = label.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped(quoted)}"'


def ballot(profile: Profile, row: np.ndarray[Any, Any]) -> str:
    """Return one ballot: ``"a > b = c"``, ``"{a, b}"``, ``"a 0.5, b 1"``."""
    cast = list(zip(map(named, profile.alternatives), row.tolist(), strict=True))
    if isinstance(profile, Utilities):
        return ", ".join(f"{label} {number(value)}" for label, value in cast)
    if isinstance(profile, Approvals):
        return "{" + ", ".join(label for label, approved in cast if approved) + "}"
    tiers: dict[int, list[str]] = {}
    for label, rank in cast:
        if rank:
            tiers.setdefault(rank, []).append(label)
    return " > ".join(" = ".join(tiers[rank]) for rank in sorted(tiers)) or "(nothing ranked)"


def written(profile: Profile, acting: Collection[int] = (), *, together: bool = True) -> list[str]:
    """Return a profile as lines of text, equal ballots together unless told otherwise: ``"3: a > b = c"``.

    Voters who act are marked, each on a line of their own; they are counted from 0, as in arrays.
    """
    weights: dict[tuple[str, int | None], float] = {}
    for voter, (row, weight) in enumerate(zip(cells(profile), profile.weights.tolist(), strict=True)):
        line = ballot(profile, row), voter if voter in acting or not together else None
        weights[line] = weights.get(line, 0.0) + weight
    width = max(len(number(weight)) for weight in weights.values())
    lines = []
    for (cast, alone), weight in weights.items():
        mark = f"  ← voter {alone}, weight {number(weight)}" if alone in acting else ""
        lines.append(f"{number(weight):>{width}}: {cast}{mark}")
    return lines
