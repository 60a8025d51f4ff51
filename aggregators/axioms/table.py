"""The table of rules and axioms, in Markdown, from the registries alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from aggregators.axioms.base import axioms
from aggregators.axioms.labels import Known, label, witnesses
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

Generated from the registries by `jury axioms --table`; a test compares the two. {counts}

- ✓ satisfied on every profile that the axiom speaks of; the proof is given below, and the tests search for a violation.
- ✓ˡ satisfied on linear orders, with a proof; violated by rankings with ties or unranked alternatives: a witness is
  kept.
- ✗ violated, by linear orders where the rule reads rankings; a witness is kept under `aggregators/axioms/witnesses/`,
  and the tests ask the rule again. In brackets how many alternatives and how much weight of voters it has: it need not
  be the smallest there is.
- ? unsettled: no proof is known to us, and the search found no violation.
- empty: the axiom does not speak of the rule.

Utilities are positive and complete. Rules have their parameters at the defaults. Ties are part of what is decided: an
axiom speaks of all winners that tie, and the winners of a lottery are all that may be drawn. A voter has any weight,
and acts as one: among voters of weight 1, a voter of weight w does what a bloc of w does. `jury axioms RULE` searches
anew and prints what it finds.
"""

_THEMES = {
    "Voters and alternatives alike": ("anonymity", "neutrality", "homogeneity", "weight-split"),
    "Majorities": (
        "majority",
        "majority-loser",
        "mutual-majority",
        "condorcet",
        "condorcet-loser",
        "smith",
        "isda",
    ),
    "More support": (
        "unanimity",
        "weak-pareto",
        "pareto",
        "monotonicity",
        "positive-responsiveness",
        "resolvability",
        "reversal-symmetry",
    ),
    "Other voters, other ballots, other alternatives": (
        "reinforcement",
        "participation",
        "strategyproofness",
        "iia",
        "clones",
        "immunity-to-spoilers",
    ),
    "Scales of utility": (
        "common-scale",
        "common-translation",
        "common-monotone",
        "individual-scale",
        "individual-translation",
        "continuity",
    ),
    "Gains and transfers": (
        "weak-monotonicity",
        "strong-monotonicity",
        "weak-pigou-dalton",
        "pigou-dalton",
        "hammond-equity",
        "separability",
        "bounded-influence",
    ),
    "Committees": (
        "jr",
        "pjr",
        "ejr",
        "solid-coalitions",
        "committee-monotonicity",
        "support-monotonicity",
        "losing-clones",
    ),
}

_KINDS = {
    "Voting rules and verdicts": ("voting", "verdict"),
    "Welfare functions": ("welfare",),
    "Committee rules": ("committee",),
}


def markdown() -> str:
    """Return the whole document."""
    parts = [_HEAD.format(counts=_counts()), _statements()]
    for title, kinds in _KINDS.items():
        chosen = [rule for kind in kinds for rule in rules().values() if rule.kind == kind]
        parts += [f"## {title}\n", *_tables(chosen)]
    parts += ["## Proofs\n", *(_proofs(rule) for rule in rules().values())]
    return "\n".join(parts)


def _counts() -> str:
    known = Counter(label(rule, name).known for rule in rules().values() for name in axioms)
    said = ", ".join(f"{known[each]} {each}" for each in ("satisfied", "on linear orders", "violated", "unsettled"))
    return f"Of {len(rules())} rules and {len(axioms)} axioms: {said}."


def _themes() -> dict[str, tuple[str, ...]]:
    """Return the names of the axioms by theme; those of none come last."""
    placed = {name for names in _THEMES.values() for name in names}
    others = tuple(name for name in axioms if name not in placed)
    return _THEMES | ({"Others": others} if others else {})


def _statements() -> str:
    parts = ["## The axioms\n"]
    for theme, names in _themes().items():
        rows = [[f"**{name}**", *(getattr(axioms[name], part) for part in _COLUMNS)] for name in names]
        parts.append(f"### {theme}\n\n{_table(['axiom', 'in words', 'in symbols', 'source'], rows)}")
    return "\n".join(parts)


_COLUMNS = ("statement", "formula", "source")


def _tables(chosen: Sequence[Rule]) -> Iterable[str]:
    for theme, names in _themes().items():
        spoken = [name for name in names if any(label(rule, name).known != "not applicable" for rule in chosen)]
        if spoken:
            rows = [[rule.name, *(_cell(rule, name) for name in spoken)] for rule in chosen]
            rows = [row for row in rows if any(row[1:])]
            heads = ["", *(name.replace("-", "-<br>") for name in spoken)]  # so that columns stay narrow
            yield f"### {theme}\n\n{_table(heads, rows, centred=True)}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, centred: bool = False) -> str:
    lines = [heads, ["---", *([":-:" if centred else "---"] * (len(heads) - 1))], *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in lines) + "\n"


def _cell(rule: Rule, axiom: str) -> str:
    mark = _MARKS[label(rule, axiom).known]
    witness = witnesses(rule.name).get(axiom)
    if witness is None:
        return mark
    alternatives, weight, _ = witness.size
    return f"{mark} ({alternatives}, {weight:g})"


def _proofs(rule: Rule) -> str:
    """Return a rule and below it each proof with what it proves."""
    proved: dict[str, list[str]] = {}
    for name in axioms:
        found = label(rule, name)
        if found.known in {"satisfied", "on linear orders"}:
            named = f"{name}ˡ" if found.known == "on linear orders" else name
            proved.setdefault(found.because or "no proof", []).append(named)
    lines = [f"- **{rule.name}**", *(f"  - {', '.join(names)}: {proof}" for proof, names in proved.items())]
    return "\n".join(lines)
