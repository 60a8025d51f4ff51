"""The distributional sense: how near models' answers are to those of groups of people, and what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from jury.benchmarks.page import Cell, Finding, Table
from jury.benchmarks.survey import Respondent, Survey
from jury.estimates import Estimate, mean_estimate
from jury.metrics import (
    Answers,
    Change,
    Distributional,
    NearestGroup,
    changes,
    distributional,
    group_distances,
    model_changes,
    nearest_groups,
)

__all__ = ["compare", "spreading"]

#: Groups with fewer questions take no part in rankings of groups.
LEAST = 20
_NEAREST = 2
_DRAWS = 200

Compared = Mapping[str, Distributional]


def compare(survey: Survey, respondents: Sequence[Respondent], base: float, seed: int) -> dict[str, Distributional]:
    """Return each respondent's answers beside those of every group."""
    counted = any(answers.count for asked in survey.people.values() for answers in asked.values())
    draws = _DRAWS if counted else 1  # without numbers of people there is no noise to draw
    return {
        each.name: distributional(
            survey.items, each.answers, survey.people, rng=np.random.default_rng(seed), base=base, draws=draws
        )
        for each in respondents
    }


def spreading(
    survey: Survey, found: Compared, plain: Sequence[str], shown: Sequence[str], pairs: Sequence[tuple[str, str]]
) -> Finding:
    """Return the distributional sense.

    Parameters
    ----------
    survey : Survey
    found : Mapping
        Respondent -> `Distributional`.
    plain : sequence of str
        Those of them that are a model as itself.
    shown : sequence of str
        Groups to show.
    pairs : sequence of (str, str)
        Respondents to compare as before and after.
    """
    base = next(iter(found.values())).base
    tables = [_overall(found, plain, base), _by_group(found, plain, shown, base), _nearest(found, plain, base)]
    remarks, compared = [], []
    for before, after in pairs:
        by_group = changes(found[before], found[after])
        of_model = model_changes(found[before], found[after])
        tables.append(_change_table(by_group, of_model, before, after, shown))
        remarks.append(_direction(by_group, before, after))
        compared.append(
            {
                "before": before,
                "after": after,
                "groups": [change.to_dict() for change in by_group.values()],
                "model": [change.to_dict() for change in of_model.values()],
            }
        )
    tables.append(_between(survey, shown, base))
    return Finding(
        "distributional",
        tuple(tables),
        (*remarks, *_left_out(found, plain)),
        {
            "models": {name: result.to_dict() for name, result in found.items()},
            "changes": compared,
        },
    )


def overall(result: Distributional, figure: str) -> Estimate:
    """Return the mean over questions of a figure, which is the mean over the groups asked each question."""
    by_question = result.pairs.groupby("question")[figure].mean()
    return mean_estimate(by_question, "questions")


def _overall(found: Compared, plain: Sequence[str], base: float) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name in plain:
        result = found[name]
        rows.append(
            (
                name,
                *(overall(result, figure) for figure in ("js", "js_uniform", "js_shuffled", "js_majority")),
                result.model["entropy_model"],
                overall(result, "entropy_people"),
                result.model["label_mass"],
                int(result.pairs["question"].nunique()),
            )
        )
    return Table(
        f"Distance to people, mean over the groups asked each question (Jensen-Shannon, base {base:g}: 0 is equal, "
        "lower is closer), and entropy (nats)",
        (
            "model",
            "distance",
            "if even",
            "if shuffled",
            "if majority",
            "entropy",
            "people's",
            "label mass",
            "questions",
        ),
        tuple(rows),
        "if even, shuffled, majority: the distance of an even spread, of the model's own shares put on the question's "
        "options by lot, and of everything on the people's commonest answer.",
    )


