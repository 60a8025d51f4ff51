"""The jury-pluralistic sense: what a jury, of persons or of groups, makes of models, under every welfare function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from jury.benchmarks.page import Cell, Finding, Table
from jury.benchmarks.survey import Respondent, Survey
from jury.metrics import (
    Distributional,
    IsoelasticPath,
    Judged,
    JuryPluralistic,
    isoelastic_path,
    jury_pluralistic,
)
from jury.metrics.answers import Spread
from jury.metrics.jury_leaderboards import Resample

__all__ = ["by_groups", "by_persons", "serving"]

FloatArray = NDArray[np.float64]

_RULES = ("utilitarian", "nash", "maximin", "gini")
_RESAMPLES = 500


def by_persons(survey: Survey, respondents: Sequence[Respondent]) -> Judged:
    """Return what persons make of models: the chance that a model gives the person's own answer."""
    persons = survey.persons
    if persons is None:
        raise ValueError("the survey has no persons")
    utilities = np.full((len(respondents), len(survey.items), len(persons.weights)), np.nan)
    for place, item in enumerate(survey.items):
        chosen = persons.answers[item.id]
        said = ~np.isnan(chosen)
        for row, each in enumerate(respondents):
            if (answers := each.answers.get(item.id)) is None:
                continue
            spread = Spread.of(item, answers)
            if spread.answered:
                total = sum(spread.weights.values())
                shares = np.array([spread.weights.get(option, 0.0) / total for option in item.options])
                utilities[row, place, said] = shares[chosen[said].astype(int)]
    groups = {name: labels.tolist() for name, labels in persons.groups.items()}
    return Judged(utilities, [each.name for each in respondents], persons.weights, groups=groups)


def by_groups(
    found: Mapping[str, Distributional], names: Sequence[str], shown: Sequence[str], least: int
) -> tuple[Judged, int]:
    """Return what groups, each one juror, make of models: 1 less the mean Jensen-Shannon distance over its questions.

    Parameters
    ----------
    found : Mapping
        Model -> `Distributional`.
    names : sequence of str
        The models.
    shown : sequence of str
        Groups that are jurors in any case, and are told apart in the regrets.
    least : int
        Other groups are jurors if they were asked so many questions.

    Returns
    -------
    Judged
        Of one prompt: the whole survey.
    int
        Number of groups that are no jurors.
    """
    fits = found[names[0]].groups
    jurors = [group for group, fit in fits.items() if fit.used and (fit.used >= least or group in shown)]
    utilities = [[[1 - found[name].groups[group].figures["js"].value for group in jurors]] for name in names]
    labels = {"group": [group if group in shown else "all others" for group in jurors]}
    return Judged(utilities, names, groups=labels), len(fits) - len(jurors)


def serving(
    judged: Judged, *, what: str, whom: str, seed: int, resample: Resample = "both"
) -> tuple[Finding, IsoelasticPath]:
    """Return the jury-pluralistic sense, and the leaderboard along the isoelastic family for a plot.

    Parameters
    ----------
    judged : Judged
        Utilities in [0, 1] or on a scale of scores.
    what : str
        What the utilities are.
    whom : str
        Who the jurors are.
    seed : int
    resample : {"both", "prompts", "jurors"}
    """
    rng = np.random.default_rng(seed)
    # A person who is given nothing makes Nash welfare 0 whatever the others have; it is left out and said so.
    rules = [rule for rule in _RULES if rule != "nash" or not (judged.utilities <= 0).any()]
    found = jury_pluralistic(judged, rng=rng, rules=rules, resample=resample, resamples=_RESAMPLES)
    path = isoelastic_path(judged, rng=rng, resamples=_RESAMPLES)
    tables = [*_boards(found, what), _path(path)]
    regrets = _regrets(found)
    if regrets is not None:
        tables.append(regrets)
    remarks = [
        f"Jurors: {found.jurors} ({whom}); prompts: {found.prompts}"
        + (
            f", and {len(found.left_out)} left out because a model was judged by nobody there."
            if found.left_out
            else "."
        ),
        "All these welfare functions have the same winner."
        if found.agree
        else "Who wins depends on the welfare function.",
    ]
    if "nash" not in rules:
        remarks.append("Nash welfare is left out: some juror is given nothing at all, so that every product is 0.")
    return Finding(
        "jury-pluralistic", tuple(tables), tuple(remarks), {**found.to_dict(), "isoelastic": path.to_dict()}
    ), path


def _boards(found: JuryPluralistic, what: str) -> list[Table]:
    rules = list(found.boards)
    models = list(next(iter(found.boards.values())).scores)
    welfare: list[tuple[Cell, ...]] = [
        (model, *(found.boards[rule].scores[model] for rule in rules)) for model in models
    ]
    first: list[tuple[Cell, ...]] = [(model, *(found.boards[rule].first[model] for rule in rules)) for model in models]
    return [
        Table(
            f"Welfare of the jury, mean over prompts, best first under {rules[0]} ({what}; higher is better)",
            ("model", *rules),
            tuple(welfare),
        ),
        Table("How surely first: share of resamples in which the model is", ("model", *rules), tuple(first)),
    ]


def _path(path: IsoelasticPath) -> Table:
    rows = tuple((_alpha(reign.low), _alpha(reign.high), ", ".join(reign.winners)) for reign in path.reigns)
    return Table(
        "Who is best as aversion to inequality alpha grows (0 utilitarian, 1 Nash, infinity maximin)",
        ("from alpha", "to alpha", "best"),
        rows,
    )


def _alpha(value: float) -> str:
    return "infinity" if np.isinf(value) else f"{value:.3g}"


def _regrets(found: JuryPluralistic) -> Table | None:
    board = next(iter(found.boards.values()))
    rows = [
        (
            f"{choice.attribute}: {choice.group}",
            choice.jurors,
            ", ".join(choice.choice),
            choice.regret,
            "yes" if choice.loses else "no",
        )
        for choice in board.groups
    ]
    if not rows:
        return None
    return Table(
        f"What each group would have chosen under {board.rule}, and its regret (0 is none)",
        ("group", "jurors", "would choose", "regret", "loses"),
        tuple(rows),
    )
