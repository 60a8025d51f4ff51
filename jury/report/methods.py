"""A paragraph for the methods section of a paper, with the references that it cites."""

from __future__ import annotations

import importlib.metadata
import inspect
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aggregators.rulebook import parse_rule
from jury.auditing import Audit
from jury.drawing import EQUAL
from jury.report.assets import text_of

if TYPE_CHECKING:
    from jury.panel import Panel
    from jury.run import Run
    from jury.validation import Validation

__all__ = ["entries", "methods"]

_PACKAGE = "pluralistic-jury"

_CITED = re.compile(r"\[((?:[a-z]+(?:[0-9]{4}|-jury)(?:; )?)+)\]")

#: Rule -> keys of references.bib.
_RULES = {
    "utilitarian": ("harsanyi1955",),
    "nash": ("nash1950", "kaneko1979"),
    "maximin": ("rawls1971",),
    "leximin": ("sen1970",),
    "isoelastic": ("atkinson1970",),
    "borda": ("young1974",),
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
    paragraph = " ".join(_sentences(found, run, validation, resamples))
    known = entries()
    cited = dict.fromkeys(key.strip() for keys in _CITED.findall(paragraph) for key in keys.split(";"))
    return {
        "paragraph": paragraph,
        "bibtex": "\n\n".join(known[key] for key in cited if key in known),
        "rules": {rule: _references(rule) for rule in found.rules},
    }


def _sentences(found: Audit, run: Run | None, validation: Validation | None, resamples: int) -> Iterator[str]:
    panel = found.panel
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
        f"Ballots were aggregated with {_PACKAGE} {_version(run)} [{_PACKAGE}] under "
        f"{_listed(found.rules)}{_cited(found.rules)}; all tied winners count."
    )
    if resamples and len(panel.weights) > 1:
        yield (
            f"Intervals of welfare (95%, each on its own) are expanded bootstrap percentiles over jurors, {resamples} "
            f"resamples{_strata(run)} [efron1993; hesterberg2015]."
        )
        if _lowest(found.rules):
            yield "Resampling shows nobody worse off than those who were asked: the lowest welfare only rises in it."
    if _attributes(found) and found.deals:
        yield (
            f"Losses of groups by {_listed(_attributes(found))} are against each group's own best alternative, "
            f"compared with groups of the same size dealt by lot ({found.deals} deals), one-sided p-values adjusted "
            "for all comparisons by the single-step max-T procedure [westfall1993]."
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
    design = drawn.get("design", f"{len(run.jurors):,} personas, {run.study.jurors.design}")
    yield (
        f"A jury ({design}) was drawn from {source.get('title', 'a population')} and played by {header.model} "
        f"(readout: {header.readout}); on {cases} the simulated jurors {how}{_replicates(run)}."
    )
    if source.get("citation"):
        yield f"Source of the population: {source['citation'].rstrip('.')}."
    if panel.drawn is not None and panel.drawn.design_effect >= EQUAL:
        yield (
            f"The jurors' weights have a design effect of {panel.drawn.design_effect:.2f}, an effective size of "
            f"{panel.drawn.effective_size:.1f} [kish1965]."
        )
    yield from _rounds(run)
    order = run.study.elicitation.order
    yield f"The order of alternatives was {order}; seed {header.seed}; fingerprint {header.fingerprint[:12]}."


def _replicates(run: Run) -> str:
    many = run.study.elicitation.replicates
    return f", {many} times each" if many > 1 else ""


def _rounds(run: Run) -> Iterator[str]:
    block = run.study.deliberation
    if block is None:
        return
    rounds = f"{run.rounds} round{'s' if run.rounds != 1 else ''}"
    if not block.heard and block.statement is None:
        yield (
            f"Jurors answered again in {rounds} without having heard anybody, as a control; the figures are of round "
            f"{run.latest_round}."
        )
        return
    arguments = f"up to {block.heard} arguments of others" if block.heard else ""
    statements = "statements of a moderator" if block.statement is not None else ""
    yield (
        f"Jurors first answered unheard, then in {rounds} heard {' and '.join(filter(None, [arguments, statements]))}, "
        f"and answered again; the figures are of round {run.latest_round}, and take jurors who heard each other for "
        "independent."
    )


def _attributes(found: Audit) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(str, found.groups["attribute"])))


def _asked(panel: Panel) -> str:
    low, high = getattr(panel.mode, "scale", (0, 1))
    return _ASKED.get(panel.mode.mode, f"answered in mode {panel.mode.mode}").format(low=low, high=high)


def _cited(rules: tuple[str, ...]) -> str:
    keys = dict.fromkeys(key for rule in rules for key in _RULES.get(parse_rule(rule)[0].name, ()))
    return f" [{'; '.join(keys)}]" if keys else ""


def _strata(run: Run | None) -> str:
    stratified = run is not None and run.study.jurors.design in ("stratified", "quota")
    return " that do not keep the strata" if stratified else ""


def _lowest(rules: tuple[str, ...]) -> bool:
    return any(parse_rule(rule)[0].name in ("maximin", "leximin") for rule in rules)


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


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
