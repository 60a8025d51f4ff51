"""Two Polis conversations, on a minimum wage and a basic income: which statements pass under which rule.

Run: python examples/polis_conversations.py [folder of the data]
"""

from _data import find, study

from jury.panels import read_panel
from jury.whatif import Draws, sweep, tipping_point
from jury.whatif.telling import over_cases

CONVERSATIONS = {"minimum wage (Seattle)": "15-per-hour-seattle", "basic income": "scoop-hivemind.ubi"}
STATEMENTS = 25  # the most voted on
LARGE = 30  # participants of a group that is spoken of


def main() -> None:
    """Print the study."""
    question = (
        "Question: participants agree with or dissent from each other's statements; Polis finds opinion groups in "
        "their votes. Which statements does a majority carry, and would they be carried if two thirds were needed, if "
        "every group had to agree, or if a smaller group were half of the participants?"
    )
    parts = [question]
    for name, folder in CONVERSATIONS.items():
        parts.append(_conversation(name, read_panel(find(f"polis/{folder}"), "polis")))
    parts.append(
        "Caveat: the groups were found in these very votes, so that groups which differ are no finding; participants "
        "are whoever came. Statements were shown to some and not to others, and few voted on all. Data: The "
        "Computational Democracy Project, gathered using the Polis software (compdemocracy.org/polis), CC BY 4.0."
    )
    study(*parts)


def _conversation(name: str, panel) -> str:  # noqa: ANN001 - a Panel
    labels = [label for label in panel.group_labels("group-id").tolist() if label != "not stated"]
    groups = sorted((label for label in set(labels) if labels.count(label) >= LARGE), key=labels.count)
    votes = sorted(panel.votes, key=lambda case: -len(panel.votes[case]))[:STATEMENTS]
    smallest = groups[0]
    found = sweep(
        panel,
        scenarios={
            "two thirds": {"rule": "supermajority:q=2/3"},
            "every group too": {"double": "group-id"},
            f"group {smallest} half": {f"share:group-id={smallest}": 0.5},
            f"group {smallest} alone": {"only": f"group-id={smallest}"},
            f"veto of group {smallest}": {"veto": f"group-id={smallest}"},
        },
        rule="majority",
        cases=votes,
        draws=Draws(resamples=200),
    )
    told = [
        f"  {row['scenario']}: {row['verdicts changed']} of {row['cases']} verdicts change "
        f"(mean chance of another verdict {row['flips']:.0%} [{row['flips_low']:.0%}, {row['flips_high']:.0%}])"
        for row in over_cases(found).to_dict("records")
    ]
    agreed = int((found.at_baseline["verdict"] == "agree").sum())
    tips = tipping_point(panel, f"share:group-id={smallest}", rule="majority", cases=votes, resamples=100)
    inside = sorted((tip for tip in tips if 0.01 < tip.value < 1), key=lambda tip: tip.value)
    middle = (
        f"  For instance: {inside[len(inside) // 2].words()}" if inside else "  No verdict tips on the group's share."
    )
    left = f"  Not answered: {int((found.frame['note'] != '').sum())} of {len(found.frame)} cells, for want of voters."
    head = f"{name}: {len(panel.weights)} participants, {len(votes)} statements; a majority agrees with {agreed}."
    return "\n".join(
        [
            head,
            *told,
            f"  {len(inside)} of {len(tips)} verdicts tip somewhere as the share of group {smallest} goes from 0 to 1.",
            middle,
            left,
        ]
    )


if __name__ == "__main__":
    main()
