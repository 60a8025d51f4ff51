"""How far a run is, while it goes on, and what it took, once it has ended."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; ballots count once they are on disk.

    Attributes
    ----------
    total, stored : int
        Ballots of the whole run; ballots on disk, earlier parts of the run included.
    fresh : int
        Ballots stored by this call.
    counts : Mapping
        Ballots on disk by status.
    cost : float or None
        US dollars, this call; None when a price is not known.
    seconds : float
        Since this call began to ask.
    in_flight, limit : int
        Requests under way, and how many may be at present.
    waiting : str
        Why nothing new goes out, in a few words; ``""`` when something does.
    step : str
        In a deliberation, which part of the run this is; ``""`` in other runs.
    """

    total: int
    stored: int
    fresh: int
    counts: dict[str, int]
    cost: float | None
    seconds: float
    in_flight: int = 0
    limit: int = 0
    waiting: str = ""
    step: str = ""

    @property
    def rate(self) -> float:
        """Ballots a second."""
        return self.fresh / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """At the present rate; None before the first ballot."""
        return (self.total - self.stored) / self.rate if self.fresh else None


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Effort:
    """What one call took.

    Attributes
    ----------
    requests : int
        Requests for which a reply was sought.
    retries : int
        Attempts beyond the first of each.
    cached : int
        Replies from the cache of replies, which cost nothing.
    hedged : int
        Requests made a second time because the first took long.
    throttled_seconds : float
        For which the servers asked to wait.
    outages : int
        How often a provider was taken to be down.
    possible_usd : float
        May have been billed for requests without an answer, US dollars beyond the known cost, whole run.
    remarks : tuple of str
        What else the user should know.
    """

    requests: int = 0
    retries: int = 0
    cached: int = 0
    hedged: int = 0
    throttled_seconds: float = 0.0
    outages: int = 0
    possible_usd: float = 0.0
    remarks: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the effort as plain JSON types."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {"remarks": list(self.remarks)}

    def plus(self, other: Effort) -> Effort:
        """Return what this call and a later one took together."""
        added = ("requests", "retries", "cached", "hedged", "throttled_seconds", "outages")
        return Effort(
            **{name: getattr(self, name) + getattr(other, name) for name in added},
            possible_usd=other.possible_usd,  # of the whole run already
            remarks=tuple(dict.fromkeys([*self.remarks, *other.remarks])),
        )

    def words(self) -> str:
        """Return what is out of the ordinary in one line, ``""`` when nothing is."""
        said = [
            _count(self.cached, "reply", "replies") + " from the cache, at no cost" if self.cached else "",
            _count(self.retries, "retry", "retries") if self.retries else "",
            f"{self.throttled_seconds:.0f} s waited as servers asked" if self.throttled_seconds >= 0.5 else "",
            _count(self.outages, "outage", "outages") if self.outages else "",
            _count(self.hedged, "slow request", "slow requests") + " made twice" if self.hedged else "",
            f"up to {dollars_up(self.possible_usd)} more may have been billed for requests without an answer"
            if self.possible_usd > 0
            else "",
            *self.remarks,
        ]
        return "; ".join(words for words in said if words)


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def dollars_up(amount: float) -> str:
    """Return US dollars rounded up, for an upper bound.

    Examples
    --------
    >>> dollars_up(0.00001), dollars_up(3.001)
    ('$0.0001', '$3.01')
    """
    decimals = 2 if amount >= 1 else 4
    return f"${math.ceil(amount * 10**decimals) / 10**decimals:.{decimals}f}"
