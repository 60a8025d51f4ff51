"""Budgets: which projects a jury would fund, under which rule, from how much money, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from aggregators import Approvals, Utilities
from aggregators.budgeting import budget_rules, fund
from aggregators.profiles import Profile
from aggregators.resampling import bootstrap_weights
from jury.errors import StudyError
from jury.panel import Panel
from jury.whatif.ballots import heard_cases
from jury.whatif.measuring import wilson

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["budget_sentences", "budget_sweep", "sole_case"]


def budget_sweep(
    panel: Panel,
    case: str,
    costs: Mapping[str, float],
    budgets: Sequence[float],
    rng: np.random.Generator,
    *,
    rules: Sequence[str] | None = None,
    threshold: float | None = None,
    resamples: int = 200,
) -> pd.DataFrame:
    """Fund the alternatives of a case as projects, from each budget and under each rule.

    Parameters
    ----------
    panel : Panel
    case : str
        Its alternatives are the projects.
    costs : mapping of alternative to number
    budgets : sequence of float
        In the unit of the costs.
    rng : Generator
        Draws the jurors again.
    rules : sequence of str, optional
        Rules of `aggregators.budgeting`, with parameters; by default all.
    threshold : float, optional
        From which utility on a juror approves of a project; needed where jurors did not approve but rate.
    resamples : int
        Bootstraps of the jurors.

    Returns
    -------
    DataFrame
        One row a rule, budget and project: ``rule, budget, project, cost, funded`` (in every tied set, True or False),
        ``tied`` (in some tied sets only), ``spent`` (by the first tied set), ``chance`` that it is funded when jurors
        are drawn anew, with ``chance_low`` and ``chance_high`` (Wilson's 95 %, of the number of bootstraps), and
        ``jurors``.

    Raises
    ------
    RunError, RuleError, ProfileError
        For an unknown case or rule, for costs or a budget that do not fit, and for ratings without a threshold.
    StudyError
        For answers that do not say of what a juror approves, for a threshold on approvals, or no budget.

    Examples
    --------
    >>> from jury.elicitation import modes
    >>> from jury.panels.base import Builder
    >>> builder = Builder("projects", modes["approve"].model_validate({}))
    >>> builder.case("q", "Which projects?", ["park", "pool", "path"])
    >>> for number in range(10):
    ...     liked = ["park", "pool"] if number < 6 else ["path"]
    ...     builder.rating(builder.rater(f"r{number}"), "q", {"approved": liked})
    >>> found = budget_sweep(
    ...     builder.panel(), "q", {"park": 40, "pool": 60, "path": 40}, [100], np.random.default_rng(0), resamples=20
    ... )
    >>> found[found["funded"]].groupby("rule")["project"].apply(list).to_dict()
    {'greedy': ['park', 'pool'], 'mes': ['path']}
    >>> found[found["tied"]].groupby("rule")["project"].apply(list).to_dict()
    {'mes': ['park', 'pool']}

    Under mes, park and pool tie for the money of the six, so that neither is in every tied set.
    """
    import pandas as pd

    (heard,) = heard_cases(panel, [case])
    profile, labels = heard.hearing.profile, heard.alternatives
    _check_ballots(panel, case, profile, threshold)
    if not budgets:
        raise StudyError("budgets: there is none; give at least one amount, such as 100")
    options: dict[str, float] = {} if threshold is None else {"threshold": threshold}
    jurors, ballot = np.unique(heard.rows, return_inverse=True)
    drawn = np.concatenate(list(bootstrap_weights(len(jurors), resamples, rng)))[:, ballot] * heard.weights
    rows = []
    for rule in rules or tuple(budget_rules()):
        for budget in budgets:
            outcome = fund(profile, rule, costs=costs, budget=budget, **options)  # type: ignore[arg-type]
            times = np.zeros(len(labels))
            for weights in drawn:
                again = fund(profile, rule, costs=costs, budget=budget, weights=weights, **options)  # type: ignore[arg-type]
                times += [np.mean([label in chosen for chosen in again.funded]) for label in labels]
            share, low, high = wilson(times / resamples, resamples)
            rows += [
                {
                    "rule": rule,
                    "budget": budget,
                    "project": label,
                    "cost": costs[label],
                    "funded": all(label in chosen for chosen in outcome.funded),
                    "tied": 0 < sum(label in chosen for chosen in outcome.funded) < len(outcome.funded),
                    "spent": outcome.spent[0] if outcome.spent else 0.0,
                    "chance": share[place],
                    "chance_low": low[place],
                    "chance_high": high[place],
                    "jurors": len(jurors),
                }
                for place, label in enumerate(labels)
            ]
    return pd.DataFrame(rows)


def budget_sentences(found: pd.DataFrame) -> list[str]:
    """Return what `budget_sweep` found in sentences, one a budget and rule, and what the chances are."""
    told = []
    for (budget, rule), part in found.groupby(["budget", "rule"], sort=False):
        names = part.loc[part["funded"], "project"].tolist()
        doubtful = part.loc[(part["chance"] > 0) & (part["chance"] < 1), "project"].tolist()
        tied = part.loc[part["tied"], "project"].tolist()
        what = f"{', '.join(names)} (cost {part.loc[part['funded'], 'cost'].sum():g})" if names else "nothing"
        what += f"{' and' if names else ' for sure, and'} some of {', '.join(tied)}, which tie" if tied else ""
        doubt = f"; other jurors might have decided otherwise on {', '.join(doubtful)}" if doubtful else ""
        told.append(f"From {budget:g}, {rule} funds {what}{doubt}.")
    told.append(
        "Funded is what every tied set of projects holds. Chances are of funding when the jurors are drawn anew, with"
        " Wilson's 95 % interval of the number of bootstraps."
    )
    return told


def _check_ballots(panel: Panel, case: str, profile: Profile, threshold: float | None) -> None:
    if isinstance(profile, Approvals) and threshold is not None:
        raise StudyError(f"threshold={threshold:g}: jurors approved of projects of {case!r} already; leave it out")
    if not isinstance(profile, Approvals | Utilities):
        raise StudyError(
            f"case {case!r}: answers in mode {panel.mode.mode!r} do not say of which projects a juror approves; "
            "ask in mode approve, or for scores and say from where on they count (threshold)"
        )


def sole_case(panel: Panel, case: str | None) -> str:
    """Return the case, or the only one that a panel has; raises `StudyError` where there are several."""
    if case is not None:
        return case
    if len(panel.cases) != 1:
        names = ", ".join(each.id for each in panel.cases[:8])
        raise StudyError(
            f"case: {panel.name} has {len(panel.cases)} cases; name one with --case (in Python, case): {names}"
        )
    return panel.cases[0].id
