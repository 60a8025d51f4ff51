"""What a rule is said to satisfy and to violate, and who says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

__all__ = ["Claimed", "Claims"]

Claimed = tuple[str, ...] | Mapping[str, tuple[str, ...]]
"""Names of axioms; or source -> names, the source being a citation or the words ``"by definition"``."""


@dataclass(frozen=True)
class Claims:
    """The claims of one rule about axioms, by the names in `aggregators.axioms.axioms`.

    Attributes
    ----------
    satisfies : tuple of str
        Satisfied on every profile that the axiom speaks of. Utilities are positive and complete.
    linear : tuple of str
        Satisfied on linear orders, and violated by rankings with ties or unranked alternatives.
    violates : tuple of str
        Violated, by linear orders where the rule reads rankings. A witness is kept.
    unsettled : tuple of str
        No proof is known to us, and no search found a violation.
    proofs : mapping of str to str
        Axiom that is satisfied -> who proved it.
    """

    satisfies: tuple[str, ...] = ()
    linear: tuple[str, ...] = ()
    violates: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()
    proofs: Mapping[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def read(cls, satisfies: Claimed, linear: Claimed, violates: tuple[str, ...], unsettled: tuple[str, ...]) -> Claims:
        """Return the claims as a decorator has them.

        Raises
        ------
        ValueError
            If an axiom is named twice.
        """
        proofs: dict[str, str] = {}
        for claimed in (satisfies, linear):
            if isinstance(claimed, Mapping):
                proofs.update((name, source) for source, names in claimed.items() for name in names)
        found = cls(_names(satisfies), _names(linear), violates, unsettled, MappingProxyType(proofs))
        every = [*found.satisfies, *found.linear, *violates, *unsettled]
        twice = next((name for name in every if every.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"axiom {twice!r} is claimed twice; label it once")
        return found


def _names(claimed: Claimed) -> tuple[str, ...]:
    if isinstance(claimed, Mapping):
        return tuple(name for names in claimed.values() for name in names)
    return claimed
