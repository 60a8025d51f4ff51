"""Twelve jurors: two from the affected group guaranteed, or ten of twelve, or all, to agree.

Run: python examples/two_of_twelve.py [folder of the data]
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from _data import study
from _gss import panel

from jury.whatif import sweep, tipping_point
from jury.whatif.telling import CAVEAT

SCENARIOS = {
    "two of twelve Black": {"jurors": 12, "seats:race=Black": 2},
    "four of twelve Black": {"jurors": 12, "seats:race=Black": 4},
    "six of twelve Black": {"jurors": 12, "seats:race=Black": 6},
    "ten of twelve agree": {"jurors": 12, "rule": "supermajority:q=10/12"},
    "all twelve agree": {"jurors": 12, "rule": "unanimity"},
    "ten agree, two Black": {"jurors": 12, "rule": "supermajority:q=10/12", "seats:race=Black": 2},
}


def main() -> None:
    """Print the study."""
    people = panel(["natrace"])
    found = sweep(people, scenarios=SCENARIOS, baseline=["jurors=12"], rule="majority")
    (tip,) = tipping_point(people, "share:race=Black", rule="majority", resamples=200)
    base = found.at_baseline.iloc[0]
    told = [
        f"  {row['scenario']}: most often {row['verdict']!r}; {row['followed']!r} in {row['chance']:.1%} of juries "
        f"[{row['chance_low']:.1%}, {row['chance_high']:.1%}], {_points(row)}"
        for row in found.frame.to_dict("records")
    ]
    by_lot = (
        f"Run: jurors by lot, decided by a majority: {base['followed']!r} in {base['chance']:.1%} of juries "
        f"[{base['chance_low']:.1%}, {base['chance_high']:.1%}]. Against that, all intervals together:"
    )
    settled = found.frame[(found.frame["together_low"] > 0) | (found.frame["together_high"] < 0)]
    rows = found.frame.set_index("scenario")
    two, six, ten = (rows.loc[name] for name in ("two of twelve Black", "six of twelve Black", "ten of twelve agree"))
    share = found.frame["behind"].min() / base["heard"]
    study(
        "Question: is the United States spending too little on improving the conditions of Blacks? Twelve respondents "
        "of the General Social Survey 2018 sit on a jury. What changes if seats are guaranteed, or if more must agree?",
        "\n".join([by_lot, *told]),
        f"Tipping point of a majority of everybody: {tip.words()}",
        f"Finding: two guaranteed seats move the chance of {base['followed']!r} by {_points(two)}: twelve by lot hold "
        f"{12 * share:.1f} Black jurors on average anyway. Six seats move it by {_points(six)}. To ask for ten of "
        f"twelve leaves most juries {ten['verdict']}. {len(settled)} of {len(rows)} differences leave out 0 when all "
        "are taken together.",
        f"Caveat: {CAVEAT} Answers of the survey's sample, unweighted; seats are drawn with replacement from "
        f"{base['heard']} respondents, {found.frame['behind'].min()} of them Black.",
    )


def _points(row: Mapping[str, Any] | pd.Series) -> str:
    change, low, high = (100 * row[name] for name in ("change", "together_low", "together_high"))
    return f"{change:+.1f} points [{low:+.1f}, {high:+.1f}]"


if __name__ == "__main__":
    main()
