"""Provider batch interfaces: everything that is missing handed in at once, for half the price, answered within a day.

`loop` goes from missing ballots to stored ones; `submitting` hands batches in once; `ledger` keeps in the run file what
is under way; one file a provider speaks its interface (`service` says what that takes).
"""

from __future__ import annotations

from jury.batches.service import BatchService, batch_services, open_service

__all__ = ["BatchService", "batch_services", "open_service"]
