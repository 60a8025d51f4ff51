"""What the stored ballots can answer: who stands behind a scenario, and what needs new ballots."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jury.auditing.membership import FEW
from jury.errors import StudyError
from jury.panel import Panel
from jury.whatif.ballots import Heard
from jury.whatif.rulings import FloatArray
from jury.whatif.scenario import Scenario
from personas import PersonaError, load_population, rake, targets_from
from personas.groups import NOT_STATED

__all__ = ["FEW", "Weighting", "backing"]


def backing(heard: Heard, cell: Scenario, few: int) -> tuple[int, str]:
    """Return the jurors in the smallest group on which a scenario rests, and why that is too few, or ``""``.

    Parameters
    ----------
    heard : Heard
    cell : Scenario
    few : int
        A group with fewer jurors is not extrapolated from.
    """
    everybody = np.ones(len(heard.rows), dtype=np.bool_)
    least, why = heard.behind(everybody), ""
    if not least:
        return 0, "nobody has an opinion on this case"
    groups = [(f"{attribute}={label}", heard.members((attribute, label))) for attribute, label in cell.groups()]
    if cell.shares and sum(share for _, share in cell.shares) < 1:
        rest = everybody.copy()
        for group, _ in cell.shares:
            rest &= ~heard.members(group)
        groups.append(("everybody else", rest))
    if cell.double is not None:
        labels = heard.panel.group_labels(cell.double)[heard.rows]
        groups += [(f"{cell.double}={label}", labels == label) for label in np.unique(labels) if label != NOT_STATED]
    for name, members in groups:
        jurors = heard.behind(members)
        least = min(least, jurors)
        if jurors < few and not why:
            why = f"{name} has {jurors} juror{'' if jurors == 1 else 's'} with an opinion; at least {few} are needed"
    return least, why


class Weighting:
    """Weights of a panel's jurors as they are, or raked to the margins of populations; each is raked once.

    Parameters
    ----------
    panel : Panel
    on : sequence of str
        Attributes whose margins are met.

    Attributes
    ----------
    met : dict of str to tuple of str
        By population, on which attributes the panel was raked to it.
    """

    def __init__(self, panel: Panel, on: Sequence[str]) -> None:
        self.panel = panel
        self.on = tuple(on)
        self.met: dict[str, tuple[str, ...]] = {}
        self._found: dict[str, FloatArray | str] = {}

    def factors(self, population: str | None) -> FloatArray | str:
        """Return (n,) factors on the jurors' weights, or why there are none."""
        if population is None:
            return np.ones(len(self.panel.weights))
        if population not in self._found:
            self._found[population] = self._raked(population)
        return self._found[population]

    def _raked(self, population: str) -> FloatArray | str:
        weights = self.panel.weights
        try:
            wanted = load_population(population)
            on = self.on or tuple(name for name in self.panel.by if name in wanted.attributes)
            if not on:
                raise StudyError(
                    f"population={population}: no attribute to meet; name some that both have with --on (in Python, on)"
                )
            targets = targets_from(wanted, on)
        except PersonaError as error:
            raise StudyError(f"population={population}: {error}") from None
        try:
            raked = rake(self.panel.jurors, targets, weights=weights)
        except PersonaError as error:
            return f"population {population!r} cannot be met: {error}"
        self.met[population] = on
        return np.divide(raked.weights, weights, out=np.zeros_like(weights), where=weights > 0)
