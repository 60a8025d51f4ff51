"""Twelve jurors: two from the affected group guaranteed, or ten of twelve, or all, to agree.

Run: python examples/two_of_twelve.py [folder of the data]
"""

from _data import study
from _gss import panel

from jury.whatif import sweep, tipping_point
from jury.whatif.telling import CAVEAT, sentences

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
        f"[{row['chance_low']:.1%}, {row['chance_high']:.1%}], {row['change']:+.1%} [{row['together_low']:+.1%}, "
        f"{row['together_high']:+.1%}]"
        for row in found.frame.to_dict("records")
    ]
    by_lot = (
        f"Run: jurors by lot, decided by a majority: {base['followed']!r} in {base['chance']:.1%} of juries "
        f"[{base['chance_low']:.1%}, {base['chance_high']:.1%}]. Against that, all intervals together:"
    )
    settled = found.frame[(found.frame["together_low"] > 0) | (found.frame["together_high"] < 0)]
    study(
        "Question: is the United States spending too little on improving the conditions of Blacks? Twelve respondents "
        "of the General Social Survey 2018 sit on a jury. What changes if seats are guaranteed, or if more must agree?",
        "\n".join([by_lot, *told]),
        f"Tipping point of a majority of everybody: {tip.words()}",
        f"Finding: {' '.join(sentences(found))} {len(settled)} of {len(found.frame)} differences leave out 0 when all "
        "are taken together.",
        f"Caveat: {CAVEAT} Answers of the survey's sample, unweighted; seats are drawn with replacement from "
        f"{base['heard']} respondents, {found.frame['behind'].min()} of them Black.",
    )


if __name__ == "__main__":
    main()
