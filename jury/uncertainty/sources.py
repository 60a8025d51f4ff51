"""Where the uncertainty of a jury's figures comes from: jurors, single replies, wording, order, and cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jury.estimates import Estimate
from jury.panel import Panel
from jury.uncertainty.components import InseparableError, Moments
from jury.uncertainty.crossed import percentile_estimate, product_weights
from jury.uncertainty.fixed import held_fixed
from jury.uncertainty.responses import Responses, responses

__all__ = ["Source", "Sources", "sources"]

FloatArray = NDArray[np.float64]

_WORDS = {
    "juror": "how generous the juror is",
    "item": "which alternative it is",
    "view": "what the juror thinks of the alternative",
    "order": "the place at which the alternative stood",
    "label": "the label that the alternative had",
    "variant": "the wording of the case",
    "wording": "the wording of the persona",
    "residual": "the single reply",
}
_MERGED = "what the juror thinks of the alternative, and the single reply"


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that makes answers differ.

    Attributes
    ----------
    name : str
    words : str
    variance : Estimate
        Of one answer. Unbiased, so it may be below 0 where nothing can be seen.
    share : float
        Of the variance of one answer, in [0, 1].
    of_mean : float or None
        What it adds to the variance of an alternative's mean over this jury; None of the alternatives themselves, which
        are what the jury is asked to tell apart.
    """

    name: str
    words: str
    variance: Estimate
    share: float
    of_mean: float | None