def _by_group(found: Compared, plain: Sequence[str], shown: Sequence[str], base: float) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for group in shown:
        for name in plain:
            fit = found[name].groups[group]
            figures = fit.figures
            floor = figures["js_floor"]
            rows.append(
                (
                    group,
                    name,
                    figures["js"],
                    figures["tv"],
                    figures["js_uniform"],
                    floor if floor.count else None,
                    fit.used,
                )
            )
    return Table(
        f"Distance to groups (Jensen-Shannon base {base:g}, and total variation: 0 is equal, lower is closer)",
        ("group", "model", "distance", "TV", "if even", "noise floor", "questions"),
        tuple(rows),
        "noise floor: what a model that answers just as the people do would show, by the numbers of people and of "
        "draws of the model; a dash where the number of people is not known.",
    )


def _nearest(found: Compared, plain: Sequence[str], base: float) -> Table:
    rows: list[tuple[Cell, ...]] = []
    least = min(LEAST, max(fit.used for name in plain for fit in found[name].groups.values()))
    for name in plain:
        places = nearest_groups(found[name], least=max(least, 1))
        if not places:
            continue
        ends = dict.fromkeys([*places[:_NEAREST], *places[-1:]])
        for place in ends:
            rank = places.index(place) + 1
            rows.append((name, f"{rank} of {len(places)}", place.group, place.distance, _behind(place, least)))
    return Table(
        f"Nearest groups, and the farthest (Jensen-Shannon base {base:g}; groups with at least {least} questions)",
        ("model", "rank", "group", "distance", "behind the nearest"),
        tuple(rows),
        f"behind the nearest: on the questions that both were asked, if there are {least}. Who is nearer is not "
        "settled where the interval holds 0 or is missing.",
    )


def _behind(place: NearestGroup, least: int) -> Estimate | None:
    return place.behind if place.behind.count >= least else None


def _change_table(
    by_group: Mapping[str, Change], of_model: Mapping[str, Change], before: str, after: str, shown: Sequence[str]
) -> Table:
    rows = [(f"distance to {group}", *_change_row(by_group[group])) for group in shown if group in by_group]
    rows.append(("entropy (nats)", *_change_row(of_model["entropy_model"])))
    if of_model["label_mass"].difference.count:
        rows.append(("label mass", *_change_row(of_model["label_mass"])))
    return Table(
        f"From {before} to {after}, paired by question (a negative change in distance is closer to people)",
        ("figure", "before", "after", "change", "fell / rose / same", "questions"),
        tuple(rows),
    )


def _change_row(change: Change) -> tuple[Cell, ...]:
    return (
        change.before,
        change.after,
        change.difference,
        f"{change.fell} / {change.rose} / {change.same}",
        change.difference.count,
    )


def _direction(by_group: Mapping[str, Change], before: str, after: str) -> str:
    """Say towards and away from how many groups a model moved, in words that take no side."""
    enough = [change for change in by_group.values() if change.difference.count >= LEAST]
    closer = sum(change.difference.high < 0 for change in enough)
    farther = sum(change.difference.low > 0 for change in enough)
    return (
        f"From {before} to {after}, of {len(enough)} groups with at least {LEAST} questions: closer to {closer}, "
        f"farther from {farther}, not settled for {len(enough) - closer - farther} (95 % intervals, each on its own)."
    )


def _between(survey: Survey, shown: Sequence[str], base: float) -> Table:
    wanted = {group: survey.people[group] for group in shown}
    rows = [
        (" and ".join(pair.groups), pair.distance, pair.distance.count)
        for pair in group_distances(survey.items, wanted, base=base)
    ]
    return Table(
        f"How far groups are from each other (Jensen-Shannon base {base:g})",
        ("groups", "distance", "questions"),
        tuple(rows[:6]),
    )


def _left_out(found: Compared, plain: Sequence[str]) -> list[str]:
    said = []
    for name in plain:
        reasons = found[name].left_out["reason"].value_counts()
        if len(reasons):
            words = "; ".join(f"{reason}: {number}" for reason, number in reasons.items())
            said.append(f"{name}: pairs of a question and a group left out of distances: {words}.")
    return said


def even(survey: Survey) -> dict[str, Answers]:
    """Return the answers of who spreads evenly over the options."""
    return {item.id: Answers(dict.fromkeys(item.opinions, 1.0)) for item in survey.items}
