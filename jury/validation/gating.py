"""Which checks a comparison makes for the gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from jury.estimates import Estimate
from jury.uncertainty.size import EffectiveSize
from jury.validation.coefficients import Coefficients
from jury.validation.gate import Check, Gate, Thresholds, above, closer, within
from jury.validation.pairing import Hits
from jury.validation.spread import GroupSpread

__all__ = ["Measures", "gate"]


@dataclass(frozen=True, eq=False)
class Measures:
    """What the gate looks at; the fields are those of `Validation`."""

    distances: Mapping[tuple[str, str], Mapping[str, Estimate]]
    spread: tuple[GroupSpread, ...]
    correlation: Estimate
    coefficients: Coefficients | None
    size: EffectiveSize | None
    hits: Hits | None
    by: tuple[str, ...]


def gate(found: Measures, asked: Thresholds) -> Gate:
    """Return the gate: closer than knowing nothing, as varied, gaps of the right size and direction, enough jurors."""
    whole = found.distances["", ""]
    measure = "tv" if not np.isnan(whole["tv"].value) else "wasserstein"
    knows_nothing = "they say nothing that answering at random would not"
    checks = [closer("uniform", "an even spread", whole[f"{measure}_over_uniform"], knows_nothing)]
    if f"{measure}_over_baseline" in whole:
        personas = "what sets this run apart from it adds nothing"
        checks.append(closer("baseline", "the baseline run", whole[f"{measure}_over_baseline"], personas))
    if found.hits is not None:
        checks.append(
            above(
                "persons",
                "How much more often jurors say what the very person had said than by lot",
                found.hits.over_lot,
                "a juror tells as much about any other person",
                "there are no answers",
            )
        )
    for one in found.spread[1:] or found.spread[:1]:
        checks += _spread_checks(one, asked)
    if not found.by:
        words = "No groups were compared: name them with --by, or under `groups:` in the study."
        checks.append(Check("groups", "groups to compare", None, None, words))
    if found.coefficients is not None:
        checks.append(_flips_check(found.coefficients, asked))
    if found.size is not None:
        checks.append(_size_check(found.size, asked))
    return Gate(tuple(checks), asked)


def _spread_checks(one: GroupSpread, asked: Thresholds) -> list[Check]:
    where = f" by {one.by}" if one.by else ""
    variance = within(
        f"variance{where}",
        f"Jurors' standard deviation over people's, within groups{where}"
        if one.by
        else "Jurors' standard deviation over people's",
        one.variance_ratio,
        asked.least_variance,
        asked.most_variance,
        ("jurors are too much alike", "jurors differ too much", "people's answers do not vary"),
    )
    if one.gap_inflation is None or one.gap_correlation is None:
        return [variance]
    alike = "people's groups do not differ beyond sampling noise"
    return [
        variance,
        within(
            f"gaps{where}",
            f"Standard deviation between jurors' groups over that between people's{where}",
            one.gap_inflation,
            asked.least_inflation,
            asked.most_inflation,
            ("gaps between groups are missed", "groups are caricatured", alike),
        ),
        above(
            f"gap direction{where}",
            f"Correlation of jurors' and people's gaps between groups{where}",
            one.gap_correlation,
            "jurors' groups are not shown to differ in the direction in which people's do",
            alike,
        ),
    ]


def _flips_check(found: Coefficients, asked: Thresholds) -> Check:
    flipped = found.flipped_settled
    what = f"share of flipped signs among coefficients that are settled for people: at most {asked.most_flipped:.0%}"
    if np.isnan(flipped.value):
        return Check(
            "signs", what, None, None, "No regression coefficient is settled for people, so none can be missed."
        )
    passed = flipped.value <= asked.most_flipped
    words = (
        f"Of the {flipped.count} regression coefficients that are settled for people, jurors flip the sign of "
        f"{flipped.value:.0%} [{flipped.low:.0%}, {flipped.high:.0%}]."
    )
    return Check("signs", what, flipped, passed, words, sure=bool(flipped.high <= asked.most_flipped))


def _size_check(found: EffectiveSize, asked: Thresholds) -> Check:
    what = f"effective number of independent jurors: at least {asked.least_effective:g}"
    passed, sure = (bool(least >= asked.least_effective) for least in (found.size.value, found.size.low))
    return Check("size", what, found.size, passed, found.words(), sure=sure)
