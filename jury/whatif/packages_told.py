"""Findings about policy packages in sentences and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from jury.whatif.conjoint import aliases
from jury.whatif.packages import PackageFindings

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ADDED", "alias_sentence", "best_table", "effects_table", "package_sentences"]

ADDED = (
    "Effects are averages over the other parts of the packages, and are added up: that no part works otherwise in"
    " company is an assumption."
)
_NAMED = 3


def alias_sentence(found: pd.DataFrame) -> str:
    """Return what `jury.whatif.conjoint.aliases` found in a sentence."""
    if found.empty:
        return "No effect takes in what two other attributes do together."
    told = [
        f"{row['attribute']} takes in {100 * row['share']:.0f}% of what {row['first']} and {row['second']} do together"
        for row in found.head(_NAMED).to_dict("records")
    ]
    more = f"; so do {len(found) - _NAMED} others" if len(found) > _NAMED else ""
    return f"If two attributes work otherwise together than apart, effects are off: {', '.join(told)}{more}."


def package_sentences(found: PackageFindings) -> list[str]:
    """Return what a reader in a hurry needs, the most important first."""
    frame = found.everybody.frame
    some = frame.dropna(subset=["effect"])
    told = []
    if some.empty:
        told.append(f"No effects for everybody: {frame['note'].iloc[0]}.")
    else:
        told.append(_moving(some))
        told.append(
            f"{some['jurors'].iloc[0]} jurors judged {len(found.packages)} packages, {some['judgements'].iloc[0]} "
            "judgements; effects are on the scale of the answers, against the level named first, higher is better. The "
            f"design tells them apart {100 * found.efficiency:.0f}% as well as an orthogonal one (D-efficiency)."
        )
        mixed = aliases(found.packages.astype(str), found.everybody.levels)
        if not mixed.empty:
            told.append(alias_sentence(mixed))
        if found.relative:
            told.append("Answers only compare what stands side by side: effects are those beside an average package.")
    several = int(found.frame["low"].notna().sum())
    if several > 1:
        told.append(
            "Intervals are of 95 % each, clustered by juror: were there no effects at all, about "
            f"{several / 20:.1f} of these {several} would leave out 0."
        )
    for note, part in found.frame[found.frame["note"] != ""].groupby("note", sort=False):
        groups = ", ".join(dict.fromkeys(part["group"]))
        told.append(f"Not told: {groups} ({note}).")
    return told


def _moving(some: pd.DataFrame) -> str:
    if some["low"].isna().all():
        return "All jurors answered alike, so that effects have no intervals."
    clear = some[(some["low"] > 0) | (some["high"] < 0)]
    if clear.empty:
        return "No part of the packages moves the answers beyond its interval."
    order = clear["effect"].abs().sort_values(ascending=False).index
    named = [f"{row['attribute']}={row['level']} ({_effect(row)})" for row in clear.loc[order].to_dict("records")]
    more = f", and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return f"What moves everybody's answers most: {', '.join(named[:_NAMED])}{more}."


def _effect(row: dict[Any, Any]) -> str:
    if np.isnan(row["effect"]):
        return "–"
    if np.isnan(row["low"]):
        return f"{row['effect']:+.2f}"
    return f"{row['effect']:+.2f} [{row['low']:+.2f}, {row['high']:+.2f}]"


def effects_table(found: PackageFindings, by: str = "") -> tuple[list[str], list[list[str]]]:
    """Return headings and rows of effects, a column a group: of an attribute of the jurors, or of everybody."""
    frame = found.frame[found.frame["by"] == by]
    groups = list(dict.fromkeys(frame["group"]))
    cells = {
        (row["attribute"], row["level"], row["group"]): _effect(row) for row in frame.to_dict("records")
    }  # fmt: skip
    rows = []
    for attribute, levels in found.everybody.levels.items():
        for level in levels[1:]:
            told = [cells[attribute, level, group] for group in groups]
            rows.append([f"{attribute}: {level}", f"instead of {levels[0]}", *told])
    return ["part", "", *groups], rows


def best_table(found: PackageFindings) -> tuple[list[str], list[list[str]]]:
    """Return headings and rows of the best packages under each rule, with the chance that they would be again."""
    rows = []
    drawn = found.best["resamples"].max()
    for row in found.best.to_dict("records"):
        ends = "–"
        if row["resamples"]:
            value, low, high = (100 * row[name] for name in ("chance", "chance_low", "chance_high"))
            few = f" of {row['resamples']}" if row["resamples"] < drawn else ""  # the rest could not be decided
            ends = f"{value:.0f}% [{low:.0f}, {high:.0f}]{few}"
        told = row["best"] or f"none: {row['note']}"
        unseen = "" if row["judged"] or not row["best"] else " (no juror saw it)"
        rows.append([row["by"], row["rule"], told + unseen, ends])
    return ["voters", "rule", "best package", "chance of it again"], rows
