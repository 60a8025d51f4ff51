"""Content moderation: the verdicts of five raters of one country beside those of five raters by lot.

Run: python examples/content_moderation.py [folder of the data]. The data hold offensive posts; none is printed.
"""

from _data import find, study

from jury.estimates import mean_estimate
from jury.panels import read_panel
from jury.whatif import Draws, sweep

EVERY = 14  # one post in so many: 70 of 980
RATERS = 5
FEW = 5  # the data have at least five raters a post and country, fewer than the usual ten


def main() -> None:
    """Print the study."""
    panel = read_panel(find("crehate/raw_annotations_sbic.csv.gz"), "crehate")
    posts = [case.id for case in panel.cases][::EVERY]
    countries = sorted(set(panel.group_labels("nationality").tolist()))
    found = sweep(
        panel,
        {"jurors": [RATERS], "only": [f"nationality={country}" for country in countries]},
        rule="majority",
        cases=posts,
        few=FEW,
        draws=Draws(resamples=2, panels=20, juries=50, first=1000),
    )
    answered = found.supported
    base = found.at_baseline[found.at_baseline["note"] == ""]
    lots = mean_estimate(base["chance"], "posts")
    told = [f"  by lot from all countries: {lots.value:.0%} [{lots.low:.0%}, {lots.high:.0%}]"]
    gaps = {}
    for country in countries:
        rows = answered[answered["only"] == f"nationality={country}"]
        chance, gaps[country] = mean_estimate(rows["chance"], "posts"), mean_estimate(rows["change"], "posts")
        told.append(
            f"  from {country}: {chance.value:.0%} [{chance.low:.0%}, {chance.high:.0%}]; against lots "
            f"{100 * gaps[country].value:+.1f} points [{100 * gaps[country].low:+.1f}, "
            f"{100 * gaps[country].high:+.1f}] ({len(rows)} posts)"
        )
    apart = [country for country, gap in gaps.items() if gap.settled]
    named = f" ({', '.join(apart)})" if apart else ""
    other = answered[answered["changed"]]
    study(
        f"Question: a platform lets {RATERS} raters decide by majority whether a post is hate speech. How often is the "
        "verdict the one that juries from all five countries reach most often, if all raters come from one country?",
        "\n".join([f"Run: CREHate, every {EVERY}th post of 980 ({len(base)} posts), juries of {RATERS}.", *told]),
        f"Finding: in {len(other)} of {len(answered)} pairs of post and country the most frequent verdict is another "
        f"than the common one. The difference to lots leaves out 0 for {len(apart)} of {len(countries)} countries"
        f"{named}, each taken by itself. Against that, five raters by lot miss the "
        f"common verdict in {1 - lots.value:.0%} of juries, by the lot alone.",
        f"Caveat: about {RATERS} raters a post and country stand for a country; drawn with replacement from so few, "
        "juries of one country vary less than real ones would. Intervals are over posts, taken for a sample of such "
        "posts; raters of one country were recruited alike and are no sample of it.",
    )


if __name__ == "__main__":
    main()
