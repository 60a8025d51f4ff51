"""The search for cohesive groups: l seats' worth of voters who approve of l alternatives in common."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators.committee.counting import patterns
from aggregators.errors import RuleError
from aggregators.proportionality.measures import Question, approvals_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["TIME_LIMIT", "Ballots", "Budget", "common", "largest_group"]

TIME_LIMIT = 60.0
_MOST_STEPS = 100_000
_SOLVER_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Ballots:
    """Distinct ballots, their weights, and which voters cast each."""

    matrix: NDArray[np.bool_]
    weights: NDArray[np.float64]
    where: NDArray[np.intp]

    @classmethod
    def of(cls, question: Question) -> Ballots:
        """Return the ballots of those who count."""
        matrix, where = patterns(approvals_of(question))
        return cls(matrix, np.bincount(where, question.weights, minlength=len(matrix)).astype(np.float64), where)

    def voters(self, group: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the mask of voters behind a mask of ballots."""
        return group[self.where]


class Budget:
    """How many steps a search may take before a solver has to take over."""

    def __init__(self, steps: int = _MOST_STEPS) -> None:
        self.left = steps

    def spend(self) -> bool:
        """Take a step; tell whether there was one left."""
        self.left -= 1
        return self.left >= 0


def common(
    question: Question, ballots: Ballots, pool: NDArray[np.bool_], level: int, budget: Budget
) -> tuple[tuple[int, ...], NDArray[np.bool_]] | None:
    """Return `level` alternatives in common to enough ballots of a `pool`, and these ballots.

    Returns None where there are none, or where `budget` ran out, which its ``left`` tells.
    """
    waiting: list[tuple[tuple[int, ...], NDArray[np.bool_]]] = [((), pool)]
    while waiting:
        chosen, group = waiting.pop()
        if len(chosen) == level:
            return chosen, group
        if not budget.spend():
            return None
        weight = (ballots.weights * group) @ ballots.matrix
        enough = np.flatnonzero(question.reaches(weight, level) & (weight > 0)).tolist()
        if len(enough) < level:
            continue
        later = [column for column in enough if not chosen or column > chosen[-1]]
        waiting.extend(((*chosen, column), group & ballots.matrix[:, column]) for column in reversed(later))
    return None


def largest_group(
    question: Question,
    level: int,
    objective: Sequence[float] | NDArray[np.float64],
    constraints: Iterable[tuple[Any, Any, Any]],
    whole: NDArray[np.bool_],
    time_limit: float,
) -> NDArray[np.float64] | None:
    """Ask HiGHS for the heaviest group; return its solution, or None if no group is owed `level` seats.

    Parameters
    ----------
    question : Question
        Whose weights the objective adds up.
    level : int
        Seats.
    objective : sequence of floats
        To be maximised; every variable is from 0 to 1.
    constraints : iterable of (matrix, lower, upper)
        On the variables.
    whole : bool array
        Which variables are whole.
    time_limit : float
        Seconds.

    Raises
    ------
    RuleError
        If the solver came to no answer in time.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    needed = level / question.seats
    result = milp(
        -np.asarray(objective) / question.total,
        integrality=whole.astype(np.int64),
        bounds=Bounds(0.0, 1.0),
        constraints=[LinearConstraint(matrix, low, high) for matrix, low, high in constraints],
        options={"mip_rel_gap": 0.0, **({"time_limit": time_limit} if math.isfinite(time_limit) else {})},
    )
    bound = None if result.mip_dual_bound is None else -float(result.mip_dual_bound)
    if result.status == 2 or (bound is not None and bound < needed * (1 - _SOLVER_TOLERANCE)):
        return None
    if result.x is None or -result.fun < needed * (1 - _SOLVER_TOLERANCE):
        raise undecided(question, time_limit)
    return np.asarray(result.x)


def undecided(question: Question, time_limit: float) -> RuleError:
    """Return the error for a question that the search could not settle."""
    return RuleError(
        f"{question.measure!r} could not be settled within time_limit={time_limit:g} s;"
        " allow more, or measure 'ejr+', which takes polynomial time"
    )
