"""Respondents of the General Social Survey 2018 as jurors, with what they really answered."""

import pandas as pd
from _data import find

from jury.panel import Panel
from jury.panels.base import Builder
from personas import load_population

#: Upper ends of the census' age bands, which the survey's years of age are put into.
_BANDS = {"18-24": 24, "25-34": 34, "35-44": 44, "45-54": 54, "55-64": 64, "65+": 200}


def panel(items: list[str] | None = None) -> Panel:
    """Return who said what of the survey's questions on public spending; a missing answer is no ballot."""
    people = load_population(find("population/gss2018_spending.csv.gz"), codebook="gss-2018")
    answers = people.answers
    if answers is None:
        raise SystemExit("the codebook names no questions")
    builder = Builder("General Social Survey 2018")
    for item in items or list(people.items):
        builder.case(item, people.items[item].text, list(people.items[item].options.values()))
    frame = people.frame.reset_index(drop=True)
    bands = pd.cut(frame["age"].astype(float), [0, *_BANDS.values()], labels=list(_BANDS)).astype(object)
    for row in range(len(frame)):
        if pd.isna(bands.iloc[row]):  # who did not state an age cannot be counted in the census' bands
            continue
        rater = builder.rater(
            str(row), {"age": bands.iloc[row], "sex": frame["sex"].iloc[row], "race": frame["race"].iloc[row]}
        )
        for item in items or list(people.items):
            answer = answers[item].iloc[row]
            if isinstance(answer, str):
                builder.rating(rater, item, {"choice": answer})
    return builder.panel()
