"""One cell of a what-if: everything that can be other than it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from aggregators.scales import Scale

__all__ = ["Abstentions", "Group", "Scenario"]

Group = tuple[str, str]
"""An attribute, or a crossing of attributes, and the label of one of its groups."""

Abstentions = Literal["ignored", "counted"]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is other than it is; every default leaves things as they are.

    Attributes
    ----------
    name : str
        As the reader calls it.
    settings : Mapping
        Key -> value as given, for tables.
    jurors : int or None
        Seats of a jury drawn from the panel; None takes the whole panel.
    rule : str
        What decides, with parameters.
    scale : {"raw", "range", "rank"}
        On which utilities are compared.
    shares : tuple of (Group, float)
        Share of the weight that a group is to have, from 0 to 1; groups of one attribute. What is left goes to the
        others as they share it now.
    seats : tuple of (Group, int)
        Seats that a group has at least.
    quotas : tuple of (Group, int)
        Seats that a group has exactly.
    power : tuple of (Group, float)
        How much each member's ballot counts, as a multiple.
    veto : Group or None
        No verdict stands against which more than half of this group voted.
    double : str or None
        An attribute in each of whose groups more than half must be for the verdict too.
    quorum : float
        Share of the ballots that must hold an opinion; with less the jury is hung.
    abstentions : {"ignored", "counted"}
        Whether ballots without an opinion count among those of which a verdict needs its share.
    population : str or None
        Population to whose margins the panel is raked.
    fresh : tuple of (str, str)
        What only new ballots can tell: ``model``, ``style``, ``wording``.
    """

    name: str = "as it is"
    settings: Mapping[str, Any] = field(default_factory=dict, compare=False)
    jurors: int | None = None
    rule: str = "utilitarian"
    scale: Scale = "raw"
    shares: tuple[tuple[Group, float], ...] = ()
    seats: tuple[tuple[Group, int], ...] = ()
    quotas: tuple[tuple[Group, int], ...] = ()
    power: tuple[tuple[Group, float], ...] = ()
    veto: Group | None = None
    double: str | None = None
    quorum: float = 0.0
    abstentions: Abstentions = "ignored"
    population: str | None = None
    fresh: tuple[tuple[str, str], ...] = ()

    @property
    def attributes(self) -> tuple[str, ...]:
        """Attributes by which its jury is composed, each once."""
        return tuple(dict.fromkeys(group[0] for group, _ in (*self.shares, *self.seats, *self.quotas)))

    def groups(self) -> tuple[Group, ...]:
        """Return the groups on whose members its answer rests: those it gives a share, seats, power or a veto."""
        named = [group for group, amount in (*self.shares, *self.seats, *self.quotas) if amount > 0]
        named += [group for group, factor in self.power if factor not in (0, 1)]
        return tuple(dict.fromkeys([*named, *([self.veto] if self.veto else [])]))
