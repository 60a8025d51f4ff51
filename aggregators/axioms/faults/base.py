"""What a planted fault is, and how one is registered."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from aggregators.registry import Registry

__all__ = ["Fault", "fault", "faults"]

Broken = TypeVar("Broken", bound=Callable[..., Any])


@dataclass(frozen=True)
class Fault:
    """A rule with a bug.

    Attributes
    ----------
    rule : callable
        The rule, as `aggregators.axioms.subject` takes it.
    axiom : str
        What gives the bug away.
    correct : str
        A registered rule that does as it must where the bug shows: the one that was meant, if there is one.
    """

    rule: Callable[..., Any]
    axiom: str
    correct: str

    @property
    def name(self) -> str:
        """Name of the function."""
        return self.rule.__name__

    @property
    def bug(self) -> str:
        """What is wrong, in a line: the first of the docstring."""
        return (inspect.getdoc(self.rule) or "").partition("\n")[0].removesuffix(".")


faults: Registry[Fault] = Registry("fault", "aggregators.axioms.faults")
"""The faults by name; every registered axiom gives at least one away."""


def fault(axiom: str, *, correct: str) -> Callable[[Broken], Broken]:
    """Return a decorator that registers a rule with a bug and hands it back unchanged."""

    def register(rule: Broken) -> Broken:
        faults.add(rule.__name__, Fault(rule, axiom, correct))
        return rule

    return register
