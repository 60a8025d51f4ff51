"""A sweep in sentences and tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from jury.estimates import mean_estimate
from jury.whatif.swept import Sweep

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CAVEAT", "over_cases", "sentences", "table"]

CAVEAT = (
    "These are ballots as they were cast, counted again: nobody was told of another rule or sat with other people, and"
    " might have said something else if so."
)
_NAMED = 3
_OF_FEW = r" has \d+ jurors? with an opinion; at least (\d+) are needed"  # `jury.whatif.support.backing` says how few
_SINGLE = 3  # cases up to which each is told by itself


def sentences(found: Sweep) -> list[str]:
    """Return what a reader in a hurry needs, the most important first."""
    told = []
    rows = found.supported
    if found.frame.empty:
        return ["No scenario can be answered from these ballots."] if found.fresh else []
    cases = found.at_baseline
    if len(cases) <= _SINGLE:
        for case in cases.to_dict("records"):
            told.append(_baseline(found, case))
            told += _changes(found, rows[rows["case"] == case["case"]])
    else:
        several = over_cases(found).to_dict("records")
        if several:
            most = max(several, key=lambda row: row["verdicts changed"])
            told.append(
                f"Over {len(cases)} cases, {_name(most)} changes most verdicts: {most['verdicts changed']} of "
                f"{most['cases']}."
                if most["verdicts changed"]
                else f"No scenario changes the verdict of any case, of {max(row['cases'] for row in several)} answered."
            )
    told += [
        f"The panel meets population={name} on {', '.join(on)}, and is as it was in all else."
        for name, on in found.met.items()
    ]
    told += _unanswered(found)
    if found.comparisons > 1:
        told.append(f'Intervals are of 95 %; those under "together" cover all {found.comparisons} differences at once.')
    return told


def _baseline(found: Sweep, case: dict[Any, Any]) -> str:
    if case["note"]:
        return f"{case['case']}: not answered, {case['note']}."
    which = f"{found.baseline.jurors} jurors by lot" if found.baseline.jurors else f"all {case['heard']} jurors"
    if case["measure"] == "chance":
        return (
            f"{case['case']}: under {found.baseline.rule} of {which} the verdict is most often {case['followed']}, in "
            f"{_share(case, 'chance')} of juries."
        )
    return (
        f"{case['case']}: under {found.baseline.rule} of {which} the verdict is {case['verdict']}; it is the same in "
        f"{100 * case['chance']:.0f}% of bootstraps of the jurors."
    )


def _changes(found: Sweep, rows: pd.DataFrame) -> list[str]:
    moved = rows[rows["changed"]]
    if moved.empty:
        some = rows.dropna(subset=["change"]).to_dict("records")
        if not some:
            return ["No scenario changes the verdict."]
        far = max(some, key=lambda row: abs(row["change"]))
        if far["change"] == 0:
            return ["No scenario changes the verdict."]
        return [f"No scenario changes the verdict; most is moved by {_name(far)}: {_change(far)}."]
    named = [
        f"{_name(row)} gives {row['verdict']}"
        # A veto or a quorum changes the verdict and leaves the lead as it was.
        + ("" if np.isnan(row["change"]) or row["change"] == 0 else f" ({_change(row)})")
        for row in moved.head(_NAMED).to_dict("records")
    ]
    more = f" So do {len(moved) - _NAMED} more of {len(rows)} scenarios." if len(moved) > _NAMED else ""
    return [f"The verdict changes: {'; '.join(named)}.{more}"]


def _name(row: dict[Any, Any]) -> str:
    return str(row["scenario"]) or "the scenario"


def _change(row: dict[Any, Any]) -> str:
    if row["measure"] == "chance":
        low, high = 100 * row["change_low"], 100 * row["change_high"]
        return f"chance of {row['followed']} {100 * row['change']:+.0f} points [{low:+.0f}, {high:+.0f}]"
    return f"lead of {row['followed']} {row['change']:+.3f} [{row['change_low']:+.3f}, {row['change_high']:+.3f}]"


def _share(row: dict[Any, Any], name: str) -> str:
    value, low, high = (100 * row[each] for each in (name, f"{name}_low", f"{name}_high"))
    if np.isnan(low):
        return "–" if np.isnan(value) else f"{value:.0f}%"
    return f"{value:.0f}% [{low:.0f}, {high:.0f}]"


def _unanswered(found: Sweep) -> list[str]:
    left = found.frame[found.frame["note"] != ""]
    if left.empty:
        return []
    reasons = left["note"].str.replace(_OF_FEW, r" has fewer than \1 jurors with an opinion", regex=True).value_counts()
    told = "; ".join(f"{reason} ({many})" for reason, many in reasons.head(_NAMED).items())
    return [f"{len(left)} of {len(found.frame)} cells are not answered: {told}."]


def table(found: Sweep, case: str) -> tuple[list[str], list[list[str]], int]:
    """Return headings, rows and the number of columns of text of a case's scenarios."""
    rows = found.frame[found.frame["case"] == case]
    keys = [key for key in found.keys if len(set(rows[key].astype(str))) > 1] or list(found.keys[:1])
    heads = ["scenario"] if rows["scenario"].is_unique and _by_name(rows["scenario"].tolist(), found.keys) else keys
    followed = str(rows["followed"].iloc[0])
    headings = [*heads, "verdict", f"chance of {followed}", "change", "together", "flips", "rests on"]
    body = []
    for row in rows.to_dict("records"):
        left = [_cell(row[head]) for head in heads]
        if row["note"]:
            body.append([*left, "not answered", "", "", "", "", str(row["behind"])])
            continue
        percent = 100 if row["measure"] == "chance" else 1
        decimals = 0 if row["measure"] == "chance" else 3
        change = [_ends(row, name, percent, decimals) for name in ("change", "together")]
        figures = [_share(row, "chance"), *change, _share(row, "flips"), str(row["behind"])]
        body.append([*left, row["verdict"], *figures])
    return headings, body, len(heads) + 1


