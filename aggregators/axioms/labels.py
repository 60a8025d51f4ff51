"""What is known of every rule and every axiom, and the witnesses that are kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from aggregators.axioms.base import axioms
from aggregators.axioms.subject import subject
from aggregators.axioms.violation import Violation

if TYPE_CHECKING:
    from aggregators.rulebook import Rule

__all__ = ["WITNESSES", "Known", "Label", "keep", "label", "witnesses"]

Known = Literal["satisfied", "on linear orders", "violated", "unsettled", "not applicable", "unlabelled"]

WITNESSES = Path(__file__).parent / "witnesses"
"""One file a rule: axiom -> `Violation`."""


@dataclass(frozen=True)
class Label:
    """What is known of one rule and one axiom.

    Attributes
    ----------
    known : str
        "satisfied" on every profile; "on linear orders", and violated by rankings with ties or unranked alternatives;
        "violated"; "unsettled", if neither a proof nor a violation is known; "not applicable"; "unlabelled", if
        nobody has said anything.
    because : str
        Who proved it, or why the axiom is not applicable.
    """

    known: Known
    because: str = ""


def label(rule: Rule, axiom: str) -> Label:
    """Return what is known of a rule and an axiom.

    Examples
    --------
    >>> from aggregators import rules
    >>> from aggregators.axioms.labels import label
    >>> label(rules()["plurality"], "condorcet").known
    'violated'
    """
    reason = axioms[axiom].not_applicable(subject(rule))
    if reason is not None:
        return Label("not applicable", reason)
    claims = rule.claims
    proof = claims.proofs.get(axiom, "")
    by_claim: dict[Known, tuple[str, ...]] = {
        "satisfied": claims.satisfies,
        "on linear orders": claims.linear,
        "violated": claims.violates,
        "unsettled": claims.unsettled,
    }
    return next((Label(known, proof) for known, names in by_claim.items() if axiom in names), Label("unlabelled"))


@lru_cache(maxsize=64)
def witnesses(rule: str) -> Mapping[str, Violation]:
    """Return the witnesses kept for a rule, by axiom."""
    path = WITNESSES / f"{rule}.json"
    if not path.exists():
        return {}
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {axiom: Violation.from_dict(each) for axiom, each in stored.items()}


def keep(rule: str, found: Mapping[str, Violation]) -> Path:
    """Write the witnesses of a rule, one a line, and return the file."""
    path = WITNESSES / f"{rule}.json"
    WITNESSES.mkdir(exist_ok=True)
    lines = (f"{json.dumps(axiom)}: {found[axiom].to_json()}" for axiom in sorted(found))
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    witnesses.cache_clear()
    return path
