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

__all__ = ["FEW_JURORS", "by_groups", "by_persons", "by_questions", "serving"]

FloatArray = NDArray[np.float64]

#: With fewer groups than this there is no resampling of them; the questions that all were asked are prompts then.
FEW_JURORS = 8

_RULES = ("utilitarian", "nash", "maximin", "gini")
_RESAMPLES = 500
_ALPHAS = tuple(place / (32 - place) for place in range(1, 32))
_MANY = 200_000  # opinions on all models, from which on there are fewer resamples
_FEWER = 200
_NOTHING = 1e-9


def by_persons(survey: Survey, respondents: Sequence[Respondent]) -> Judged:
    """Return what persons make of models: the chance that a model gives the person's own answer."""
    persons = survey.persons
    if persons is None:
        raise ValueError("the survey has no persons")
    items = [item for item in survey.items if item.id in persons.answers]
    utilities = np.full((len(respondents), len(items), len(persons.weights)), np.nan)
    for place, item in enumerate(items):
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


def by_questions(found: Mapping[str, Distributional], names: Sequence[str], groups: Sequence[str]) -> Judged:
    """Return what few groups, each one juror, make of models, question by question: 1 less the distance."""
    questions = sorted({question for name in names for question in found[name].pairs["question"]})
    tables = [
        found[name].pairs.pivot_table(index="question", columns="group", values="js", observed=True) for name in names
    ]
    rows = [1 - table.reindex(index=questions, columns=list(groups)).to_numpy(dtype=float) for table in tables]
    judged = np.stack(rows)
    lacking = np.isnan(judged).any(axis=2)
    if not lacking.any(axis=0).all():  # the questions on which every model is near or far from every group
        judged[lacking] = np.nan
    return Judged(judged, names)


def serving(
    judged: Judged, *, what: str, whom: str, seed: int, resample: Resample = "both"
) -> tuple[Finding, IsoelasticPath | None]:
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
    if not judged.heard.any():
        return Finding("jury-pluralistic", remarks=("Not measured: on no question was every model judged.",)), None
    resamples = _RESAMPLES if np.isfinite(judged.utilities).sum() < _MANY else _FEWER
    found = jury_pluralistic(judged, rng=rng, rules=rules, resample=resample, resamples=resamples)
    path = isoelastic_path(judged, rng=rng, alphas=_ALPHAS, resamples=resamples)
    tables = [*_boards(found, what), _path(path)]
    regrets = _regrets(found)
    tables += [regrets] if regrets is not None else []
    groups = len(next(iter(found.boards.values())).groups)
    remarks = [
        f"Jurors: {found.jurors} ({whom}); prompts: {found.prompts}"
        + (f"; {_left_out(judged, found.left_out)}." if found.left_out else "."),
        "All these welfare functions have the same winner."
        if found.agree
        else "Who wins depends on the welfare function.",
    ]
    if regrets is None and groups:
        remarks.append(f"Groups that would have chosen otherwise under {rules[0]}: 0 of {groups}.")
    if "nash" not in rules:
        remarks.append("Nash welfare is left out: some juror is given nothing at all, so that every product is 0.")
    return Finding(
        "jury-pluralistic", tuple(tables), tuple(remarks), {**found.to_dict(), "isoelastic": path.to_dict()}
    ), path


def _left_out(judged: Judged, prompts: Sequence[int]) -> str:
    """Say how many prompts are left out, and for want of which models."""
    opinions = ~np.isnan(judged.utilities[:, list(prompts)]) & (judged.weights > 0)
    unjudged = np.asarray((~opinions.any(axis=2)).sum(axis=1))
    named = ", ".join(f"{name} (on {number})" for name, number in zip(judged.models, unjudged, strict=True) if number)
    return f"{len(prompts)} left out, " + (f"for nobody could judge {named}" if named else "without weight")


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
            "maximin: resamples lack the worst-off juror now and then, so that its interval lies too high."
            if "maximin" in rules and found.resample != "prompts"
            else "",
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
    """Return the groups that would have chosen otherwise, or lose."""
    board = next(iter(found.boards.values()))
    rows: list[tuple[Cell, ...]] = [
        (
            f"{choice.attribute}: {choice.group}",
            ", ".join(choice.choice),
            choice.jurors,
            choice.regret,
            "yes" if choice.loses else "no",
        )
        for choice in board.groups
        if choice.loses or choice.regret.value > _NOTHING
    ]
    if not rows:
        return None
    return Table(
        f"Groups that would have chosen otherwise under {board.rule}, and their regret (0 is none); "
        f"{len(board.groups) - len(rows)} others would not",
        ("group", "would choose", "jurors", "regret", "loses"),
        tuple(rows),
    )
