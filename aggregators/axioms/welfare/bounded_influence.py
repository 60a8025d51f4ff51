"""Bounded influence: what one fanatic can do."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations, product
from typing import TYPE_CHECKING

import numpy as np

from aggregators.axioms.base import Change, Judgement, axiom, expect
from aggregators.axioms.editing import cells, remade, replaced, shuffled, voters_of_each_kind
from aggregators.axioms.subject import OutsideDomain, subject
from aggregators.axioms.trial import Trial
from aggregators.axioms.voters import OfVoters
from aggregators.profiles import Profile, Utilities
from aggregators.ties import RELATIVE_TOLERANCE

if TYPE_CHECKING:
    from aggregators.axioms.subject import Testable

__all__ = ["BoundedInfluence", "fanatic_influence"]

_LOWEST, _HIGHEST = 1e-6, 1e6
_EVERY_REPORT_UP_TO = 6


@axiom
class BoundedInfluence(OfVoters):
    """A juror with less than a third of the weight is not decisive against all others, whatever they report."""

    name = "bounded-influence"
    aliases = ("bounded-fanatic-influence",)
    statement = (
        "a voter with less than a third of the weight, whatever utilities they report, does not put y above x where"
        " every other voter's utility of x exceeds every other voter's of y"
    )
    formula = "w_i < W / 3, u_j(x) > u_k(y) for all j, k ≠ i  ⟹  x ≿ y at every u_i"
    source = "after Huber (1981), Robust Statistics, and Donoho and Huber (1983), The notion of breakdown point"
    kinds = ("welfare", "voting")
    reads = (Utilities,)

    def changes(self, profile: Profile, rng: np.random.Generator) -> Iterator[Change]:
        """Yield extreme reports of a voter on a pair that all others agree on, the others counted often enough."""
        values = cells(profile)
        reports = [[_LOWEST, _HIGHEST], [float(values.min()), float(values.max())]]
        pairs = permutations(range(profile.n_alternatives), 2)
        for voter, (x, y) in shuffled(list(product(voters_of_each_kind(profile, rng), pairs)), rng):
            times = _against_all(profile, voter, x, y)
            if times:
                pair = [profile.alternatives[x], profile.alternatives[y]]
                for report in reports:
                    yield {"voter": voter, "pair": pair, "report": report, "others counted": times}

    def judge(self, trial: Trial, profile: Profile, change: Change) -> Judgement | None:
        """Ask again with the report."""
        if not profile.complete:
            return None
        voter, (x, y) = change["voter"], change["pair"]
        trial.decide(profile)
        values = cells(profile).copy()
        values[voter, [profile.index(x), profile.index(y)]] = change["report"]
        weights = profile.weights * change["others counted"]
        weights[voter] = profile.weights[voter]
        order = trial.decide(remade(profile, values, weights)).order(x, y)
        return None if order is None else expect(order >= 0, f"{x} is ranked no lower than {y}")


def _against_all(profile: Profile, voter: int, x: int, y: int) -> int:
    """Return how often the others must be counted to have over two thirds of the weight; 0 if they do not agree.

    They agree if all their utilities of column x lie above all their utilities of column y.
    """
    values, weights = cells(profile), profile.weights
    others = (weights > 0) & (np.arange(profile.n_voters) != voter)
    if not others.any() or values[others, x].min() <= values[others, y].max():
        return 0
    return int(2 * weights[voter] / weights[others].sum() * (1 + RELATIVE_TOLERANCE)) + 1


def fanatic_influence(rule: Testable, profile: Utilities) -> float:
    """Return by how much one juror can change the score of an alternative, as a share of the range of utilities.

    Every juror in turn gives each alternative either the lowest or the highest utility that occurs in the profile.
    What counts is the largest change of any alternative's score that this causes.

    Parameters
    ----------
    rule : str, Rule or callable
        Whatever `aggregators.axioms.subject` takes; with scores on the scale of the utilities, as `utilitarian`,
        `nash`, `gini` or `quantile` have them.
    profile : Utilities
        Utilities (n, m).

    Returns
    -------
    float
        Lower is better; 0 if nobody can change anything, 1 if one juror can move a score from one end of the range to
        the other. Never more than 1/n for the mean of n jurors of equal weight, and than their share of the weight
        otherwise. Where all utilities are the same there is no range, and it is 0.

    Raises
    ------
    OutsideDomain
        If the rule does not read utilities, gives no scores or refuses a report.

    Notes
    -----
    If no score ever falls and rises again as one utility grows, no other report within the range changes more. With
    up to 6 alternatives all 2**m reports of the lowest and the highest are tried, for each kind of juror; with more,
    those that set one alternative apart from the others.

    References
    ----------
    Huber (1981), Robust Statistics: the sensitivity curve, bounded here by the range of what can be reported.

    Examples
    --------
    >>> from aggregators import Utilities
    >>> from aggregators.axioms import fanatic_influence
    >>> jury = Utilities([[0, 5], [4, 5], [5, 6], [10, 6]])
    >>> fanatic_influence("utilitarian", jury), fanatic_influence("quantile", jury)
    (0.25, 0.4)
    """
    tested = subject(rule)
    if tested.reads is not Utilities:
        raise OutsideDomain(f"influence is measured on utilities, and {tested.name} reads {tested.reads.__name__}")
    values = profile.values
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if not high > low:
        return 0.0
    before = tested.decide(profile).scores
    if before is None:
        raise OutsideDomain(f"{tested.name} gives no scores; choose a rule that does, such as 'utilitarian'")
    most = 0.0
    for voter in voters_of_each_kind(profile, np.random.default_rng(0)):
        for report in _extreme_reports(profile.n_alternatives, low, high):
            after = tested.decide(replaced(profile, voter, report)).scores or {}
            moved = [abs(after[label] - score) for label, score in before.items() if after[label] == after[label]]
            most = max([most, *(each for each in moved if each == each)])
    return most / (high - low)


def _extreme_reports(size: int, low: float, high: float) -> Iterator[list[float]]:
    if size <= _EVERY_REPORT_UP_TO:
        for report in product((low, high), repeat=size):
            yield list(report)
        return
    for inside, outside in ((low, high), (high, low)):
        for apart in range(size + 1):  # the last sets none apart
            yield [inside if column == apart else outside for column in range(size)]
