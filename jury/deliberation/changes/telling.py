"""A change in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jury.auditing.verdict import listed

if TYPE_CHECKING:
    import pandas as pd

    from jury.deliberation.change import Change

__all__ = ["interval", "words"]

FEW_CASES = 3
_TOLD = ("polarisation", "disagreement")


def words(found: Change) -> list[str]:
    """Return what changed, the most important first."""
    return [*_verdicts(found), *_silencing(found), *_groups(found), *_divisions(found), *_left_out(found)]


def _verdicts(found: Change) -> list[str]:
    if found.verdicts.empty:
        return ["No rule can decide any case."]
    if found.cases <= FEW_CASES:
        return [
            _of_case(str(case), part, several=found.cases > 1)
            for case, part in found.verdicts.groupby("case", sort=False)
        ]
    told = [f"{row['changed']} of {row['cases']} under {row['rule']}" for row in found.by_rule.to_dict("records")]
    return [f"Verdicts that changed: {', '.join(told)}."]


def _of_case(case: str, part: pd.DataFrame, *, several: bool) -> str:
    alike: dict[tuple[Any, Any], list[dict[Any, Any]]] = {}
    for row in part.to_dict("records"):
        alike.setdefault((row["before"], row["after"]), []).append(row)
    told = []
    for (before, after), rows in alike.items():
        rules = listed([str(row["rule"]) for row in rows])
        share = interval_of([float(row["differs"]) for row in rows])
        how = f"the verdict goes from {_won(before)} to {_won(after)}"
        if before == after:
            how = f"the verdict stays {_won(before)}" if before else "no verdict is reached, before or after"
        told.append(f"under {rules} {how} (it differs in {share} of bootstraps)")
    return f"{f'{case}: ' if several else ''}{_upper('; '.join(told), lower=several)}."


def _upper(text: str, *, lower: bool) -> str:
    return text if lower else text[:1].upper() + text[1:]


def _won(winners: tuple[str, ...]) -> str:
    return " = ".join(winners) if winners else "no verdict"


def interval_of(shares: list[float]) -> str:
    """Return the range of shares as percentages."""
    low, high = (f"{100 * end:.0f}%" for end in (min(shares), max(shares)))
    return low if low == high else f"{low} to {high}"


def interval(row: dict[Any, Any], name: str, *, sign: bool = False) -> str:
    """Return a share and its interval as percentages, or points where a sign is wanted."""
    value, low, high = (round(100 * float(row[f"{name}{end}"]), 0) + 0.0 for end in ("", "_low", "_high"))
    mark = "+" if sign else ""
    unit = " points" if sign else "%"
    if value != value:
        return "–"
    ends = "" if low != low else f" [{low:{mark}.0f}, {high:{mark}.0f}]"
    return f"{value:{mark}.0f}{unit}{ends}"


def _silencing(found: Change) -> list[str]:
    row: dict[Any, Any] = found.silencing.iloc[0].to_dict()
    if not row["jurors"]:
        return ["Nobody had an opinion both times."]
    if found.split == found.cases:
        return ["On no case did one alternative lead before, so there is no majority to give way to."]
    if not row["minority"]:
        return ["Nobody was of a minority before."]
    answers = "answers" if found.cases > 1 else "jurors"
    first = (
        f"Of {row['minority']} {answers} that were of the minority {row['yielded']} went over to the majority "
        f"({interval(row, 'yielding')}); of {row['majority']} of the majority {row['left']} left it "
        f"({interval(row, 'leaving')}): a difference of {interval(row, 'silencing', sign=True)}. "
        f"The majority's share grew by {interval(row, 'growth', sign=True)}."
    )
    told = [first]
    if row["neither"]:
        told.append(
            f"{row['neither']} more {answers} had several favourites, that of the majority among them, and are of "
            "neither side."
        )
    if row["gave"] == row["gave"]:
        told.append(
            f"The minority closed {interval(row, 'minority_gave')} of the gap between the two sides' means, the "
            f"majority {interval(row, 'majority_gave')}."
        )
    if found.control is not None:
        told.append(
            f"Jurors asked again who heard nobody show a difference of {interval(row, 'control', sign=True)}; with "
            f"hearing it is {interval(row, 'excess', sign=True)} more."
        )
    return told


def _groups(found: Change) -> list[str]:
    told = []
    for attribute, part in found.silencing.iloc[1:].groupby("attribute", sort=False):
        enough = part[~part["few"] & part["moved"].notna()]
        if len(enough) < 2:
            continue
        rows = sorted(enough.to_dict("records"), key=lambda row: float(row["moved"]))
        least, most = rows[0], rows[-1]
        if most["moved"] <= 0:
            continue
        # Of several groups one always moves most.
        apart = "" if most["moved_low"] > least["moved_high"] else ", which does not tell them apart"
        told.append(
            f"By {attribute}, opinions moved most in group {most['group']} ({_amount(most)}) and least in group "
            f"{least['group']} ({_amount(least)}){apart}."
        )
    return told


def _amount(row: dict[Any, Any]) -> str:
    low, high = row["moved_low"], row["moved_high"]
    ends = "" if low != low else f" [{low:.2f}, {high:.2f}]"
    return f"{row['moved']:.2f}{ends} on average"


def _divisions(found: Change) -> list[str]:
    told = [
        f"{row['figure']} from {row['before']:.2f} to {row['after']:.2f} ({_signed(row, 'change')})"
        for row in found.divisions.to_dict("records")
        if row["figure"] in _TOLD and row["change"] == row["change"]
    ]
    if not told:
        return []
    return [f"{_upper(' and '.join(told), lower=False)}; lower is more at one."]


def _signed(row: dict[Any, Any], name: str) -> str:
    # Plus 0: what is rounded to nothing has no sign of its own.
    value, low, high = (round(float(row[f"{name}{end}"]), 2) + 0.0 for end in ("", "_low", "_high"))
    return f"{value:+.2f}" if low != low else f"{value:+.2f} [{low:+.2f}, {high:+.2f}]"


def _left_out(found: Change) -> list[str]:
    return [*_without_opinion(found), *_without_partner(found)]


def _without_opinion(found: Change) -> list[str]:
    told = [
        f"{number} answers without an opinion {when[0]} have one {when[1]}"
        for number, when in ((found.gained, ("before", "after")), (found.lost, ("after", "before")))
        if number
    ]
    if not told:
        return []
    return [f"{' and '.join(told)}; they count in the verdict of that time alone."]


def _without_partner(found: Change) -> list[str]:
    lost = found.only_before + found.only_after
    if not lost:
        return []
    which = f"{found.only_before} before only, {found.only_after} after only"
    return [f"{lost} answers have no partner ({which}) and are in no figure."]
