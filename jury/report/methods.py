"""A paragraph for the methods section of a paper, with the references that it cites."""

from __future__ import annotations

import importlib.metadata
import inspect
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aggregators.rulebook import parse_rule
from jury.auditing import Audit
from jury.report.assets import text_of

if TYPE_CHECKING:
    from jury.panel import Panel
    from jury.run import Run
    from jury.validation import Validation

__all__ = ["entries", "methods"]

_PACKAGE = "pluralistic-jury"

#: Rule -> keys of references.bib.
_RULES = {
    "utilitarian": ("harsanyi1955",),
    "nash": ("nash1950", "kaneko1979"),
    "maximin": ("rawls1971",),
    "leximin": ("sen1970",),
    "isoelastic": ("atkinson1970",),
    "schulze": ("schulze2011",),
    "bradley_terry": ("bradley1952",),
    "rank_centrality": ("negahban2017",),
}

_ASKED = {
    "score": "gave each alternative a score from {low} to {high}",
    "choose": "chose one alternative",
    "approve": "named the alternatives acceptable to them",
    "rank": "ranked the alternatives",
    "pairwise": "compared the alternatives in pairs",
    "distribution": "predicted which share of people would choose each alternative",
}


def methods(found: Audit, run: Run | None, validation: Validation | None, resamples: int) -> dict[str, Any]:
    """Return the paragraph, its references as BibTeX, and what the docstrings of the rules cite.

    Parameters
    ----------
    found : Audit
    run : Run or None
    validation : Validation or None
    resamples : int
        Behind the intervals of welfare.
    """
    panel = found.panel
    cited = [
        _PACKAGE,
        "sorensen2024",
        *(key for rule in found.rules for key in _RULES.get(parse_rule(rule)[0].name, ())),
    ]
    cited += ["kish1965"] if panel.drawn is not None and panel.drawn.design_effect > 1 else []
    cited += ["efron1993"] if resamples or found.resamples else []
    cited += ["bisbee2024"] if run is not None else []
    keys = [key for key in dict.fromkeys(cited) if key in entries()]
    return {
        "paragraph": " ".join(_sentences(found, panel, run, validation, resamples)),
        "bibtex": "\n\n".join(entries()[key] for key in keys),
        "rules": {rule: _references(rule) for rule in found.rules},
    }


def _sentences(
    found: Audit, panel: Panel, run: Run | None, validation: Validation | None, resamples: int
) -> Iterator[str]:
    counts = panel.denominators()
    cases = f"{len(panel.cases):,} case{'s' if len(panel.cases) != 1 else ''}"
    how = _asked(panel)
    if run is None:
        yield f"{len(panel.weights):,} people rated {cases}; they {how}."
    else:
        yield from _of_run(run, panel, cases, how)
    yield (
        f"Of {counts['asked']:,} ballots {counts['answered']:,} were answered, {counts['refused']:,} refused, "
        f"{counts['unparsed']:,} could not be read, {counts['failed']:,} failed and {counts['missing']:,} are missing; "
        f"{counts['no_opinion']:,} of the answered state no opinion."
    )
    yield (
        f"Ballots were aggregated with {_PACKAGE} {_version(run)} [{_PACKAGE}; sorensen2024] under "
        f"{_listed(found.rules)}{_cited(found.rules)}; all tied winners count."
    )
    if resamples:
        yield (
            f"Intervals of welfare (95%, each on its own) are bootstrap percentiles over jurors, {resamples} resamples "
            "[efron1993]."
        )
    if _attributes(found):
        yield (
            f"Losses of groups by {_listed(_attributes(found))} are against each group's own best alternative, "
            f"compared with groups of the same size dealt by lot ({found.deals} deals), p-values adjusted for all "
            "comparisons."
        )
    if validation is not None:
        people = f"{validation.humans} over {validation.cases} cases"
        yield f"The jurors were compared with {people}. {validation.gate.words()[0]}"
    if run is not None:
        yield "Simulated jurors are not people, and may lack their variance and their differences [bisbee2024]."


def _of_run(run: Run, panel: Panel, cases: str, how: str) -> Iterator[str]:
    header = run.header
    source = header.provenance.get("population", {})
    drawn = header.provenance.get("jury") or {}
    yield (
        f"A jury of {len(run.jurors):,} personas ({drawn.get('design', run.study.jurors.design)}) was drawn from "
        f"{source.get('title', 'a population')}"
        f"{_in_brackets(source.get('citation'))} and played by {header.model} (readout: {header.readout}); "
        f"on {cases} the simulated jurors {how}."
    )
    order = run.study.elicitation.order
    yield f"The order of alternatives was {order}; seed {header.seed}; fingerprint {header.fingerprint[:12]}."


def _attributes(found: Audit) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(str, found.groups["attribute"])))


def _asked(panel: Panel) -> str:
    low, high = getattr(panel.mode, "scale", (0, 1))
    return _ASKED.get(panel.mode.mode, f"answered in mode {panel.mode.mode}").format(low=low, high=high)


def _cited(rules: tuple[str, ...]) -> str:
    keys = dict.fromkeys(key for rule in rules for key in _RULES.get(parse_rule(rule)[0].name, ()))
    return f" [{'; '.join(keys)}]" if keys else ""


def _references(rule: str) -> str:
    """Return what the rule's docstring cites."""
    found, _ = parse_rule(rule)
    text = inspect.cleandoc(found.__doc__ or "")
    section = re.search(r"^References\n-+\n(.*?)(?=^\S[^\n]*\n-+\n|\Z)", text, re.MULTILINE | re.DOTALL)
    return " ".join(section.group(1).split()) if section else ""


def entries() -> dict[str, str]:
    """Return the references that reports may cite, key -> BibTeX."""
    version = importlib.metadata.version(_PACKAGE)
    text = text_of("references.bib").replace("VERSION", version)
    return {key: entry.strip() for entry, key in re.findall(r"(@\w+\{([^,]+),.*?\n\})", text, re.DOTALL)}


def _version(run: Run | None) -> str:
    return run.header.version if run is not None else importlib.metadata.version(_PACKAGE)


def _in_brackets(text: str | None) -> str:
    return f" ({text.rstrip('.')})" if text else ""


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
