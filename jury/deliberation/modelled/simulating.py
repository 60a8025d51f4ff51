"""A panel discusses by a model of opinion change, each case in a room of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from jury.auditing.percase import Scale
from jury.deliberation.changes.polarising import TRAJECTORY_COLUMNS, divided_row
from jury.deliberation.dynamics import Discussion, Model
from jury.deliberation.modelled.room import Rooms
from jury.deliberation.topology import Seating, Topology
from jury.panel import Panel

if TYPE_CHECKING:
    import pandas as pd
    from scipy import sparse

__all__ = ["Discussed", "Talk"]

FloatArray = NDArray[np.float64]

_FEW_CASES = 20
_MANY_PEOPLE = 2000


@dataclass(frozen=True, eq=False)
class Discussed:
    """All cases after discussion, over one drawing of the networks.

    Attributes
    ----------
    rooms : Rooms
    model : Model
    discussions : dict
        Case -> `Discussion`.
    marks : tuple of (str, str)
        Attribute and group of each mark in `Discussion.owed`.
    table : DataFrame
        One row a case: ``case, people, ties`` (mean number of people that each hears), ``rounds, converged, period,
        clusters`` (most over alternatives) and ``rate`` (see `Model.rate`; NaN where many cases were discussed).
    """

    rooms: Rooms
    model: Model
    discussions: dict[str, Discussion]
    marks: tuple[tuple[str, str], ...]
    table: pd.DataFrame

    def after(self, round_: int | None = None) -> Panel:
        """Return the panel after a round, or at the end."""
        name = self.rooms.panel.name
        values = {case: found.final if round_ is None else found.at(round_) for case, found in self.discussions.items()}
        when = "before" if round_ == 0 else "after discussion" if round_ is None else f"after round {round_}"
        return self.rooms.write(f"{name}, {when}", values)

    def rounds(self, most: int) -> list[Panel]:
        """Return the panel round by round, from before any, at most so many rounds and the end."""
        return [self.after(number) for number in self._shown(most)]

    def trajectory(self, most: int) -> pd.DataFrame:
        """Return how divided the people are round by round, as `jury.deliberation.change.trajectory` of `rounds`."""
        import pandas as pd

        rooms, scale = self.rooms, Scale.of(self.rooms.mode)
        rows = []
        for number, round_ in enumerate(self._shown(most)):
            for case, (people, _) in rooms.cases.items():
                found = self.discussions[case]
                values = rooms.scores(found.final if round_ is None else found.at(round_))
                rows.append(divided_row(number, rooms.panel.case(case), values, rooms.panel.weights[people], scale))
        return pd.DataFrame(rows, columns=list(TRAJECTORY_COLUMNS))

    def _shown(self, most: int) -> list[int | None]:
        """Return the rounds that are told: from before any, at most so many, and the end."""
        last = max(found.rounds for found in self.discussions.values())
        return [*range(min(most, last)), None]


@dataclass(frozen=True, eq=False)
class Talk:
    """Who discusses, and how.

    Attributes
    ----------
    rooms : Rooms
    model : Model
    topology : Topology
    by : tuple of str
        Attributes by whose groups it is told who moved whom.
    dials : (n,) float array or None
        The jurors' own values of the model's main setting, NaN for the model's.
    """

    rooms: Rooms
    model: Model
    topology: Topology
    by: tuple[str, ...] = ()
    dials: FloatArray | None = None

    def held(self, seed: np.random.SeedSequence, *, lean: bool = False) -> Discussed:
        """Let the people of every case discuss it.

        The same people get the same network whatever the case, for every room is drawn from the same seed. A `lean`
        result has no trajectories and no rates: one of many must not fill the memory.
        """
        import pandas as pd

        panel = self.rooms.panel
        marks, member = _marks(panel, self.by)
        seating = Seating(self.topology, panel.jurors)
        rated = not lean and len(self.rooms.cases) <= _FEW_CASES
        discussions, rows = {}, []
        room: tuple[NDArray[np.intp], sparse.csr_array] | None = None
        for case, (people, values) in self.rooms.cases.items():
            network, talk = (np.random.default_rng(each) for each in _fresh(seed).spawn(2))
            if room is None or not np.array_equal(room[0], people):
                room = people, seating.ties(network, people)
            ties = room[1]
            own = None if self.dials is None else self.dials[people]
            found = self.model.discuss(values, ties, talk, member[people], own)
            discussions[case] = replace(found, trajectory=()) if lean else found
            rows.append(
                {
                    "case": case,
                    "people": len(people),
                    "ties": _heard(ties),
                    "rounds": found.rounds,
                    "converged": found.converged,
                    "period": found.period,
                    "clusters": int(found.clusters.max(initial=0)),
                    "rate": _rate(self.model, ties, own) if rated else np.nan,
                }
            )
        return Discussed(self.rooms, self.model, discussions, marks, pd.DataFrame(rows))


def _fresh(seed: np.random.SeedSequence) -> np.random.SeedSequence:
    """Return the seed as it was before anything was spawned from it."""
    return np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key)


def _marks(panel: Panel, by: Sequence[str]) -> tuple[tuple[tuple[str, str], ...], FloatArray]:
    marks, columns = [], []
    for attribute in by:
        labels = panel.group_labels(attribute)
        for group in np.unique(labels).tolist():
            marks.append((attribute, group))
            columns.append(labels == group)
    member = np.array(columns, dtype=np.float64).reshape(len(columns), len(panel.weights))
    return tuple(marks), member.T


def _heard(ties: sparse.csr_array) -> float:
    people: int = ties.shape[0]
    return float(ties.nnz / people) if people else 0.0


def _rate(model: Model, ties: sparse.csr_array, dials: FloatArray | None) -> float:
    found = model.rate(ties, dials) if ties.shape[0] <= _MANY_PEOPLE else None
    return float("nan") if found is None else found
