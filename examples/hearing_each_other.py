"""A minimum-wage conversation in which people hear each other: at one table, or among their own kind.

Run: python examples/hearing_each_other.py [folder of the data]
"""

from _data import find, study

from jury import deliberate
from jury.deliberation.modelled import CAVEAT
from jury.panels import read_panel

BY = "group-id"  # the opinion groups that Polis found
MODEL = "friedkin-johnsen:stubbornness=0.2"
SEATINGS = {
    "everybody hears four by lot": "random:k=4",
    "half of the ties to others moved to the own group": f"random:k=4,homophily=0.5,by={BY}",
    "nine tenths of them": f"random:k=4,homophily=0.9,by={BY}",
    "the larger group and the rest apart, one pair across": f"two-blocs:by={BY}",
}


def main() -> None:
    """Print the study."""
    panel = read_panel(find("polis/15-per-hour-seattle"), "polis")
    told, yielded = [], {}
    for name, topology in SEATINGS.items():
        found = deliberate(panel, MODEL, topology, rules=["majority"], by=[BY], resamples=300, networks=3)
        yielded[name] = share = found.change.estimate("yielding")
        row = found.change.divisions.set_index("figure").loc["disagreement"]
        changed = found.networks["changed"]
        told.append(
            f"  {name}: {share.value:.0%} [{share.low:.0%}, {share.high:.0%}] of the minority go over, disagreement "
            f"{row['before']:.2f} to {row['after']:.2f} ({row['change']:+.2f} [{row['change_low']:+.2f}, "
            f"{row['change_high']:+.2f}]); at most {changed.max()} of {found.change.cases} verdicts change"
        )
    (mixed, one), *_, (apart, last) = yielded.items()
    differ = last.high < one.low or one.high < last.low
    study(
        "Question: people of Seattle voted on 31 statements about a minimum wage of 15 dollars, each alone. Who would "
        "have given way had they heard each other, and does it matter whom they hear?",
        "\n".join([f"Run: {MODEL}, three networks each; figures of the first, bootstraps of the people.", *told]),
        f"Finding: the minority goes over to the majority in {one.value:.0%} of answers where {mixed}, in "
        f"{last.value:.0%} with {apart}. "
        + (
            "The intervals do not overlap: whether a minority gives way hangs on the seating, before anybody argues."
            if differ
            else "The intervals overlap: the seatings cannot be told apart."
        ),
        f"Caveat: {CAVEAT} Who passed takes up an opinion and counts in the verdict after.",
    )


if __name__ == "__main__":
    main()
