"""Answers of a panel as one long table of numbers, with everything that may have made them differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jury.panel import Panel
from jury.rated import UNKNOWN, rated

__all__ = ["Responses", "responses"]

FloatArray = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Responses:
    """Utilities, one a juror, alternative and time asked.

    Attributes
    ----------
    values : (k,) float array
        On the scale asked; higher is better.
    jurors, items, cases, replicates : (k,) int array
        Codes from 0: whose it is, of which alternative, in which case, and which of the times asked. Items count
        through all cases, so that two cases never share one.
    facets : Mapping
        What else varied, by name, as codes: ``position``, ``label``, ``wording`` (of the persona), ``variant`` (of the
        case). One that the design held fixed, or that is not known, is absent.
    weights : (n,) float array
        Of the jurors.
    """

    values: FloatArray
    jurors: Codes
    items: Codes
    cases: Codes
    replicates: Codes
    facets: Mapping[str, Codes]
    weights: FloatArray

    @property
    def replicated(self) -> bool:
        """Whether any juror was asked more than once about a case."""
        return bool(len(self.replicates) and self.replicates.max() > 0)

    def repeats(self, facet: str) -> bool:
        """Return whether anybody was asked twice about an item under the same level of the facet."""
        keys = np.column_stack([self.jurors, self.items, self.facets[facet]])
        return len(np.unique(keys, axis=0)) < len(keys)

    def cells(self) -> tuple[FloatArray, NDArray[np.intp]]:
        """Return each juror's mean answer on each item, NaN where there is none, and how many answers it rests on.

        Returns
        -------
        means : (n, items) float array
        counts : (n, items) int array
        """
        shape = len(self.weights), int(self.items.max()) + 1 if len(self.items) else 0
        cell = self.jurors * shape[1] + self.items
        counts = np.bincount(cell, minlength=shape[0] * shape[1])
        totals = np.bincount(cell, self.values, minlength=len(counts))
        means = np.divide(totals, counts, out=np.full(len(counts), np.nan), where=counts > 0)
        return means.reshape(shape), counts.reshape(shape)

    def case_of(self) -> Codes:
        """Return the case of each item, shape (items,)."""
        found = np.zeros(int(self.items.max()) + 1 if len(self.items) else 0, dtype=np.intp)
        found[self.items] = self.cases
        return found


def responses(panel: Panel) -> Responses:
    """Return the answers of `panel` as numbers.

    Variants of a case are the items of their original, asked in other words: the facet ``variant`` tells them apart.

    Parameters
    ----------
    panel : Panel
        Of a run or of people.

    Returns
    -------
    Responses
    """
    originals = {case.id: number for number, case in enumerate(c for c in panel.cases if c.variant_of is None)}
    first: dict[str, int] = {}
    offset = 0
    for case in panel.cases:
        if case.variant_of is None:
            first[case.id] = offset
            offset += len(case.alternatives)
    versions: dict[str, int] = {}
    version = []
    for case in panel.cases:
        version.append(versions.get(case.origin, 0))
        versions[case.origin] = version[-1] + 1
    found = rated(panel)
    placed, labelled = bool((found.positions != UNKNOWN).all()), bool((found.labels != UNKNOWN).all())
    starts = np.array([first[case.origin] for case in panel.cases], dtype=np.intp)
    origins = np.array([originals[case.origin] for case in panel.cases], dtype=np.intp)
    facets = {
        "position": found.positions if placed and panel.mode.order != "fixed" else None,
        "label": found.labels if labelled and panel.mode.labels == "varied" else None,
        "wording": found.replicates % panel.wordings if panel.wordings > 1 else None,
        "variant": np.array(version, dtype=np.intp)[found.cases]
        if any(count > 1 for count in versions.values())
        else None,
    }
    kept = {name: code for name, code in facets.items() if code is not None and len(np.unique(code)) > 1}
    items = starts[found.cases] + found.alternatives
    return Responses(found.values, found.jurors, items, origins[found.cases], found.replicates, kept, panel.weights)
