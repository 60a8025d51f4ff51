"""PrefLib: orders with counts, complete or not, with ties or without, and categories."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from aggregators.profiles import Approvals, Profile, Rankings
from aggregators.reading.formats import reader

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aggregators.reading.source import Source

__all__ = ["read_preflib"]

_LARGEST = 10**15  # counts are added up as floats, which hold whole numbers up to 2**53
_TIER = re.compile(r"\{([^{}]*)\}|(\d+)")


@reader("preflib", suffixes=(".soc", ".soi", ".toc", ".toi", ".cat"))
def read_preflib(source: Source, wanted: type[Profile] | None) -> Profile:
    """PrefLib orders (.soc .soi .toc .toi) and categories (.cat); a ballot's count is its weight.

    Orders become rankings. Categories become rankings too, those in one category tied; if there are two they become
    approvals of the first. Asked for approvals, every number of categories gives approvals of the first. Voters,
    alternatives and orders are checked against the header. For bootstraps, weights are then ``"counts"``.
    """
    ballots = _Ballots(source)
    if ballots.kind == "cat" and (wanted is Approvals or (wanted is None and ballots.categories == 2)):
        return Approvals(ballots.ranks == 1, ballots.counts, ballots.names)
    return Rankings(ballots.ranks, ballots.counts, ballots.names)


class _Ballots:
    """What the lines of a file say."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.header: dict[str, tuple[int, str]] = {}
        ballots: list[tuple[int, int, list[list[int]]]] = []
        for line, text in source.lines():
            if text.startswith("#"):
                key, _, value = text[1:].partition(":")
                self.header[key.strip().upper()] = line, value.strip()
            else:
                ballots.append((line, *self._ballot(line, text)))
        suffix = source.path.name.lower().removesuffix(".gz").rpartition(".")[2]
        self.kind = self.header.get("DATA TYPE", (0, suffix))[1].lower()
        self.size = self._number("NUMBER ALTERNATIVES")
        self.categories = self._number("NUMBER CATEGORIES") if self.kind == "cat" else 0
        self.names = self._names()
        self.ranks = np.zeros((len(ballots), self.size), dtype=np.int64)
        self.counts = np.array([count for _, count, _ in ballots], dtype=np.float64)
        for row, (line, _, tiers) in enumerate(ballots):
            self._place(self.ranks[row], line, tiers)
        self._check(len(ballots))
        source.ballot_lines = [line for line, _, _ in ballots]

    def _names(self) -> list[str]:
        found: dict[str, int] = {}
        for number in range(1, self.size + 1):
            key = f"ALTERNATIVE NAME {number}"
            if key not in self.header:
                line, size = self.header["NUMBER ALTERNATIVES"]
                raise self.source.fault(line, f"NUMBER ALTERNATIVES is {size}, and there is no line '# {key}: ...'")
            line, name = self.header[key]
            if name in found:
                raise self.source.fault(line, f"{key} is {name!r}, and so is {found[name]}; names are unique")
            found[name] = number
        return list(found)

    def _ballot(self, line: int, text: str) -> tuple[int, list[list[int]]]:
        count, colon, order = text.partition(":")
        if not colon or not _whole(count) or int(count) == 0:
            raise self.source.fault(
                line,
                f"{text[:40]!r} is no ballot; give a count up to {_LARGEST:.0e}, a colon and an order: 12: 3,{{1,2}}",
            )
        order = order.replace(" ", "")
        tiers, at = [], 0
        for match in _TIER.finditer(order):
            if match.start() != at:
                break
            inside = match[1] if match[1] is not None else match[2]
            if inside and not all(map(_whole, inside.split(","))):
                break
            tiers.append([int(part) for part in inside.split(",")] if inside else [])
            at = match.end() + (order[match.end() : match.end() + 1] == ",")
        if at != len(order) or order.endswith(","):
            raise self.source.fault(
                line, f"cannot read the order from {order[at:][:20]!r} on; braces hold ties: 3,{{1,2}}"
            )
        return int(count), tiers

    def _place(self, ranks: NDArray[np.int64], line: int, tiers: list[list[int]]) -> None:
        if self.kind == "cat" and len(tiers) != self.categories:
            raise self.source.fault(line, f"has {len(tiers)} categories; the header says {self.categories}")
        for rank, tier in enumerate(tiers, start=1):
            for number in tier:
                if not 1 <= number <= self.size:
                    raise self.source.fault(line, f"names alternative {number}; there are 1 to {self.size}")
                if ranks[number - 1]:
                    raise self.source.fault(line, f"names alternative {number} twice")
                ranks[number - 1] = rank
        if self.kind in {"soc", "soi"} and any(len(tier) != 1 for tier in tiers):
            raise self.source.fault(line, f"holds a tie, which a .{self.kind} file has not")
        if self.kind in {"soc", "toc"} and not ranks.all():
            missing = int(np.flatnonzero(ranks == 0)[0]) + 1
            raise self.source.fault(line, f"leaves out alternative {missing}; a .{self.kind} file ranks all")

    def _check(self, ballots: int) -> None:
        for key, found in (("NUMBER VOTERS", int(self.counts.sum())), ("NUMBER UNIQUE ORDERS", ballots)):
            if key in self.header and self._number(key) != found:
                line, value = self.header[key]
                raise self.source.fault(
                    line, f"{key} is {value}, and the ballots below make {found}; is the file whole?"
                )

    def _number(self, key: str) -> int:
        line, value = self._value(key)
        if not _whole(value):
            raise self.source.fault(line, f"{key} is {value[:40]!r}, which is no number up to {_LARGEST:.0e}")
        return int(value)

    def _value(self, key: str) -> tuple[int, str]:
        if key not in self.header:
            raise self.source.fault(1, f"no line '# {key}: ...'; the form of PrefLib since 2022 is read")
        return self.header[key]


def _whole(text: str) -> bool:
    """Tell whether a text is a whole number that is not too large."""
    text = text.strip()
    return text.isdecimal() and len(text) <= len(str(_LARGEST)) and int(text) <= _LARGEST
