"""For the tests of your own rules: axioms as parameters of a pytest function.

>>> from aggregators.testing import check_axioms
>>> @check_axioms(["borda"], satisfies=["monotonicity"], violates={"condorcet": "as every scoring rule does"})
... def test_axioms(rule, check):
...     check(rule)

pytest runs that as ``test_axioms[borda-monotonicity]``, which passes, and ``test_axioms[borda-condorcet]``, which is
expected to fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from aggregators.axioms.base import axioms
from aggregators.axioms.search import EXAMPLES, search
from aggregators.axioms.subject import subject
from aggregators.axioms.survey import applicable
from aggregators.errors import RuleError
from aggregators.registry import UnknownName

if TYPE_CHECKING:
    from aggregators.axioms.search import Domain, Finding
    from aggregators.axioms.subject import Subject, Testable

__all__ = ["Check", "check_axioms"]

Test = TypeVar("Test", bound=Callable[..., Any])


def check_axioms(
    rules: Iterable[Testable],
    satisfies: Iterable[str] | None = None,
    violates: Mapping[str, str] = MappingProxyType({}),
    *,
    examples: int = EXAMPLES,
    seed: int = 0,
    domain: Domain = "any",
) -> Callable[[Test], Test]:
    """Parametrise a pytest function with rules and axioms, one test each: ``test_axioms[my_rule-condorcet]``.

    The function takes ``rule`` and ``check`` and calls ``check(rule)``, which searches for a violation.

    Parameters
    ----------
    rules : iterable of str, Rule or callable
        Whatever `aggregators.axioms.subject` takes.
    satisfies : iterable of str, optional
        Axioms that each rule satisfies: the test fails with the violation, if one is found, and is skipped if the
        axiom asked for nothing in any case. Default: all that speak of the rule, except those in `violates`.
    violates : mapping of str to str, optional
        Axiom that each rule violates -> the reason. The test is an expected failure (xfail), and fails if no
        violation is found any more.
    examples, seed, domain
        As for `aggregators.axioms.search`. The same seed finds the same.

    Raises
    ------
    ImportError
        If pytest is not installed.
    RuleError
        If there is no such rule or axiom, or an axiom is both satisfied and violated.

    Examples
    --------
    >>> from aggregators.testing import check_axioms
    >>> def loudest(values):
    ...     return values.max(axis=0)
    >>> @check_axioms([loudest, "borda"], satisfies=["anonymity"], violates={"condorcet": "on purpose"}, examples=50)
    ... def test_axioms(rule, check):
    ...     check(rule)
    >>> [case.id for case in test_axioms.pytestmark[0].args[1]]
    ['loudest-anonymity', 'loudest-condorcet', 'borda-anonymity', 'borda-condorcet']
    """
    try:
        import pytest
    except ImportError:
        raise ImportError("check_axioms makes tests for pytest, which is not installed; pip install pytest") from None

    satisfied = None if satisfies is None else [_canonical(name) for name in satisfies]
    violated = {_canonical(name): reason for name, reason in violates.items()}
    both = next((name for name in satisfied or () if name in violated), None)
    if both is not None:
        raise RuleError(f"axiom {both!r} is in satisfies and in violates; leave it in one")
    cases = []
    for rule in rules:
        tested = subject(rule)
        names = satisfied if satisfied is not None else [each for each in applicable(tested) if each not in violated]
        for name in [*names, *violated]:
            check = Check(name, tested, rule, violated.get(name), examples, seed, domain)
            cases.append(pytest.param(rule, check, id=f"{tested.name}-{name}"))
    return pytest.mark.parametrize(("rule", "check"), cases)


class Check:
    """One axiom as one test; call it with the rule.

    Parameters
    ----------
    axiom : str
        Its name.
    tested, rule
        The rule that the test is for, ready to be tested and as it was given.
    reason : str or None
        Why a violation is expected; None if none is.
    examples, seed, domain
        Of the search.
    """

    def __init__(
        self, axiom: str, tested: Subject, rule: Testable, reason: str | None, examples: int, seed: int, domain: Domain
    ) -> None:
        self.axiom = axiom
        self.reason = reason
        self._tested, self._rule = tested, rule
        self._options: dict[str, Any] = {"examples": examples, "seed": seed, "domain": domain}

    def __call__(self, rule: Testable) -> None:
        """Search for a violation.

        Raises
        ------
        AssertionError
            If one is found; or none, where one is expected; or if the axiom does not speak of the rule.
        """
        __tracebackhide__ = True
        import pytest

        # The same object for every axiom remembers its answers.
        finding = search(self._tested if rule is self._rule else rule, self.axiom, **self._options)
        if finding.status == "not applicable":
            raise AssertionError(f"{self.axiom} {finding.reason}; leave it out for this rule")
        if self.reason is not None:
            self._expected(finding)
        if finding.violation is not None:
            raise AssertionError(str(finding.violation))
        if finding.status == "never asked":
            pytest.skip(_never_asked(finding))

    def _expected(self, finding: Finding) -> None:
        __tracebackhide__ = True
        import pytest

        if finding.violation is not None:
            pytest.xfail(self.reason or f"{finding.rule} violates {finding.axiom}")
        seen = _never_asked(finding) if finding.status == "never asked" else str(finding)
        raise AssertionError(
            f"no violation of {finding.axiom} by {finding.rule} was found, and one was expected ({self.reason}). "
            f"{seen}. If it is satisfied now, move it to satisfies; if violations are rare, raise examples"
        )


def _never_asked(finding: Finding) -> str:
    refused = f", of which the rule refused {finding.refused:,}" if finding.refused else ""
    return f"{finding.axiom} asked {finding.rule} for nothing on {finding.profiles:,} profiles{refused}"


def _canonical(name: str) -> str:
    try:
        return axioms.canonical(name)
    except UnknownName as error:
        raise RuleError(str(error)) from None
