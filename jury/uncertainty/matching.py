"""Two panels on the same cases, side by side: which alternative of one is which of the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jury.errors import RunError
from jury.panel import Panel
from jury.uncertainty.responses import responses

__all__ = ["Table", "common_cases", "matched"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Table:
    """Mean answers of everybody on each item: ``values`` (n, items), NaN where none; ``cases`` (items,) codes."""

    values: FloatArray
    cases: NDArray[np.intp]


def common_cases(first: Panel, second: Panel) -> tuple[str, ...]:
    """Return the ids of the cases that both panels answered, in the order of the first.

    Raises
    ------
    RunError
        If there is none, or one has other alternatives in the two.
    """
    others = {case.id: case for case in second.cases}
    found = []
    for case in first.cases:
        other = others.get(case.id)
        if other is None or not first.votes.get(case.id) or not second.votes.get(case.id):
            continue
        if set(other.alternative_ids) != set(case.alternative_ids):
            raise RunError(
                f"case {case.id!r}: {first.name} has the alternatives {', '.join(case.alternative_ids)}, {second.name} "
                f"has {', '.join(other.alternative_ids)}; name them alike"
            )
        found.append(case.id)
    if not found:
        raise RunError(
            f"no case has answers in both {first.name} and {second.name}: the first has {_some(first)}, the second "
            f"{_some(second)}; name cases alike"
        )
    return tuple(found)


def matched(first: Panel, second: Panel) -> tuple[Table, Table]:
    """Return the answers of both panels on the alternatives of their common cases, columns alike.

    Raises
    ------
    RunError
        As `common_cases`.
    """
    shared = common_cases(first, second)
    tables = []
    for panel in (first, second):
        answers, _ = responses(panel).cells()
        columns = _columns(panel)
        rows = [columns[case][name] for case in shared for name in first.case(case).alternative_ids]
        wide = np.full((len(answers), max(answers.shape[1], 1 + max(rows))), np.nan)
        wide[:, : answers.shape[1]] = answers
        cases = np.repeat(np.arange(len(shared)), [len(first.case(case).alternatives) for case in shared])
        tables.append(Table(wide[:, rows], cases.astype(np.intp)))
    return tables[0], tables[1]


def _columns(panel: Panel) -> dict[str, dict[str, int]]:
    """Return the item of each case's alternatives, as `responses` counts them."""
    found: dict[str, dict[str, int]] = {}
    offset = 0
    for case in panel.cases:
        if case.variant_of is None:
            found[case.id] = {name: offset + place for place, name in enumerate(case.alternative_ids)}
            offset += len(case.alternatives)
    for case in panel.cases:
        if case.variant_of is not None:
            found[case.id] = found[case.variant_of]
    return found


def _some(panel: Panel) -> str:
    ids = [case.id for case in panel.cases if panel.votes.get(case.id)]
    return ", ".join(ids[:3]) + (f" ... ({len(ids)} in all)" if len(ids) > 3 else "")
