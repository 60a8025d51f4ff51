"""What is printed of a validation: the gate first, then what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console

from cli.output import count, percent, say, show

if TYPE_CHECKING:
    from jury.estimates import Estimate
    from jury.validation import Gate, Validation

_ITEMS_SHOWN = 24


def print_gate(gate: Gate, out: Console) -> None:
    """Print whether conclusions about groups may be drawn, and why not."""
    verdict, *reasons = gate.words()
    say(out, verdict, style="bold")
    for reason in reasons:
        say(out, f"- {reason}", indent=2)


def print_validation(found: Validation, out: Console) -> None:
    """Print the comparison."""
    print_gate(found.gate, out)
    _print_items(found, out)
    _print_distances(found, out)
    _print_spread(found, out)
    _print_verdicts(found, out)
    _print_sentences(found, out)


def _print_items(found: Validation, out: Console) -> None:
    measure = found.measure
    items = found.items.to_dict("records")[:_ITEMS_SHOWN]
    options = {tuple(row["human"]) for row in items}
    rows = [
        [
            row["case"],
            " / ".join(row["human"]),
            _shares(row["human"]),
            _shares(row["model"]),
            row[measure],
            row[f"{measure}_uniform"],
        ]
        for row in items
    ]
    columns = ["case", "answers", "people", "jurors", "distance", "even spread"]
    more = f"; first {len(items)} of {len(found.items)}, all with -o json" if len(found.items) > len(items) else ""
    if any(len(answers) > 8 for answers in options):
        short = [[row[0], row[4], row[5]] for row in rows]
        show(out, f"Distance to people{more}", [columns[0], *columns[4:]], short)
    elif len(options) > 1:
        show(out, f"Shares in %{more}", columns, rows, left=2)
    else:
        title = f"Shares in % ({' / '.join(options.pop())}){more}"
        show(out, title, [columns[0], *columns[2:]], [[row[0], *row[2:]] for row in rows])


def _shares(shares: dict[str, float]) -> str:
    return " / ".join(f"{100 * share:.0f}" for share in shares.values())


def _print_distances(found: Validation, out: Console) -> None:
    measure = found.measure
    named = {"tv": "total variation", "wasserstein": "share of the scale that the mass moves"}[measure]
    whole = found.distances["", ""]
    nulls = [("even spread", "uniform"), ("majority", "majority"), ("baseline", "baseline"), ("perfect", "floor")]
    shown = [(words, null) for words, null in nulls if f"{measure}_{null}" in whole]
    rows = []
    attributes = {attribute for attribute, _ in found.distances if attribute}
    sizes = found.table.groupby(["attribute", "group"], sort=False)[["people", "jurors"]].max().to_dict("index")
    for (attribute, group), figures in found.distances.items():
        behind = sizes[attribute, group]
        label = "everybody" if not attribute else group if len(attributes) == 1 else f"{attribute}: {group}"
        rows.append(
            [
                label,
                int(behind["people"]),
                int(behind["jurors"]),
                figures[measure].words(),
                *(f"{figures[f'{measure}_{null}'].value:.3f}" for _, null in shown),
            ]
        )
    title = f"Distance to people ({named}, mean over {count(found.cases, 'case')})"
    show(
        out,
        title,
        [
            attributes.pop() if len(attributes) == 1 else "group",
            "people",
            "jurors",
            "distance",
            *(words for words, _ in shown),
        ],
        rows,
    )
    items = found.items
    say(
        out,
        f"Lower is closer. The jurors are closer than an even spread on {found.closer} of {len(items)}. Majority: "
        "everybody gives people's most frequent answer. Perfect: what as many answers drawn from people themselves "
        f"would get. Intervals are over cases{_compared(found)}.",
    )
    for one in found.spread:
        if one.left_out:
            say(out, f"By {one.by} left out, with too few jurors or people: {', '.join(one.left_out)}.")


def _compared(found: Validation) -> str:
    """Return how many comparisons the intervals of the groups hold for."""
    groups = found.comparisons
    return f"; those of the {groups} groups hold all at once" if groups > 1 else ""


def _print_spread(found: Validation, out: Console) -> None:
    rows = [
        [
            f"by {one.by}" if one.by else "everybody",
            one.variance_ratio.words(2),
            _words(one.gap_inflation),
            _words(one.gap_correlation),
        ]
        for one in found.spread
    ]
    columns = ["groups", "within groups", "between groups", "correlation of gaps"]
    show(out, "Standard deviation of jurors' answers over people's (1 is right)", columns, rows)


def _words(estimate: Estimate | None) -> str:
    return "–" if estimate is None or np.isnan(estimate.value) else estimate.words(2)


def _print_verdicts(found: Validation, out: Console) -> None:
    based = any(one.baseline is not None for one in found.verdicts)
    rows = [
        [
            one.rule,
            f"{percent(one.alike.value)} of {one.alike.count} [{percent(one.alike.low)}, {percent(one.alike.high)}]",
            percent(one.by_chance),
            *([_share(one.baseline)] if based else []),
            percent(one.ceiling.value),
        ]
        for one in found.verdicts
    ]
    columns = ["rule", "same winners", "by lot", *(["baseline"] if based else []), "people drawn again"]
    show(out, "Would they have decided alike?", columns, rows)


def _share(estimate: Estimate | None) -> str:
    return "–" if estimate is None else percent(estimate.value)


def _print_sentences(found: Validation, out: Console) -> None:
    out.print()
    lines = [f"Correlation of jurors' and people's means over items: {_words(found.correlation)}."]
    if found.size is not None:
        lines.append(found.size.words())
    if found.coefficients is not None:
        lines.append(_coefficients(found))
    if found.calibration is not None:
        lines.append(
            f"Calibration error over ten bins {found.calibration.error.words()} (shares that are all alike have none); "
            f"slope of people's shares on jurors' {found.calibration.slope.words(2)} (1 is calibrated, 0 says nothing)."
        )
    lines.append(
        f"Krippendorff's alpha: {found.alpha_people.words(2)} among people, the most that a case alone can tell about "
        f"single answers; {found.alpha_jurors.words(2)} among jurors."
    )
    if found.hits is not None:
        lines.append(
            f"Jurors chose what the very person had said in {percent(found.agreement)} of {found.answers} answers; "
            f"dealt to people by lot they would in {percent(found.by_lot)} (difference {found.hits.over_lot.words()})."
        )
    if found.left_out:
        lines.append(f"Left out for want of answers: {', '.join(found.left_out)}.")
    for line in lines:
        say(out, line)


def _coefficients(found: Validation) -> str:
    one = found.coefficients
    if one is None:
        return ""
    return (
        f"Regression on {', '.join(one.by)}: {percent(one.different.value)} of {one.different.count} coefficients "
        f"differ from people's (p < .05; by chance 5%), {_of(one.flipped_different)} of these with the sign flipped; "
        f"of the {one.flipped_settled.count} that are settled for people {_of(one.flipped_settled)} are flipped."
    )


def _of(share: Estimate) -> str:
    return "none" if np.isnan(share.value) else percent(share.value)