def _by_name(names: Sequence[str], keys: Sequence[str]) -> bool:
    """Tell whether scenarios have names of their own, or so many keys that only names fit a table."""
    own = any(name != "as it is" and not any(name.startswith(f"{key}=") for key in keys) for name in names)
    return own or any(name.count(", ") >= _NAMED for name in names)


def _ends(row: dict[Any, Any], name: str, percent: int, decimals: int) -> str:
    low, high = percent * row[f"{name}_low"], percent * row[f"{name}_high"]
    if np.isnan(low):
        return "–"
    ends = f"[{low:+.{decimals}f}, {high:+.{decimals}f}]"
    return f"{percent * row['change']:+.{decimals}f} {ends}" if name == "change" else ends


def _cell(value: object) -> str:
    if value is None or value != value:
        return "all" if value is None else "–"
    return f"{value:g}" if isinstance(value, float) else str(value)


def over_cases(found: Sweep) -> pd.DataFrame:
    """Return one row a scenario: cases answered, verdicts changed, and the mean probability that a verdict flips.

    The interval of the mean is over cases, which are taken for a sample of such cases.
    """
    import pandas as pd

    rows = []
    for name, part in found.supported.groupby("scenario", sort=False):
        flips = mean_estimate(part["flips"], "cases")
        rows.append(
            {
                "scenario": name,
                "cases": len(part),
                "verdicts changed": int(part["changed"].sum()),
                "flips": flips.value,
                "flips_low": max(0.0, flips.low) if flips.low == flips.low else np.nan,
                "flips_high": min(1.0, flips.high) if flips.high == flips.high else np.nan,
            }
        )
    columns = ["scenario", "cases", "verdicts changed", "flips", "flips_low", "flips_high"]
    return pd.DataFrame(rows, columns=columns)


def summary_table(found: Sweep) -> tuple[Sequence[str], list[list[str]]]:
    """Return headings and rows of `over_cases`."""
    rows = over_cases(found).to_dict("records")
    headings = ["scenario", "cases", "verdicts changed", "mean chance of another verdict"]
    return headings, [
        [str(row["scenario"]), str(row["cases"]), str(row["verdicts changed"]), _share(row, "flips")] for row in rows
    ]
