"""How a run came about: models, effective parameters, seeds, versions, fingerprint, denominators, cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jury.report.records import replies_by_parameters

if TYPE_CHECKING:
    from jury.panel import Panel
    from jury.run import Run

__all__ = ["provenance"]


def provenance(panel: Panel, run: Run | None) -> dict[str, Any]:
    """Return what is known of where the answers come from; of people's ratings only how many there are."""
    counts = {"denominators": panel.denominators(), "unread_replies": panel.unread()}
    if run is None:
        return counts
    header = run.header
    recorded = header.provenance
    return counts | {
        "run": run.path.name,
        "created": header.created,
        "finished": header.finished,
        "version": header.version,
        "model": header.model,
        "answered_by": replies_by_parameters(run.path),
        "readout": header.readout,
        "layout": header.layout,
        "seed": header.seed,
        "fingerprint": header.fingerprint,
        "cost_usd": run.cost(),
        "possible_cost_usd": run.possible_cost(),
        "population": recorded.get("population"),
        "design": (recorded.get("jury") or {}).get("design"),
        "python": recorded.get("python"),
        "packages": recorded.get("packages"),
        "study": header.study,
    }
