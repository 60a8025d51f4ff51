"""What the tables of an audit say in few numbers: how many cases, which rules agree, the gravest examples."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from jury.auditing.intervals import exact_share
from jury.auditing.record import Audit
from jury.estimates import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence


def alike(found: Audit) -> list[tuple[str, ...]]:
    """Return the rules in sets that have the same winners in every case, in the order of the rules."""
    seen: dict[tuple[object, ...], list[str]] = {}
    for rule in found.rules:
        key = tuple(
            frozenset(decided[rule].winners) if rule in decided else None for decided in found.outcomes.values()
        )
        seen.setdefault(key, []).append(rule)
    return [tuple(rules) for rules in seen.values()]


def wins(found: Audit, rule: str) -> Counter[str]:
    """Return how many cases each alternative, or tie, wins under a rule; ties joined by ``=``."""
    return Counter(" = ".join(d[rule].winners) or "no winner" for d in found.outcomes.values() if rule in d)


def share_of_cases(hits: int, cases: int, level: float) -> Estimate:
    """Return a share of cases with its exact interval; without one where there is one case."""
    if cases < 2:  # nothing tells how other cases would have come out
        return Estimate(hits / cases if cases else float("nan"), float("nan"), float("nan"), cases, "cases", level)
    low, high = exact_share(hits, cases, level)
    return Estimate(hits / cases, low, high, cases, "cases", level)


def shaken(found: Audit, rule: str) -> Estimate | None:
    """Return the share of cases in which one juror alone could change who wins; None where that was not asked."""
    rows = found.fanatics[found.fanatics["rule"] == rule]
    return None if rows.empty else share_of_cases(int(rows["changes"].sum()), len(rows), found.level)


def blocked(found: Audit, rule: str) -> Estimate | None:
    """Return the share of cases in which a majority would rather have one and the same other alternative."""
    rows = found.objections[found.objections["rule"] == rule]
    return None if rows.empty else share_of_cases(int(rows["blocking"].sum()), len(rows), found.level)


@dataclass(frozen=True)
class Objection:
    """The gravest objection under a rule.

    Attributes
    ----------
    case, alternative : str
        Where, and what they would rather have.
    share : float
        Of the weight with an opinion.
    jurors : int
    coalition : dict
        Attribute -> group -> (jurors who object, jurors with an opinion).
    """

    case: str
    alternative: str
    share: float
    jurors: int
    coalition: dict[str, dict[str, tuple[int, int]]]


def gravest(found: Audit, rule: str) -> Objection | None:
    """Return the objection of the most weight under a rule; of several, the one of the most jurors."""
    rows = found.objections[(found.objections["rule"] == rule) & found.objections["alternative"].notna()]
    if rows.empty:
        return None
    top = rows.sort_values(["share", "jurors"], ascending=False, kind="stable").iloc[0]
    return Objection(top["case"], top["alternative"], float(top["share"]), int(top["jurors"]), top["coalition"])


def most_polarised(found: Audit, most: int = 3) -> pd.DataFrame:
    """Return the most polarised alternatives, one a case."""
    table = found.alternatives.dropna(subset=["polarisation"])
    ordered = table.sort_values("polarisation", ascending=False, kind="stable")
    return ordered.drop_duplicates("case").head(most)


def common_ground(found: Audit, attribute: str, rule: str) -> tuple[int, int]:
    """Return in how many cases a winner has the greatest group-informed consensus, and of how many."""
    table = found.consensus[found.consensus["attribute"] == attribute]
    best = table.groupby("case", sort=False)["consensus"].transform("max")
    top = table[table["consensus"] >= best * (1 - 1e-9)].groupby("case")["alternative"].agg(set)
    decided = [(top.get(case, set()), d[rule].winners) for case, d in found.outcomes.items() if rule in d]
    return sum(bool(wanted & set(winners)) for wanted, winners in decided), len(decided)


def best_rules(found: Audit, attribute: str, group: str) -> tuple[str, ...]:
    """Return the rules under which a group has the greatest welfare, all that tie."""
    rows = found.groups[(found.groups["attribute"] == attribute) & (found.groups["group"] == group)]
    top = rows["welfare"].max()
    near = rows["welfare"] >= top - 1e-9 * max(abs(top), 1.0)
    return tuple(rows.loc[near, "rule"])


def losers(found: Audit, rules: Sequence[str]) -> pd.DataFrame:
    """Return the rows of `Audit.groups` in which a group loses more than lots would have it lose, worst first."""
    table = found.groups[found.groups["rule"].isin(list(rules)) & found.groups["loses_more"].astype(bool)]
    return table.sort_values(found.headline, ascending=False, kind="stable")
