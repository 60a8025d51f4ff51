"""All axioms put to one rule, and what it claims of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from aggregators.axioms.base import axioms
from aggregators.axioms.labels import label
from aggregators.axioms.search import EXAMPLES, search
from aggregators.axioms.subject import subject

if TYPE_CHECKING:
    from aggregators.axioms.labels import Known
    from aggregators.axioms.search import Domain, Finding
    from aggregators.axioms.subject import Subject, Testable

__all__ = ["applicable", "contradicts", "declared", "survey"]


def survey(
    rule: Testable,
    names: Iterable[str] | None = None,
    *,
    domain: Domain = "any",
    examples: int = EXAMPLES,
    seed: int = 0,
    time_limit: float | None = None,
) -> Iterator[Finding]:
    """Search for a violation of one axiom after another, and yield what is found of each.

    Parameters
    ----------
    rule : str, Rule or callable
        Whatever `aggregators.axioms.subject` takes.
    names : iterable of str, optional
        Axioms, by name or alias. Default: all that speak of the rule, in alphabetical order.
    domain, examples, seed, time_limit
        As for `aggregators.axioms.search`; the time is for each axiom.

    Raises
    ------
    RuleError
        If there is no such rule or axiom, or the rule fails on a profile.

    Examples
    --------
    >>> from aggregators.axioms.survey import survey
    >>> for finding in survey("borda", ["condorcet", "monotonicity"], examples=50):
    ...     print(finding.axiom, finding.status)
    condorcet violated
    monotonicity held
    """
    tested = subject(rule)  # one for all, so that it remembers its answers
    for name in applicable(tested) if names is None else names:
        yield search(tested, name, domain=domain, examples=examples, seed=seed, time_limit=time_limit)


def applicable(tested: Subject) -> list[str]:
    """Return the axioms that speak of a rule."""
    return [name for name, axiom in axioms.items() if axiom.not_applicable(tested) is None]


def declared(tested: Subject, axiom: str) -> Known:
    """Return what a rule claims of an axiom with its parameters at their defaults; functions claim nothing."""
    return "unlabelled" if tested.rule is None else label(tested.rule, axioms.canonical(axiom)).known


def contradicts(finding: Finding, known: Known) -> bool:
    """Tell whether what was found refutes what is claimed; that nothing was found refutes nothing."""
    witness = finding.violation
    return witness is not None and (known == "satisfied" or (known == "on linear orders" and witness.linear))
