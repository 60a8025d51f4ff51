"""The budgeting rules by name: what one is, how it is registered, how it is asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators.conversion import read_as
from aggregators.errors import ProfileError, RuleError
from aggregators.outcome import plain
from aggregators.profiles import Approvals, Profile, checked_weights
from aggregators.registry import Registry, UnknownName
from aggregators.rulebook import Rule, chooser, read_parameters
from aggregators.ties import TieBreak, checked_tie_break

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["BudgetOutcome", "BudgetRule", "Funded", "Purse", "budget_rule", "budget_rules", "fund"]


@dataclass(frozen=True)
class Purse:
    """What projects cost and what there is, as the decimals that were given.

    Parameters
    ----------
    costs : tuple of m Fractions
        Positive.
    budget : Fraction
        Not negative.
    """

    costs: tuple[Fraction, ...]
    budget: Fraction

    def spent(self, projects: Sequence[int]) -> Fraction:
        """Return what some projects cost together."""
        return sum((self.costs[project] for project in projects), start=Fraction(0))


@dataclass(frozen=True)
class Funded:
    """What a budgeting rule found: sorted tuples of columns, and numbers to report."""

    projects: Sequence[tuple[int, ...]]
    details: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class BudgetOutcome:
    """The projects that a rule funds.

    Attributes
    ----------
    rule : str
        Canonical name of the rule.
    parameters : mapping
        Every parameter of the rule, defaults included.
    projects : tuple of m str
        The alternatives, in the order of the profile.
    costs : tuple of m floats
        Of the projects.
    budget : float
        In the unit of the costs.
    funded : tuple of frozensets of str
        Every tied set of projects, or the one that the tie-break picked; ordered by the order of the projects.
    spent : tuple of floats
        What each of these sets costs, never more than the budget.
    complete : bool
        Whether every tied set was looked for; False after a tie-break.
    details : mapping
        Further numbers of the rule, by name.
    """

    rule: str
    parameters: Mapping[str, Any]
    projects: tuple[str, ...]
    costs: tuple[float, ...]
    budget: float
    funded: tuple[frozenset[str], ...]
    spent: tuple[float, ...]
    complete: bool = True
    details: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as plain JSON types."""
        return {
            "rule": self.rule,
            "parameters": plain(self.parameters),
            "projects": list(self.projects),
            "costs": list(self.costs),
            "budget": self.budget,
            "funded": [[project for project in self.projects if project in chosen] for chosen in self.funded],
            "spent": list(self.spent),
            "complete": self.complete,
            "details": plain(self.details),
        }


class BudgetRule(Rule):
    """A rule that funds projects: ``rule(profile, costs, budget, weights=None, *, tie_break=..., **parameters)``.

    See `fund`, which looks a rule up by name and calls it.
    """

    def __call__(
        self,
        profile: Profile,
        costs: Mapping[str, float] | Sequence[float],
        budget: float,
        weights: ArrayLike | None = None,
        *,
        tie_break: TieBreak = "none",
        rng: np.random.Generator | None = None,
        **parameters: object,
    ) -> BudgetOutcome:
        """Fund projects within a budget."""
        checked_tie_break(tie_break, rng)
        ballots = read_as(profile, Approvals, self.name, parameters)
        bound = self.bind(parameters)
        given = profile.weights if weights is None else checked_weights(weights, profile.n_voters)
        if given.ndim != 1:
            raise RuleError(f"weights has shape {given.shape}; projects are funded for one weighting, (n,)")
        purse = _purse(costs, budget, ballots.alternatives)
        found = self.function(ballots, given, purse, chooser(tie_break, rng), **bound)
        labels = ballots.alternatives
        return BudgetOutcome(
            self.name,
            bound,
            labels,
            tuple(map(float, purse.costs)),
            float(purse.budget),
            tuple(frozenset(labels[project] for project in projects) for projects in found.projects),
            tuple(float(purse.spent(projects)) for projects in found.projects),
            tie_break == "none",
            found.details,
        )

    def __reduce__(self) -> str | tuple[Any, ...]:
        return (_registered, (self.name,)) if _budget_rules.get(self.name) is self else object.__reduce__(self)


def budget_rule(name: str, *, aliases: tuple[str, ...] = ()) -> Callable[[Callable[..., Funded]], BudgetRule]:
    """Register a function ``(profile, weights (n,), purse, choose, **parameters) -> Funded`` as a budgeting rule.

    Where projects tie it goes on with each of ``choose(tied)``.
    """

    def decorate(function: Callable[..., Funded]) -> BudgetRule:
        made = BudgetRule(name, "budgeting", Approvals, function, aliases)
        _budget_rules.add(name, made, aliases)
        return made

    return decorate


