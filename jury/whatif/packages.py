"""What judged policy packages tell: what each part does, for whom, and which package is best under which rule."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators import AggregatorError, Outcome, Utilities, decide
from aggregators.resampling import bootstrap_weights
from jury.auditing.membership import FEW
from jury.auditing.rules import check_rule
from jury.errors import MeasureError
from jury.panel import Panel
from jury.whatif.conjoint import d_efficiency
from jury.whatif.effects import EVERYBODY, Effects, component_effects, judgements, model_matrix
from jury.whatif.measuring import wilson
from jury.whatif.rulings import FloatArray

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RULES", "PackageFindings", "package_findings"]

#: Rules under which the best package is told where nobody says.
RULES = ("utilitarian", "nash", "maximin", "leximin")
_MOST = 2000  # packages among which rules decide; of more, those that were judged


@dataclass(frozen=True, eq=False)
class PackageFindings:
    """What a panel said of packages.

    Attributes
    ----------
    packages : DataFrame
        One row a package that was judged, one column an attribute.
    efficiency : float
        `d_efficiency` of these packages, from 0 to 1; higher is better.
    everybody : Effects
    by_group : Mapping of str to Effects
        By attribute of the jurors.
    relative : bool
        Whether the answers only compare packages.
    best : DataFrame
        One row a rule and attribute of the jurors whose groups are the voters: ``by, rule, best`` (tied ones joined by
        " = "), ``judged`` (whether a juror saw it), ``chance`` that the best package is one of these when jurors are
        drawn anew, ``chance_low, chance_high`` (Wilson's, of the number of bootstraps), ``resamples``, and a ``note``.
    """

    packages: pd.DataFrame
    efficiency: float
    everybody: Effects
    by_group: Mapping[str, Effects]
    relative: bool
    best: pd.DataFrame

    @property
    def frame(self) -> pd.DataFrame:
        """Every effect: that of everybody first, then by group, under ``by``."""
        import pandas as pd

        parts = {"": self.everybody, **self.by_group}
        return pd.concat([each.frame.assign(by=by) for by, each in parts.items()], ignore_index=True)

    def to_dict(self) -> dict[str, Any]:
        """Return the findings as plain JSON types."""
        return {
            "packages": self.packages.rename_axis("package").reset_index().to_dict("records"),
            "levels": {name: list(levels) for name, levels in self.everybody.levels.items()},
            "efficiency": self.efficiency,
            "relative": self.relative,
            "effects": self.frame.to_dict("records"),
            "best": self.best.to_dict("records"),
        }


def package_findings(
    panel: Panel,
    packages: pd.DataFrame,
    rng: np.random.Generator,
    *,
    by: Sequence[str] = (),
    rules: Sequence[str] = RULES,
    levels: Mapping[str, Sequence[str]] | None = None,
    few: int = FEW,
    resamples: int = 200,
) -> PackageFindings:
    """Tell what each part of the packages does, and which package is best under each rule.

    Parameters
    ----------
    panel, packages, levels, few
        As for `component_effects`.
    rng : Generator
        Draws the jurors again.
    by : sequence of str
        Attributes of the jurors; the groups of each are the voters to whom rules are put, weighing what their jurors
        weigh. Without any there is one voter, everybody, and every rule says the same.
    rules : sequence of str
        Welfare functions, and other rules that read utilities.
    resamples : int
        Bootstraps of the jurors.

    Returns
    -------
    PackageFindings

    Raises
    ------
    MeasureError
        If no alternative is a package, or the packages cannot tell the effects apart.
    StudyError
        For a rule that does not exist or elects committees.

    Notes
    -----
    A group's utility of a package is the sum of its effects: that no part works otherwise in company is an assumption.
    All packages that the levels make are candidates, judged or not; where they are more than 2,000, the judged ones.
    In a bootstrap all judgements of a juror go together; one in which the effects cannot be told apart, or the
    rule cannot decide, is left out.
    """
    import pandas as pd

    for rule in rules:
        check_rule(rule)
    everybody = component_effects(panel, packages, levels=levels, few=few)
    by_group = {each: component_effects(panel, packages, by=each, levels=levels, few=few) for each in by}
    candidates = _candidates(packages, everybody.levels)
    drawn = _Redrawn(panel, packages, everybody.levels, rng, resamples)
    known = {tuple(map(str, row)) for row in packages[list(everybody.levels)].to_numpy().tolist()}
    rows = [
        {"by": each, "rule": rule, **_best(effects, rule, candidates, drawn.coefficients(panel, each, effects), known)}
        for each, effects in (by_group or {EVERYBODY: everybody}).items()
        for rule in rules
    ]
    found = d_efficiency(packages.astype(str), everybody.levels)
    return PackageFindings(packages, found, everybody, by_group, panel.mode.relative, pd.DataFrame(rows))


def _candidates(packages: pd.DataFrame, levels: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    import pandas as pd

    if math.prod(map(len, levels.values())) <= _MOST:
        return pd.DataFrame(list(itertools.product(*levels.values())), columns=list(levels))
    return packages[list(levels)].astype(str).drop_duplicates()


class _Redrawn:
    """The normal equations of every juror's judgements, of which any bootstrap is a weighted sum."""

    def __init__(
        self,
        panel: Panel,
        packages: pd.DataFrame,
        levels: Mapping[str, Sequence[str]],
        rng: np.random.Generator,
        resamples: int,
    ) -> None:
        design, answers, jurors = judgements(panel, packages, levels)
        weighted = design * panel.weights[jurors][:, None]
        self.jurors, code = np.unique(jurors, return_inverse=True)
        columns = design.shape[1]
        self.squares = np.zeros((len(self.jurors), columns, columns))
        self.sums = np.zeros((len(self.jurors), columns))
        np.add.at(self.squares, code, weighted[:, :, None] * design[:, None, :])
        np.add.at(self.sums, code, weighted * answers[:, None])
        self.counts = np.concatenate(list(bootstrap_weights(len(self.jurors), resamples, rng)))

    def coefficients(self, panel: Panel, by: str, effects: Effects) -> list[tuple[FloatArray, FloatArray]]:
        """Return (g, k) coefficients and (g,) weights of the groups with effects, a pair a usable bootstrap."""
        everybody = by == EVERYBODY
        labels = np.full(len(panel.weights), EVERYBODY) if everybody else panel.group_labels(by)
        own = labels[self.jurors]
        weights = panel.weights[self.jurors]
        found = []
        for group in effects.intercepts:
            counts = self.counts * (own == group)
            squares = np.tensordot(counts, self.squares, axes=1)
            fine = np.linalg.matrix_rank(squares) == squares.shape[1]
            told = np.full((len(counts), squares.shape[1]), np.nan)
            told[fine] = np.linalg.solve(squares[fine], (counts @ self.sums)[fine][..., None])[..., 0]
            found.append((told, counts @ weights))
        stacked = np.stack([told for told, _ in found], axis=1) if found else np.empty((0, 0, 0))
        masses = np.stack([mass for _, mass in found], axis=1) if found else np.empty((0, 0))
        return [(told, mass) for told, mass in zip(stacked, masses, strict=True) if not np.isnan(told).any()]


def _best(
    effects: Effects,
    rule: str,
    candidates: pd.DataFrame,
    drawn: Sequence[tuple[FloatArray, FloatArray]],
    known: set[tuple[str, ...]],
) -> dict[str, Any]:
    """Return the best packages under a rule and how often they would be again; or why there are none."""
    nothing = {"best": "", "judged": False, "chance": np.nan, "chance_low": np.nan, "chance_high": np.nan}
    if not effects.intercepts:
        return {**nothing, "resamples": 0, "note": "every group has too few jurors"}
    matrix = model_matrix(candidates, effects.levels)
    names = [
        ", ".join(f"{name}={level}" for name, level in zip(effects.levels, row, strict=True))
        for row in candidates.to_numpy().tolist()
    ]
    try:
        winners = _winners(effects.coefficients, list(effects.weights.values()), matrix, rule, names)
    except AggregatorError as error:
        return {**nothing, "resamples": 0, "note": _of_groups(str(error), list(effects.intercepts))}
    again = [len(winners & each) / len(each) for each in _redecided(drawn, matrix, rule)]
    if not winners:
        return {**nothing, "resamples": 0, "note": "no package wins"}
    rows = candidates.to_numpy().tolist()
    share, low, high = wilson(np.array([np.mean(again)]), len(again)) if again else np.full((3, 1), np.nan)
    return {
        "best": " = ".join(names[place] for place in sorted(winners)),
        "judged": all(tuple(rows[place]) in known for place in winners),
        "chance": float(share[0]),
        "chance_low": float(low[0]),
        "chance_high": float(high[0]),
        "resamples": len(again),
        "note": "",
    }


def _redecided(drawn: Sequence[tuple[FloatArray, FloatArray]], matrix: FloatArray, rule: str) -> Iterator[set[int]]:
    for coefficients, weights in drawn:
        try:
            winners = _winners(coefficients, weights, matrix, rule)
        except AggregatorError:  # such as a sum of effects below 0 under nash
            continue
        if winners:
            yield winners


def _winners(
    coefficients: FloatArray,
    weights: FloatArray | Sequence[float],
    matrix: FloatArray,
    rule: str,
    names: Sequence[str] | None = None,
) -> set[int]:
    profile = Utilities(coefficients @ matrix.T, weights=np.asarray(weights, dtype=float), alternatives=names)
    outcome = decide(profile, rule)
    if not isinstance(outcome, Outcome):
        raise MeasureError(f"rule {rule!r} gives no one outcome; use a welfare function")
    return {outcome.alternatives.index(name) for name in outcome.winners}


def _of_groups(fault: str, groups: Sequence[str]) -> str:
    """Return a rule's message with the groups, who are its voters here, for the jurors that it counts."""
    return re.sub(r"\bjuror (\d+)\b", lambda found: groups[int(found[1])], fault)
