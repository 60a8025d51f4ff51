"""US spending priorities: a survey's respondents as they are, and reweighted to the census by age and sex.

Run: python examples/us_spending.py [folder of the data]
"""

from _data import study
from _gss import panel

from jury.whatif import Draws, sweep
from jury.whatif.telling import over_cases


def main() -> None:
    """Print the study."""
    people = panel()
    found = sweep(
        people,
        scenarios={
            "the census": {"population": "us-adults"},
            "a third Black": {"share:race=Black": 1 / 3},
            "two thirds must agree": {"threshold": "2/3"},
        },
        rule="majority",
        on=["age & sex"],
        draws=Draws(resamples=400),
    )
    rows = found.frame
    census = rows[rows["scenario"] == "the census"]
    most = census.loc[census["change"].abs().idxmax()]
    settled = census[(census["together_low"] > 0) | (census["together_high"] < 0)]
    told = [
        f"  {row['scenario']}: {row['verdicts changed']} of {row['cases']} verdicts change; with other respondents "
        f"drawn, a verdict would differ in {row['flips']:.0%} [{row['flips_low']:.0%}, {row['flips_high']:.0%}]"
        for row in over_cases(found).to_dict("records")
    ]
    changed = rows[(rows["scenario"] == "a third Black") & rows["changed"]]
    study(
        "Question: do verdicts on 18 questions of public spending (too much, about right, too little) hang on who was "
        "reached by the General Social Survey 2018, rather than on what people think?",
        "\n".join(["Run: each question decided by a majority of all respondents who answered it.", *told]),
        f"Finding: reweighted to the census by age and sex, {int(census['changed'].sum())} of {len(census)} verdicts "
        f"change; the largest shift of a lead is {most['change']:+.3f} [{most['change_low']:+.3f}, "
        f"{most['change_high']:+.3f}], on {most['case']}; {len(settled)} shifts are told from 0 when all differences "
        f"are taken together. Were a third of the country Black, {len(changed)} would change"
        + (f" ({', '.join(changed['case'] + ': ' + changed['verdict'])})." if len(changed) else "."),
        "Caveat: the census margins are of age and sex alone, since the survey tells three races and the census "
        "counts Hispanic people apart; weights cannot speak for people who were not reached.",
    )


if __name__ == "__main__":
    main()
