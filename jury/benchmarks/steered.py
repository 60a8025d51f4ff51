"""The two steerable senses on a survey: a model asked as a member of a group, and as a mix of two groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from jury.benchmarks.page import Cell, Finding, Table
from jury.benchmarks.spreading import compare
from jury.benchmarks.survey import Respondent, Survey
from jury.estimates import Estimate
from jury.metrics import (
    Answers,
    Distributional,
    PersonaMatrix,
    SteeredGroup,
    Steering,
    Tradeoff,
    TradeoffSteering,
    persona_matrix,
    steering,
    tradeoff_steering,
)

__all__ = ["Steered", "steerable", "trade_off_finding", "trade_offs"]

FloatArray = NDArray[np.float64]

#: Shares of the first of two groups that a mix is steered to.
MIXES = (0.0, 0.25, 0.5, 0.75, 1.0)
_FEWEST = 5
_SHOWN = 6  # groups in a printed matrix

Steered = Mapping[str, Sequence[Respondent]]


def by_model(respondents: Sequence[Respondent]) -> dict[str, list[Respondent]]:
    """Return the steered respondents of each model."""
    found: dict[str, list[Respondent]] = {}
    for each in respondents:
        if each.group is not None:
            found.setdefault(each.of, []).append(each)
    return found


def steerable(
    survey: Survey, found: Mapping[str, Distributional], steered: Steered, seed: int
) -> tuple[Finding, dict[str, PersonaMatrix]]:
    """Return the steerable sense, and each model's persona x persona matrix, of at least one steered model."""
    questions = [item.id for item in survey.items]
    results, matrices = {}, {}
    for model, each in steered.items():
        groups = [str(one.group) for one in each]
        own = np.stack([_distances(found[one.name], questions, [str(one.group)])[:, 0] for one in each])
        plain = _distances(found[model], questions, groups).T
        results[model] = steering(own, plain, groups, lower_is_better=True)
        if len(groups) > 1:
            cells = np.stack([_distances(found[one.name], questions, groups) for one in each], axis=1)
            matrices[model] = persona_matrix(cells, groups, rng=np.random.default_rng(seed), lower_is_better=True)
    return steering_finding(results, matrices, "Jensen-Shannon distance to the group's people"), matrices


def steering_finding(results: Mapping[str, Steering], matrices: Mapping[str, PersonaMatrix], what: str) -> Finding:
    """Return the steerable sense in words; `what` the figures are."""
    direction = "lower" if next(iter(results.values())).lower_is_better else "higher"
    rows: list[tuple[Cell, ...]] = [
        (
            model,
            group,
            one.fidelity,
            one.unsteered,
            one.gain,
            f"{one.better} / {one.worse} / {one.same}",
            one.gain.count,
        )
        for model, result in results.items()
        for group, one in result.groups.items()
    ]
    tables = [
        Table(
            f"Steered to a group, beside the same model unsteered ({what}, {direction} is better; a gain is above 0)",
            ("model", "group", "steered", "unsteered", "gain", "better / worse / same", "questions"),
            tuple(rows),
        )
    ]
    for model, matrix in matrices.items():
        shown = matrix.personas[:_SHOWN]
        cells: list[tuple[Cell, ...]] = [
            (
                f"as {persona}",
                *(float(value) for value in matrix.matrix[row, : len(shown)]),
                matrix.sensitivity[persona],
                matrix.specificity[persona],
            )
            for row, persona in enumerate(shown)
        ]
        tables.append(
            Table(
                f"{model} steered to the group of the row, beside the people of the column ({what}; {direction} is "
                "better)",
                ("", *shown, "sensitivity", "specificity"),
                tuple(cells),
                "sensitivity: share of the other steerings that serve these people worse; specificity: share of other "
                f"people it is further from (0.5 is chance). Means: {matrix.mean_sensitivity.words()} and "
                f"{matrix.mean_specificity.words()}.",
            )
        )
    remarks = [
        f"{model}: gain over all groups {result.gain.words()}; worst served when steered: {result.worst}."
        for model, result in results.items()
    ]
    details = {
        "models": {model: result.to_dict() for model, result in results.items()},
        "matrices": {model: matrix.to_dict() for model, matrix in matrices.items()},
    }
    return Finding("steerable", tuple(tables), tuple(remarks), details)


def _turns(one: SteeredGroup) -> str:
    return f"{one.better} / {one.worse} / {one.same}"