@dataclass(frozen=True, eq=False)
class Sources:
    """Variance components of a panel's answers.

    Attributes
    ----------
    sources : tuple of Source
    generalizability : Estimate
        Of the variance between alternatives' means, the share that is the alternatives': higher is better, at most 1.
        What all alternatives share, a juror's generosity, is left out, as it moves no verdict (Cronbach's
        generalizability coefficient, with alternatives as the objects of measurement).
    dependability : Estimate
        The same with generosity counted as error: how sure the means are as numbers.
    answers, jurors, cases : int
        What this rests on.
    replicates : float
        Mean number of times that a juror was asked about a case.
    unseparated : tuple of str
        What the design cannot tell apart, with the remedy.
    """

    sources: tuple[Source, ...]
    generalizability: Estimate
    dependability: Estimate
    answers: int
    jurors: int
    cases: int
    replicates: float
    unseparated: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain JSON types."""
        return {
            "sources": [
                {
                    "name": source.name,
                    "words": source.words,
                    "variance": source.variance.to_dict(),
                    "share": None if np.isnan(source.share) else source.share,
                    "of_mean": source.of_mean,
                }
                for source in self.sources
            ],
            "generalizability": self.generalizability.to_dict(),
            "dependability": self.dependability.to_dict(),
            "answers": self.answers,
            "jurors": self.jurors,
            "cases": self.cases,
            "replicates": self.replicates,
            "unseparated": list(self.unseparated),
        }


def sources(panel: Panel, rng: np.random.Generator, *, resamples: int = 200) -> Sources | None:
    """Separate what makes the answers of `panel` differ.

    Parameters
    ----------
    panel : Panel
        Of a run or of people; weights count.
    rng : Generator
    resamples : int
        For the intervals, which redraw jurors and cases (only jurors, if there is one case); with both redrawn they are
        conservative.

    Returns
    -------
    Sources or None
        None if all answers are equal, or too few for anything.

    Notes
    -----
    Crossed random effects: alternatives, jurors' views of them (juror x alternative), single replies nested in these,
    and order, label, wording and variant as effects on alternatives. A juror's generosity is one where answers do not
    only compare alternatives. Jurors and the way they are asked must not depend on each other, which counterbalancing
    and lots see to. What a design holds fixed is in no figure, and is named with the remedy instead.

    References
    ----------
    Cronbach, Gleser, Nanda and Rajaratnam (1972), The Dependability of Behavioral Measurements. Brennan (2001),
    Generalizability Theory.
    """
    table = responses(panel)
    if len(table.values) < 2 or np.ptp(table.values) == 0:
        return None
    effects = _effects(panel, table)
    moments, notes = _solvable(panel, table, effects)
    if moments is None:
        return None
    weights = table.weights[table.jurors]
    kept = _Kept(moments, table)
    once = _Figures(moments, kept, weights)
    figures = [_Figures(moments, kept, redrawn) for redrawn in _redrawn(panel, table, weights, rng, resamples)]
    return _summary(panel, table, once, [found for found in figures if found.usable], notes)


def _effects(panel: Panel, table: Responses) -> dict[str, list[NDArray[np.intp]]]:
    effects: dict[str, list[NDArray[np.intp]]] = {}
    if not panel.mode.relative:
        effects["juror"] = [table.jurors]
    effects["item"] = [table.items]
    for name, facet in (("order", "position"), ("label", "label"), ("variant", "variant")):
        if facet in table.facets:
            effects[name] = [table.items, table.facets[facet]]
    if table.replicated:
        effects["view"] = [table.jurors, table.items]
        if "wording" in table.facets and table.repeats("wording"):
            effects["wording"] = [table.jurors, table.items, table.facets["wording"]]
    return effects


def _solvable(
    panel: Panel, table: Responses, effects: Mapping[str, list[NDArray[np.intp]]]
) -> tuple[Moments | None, tuple[str, ...]]:
    """Return the design with as many of the effects as it can separate, and what it cannot."""
    notes = list(held_fixed(panel, table))
    kept = dict(effects)
    mean = _known_mean(panel, table)
    weights = table.weights[table.jurors]
    while True:
        moments = Moments(table.values, kept, known_mean=mean)
        try:
            moments.components(weights)
        except InseparableError as error:
            dropped = next((name for name in ("wording", "label", "order", "variant", "view") if name in kept), None)
            if dropped is None:
                return None, tuple(notes)
            notes.append(str(error))
            del kept[dropped]
            continue
        return moments, tuple(notes)


def _known_mean(panel: Panel, table: Responses) -> FloatArray | None:
    """Return the mean of answers that only compare, case by case; None where answers have a level of their own."""
    if not panel.mode.relative:
        return None
    counts = np.bincount(table.cases)
    means: FloatArray = np.bincount(table.cases, table.values) / np.maximum(counts, 1)
    return means[table.cases]


class _Figures:
    """Components and coefficients under one weighting of the answers."""

    def __init__(self, moments: Moments, kept: _Kept, weights: FloatArray) -> None:
        self.usable = True
        try:
            self.variances = dict(moments.components(weights).variances)
        except (InseparableError, np.linalg.LinAlgError):
            self.usable = False
            return
        self.of_mean = kept.shares(weights)
        error = {name: max(value, 0.0) * self.of_mean[name] for name, value in self.variances.items() if name != "item"}
        true = max(self.variances["item"], 0.0)
        relative = sum(value for name, value in error.items() if name != "juror")
        self.generalizability = true / (true + relative) if true + relative > 0 else np.nan
        absolute = sum(error.values())
        self.dependability = true / (true + absolute) if true + absolute > 0 else np.nan


class _Kept:
    """The share of each effect's variance that an alternative's mean keeps, averaged over the alternatives."""

    def __init__(self, moments: Moments, table: Responses) -> None:
        self._items = table.items
        many = int(table.items.max()) + 1
        self._cells = {
            name: np.unique(code * many + table.items, return_inverse=True)[1] for name, code in moments.effects()
        }

    def shares(self, weights: FloatArray) -> dict[str, float]:
        """Return them with the answers weighted so."""
        totals = np.bincount(self._items, weights)
        share = weights / np.where(totals > 0, totals, 1.0)[self._items]
        items = int((totals > 0).sum())
        return {name: float((np.bincount(cell, share) ** 2).sum()) / items for name, cell in self._cells.items()}


def _redrawn(
    panel: Panel, table: Responses, weights: FloatArray, rng: np.random.Generator, resamples: int
) -> Sequence[FloatArray]:
    cases = int(table.cases.max()) + 1
    redraw = "both" if len(np.unique(table.cases)) > 1 else "jurors"
    return [
        weights * u_row[table.jurors] * v_row[table.cases]
        for u, v in product_weights(len(panel.weights), cases, resamples, rng, redraw=redraw)
        for u_row, v_row in zip(u, v, strict=True)
    ]


def _summary(
    panel: Panel, table: Responses, once: _Figures, figures: Sequence[_Figures], notes: tuple[str, ...]
) -> Sources:
    jurors, cases = len(np.unique(table.jurors)), len(np.unique(table.cases))
    fewest = min(jurors, cases) if cases > 1 else jurors
    total = sum(max(value, 0.0) for value in once.variances.values())

    def estimate(value: float, draws: Sequence[float]) -> Estimate:
        return percentile_estimate(value, np.array(draws, dtype=float), fewest, jurors, "jurors")

    found = []
    for name, value in once.variances.items():
        words = _MERGED if name == "residual" and "view" not in once.variances else _WORDS[name]
        found.append(
            Source(
                name,
                words,
                estimate(value, [draw.variances[name] for draw in figures]),
                max(value, 0.0) / total if total > 0 else float("nan"),
                None if name == "item" else max(value, 0.0) * once.of_mean[name],
            )
        )
    asked = table.cells()[1]
    return Sources(
        sources=tuple(found),
        generalizability=estimate(once.generalizability, [draw.generalizability for draw in figures]),
        dependability=estimate(once.dependability, [draw.dependability for draw in figures]),
        answers=len(table.values),
        jurors=jurors,
        cases=cases,
        replicates=float(asked[asked > 0].mean()),
        unseparated=notes,
    )
