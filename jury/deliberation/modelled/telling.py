"""A discussion by a model of opinion change, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jury.auditing.verdict import listed
from jury.deliberation.changes.silencing import EVERYBODY
from jury.uncertainty.flips import share_estimate

if TYPE_CHECKING:
    import pandas as pd

    from jury.deliberation.modelled.deliberated import Deliberation

__all__ = ["words"]

_APART = 0.02


def words(found: Deliberation) -> list[str]:
    """Return what the discussion would change, and how far that hangs on who hears whom."""
    return [*found.change.words(), _settling(found), *_influence(found), *_networks(found), *_dials(found)]


def _settling(found: Deliberation) -> str:
    table = found.cases
    settled = table[table["converged"]]
    many = len(table)
    cases = "the case" if many == 1 else f"{len(settled)} of {many} cases"
    told = []
    if len(settled):
        low, high = int(settled["rounds"].min()), int(settled["rounds"].max())
        told.append(f"opinions on {cases} settle after {f'{low} to ' if low != high else ''}{high} rounds")
    going = table[~table["converged"] & table["period"].isna()]
    if len(going):
        which = "" if many == 1 else f" on {len(going)} of {many} cases"
        told.append(f"opinions{which} were still moving after {found.model.rounds} rounds, and are told as they stood")
    swinging = many - len(settled) - len(going)
    if swinging:
        which = "" if many == 1 else f" on {swinging} of {many} cases"
        told.append(
            f"opinions{which} go to and fro for ever (a network of two sides where nobody heeds their own view)"
        )
    rates = table["rate"].dropna()
    if many == 1 and len(rates):
        left = float(rates.iloc[0])
        told.append(f"each further round closes {100 * (1 - left):.2g}% of the differences that are left")
    text = "; ".join(told)
    return f"{text[:1].upper()}{text[1:]}."


def _influence(found: Deliberation) -> list[str]:
    told = []
    rows = found.owed[found.owed["hearing"] == EVERYBODY].to_dict("records")
    for attribute in dict.fromkeys(row["attribute"] for row in rows):
        apart = [row for row in rows if row["attribute"] == attribute and abs(row["share"] - row["voice"]) >= _APART]
        if not apart:
            told.append(f"By {attribute}, every group's first opinions weigh in the end about as much as its voice.")
            continue
        most = max(apart, key=lambda row: abs(float(row["share"] - row["voice"])))
        told.append(
            f"By {attribute}, {most['heard']} has {100 * most['voice']:.0f}% of the voice and {_share(most)} of what "
            "final opinions are made of."
        )
    return told


def _share(row: dict[Any, Any]) -> str:
    ends = (
        ""
        if row["share_low"] != row["share_low"]
        else f" [{100 * row['share_low']:.0f}, {100 * row['share_high']:.0f}]"
    )
    return f"{100 * row['share']:.0f}%{ends}"


def _networks(found: Deliberation) -> list[str]:
    table = found.networks
    drawn = int(table["network"].nunique())
    if drawn < 2:
        return []
    told: dict[str, list[str]] = {}
    for rule, part in table.groupby("rule", sort=False):
        changed, cases = part["changed"], int(part["cases"].max())
        if cases == 1:
            share = share_estimate(int(changed.sum()), drawn, "networks")
            how = f"in {int(changed.sum())} of them ({100 * share.low:.0f} to {100 * share.high:.0f}%)"
        else:
            most = f"{changed.max()} of {cases} cases"
            how = f"on {most}" if changed.min() == changed.max() else f"on {changed.min()} to {most}"
        told.setdefault(how, []).append(str(rule))
    return [f"Over {drawn} networks drawn, the verdict changes {_by_rules(told)}."]


def _dials(found: Deliberation) -> list[str]:
    if found.dials.empty:
        return []
    told: dict[str, list[str]] = {}
    for rule, part in found.dials.groupby("rule", sort=False):
        told.setdefault(_turns(part), []).append(str(rule))
    values = ", ".join(f"{value:g}" for value in found.dials["value"].unique())
    kept = ", ".join(f"{value:g} of {group}" for group, value in found.own_dials.items())
    but = f" (besides {kept})" if kept else ""
    return [f"Nobody measured {found.dial}: of {values}{but}, the verdict changes {_by_rules(told)}."]


def _turns(part: pd.DataFrame) -> str:
    """Return at which values verdicts change, of one case; or on how many cases, value by value."""
    cases = int(part["cases"].max())
    if cases > 1:
        return f"on {', '.join(map(str, part['changed']))} of {cases} cases"
    at = part.loc[part["changed"] > 0, "value"]
    if not len(at):
        return "at none"
    return "at all" if len(at) == len(part) else f"at {', '.join(f'{value:g}' for value in at)}"


def _by_rules(told: dict[str, list[str]]) -> str:
    return "; ".join(f"{how} under {listed(rules)}" for how, rules in told.items())
