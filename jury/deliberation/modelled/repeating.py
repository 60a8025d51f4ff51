"""The same people on other networks, or by other settings, to tell how far what they decide hangs on those."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators import AggregatorError, Outcome, Utilities, decide
from jury.deliberation.changes.pairing import PairedCase
from jury.deliberation.changes.sides import sides
from jury.deliberation.modelled.room import DECIMALS
from jury.deliberation.modelled.simulating import Discussed

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["repeats_table"]


def repeats_table(
    drawn: Sequence[Discussed], rules: Sequence[str], name: str, marks: Sequence[float | int]
) -> pd.DataFrame:
    """Return one row a discussion and rule: which it is, in column `name`, and what changed in it."""
    import pandas as pd

    columns = [name, "rule", "cases", "changed", "yielding", "leaving"]
    if not drawn:
        return pd.DataFrame(columns=columns)
    first = drawn[0].rooms
    before = {case: _winners(first.panel.case(case).alternative_ids, values, first.panel.weights[people], rules)
              for case, (people, values) in first.cases.items()}  # fmt: skip
    rows = []
    for number, found in zip(marks, drawn, strict=True):
        moved = _moved(found)
        after = {
            case: _winners(first.panel.case(case).alternative_ids, talk.final, first.panel.weights[people], rules)
            for case, talk in found.discussions.items()
            for people in (first.cases[case][0],)
        }
        for rule in rules:
            pairs = [
                (won[rule], after[case][rule]) for case, won in before.items() if rule in won and rule in after[case]
            ]
            rows.append(
                {
                    name: number,
                    "rule": rule,
                    "cases": len(pairs),
                    "changed": sum(one != other for one, other in pairs),
                    **moved,
                }
            )
    return pd.DataFrame(rows, columns=columns)


def _winners(
    alternatives: tuple[str, ...],
    values: np.ndarray[Any, np.dtype[np.float64]],
    weights: np.ndarray[Any, Any],
    rules: Sequence[str],
) -> dict[str, tuple[str, ...]]:
    """Return the winners under each rule that can decide."""
    profile = Utilities(np.round(values, DECIMALS), weights=weights, alternatives=alternatives)
    found = {}
    for rule in rules:
        try:
            outcome = decide(profile, rule)
        except AggregatorError:
            continue
        if isinstance(outcome, Outcome):
            found[rule] = outcome.winners
    return found


def _moved(found: Discussed) -> dict[str, float]:
    """Return the shares of the minority that yielded and of the majority that left, over all cases."""
    rooms = found.rooms
    cases = [
        PairedCase(
            rooms.panel.case(case),
            people,
            rooms.panel.weights[people],
            values,
            np.round(found.discussions[case].final, DECIMALS),
        )
        for case, (people, values) in rooms.cases.items()
    ]
    sums = {name: float(values.sum()) for name, values in sides(cases, len(rooms.panel.weights)).sums.items()}
    shares = {}
    for name, part, whole in (("yielding", "yielded", "minority"), ("leaving", "left", "majority")):
        shares[name] = sums[part] / sums[whole] if sums[whole] > 0 else float("nan")
    return shares
