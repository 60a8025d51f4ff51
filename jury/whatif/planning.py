"""What only new ballots can tell, and what they would cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jury.errors import JuryError
from jury.preview import preview
from jury.study import Study
from jury.whatif.grid import Vary, jury_size, named, scenarios, varied
from jury.whatif.scenario import Scenario

__all__ = ["Needed", "plan", "plan_study"]


@dataclass(frozen=True, slots=True)
class Needed:
    """One run that has to be made.

    Attributes
    ----------
    changes : tuple of (str, str)
        What it changes of the study: ``model``, ``style``, ``wording``.
    scenarios : int
        How many wait for it; its stored ballots answer them all.
    ballots, requests : int
        What would be asked; 0 where it cannot be.
    cost : str
        In words.
    expected_cost : float or None
        US dollars; None where a price is not known.
    fault : str
        Why it cannot be asked as it is, or ``""``.
    """

    changes: tuple[tuple[str, str], ...]
    scenarios: int
    ballots: int
    requests: int
    cost: str
    expected_cost: float | None
    fault: str = ""

    def words(self) -> str:
        """Return one line for people."""
        changed = ", ".join(f"{key}={value}" for key, value in self.changes) or "the study as it is"
        waits = f"{self.scenarios} scenario{'' if self.scenarios == 1 else 's'}"
        if self.fault:
            return f"{changed}: {waits}; cannot be asked: {self.fault}"
        return f"{changed}: {waits}; {self.ballots} new ballots, {self.requests} requests; cost: {self.cost}"

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as plain JSON types."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {"changes": dict(self.changes)}


def plan(study: Study, fresh: Sequence[Scenario]) -> tuple[Needed, ...]:
    """Return the runs that scenarios need, each once; asks nothing.

    Parameters
    ----------
    study : Study
        As it was run.
    fresh : sequence of Scenario
        Those that stored ballots cannot answer: `Sweep.fresh`. Those without a change wait for the study's own run.
    """
    waiting = Counter(cell.fresh for cell in fresh)
    return tuple(_needed(study, changes, many) for changes, many in waiting.items())


def plan_study(
    study: Study,
    vary: Vary,
    by_name: Mapping[str, Mapping[str, Any]],
    *,
    baseline: Mapping[str, Any] | Sequence[str] = (),
    together: bool = False,
    rule: str,
) -> tuple[tuple[Needed, ...], int]:
    """Return the runs that a study without any would need, that of the study itself among them, and the scenarios.

    Parameters
    ----------
    study : Study
    vary, by_name, baseline, together
        As for `jury.whatif.sweep`.
    rule : str
        What decides where no key says.
    """
    values = varied(vary)
    jurors = jury_size(baseline)
    grid = scenarios(values, rule, together=together, jurors=jurors) if values else ()
    cells = [*grid, *named(by_name, rule, jurors=jurors)]
    return plan(study, cells), len(cells)


def _needed(study: Study, changes: tuple[tuple[str, str], ...], many: int) -> Needed:
    try:
        found = preview(_changed(study, dict(changes)))
    except JuryError as error:
        return Needed(changes, many, 0, 0, "", None, str(error))
    cost = "; ".join([found.cost_words(), *found.lacking])
    return Needed(changes, many, found.ballots, found.requests, cost, found.expected_cost)


def _changed(study: Study, changes: dict[str, str]) -> Study:
    fields: dict[str, Any] = {}
    if "model" in changes:
        fields["model"] = changes["model"]
    if "style" in changes:
        fields["persona"] = changes["style"]
    if "wording" in changes:
        fields["cases"] = {"file": changes["wording"]}
    return study.changed(**fields)
