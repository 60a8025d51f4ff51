"""What tests of batches ask of a run file and of a played provider afterwards, and what they hand in."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing

from jury.batches.ledger import Ledger
from jury.batches.waiting import Waits
from jury.store import Store

CASES = [
    {"id": "wage", "prompt": "What about the minimum wage?", "alternatives": ["raise", "keep"]},
    {"id": "tax", "prompt": "What about taxes?", "alternatives": ["more", "less"]},
]
QUICK = Waits(first=0.01, longest=0.05, settle=0.05, retry=0.01)
JURORS = 6
BALLOTS = JURORS * len(CASES)


def the_batches(path):
    with closing(Store.open(path)) as store:
        ledger = Ledger(store)
        return ledger.open_batches() if ledger.is_there else []


def leftovers(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT COUNT(*) FROM batch_request").fetchone()[0]


def once_each(batches):
    """Every request that was answered was so once: nothing was paid for twice."""
    items = Counter(custom_id.partition("-")[2] for custom_id in batches.answered)
    return set(items.values()) <= {1}
