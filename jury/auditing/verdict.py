"""An audit in sentences: what was decided, who loses under which rule, how sure that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from jury.auditing.membership import FEW
from jury.auditing.summary import alike, losers, wins

if TYPE_CHECKING:
    import pandas as pd

    from jury.auditing.record import Audit

_NAMED = 3


def verdict(found: Audit) -> list[str]:
    """Return the sentences that a reader in a hurry needs, the most important first."""
    if not found.outcomes:
        return ["Nobody answered any case, so nothing was decided."]
    return [decision(found), *losses(found), *disagreement(found)]


def decision(found: Audit) -> str:
    """Return what was decided: the winner of one case, or how many cases each alternative wins."""
    sets = alike(found)
    if len(found.outcomes) == 1:
        (decided,) = found.outcomes.values()
        parts = [f"{_tied(decided[rules[0]].winners)} under {listed(rules)}" for rules in sets if rules[0] in decided]
        return f"The jury chooses {'; '.join(parts)}."
    counted = wins(found, found.rules[0]) if found.rules else Counter[str]()
    if not counted:
        return f"{len(found.outcomes)} cases were decided."
    most = counted.most_common(_NAMED)
    others = counted.total() - sum(number for _, number in most)
    if others and most[0][1] == 1:  # cases with alternatives of their own
        return f"{len(found.outcomes)} cases were decided, each for another alternative under {listed(sets[0])}."
    shares = ", ".join(f"{label} {number}" for label, number in most) + (f" and others {others}" if others else "")
    return f"Of {len(found.outcomes)} cases, {listed(sets[0])} {_gives(sets[0])} {shares}."


def losses(found: Audit) -> list[str]:
    """Return who loses more than lots would have it lose, or why nobody can be told to; nothing without groups."""
    if found.groups.empty:
        return []
    sets = alike(found)
    names = {rules[0]: listed(rules) for rules in sets}
    rows = losers(found, list(names))
    if not rows.empty:
        groups = list(rows.groupby(["attribute", "group"], sort=False))
        sentences = [_loses(found, part, names) for _, part in groups[:_NAMED]]
        if len(groups) > _NAMED:
            sentences.append(
                f"So do {len(groups) - _NAMED} more of {len(found.groups[_WHO].drop_duplicates())} groups."
            )
        return sentences
    tested = found.comparisons.get("p_value", 0)
    if tested:
        together = f"{tested} comparisons, taken together"
        return [f"No group can be told to lose more than groups of its size dealt by lot do ({together})."]
    if found.groups["few"].all():
        return [f"Every group has fewer than {FEW} jurors with an opinion: nothing can be said of who loses."]
    if not found.deals:
        return ["Whether groups lose more than groups dealt by lot was not asked."]
    return ["Groups dealt by lot would lose just as much in every deal, so no group can be told to lose more."]


_WHO = ["attribute", "group"]


def _loses(found: Audit, part: pd.DataFrame, names: Mapping[str, str]) -> str:
    first = part.iloc[0]
    figure, of_welfare = found.headline, found.headline == "regret"
    words = _amount if of_welfare else _percent
    of_what = [" of welfare" if of_welfare else f" of {first['cases']} cases", *[""] * (len(part) - 1)]
    under = [
        f"{words(row[figure])}{what} under {names[row['rule']]}"
        for what, (_, row) in zip(of_what, part.iterrows(), strict=True)
    ]
    lots = _from_to(part[f"{figure}_by_lot"], words)
    # The p-value is the smaller one of two figures, of which the sentence names one.
    either = "" if of_welfare else ", by cases or by welfare lost"
    against = ", against its own best alternative" if of_welfare else ""
    return (
        f"{first['group']} (by {first['attribute']}, {_percent(first['voice'])} of the weight) loses {listed(under)}"
        f"{against}; groups of its size dealt by lot lose {lots} (p at most {part['p_value'].max():.3f}{either})."
    )


def _from_to(values: pd.Series, words: Callable[[float], str]) -> str:
    low, high = words(values.min()), words(values.max())
    return low if low == high else f"{low} to {high}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"


def _amount(value: float) -> str:
    return f"{value:.2f}"


def disagreement(found: Audit) -> list[str]:
    """Return on how many of several cases rules have other winners."""
    if len(found.rules) < 2 or len(found.outcomes) < 2:  # one rule, or one case that the decision tells
        return []
    if not found.disagreements:
        return [f"{listed(found.rules)} have the same winners in every case."]
    return [f"The rules disagree on {len(found.disagreements)} of {len(found.outcomes)} cases."]


def listed(names: Sequence[str]) -> str:
    """Return names in a row: a, b and c."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _gives(rules: Sequence[str]) -> str:
    return "gives" if len(rules) == 1 else "give"


def _tied(winners: Sequence[str]) -> str:
    if len(winners) > _NAMED + 1:
        return f"{' = '.join(winners[:_NAMED])} and {len(winners) - _NAMED} more that tie"
    return " = ".join(winners) or "nobody"