def budget_rules() -> Mapping[str, BudgetRule]:
    """Return the budgeting rules by canonical name, in alphabetical order.

    Examples
    --------
    >>> from aggregators.budgeting import budget_rules
    >>> list(budget_rules())
    ['greedy', 'mes']
    """
    return dict(_budget_rules.items())


def fund(
    profile: Profile,
    rule: str,
    *,
    costs: Mapping[str, float] | Sequence[float],
    budget: float,
    weights: ArrayLike | None = None,
    tie_break: TieBreak = "none",
    rng: np.random.Generator | None = None,
    **parameters: object,
) -> BudgetOutcome:
    """Fund projects within a budget.

    Parameters
    ----------
    profile : Approvals or Utilities
        The ballots on the projects; utilities need ``threshold=...``.
    rule : str
        ``"greedy"`` or ``"mes"``, with parameters if wanted: ``"mes:utility=cardinality"``.
    costs : mapping of label to number, or sequence of m numbers
        Positive. They are taken as the decimals they print as, and added up exactly.
    budget : float
        In the unit of the costs.
    weights : (n,) array_like, optional
        Instead of the profile's own.
    tie_break : {"none", "lexicographic", "random"}
        ``"none"`` returns every tied set of projects. The others pick one project wherever some tie.
    rng : numpy.random.Generator, optional
        Needed for ``"random"``.
    **parameters
        Parameters of the rule; they override those in the text.

    Raises
    ------
    RuleError
        If the rule, a parameter or the tie-break is unknown, or the rule cannot read these ballots.
    ProfileError
        If weights, costs or budget do not fit.

    Examples
    --------
    >>> from aggregators import Approvals
    >>> from aggregators.budgeting import fund
    >>> outcome = fund(Approvals([[1, 1, 0], [1, 0, 1]]), "greedy", costs=[50, 30, 30], budget=80)
    >>> [sorted(projects) for projects in outcome.funded], outcome.spent
    ([['a', 'b'], ['a', 'c']], (80.0, 80.0))
    """
    if not isinstance(rule, str):
        raise RuleError(f"rule={rule!r} is no name; give one as text, such as 'mes'")
    name, _, rest = rule.partition(":")
    try:
        found = _budget_rules[name.strip()]
    except UnknownName as error:
        raise RuleError(str(error)) from None
    written = read_parameters(rest, rule)
    return found(profile, costs, budget, weights, tie_break=tie_break, rng=rng, **(written | parameters))


_budget_rules: Registry[BudgetRule] = Registry("budgeting rule", "aggregators.budgeting")


def _registered(name: str) -> BudgetRule:
    """Return the rule that was pickled by name."""
    return _budget_rules[name]


def _purse(costs: Mapping[str, float] | Sequence[float], budget: float, labels: tuple[str, ...]) -> Purse:
    if isinstance(costs, Mapping):
        named = {str(label): cost for label, cost in costs.items()}
        if missing := [label for label in labels if label not in named]:
            raise ProfileError(f"costs lacks {missing[0]!r}; give the cost of every project")
        if unknown := [label for label in named if label not in labels]:
            raise ProfileError(f"costs has {unknown[0]!r}, which is not in this profile")
        costs = [named[label] for label in labels]
    given: object = costs
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise ProfileError(f"costs={costs!r} is no sequence; give the cost of every project")
    costs = list(costs)
    if len(costs) != len(labels):
        raise ProfileError(f"costs has {len(costs)} entries for {len(labels)} projects; give one each")
    exact = tuple(_decimal(f"costs[{label!r}]", cost) for label, cost in zip(labels, costs, strict=True))
    for label, cost in zip(labels, exact, strict=True):
        if cost <= 0:
            raise ProfileError(f"costs[{label!r}] is {float(cost):g}; costs are positive")
    limit = _decimal("budget", budget)
    if limit < 0:
        raise ProfileError(f"budget is {float(limit):g}; it is not negative")
    return Purse(exact, limit)


def _decimal(field: str, value: object) -> Fraction:
    if isinstance(value, Fraction):
        return value
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise ProfileError(f"{field} is {value!r}; give a number") from None
    if not math.isfinite(number):
        raise ProfileError(f"{field} is {number}; give a finite number")
    if isinstance(value, Integral):
        return Fraction(int(value))
    return Fraction(str(value) if isinstance(value, np.floating | Decimal) else repr(number))  # as it prints
