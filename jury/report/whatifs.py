"""What would have been decided otherwise: the study's scenarios, or other sizes of juries and guaranteed seats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jury.auditing import Audit
from jury.errors import JuryError
from jury.report.options import Options
from jury.whatif import Draws, sweep
from jury.whatif.telling import CAVEAT, sentences

if TYPE_CHECKING:
    from jury.panel import Panel
    from jury.run import Run

__all__ = ["HEARD", "what_ifs"]

#: Beyond so many answers, or cases, nothing is tried that was not asked for.
_MOST_ANSWERS, _MOST_CASES = 20_000, 12
_ALIKE = 1e-9  # shares nearer to each other than this are the same
_SIZES, _SEATED, _SEATS = {"jurors": [6, 12, 24]}, 12, [0, 2, 4]
_DRAWS = Draws(resamples=500)
HEARD = (
    "These are ballots cast after jurors had heard each other, counted again: nobody was told of another rule or heard"
    " other people, and might have said something else if so."
)


def what_ifs(panel: Panel, run: Run | None, found: Audit, options: Options) -> list[dict[str, Any]]:
    """Return sweeps for the page, each with what it is about, its sentences and its rows.

    Raises
    ------
    StudyError
        For what was asked for and cannot be answered.
    """
    rules = options.rules or (() if run is None else run.study.rule_names())
    rule = rules[0] if rules else None
    if not options.what_if or not found.outcomes:
        return []
    heard = run is not None and run.rounds > 0
    return [told | {"caveat": HEARD if heard else CAVEAT} for told in _swept(panel, run, found, options, rule)]


def _swept(panel: Panel, run: Run | None, found: Audit, options: Options, rule: str | None) -> list[dict[str, Any]]:
    if options.vary:
        return [_told("What was asked for", panel, options.vary, rule)]
    if run is not None and run.study.scenarios:
        return [_told("The study's scenarios", panel, (), rule, scenarios=run.study.scenarios)]
    answers = sum(map(len, found.panel.votes.values()))
    if answers > _MOST_ANSWERS or len(found.outcomes) > _MOST_CASES:
        return []
    told = []
    for title, vary, baseline in (("Other sizes of juries", _SIZES, {}), *_seats(found)):
        try:
            told.append(_told(title, panel, vary, rule, baseline=baseline))
        except JuryError:  # a rule that no jury drawn by lot can be decided by; it was not asked for
            continue
    return told


def _seats(found: Audit) -> list[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Return the question of seats for the largest minority that is not too small to say anything about."""
    for attribute, part in found.groups[found.groups["rule"] == found.rules[0]].groupby("attribute", sort=False):
        largest = part["weight_share"].max()
        told = part[(part["weight_share"] < largest - _ALIKE) & ~part["few"]]
        told = told.sort_values("weight_share", ascending=False, kind="stable")
        if "&" in str(attribute) or told.empty:
            continue
        group = told.iloc[0]["group"]
        title = f"Guaranteed seats of {_SEATED} for {group} (by {attribute})"
        return [(title, {f"seats:{attribute}={group}": _SEATS}, {"jurors": _SEATED})]
    return []


def _told(
    title: str,
    panel: Panel,
    vary: Mapping[str, Any] | Sequence[str],
    rule: str | None,
    *,
    baseline: Mapping[str, Any] | Sequence[str] = (),
    scenarios: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    found = sweep(panel, vary, baseline=baseline, scenarios=scenarios, rule=rule, draws=_DRAWS)
    document = found.to_dict()
    return {
        "title": title,
        "said": sentences(found),
        "baseline": document["baseline"],
        "keys": document["keys"],
        "rows": document["rows"],
        "needs_new_ballots": document["needs_new_ballots"],
        "resamples": _DRAWS.resamples,
    }
