"""A report as data: everything that the page shows, as plain JSON types."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators.rulebook import parse_rule
from jury.auditing import Audit, audit
from jury.auditing.hearing import Hearing, hearings
from jury.auditing.membership import Groups
from jury.auditing.percase import Scale
from jury.auditing.summary import alike, gravest
from jury.elicitation import Elicited, Showing
from jury.panel import Panel
from jury.report.ballots import ballots, jurors
from jury.report.composition import composition
from jury.report.deciding import decided, resamples_for
from jury.report.deliberating import deliberation
from jury.report.fairness import MOST_CASES, MOST_OF_ALL, MOST_ROWS, POINTS, ballots_to_recount, chances_along
from jury.report.methods import methods
from jury.report.opening import opening
from jury.report.options import Options
from jury.report.provenance import provenance
from jury.report.validating import validated, validation_section
from jury.report.whatifs import what_ifs
from jury.trust import Trust, trust

if TYPE_CHECKING:
    from jury.run import Run

__all__ = ["document"]

#: Tables of an audit that the page shows as they are; the others are told case by case, or by `jury audit`.
_TABLES = ("groups", "gaps", "prices", "minority_gains", "inequity", "power", "scales")


def document(source: Run | Panel, options: Options | None = None) -> dict[str, Any]:
    """Return what a report shows, as plain JSON types; NaN is None.

    Parameters
    ----------
    source : Run or Panel
        A stored run, or people's ratings.
    options : Options, optional

    Returns
    -------
    dict
        ``name, kind, rules, by, mode, welfare, scale``; ``rules_told``, what each rule does; ``opening`` (sentences),
        ``trust``, ``denominators``; ``cases``, each with its texts, ``outcomes`` by rule, ``recount`` (the ballots that
        decide under any aversion to inequality) and ``objections``; ``audit`` (tables); ``composition, validation,
        what_if, provenance, methods``; ``jurors`` and ``ballots`` in columns.

    Raises
    ------
    StudyError, RunError
        For rules, attributes or people that do not fit.

    Notes
    -----
    Figures are those of `jury.audit`, `jury.validation` and `jury.whatif`, with the seeds that the command line has, so
    that a page and a terminal tell the same.
    """
    options = options or Options()
    run, panel = (None, source) if isinstance(source, Panel) else (source, source.panel())
    rules = options.rules or (panel.mode.default_rules if run is None else run.study.rule_names())
    by = options.by or panel.by
    found = audit(panel, rules=rules, by=by)
    trusted = trust(panel, by, rules, () if run is None else run.label_masses())
    validation = None if run is None else validated(run, options)
    by = tuple(dict.fromkeys(by))
    cases, resamples = _cases(panel, found, by, "sample" if run is None else run.header.readout)
    parts: dict[str, Any] = _plain(
        {
            "format": 1,
            "name": panel.name,
            "description": "" if run is None else run.study.description,
            "kind": "panel" if run is None else "run",
            "rules": list(found.rules),
            "rules_told": {rule: _rule(rule) for rule in found.rules},
            "alike": alike(found),
            "by": list(by),
            "mode": panel.mode.mode,
            "welfare": f"welfare {panel.mode.welfare_words}",
            "scale": Scale.of(panel.mode).ends,
            "caveat": panel.caveat,
            "opening": opening(found, trusted, run, validation),
            "denominators": panel.denominators(),
            "trust": _trust(trusted),
            "resamples": resamples,
            "cases": cases,
            "audit": _audited(found),
            "composition": composition(panel, run, by),
            "validation": None if validation is None else validation_section(validation),
            "what_if": what_ifs(panel, run, found, options),
            "deliberation": None if run is None else deliberation(run, found),
            "provenance": provenance(panel, run),
            "methods": methods(found, run, validation, resamples),
            "jurors": jurors(panel, run),
            "ballots": ballots(panel, run, options.ballots),
        }
    )
    return parts


def _rule(rule: str) -> dict[str, Any]:
    entry, _ = parse_rule(rule)
    # Drawn again, the lowest of a sample can rise and never fall.
    return {"summary": entry.summary, "lowest": entry.name in ("maximin", "leximin")}


def _cases(panel: Panel, found: Audit, by: tuple[str, ...], readout: Elicited) -> tuple[list[dict[str, Any]], int]:
    groups = Groups.of(panel, by)
    rows = sum(map(len, panel.votes.values()))
    resamples = resamples_for(rows, len(found.rules))
    along = resamples_for(rows, POINTS) if len(panel.votes) <= MOST_CASES else 0
    heard = {hearing.case: hearing for hearing in hearings(panel, by, "juror")}
    told = [_case(panel, found, groups, heard.get(case.id), case.id, resamples) for case in panel.cases]
    for case, one in zip(panel.cases, told, strict=True):
        if case.id in heard:
            one["chances"] = chances_along(heard[case.id], along, np.random.default_rng(0))
        one["follows"] = [question.follows for question in panel.mode.interview(Showing.plain(case, readout=readout))]
    return told, resamples


def _case(
    panel: Panel, found: Audit, groups: Groups, hearing: Hearing | None, case_id: str, resamples: int
) -> dict[str, Any]:
    case = panel.case(case_id)
    told: dict[str, Any] = {
        "id": case.id,
        "prompt": case.prompt,
        "alternatives": [{"id": item.id, "text": item.text} for item in case.alternatives],
        "variant_of": case.variant_of,
        "jurors": 0,
        "outcomes": {},
        "undecided": {rule: reasons[case_id] for rule, reasons in found.undecided.items() if case_id in reasons},
        "recount": None,
        "chances": None,
        "objections": [],
    }
    if hearing is None:
        return told
    rng = np.random.default_rng(0)  # the same intervals every time the same ballots are read
    objections = found.objections[found.objections["case"] == case_id]
    return told | {
        "jurors": len(np.unique(hearing.jurors[hearing.utilities.opinions.any(axis=1)])),
        "outcomes": dict(decided(hearing, found, resamples, rng)),
        "recount": ballots_to_recount(hearing, groups, min(MOST_ROWS, MOST_OF_ALL // len(panel.votes))),
        "objections": objections.drop(columns="case").to_dict("records"),
    }


def _audited(found: Audit) -> dict[str, Any]:
    told = found.to_dict()
    return {
        **{name: told[name] for name in _TABLES},
        "headline": found.headline,
        "jurors": found.jurors,
        "resamples": found.resamples,
        "deals": found.deals,
        "comparisons": found.comparisons,
        "level": found.level,
        "disagreements": told["disagreements"],
        "unanswered": told["unanswered"],
        "undecided": told["undecided"],
        "gravest": {rule: _objection(found, rule) for rule in found.rules},
    }


def _objection(found: Audit, rule: str) -> dict[str, Any] | None:
    worst = gravest(found, rule)
    return None if worst is None else {name: getattr(worst, name) for name in worst.__dataclass_fields__}


def _trust(trusted: Trust) -> dict[str, Any]:
    return trusted.to_dict() | {"as_good_as_lots": trusted.as_good_as_lots}


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever the parts hold
    """Return plain JSON types; what is not finite becomes None."""
    if value is None or isinstance(value, str | int):  # most of them
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
