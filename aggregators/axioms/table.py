"""The table of rules and axioms, in Markdown, from the registries alone."""

from __future__ import annotations

from aggregators.axioms.base import axioms
from aggregators.axioms.labels import Known, Label, label, witnesses
from aggregators.rulebook import Rule, rules

__all__ = ["markdown"]

_MARKS: dict[Known, str] = {
    "satisfied": "✓",
    "on linear orders": "✓ˡ",
    "violated": "✗",
    "unsettled": "?",
    "not applicable": "",
    "unlabelled": "unlabelled",
}

_HEAD = """# Rules and axioms

Generated from the registries by `jury axioms --table`; a test compares the two.

- ✓ satisfied on every profile that the axiom speaks of, by the source given below; the tests search for a violation.
- ✓ˡ satisfied on linear orders, by that source; violated by rankings with ties or unranked alternatives: a witness is
  kept.
- ✗ violated; a witness is kept under `aggregators/axioms/witnesses/`, and the tests ask the rule again. In brackets its
  size: alternatives and total weight of the voters.
- ? unsettled: no proof is known to us, and the search found no violation.
- empty: the axiom does not speak of such rules.

Utilities are positive and complete. A rule satisfies an axiom with its parameters at their defaults. `jury axioms RULE`
prints the witnesses and searches anew.
"""


def markdown() -> str:
    """Return the whole document."""
    parts = [_HEAD, _statements()]
    for title, kinds in (
        ("Voting rules and verdicts", ("voting", "verdict")),
        ("Welfare functions", ("welfare",)),
        ("Committee rules", ("committee",)),
    ):
        chosen = [rule for rule in rules().values() if rule.kind in kinds]
        parts.append(f"## {title}\n\n{_table(chosen)}")
    parts.append(f"## Sources of the claims\n\n{_sources()}")
    return "\n".join(parts)


def _statements() -> str:
    rows = [f"| {each.name} | {each.statement} | {each.formula} | {each.source} |" for each in axioms.values()]
    rows = ["## The axioms", "", "| axiom | in words | in symbols | source |", "|---|---|---|---|", *rows]
    return "\n".join(row.replace("|x|", "x") for row in rows) + "\n"


def _table(chosen: list[Rule]) -> str:
    spoken = [name for name in axioms if any(label(rule, name).known != "not applicable" for rule in chosen)]
    lines = [f"| axiom | {' | '.join(rule.name for rule in chosen)} |", f"|---|{':-:|' * len(chosen)}"]
    lines += [f"| {name} | {' | '.join(_cell(rule, name) for rule in chosen)} |" for name in spoken]
    return "\n".join(lines) + "\n"


def _cell(rule: Rule, axiom: str) -> str:
    mark = _MARKS[label(rule, axiom).known]
    witness = witnesses(rule.name).get(axiom)
    if witness is None:
        return mark
    alternatives, weight, _ = witness.size
    return f"{mark} ({alternatives}, {weight:g})"


def _sources() -> str:
    lines = []
    for rule in rules().values():
        by_source: dict[str, list[str]] = {}
        for axiom in axioms:
            found: Label = label(rule, axiom)
            if found.known in {"satisfied", "on linear orders"}:
                by_source.setdefault(found.because or "no source", []).append(axiom)
        if by_source:
            said = "; ".join(f"{source}: {', '.join(names)}" for source, names in sorted(by_source.items()))
            lines.append(f"- **{rule.name}**: {said}.")
    return "\n".join(lines) + "\n"
