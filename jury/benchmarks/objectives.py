"""The multi-objective sense: being near to each of several groups at once, none traded for another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from jury.benchmarks.page import Cell, Finding, Table
from jury.metrics import Distributional, ParetoReport, pareto

__all__ = ["multi_objective", "objectives"]

#: Questions that all groups were asked, below which nothing is concluded.
_FEWEST = 5


def objectives(
    found: Mapping[str, Distributional], models: Sequence[str], groups: Sequence[str], reference: str, seed: int
) -> tuple[Finding, ParetoReport | None]:
    """Return the multi-objective sense with a group's closeness as each objective, and the report for a plot.

    Parameters
    ----------
    found : Mapping
        Model -> `Distributional`.
    models : sequence of str
    groups : sequence of str
        Each an objective: 1 less the Jensen-Shannon distance to it.
    reference : str
        The model at which the hypervolume starts: one that knows nothing.
    seed : int
    """
    tables = {name: _closeness(found[name], groups) for name in models}
    shared = sorted(set.intersection(*(set(table) for table in tables.values())))
    if len(groups) < 2 or len(shared) < _FEWEST:
        why = (
            "needs two groups at least as objectives; name them with --group"
            if len(groups) < 2
            else f"only {len(shared)} questions were asked in all of {', '.join(groups)}; name others with --group"
        )
        return Finding("multi-objective", remarks=(f"Not measured: {why}.",)), None
    scores = np.array([[tables[name][question] for question in shared] for name in models])
    names = [f"near {group}" for group in groups]
    start = scores[list(models).index(reference)].mean(axis=0)
    report = pareto(scores, list(models), names, reference=start.tolist(), rng=np.random.default_rng(seed))
    words = f"1 less the Jensen-Shannon distance, on the {len(shared)} questions asked in all of them"
    return multi_objective(report, words, f"that of an {reference}"), report


def _closeness(result: Distributional, groups: Sequence[str]) -> dict[str, list[float]]:
    """Return question -> closeness to each group, of the questions that all of them were asked."""
    table = result.pairs.pivot_table(index="question", columns="group", values="js", observed=True)
    table = table.reindex(columns=list(groups)).dropna()
    return {str(question): (1 - row).tolist() for question, row in zip(table.index, table.to_numpy(), strict=True)}


def multi_objective(report: ParetoReport, what: str, start: str) -> Finding:
    """Return the sense in words.

    Parameters
    ----------
    report : ParetoReport
    what : str
        What the objectives are measured in.
    start : str
        What the reference of the hypervolume is.
    """
    rows: list[tuple[Cell, ...]] = [
        (
            name,
            *(model.scores[objective] for objective in report.objectives),
            "yes" if model.on_front else "no",
            model.membership,
            ", ".join(model.dominated_by) or "–",
        )
        for name, model in report.models.items()
    ]
    table = Table(
        f"Objectives ({what}; higher is better)",
        ("model", *report.objectives, "on the front", "P(on the front)", "dominated by"),
        tuple(rows),
        "P(on the front): share of resamples of the questions in which no other model dominates.",
    )
    volume = (
        f"Hypervolume of the front {report.hypervolume.words(4)}, above {start} "
        f"({', '.join(f'{value:.3f}' for value in report.reference.values())})."
    )
    left = [f"{name} is left out: {reason}." for name, reason in report.left_out.items()]
    return Finding("multi-objective", (table,), (volume, *left), report.to_dict())