def trade_offs(
    survey: Survey,
    found: Mapping[str, Distributional],
    steered: Steered,
    reference: Distributional,
    base: float,
    seed: int,
) -> tuple[Finding, dict[str, TradeoffSteering]]:
    """Return the trade-off steerable sense: mixes of a model's answers for the first two groups it was steered to.

    The trade-off of weight w counts closeness to the first group w times and to the second 1 - w times; the model is
    steered to it by the share of its answers that it gives as a member of the first.
    """
    results = {}
    for model, each in steered.items():
        if len(each) < 2:
            continue
        one, two = each[:2]
        groups = [str(one.group), str(two.group)]
        mixes = [_mixed(one, two, share) for share in MIXES]
        measured = compare(survey, mixes, base, seed)
        points = np.stack([_closeness(measured[mix.name], groups) for mix in mixes])
        if np.isfinite(points).all(axis=(0, 2)).sum() < _FEWEST:
            continue
        family = [Tradeoff(f"{share:.0%} : {1 - share:.0%}", weights=(share, 1 - share)) for share in MIXES]
        worst = np.nanmean(_closeness(reference, groups), axis=0)
        results[model] = tradeoff_steering(
            points,
            family,
            [f"near {group}" for group in groups],
            reference=worst.tolist(),
            rng=np.random.default_rng(seed),
            unsteered=_closeness(found[model], groups),
        )
    if not results:
        why = f"Not measured: fewer than {_FEWEST} questions were asked in both of the first two groups steered to."
        return Finding("trade-off steerable", remarks=(why,)), {}
    how = "the share of its answers that it gives as a member of the first group and of the second"
    return trade_off_finding(results, "closeness, 1 less the Jensen-Shannon distance", how), results


def trade_off_finding(results: Mapping[str, TradeoffSteering], what: str, how: str) -> Finding:
    """Return the trade-off steerable sense in words.

    Parameters
    ----------
    results : Mapping
        Model -> `TradeoffSteering`.
    what : str
        What the objectives are.
    how : str
        What the model is steered by.
    """
    tables, remarks = [], []
    for model, result in results.items():
        rows: list[tuple[Cell, ...]] = [
            (name, *one.achieved.values(), one.score, one.gain, one.shortfall, one.best)
            for name, one in result.steered.items()
        ]
        tables.append(
            Table(
                f"{model} steered to trade-offs, by {how} ({what}; higher is better)",
                (
                    "requested",
                    *(f"achieved: {name}" for name in result.objectives),
                    "score",
                    "gain",
                    "shortfall",
                    "best",
                ),
                tuple(rows),
                "score: the trade-off's own weighted sum; gain: over the unsteered model; shortfall: to the best of "
                "all, named in the last column.",
            )
        )
        turns = "; ".join(
            f"{each.objective}: {each.violations} of {each.comparisons} pairs the wrong way, rank correlation "
            f"{_or_none(each.correlation)}"
            for each in result.monotonicity
        )
        share = (
            f"share of the attainable front's hypervolume covered {result.coverage.words()}"
            if not np.isnan(result.coverage.value)
            else "no share of a front can be given: no point exceeds the reference in every objective"
        )
        left = f", {result.questions_left_out} left out" if result.questions_left_out else ""
        remarks.append(
            f"{model}: score summed over trade-offs {result.total.words()}; {share}. Monotonicity: {turns}. "
            f"Questions: {result.questions}{left}."
        )
    details = {model: result.to_dict() for model, result in results.items()}
    return Finding("trade-off steerable", tuple(tables), tuple(remarks), details)


def _or_none(correlation: Estimate) -> str:
    return "none, for nothing changed" if np.isnan(correlation.value) else correlation.words(2)


def _distances(result: Distributional, questions: Sequence[str], groups: Sequence[str]) -> FloatArray:
    """Return (questions, groups) Jensen-Shannon distances, NaN where there is none."""
    table = result.pairs.pivot_table(index="question", columns="group", values="js", observed=True)
    return table.reindex(index=list(questions), columns=list(groups)).to_numpy(dtype=float)


def _closeness(result: Distributional, groups: Sequence[str]) -> FloatArray:
    questions = sorted({*result.pairs["question"], *result.left_out["question"]})
    return 1 - _distances(result, questions, groups)


def _mixed(one: Respondent, two: Respondent, share: float) -> Respondent:
    """Return who answers as `one` in a `share` of the askings and else as `two`."""
    answers = {}
    for question, first in one.answers.items():
        second = two.answers.get(question)
        whole = [sum(side.shares.values()) for side in (first, second) if side is not None]
        if second is None or not all(whole):
            continue
        answers[question] = Answers(
            {
                option: share * first.shares.get(option, 0.0) / whole[0]
                + (1 - share) * second.shares.get(option, 0.0) / whole[1]
                for option in {**first.shares, **second.shares}
            }
        )
    return Respondent(f"{one.of} mixed {share:.2f}", answers, one.of)
