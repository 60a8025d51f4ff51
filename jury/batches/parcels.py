"""Batches in the making: requests of one model that go to one place, as many as a batch may hold."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from jury.backends.base import Request
from jury.batches.ledger import Item
from jury.batches.service import BatchService


@dataclass
class Parcel:
    """Requests for one batch.

    Parameters
    ----------
    model, place, tag : str
    service : BatchService
    most_requests : int
        It takes no more than this, nor more than the service does.
    """

    model: str
    place: str
    tag: str
    service: BatchService
    most_requests: int
    items: list[Item] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    most: float = 0.0
    _bytes: int = 0

    def add(self, item: Item, request: Request, most: float) -> bool:
        """Take one more request, which may cost `most` US dollars; False when it does not fit in any more."""
        line = dict(self.service.line(item.custom_id(self.tag), request))
        size = len(json.dumps(line, ensure_ascii=False).encode()) + 1
        full = len(self.items) >= min(self.most_requests, self.service.most_requests)
        if self.items and (full or self._bytes + size > self.service.most_bytes):
            return False
        self.items.append(item)
        self.lines.append(line)
        self.most += most
        self._bytes += size
        return True
