"""What each rule decides before and after, and how surely its verdict changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aggregators import AggregatorError
from jury.auditing.hearing import Hearing, hearings
from jury.auditing.summary import share_of_cases
from jury.deliberation.changes.pairing import Paired
from jury.estimates import LEVEL
from jury.whatif.measuring import wilson

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RULE_COLUMNS", "RULING_COLUMNS", "rule_table", "ruling_table"]

BoolArray = NDArray[np.bool_]

RULING_COLUMNS = (
    *("case", "rule", "jurors", "before", "after", "changed"),
    *("differs", "differs_low", "differs_high"),
    *("before_stable", "after_stable"),
)
RULE_COLUMNS = (
    *("rule", "cases", "changed", "share_changed", "share_changed_low", "share_changed_high"),
    *("differs", "disagrees_before", "disagrees_after"),
)


def ruling_table(paired: Paired, rules: Sequence[str], times: NDArray[np.float64]) -> pd.DataFrame:
    """Return `Change.verdicts`; a rule that cannot decide a case has no row on it."""
    import pandas as pd

    rows = []
    for first, second in zip(hearings(paired.before, (), "juror"), hearings(paired.after, (), "juror"), strict=True):
        for rule in rules:
            try:
                won = [_won(hearing, rule, times) for hearing in (first, second)]
            except AggregatorError:
                continue
            # A drawing in which nobody who answered has weight decides nothing.
            drawn = (times[1:, first.jurors] * first.weights).any(axis=1)
            rows.append(_row(first, rule, (won[0], won[1]), np.asarray(drawn)))
    return pd.DataFrame(rows, columns=list(RULING_COLUMNS))


def _won(hearing: Hearing, rule: str, times: NDArray[np.float64]) -> BoolArray:
    return hearing.winners(rule, times[:, hearing.jurors] * hearing.weights)


def _row(hearing: Hearing, rule: str, won: tuple[BoolArray, BoolArray], decided: BoolArray) -> dict[str, Any]:
    before, after = won
    apart = _unlike(before[1:], after[1:])[decided]
    found = [float(end[0]) for end in wilson(np.array([apart.mean() if len(apart) else np.nan]), max(len(apart), 1))]
    names = np.array(hearing.utilities.alternatives)
    return {
        "case": hearing.case,
        "rule": rule,
        "jurors": len(np.unique(hearing.jurors)),
        "before": tuple(names[before[0]].tolist()),
        "after": tuple(names[after[0]].tolist()),
        "changed": not np.array_equal(before[0], after[0]),
        "differs": found[0],
        "differs_low": found[1],
        "differs_high": found[2],
        **{
            f"{name}_stable": float(1 - _unlike(some[1:], some[0])[decided].mean()) if decided.any() else float("nan")
            for name, some in (("before", before), ("after", after))
        },
    }


def _unlike(won: BoolArray, other: BoolArray) -> BoolArray:
    """Return (b,) whether winners (b, m) are not exactly the `other` ones."""
    unlike: BoolArray = np.not_equal(won, other)
    return np.asarray(unlike.any(axis=1))


def rule_table(verdicts: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """Return `Change.by_rule`: by rule the verdicts that changed, and those that differ from the first rule's."""
    import pandas as pd

    apart = {name: _disagreeing(verdicts, name) for name in ("before", "after")}
    rows = []
    for rule, part in verdicts.groupby("rule", sort=False):
        found = share_of_cases(int(part["changed"].sum()), len(part), level)
        rows.append(
            {
                "rule": rule,
                "cases": len(part),
                "changed": int(part["changed"].sum()),
                "share_changed": found.value,
                "share_changed_low": found.low,
                "share_changed_high": found.high,
                "differs": float(part["differs"].mean()),
                "disagrees_before": apart["before"].get(str(rule), 0),
                "disagrees_after": apart["after"].get(str(rule), 0),
            }
        )
    return pd.DataFrame(rows, columns=list(RULE_COLUMNS))


def _disagreeing(verdicts: pd.DataFrame, when: str) -> dict[str, int]:
    """Return by rule the cases on which its winners are not those of the first rule."""
    found: dict[str, int] = {}
    for rule in _departures(verdicts, when):
        found[rule] = found.get(rule, 0) + 1
    return found


def _departures(verdicts: pd.DataFrame, when: str) -> Iterator[str]:
    for _, part in verdicts.groupby("case", sort=False):
        first = part[when].iloc[0]
        yield from (str(rule) for rule, won in zip(part["rule"], part[when], strict=True) if won != first)
