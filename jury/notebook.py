"""Runs, audits and sweeps as notebooks show them: what pages say, in little, with the caveats; everything escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from jury.trust import NOT_PEOPLE

if TYPE_CHECKING:
    import pandas as pd

    from jury.auditing import Audit
    from jury.deliberation.change import Change
    from jury.run import Run
    from jury.whatif.swept import Sweep

__all__ = ["audit_html", "change_html", "run_html", "sweep_html"]

_ROWS = 40
_LONGEST = 80  # characters of a cell
_CASES = 3
_MOST = 100_000  # ballots above which showing a run does not read them all


def run_html(run: Run) -> str:
    """Return a run as HTML: who was asked, what was decided, what became of the ballots."""
    header = run.header
    title = header.provenance.get("population", {}).get("title", "not stated")
    lines = [
        f"{header.name}: {len(run.jurors)} simulated jurors, {header.model}",
        f"Population: {title}. Readout: {header.readout}. Seed {header.seed}.",
    ]
    body = "" if header.asked > _MOST else _decided(run)
    notes = [_ballots(run.denominators()) if header.asked <= _MOST else f"Ballots: {header.asked} asked."]
    return _page(lines, body, [*notes, header.caveat or "", NOT_PEOPLE, f"Run file: {run.path}"])


def _decided(run: Run) -> str:
    from jury.auditing import audit
    from jury.auditing.verdict import decision

    panel = run.panel()
    if not any(panel.votes.values()):
        return _line("Nobody has answered yet.")
    found = audit(panel, rules=run.study.rule_names(), by=(), resamples=0)
    rows = [
        [case, *(" = ".join(decided[rule].winners) if rule in decided else "–" for rule in found.rules)]
        for case, decided in found.outcomes.items()
    ]
    return _line(decision(found)) + _table(["case", *found.rules], rows)


def audit_html(found: Audit) -> str:
    """Return an audit as HTML: the verdict, and how every group fared under every rule, with intervals."""
    from jury.auditing import FEW
    from jury.auditing.verdict import verdict

    figure = found.headline
    rows = [
        [
            f"{row['attribute']}: {row['group']}{' (few)' if row['few'] else ''}",
            row["rule"],
            str(row["jurors"]),
            f"{100 * row['voice']:.0f}%",
            _interval(row[figure], row[f"{figure}_low"], row[f"{figure}_high"]),
            _figure(row[f"{figure}_by_lot"]),
            "!" if row["loses_more"] else "",
        ]
        for row in found.groups.to_dict("records")
    ]
    what = "welfare lost" if figure == "regret" else "share of cases lost"
    body = _table(["group", "rule", "jurors", "weight", f"{what} [interval]", "by lot", ""], rows) if rows else ""
    notes = [_ballots(found.panel.denominators())]
    if rows:
        covered = found.comparisons.get(figure, 0)
        notes.append(
            f"Intervals: {100 * found.level:.0f}%, all {covered} together. ! more than a group of its size loses by "
            f"lot, beyond chance. (few): under {FEW} jurors, by number or by weight, too few to say anything of it."
        )
    return _page(verdict(found), body, [*notes, found.panel.caveat or ""])


def sweep_html(found: Sweep) -> str:
    """Return a sweep as HTML: its sentences and tables, as `jury whatif` prints them."""
    from jury.whatif.telling import CAVEAT, sentences, summary_table, table

    cases = list(dict.fromkeys(found.frame["case"]))
    if len(cases) > _CASES:
        headings, rows = summary_table(found)
        body = _table(headings, rows)
    else:
        body = ""
        for case in cases:
            heads, cells, _ = table(found, case)
            body += _line(str(case)) + _table(heads, cells)
    notes = [CAVEAT, found.caveat or ""]
    if found.fresh:
        notes.insert(0, f"{len(found.fresh)} scenarios need new ballots and are in no row.")
    if not found.complete:
        notes.insert(0, "Stopped early: what was not reached says so.")
    return _page(sentences(found), body, notes)


def change_html(found: Change) -> str:
    """Return what deliberation changed as HTML: its sentences, and the verdicts before and after."""
    verdicts: pd.DataFrame = found.verdicts
    rows = [
        [
            str(row["case"]),
            str(row["rule"]),
            " = ".join(row["before"]) or "–",
            " = ".join(row["after"]) or "–",
            "changed" if row["changed"] else "",
            _figure(row["differs"]),
        ]
        for row in verdicts.to_dict("records")
    ]
    columns = ["case", "rule", found.before, found.after, "", "share of drawings in which they differ"]
    return _page(found.words(), _table(columns, rows), [NOT_PEOPLE])


def _page(lines: Sequence[str], body: str, notes: Iterable[str]) -> str:
    first, *others = lines
    said = f"<div><b><bdi>{escape(first)}</bdi></b></div>" + "".join(map(_line, others))
    below = "".join(f"<div><small><bdi>{escape(note)}</bdi></small></div>" for note in notes if note)
    return f"<div>{said}{body}{below}</div>"


def _line(text: str) -> str:
    return f"<div><bdi>{escape(text)}</bdi></div>"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table; the class is the one that notebooks style, light or dark, and no colour is set here."""
    head = "".join(f"<th><bdi>{escape(_short(name))}</bdi></th>" for name in columns)
    body = "".join(
        f"<tr>{''.join(f'<td><bdi>{escape(_short(cell))}</bdi></td>' for cell in row)}</tr>" for row in rows[:_ROWS]
    )
    left = _line(f"{len(rows) - _ROWS} more rows.") if len(rows) > _ROWS else ""
    return f'<table class="dataframe"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{left}'


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _interval(value: float, low: float, high: float) -> str:
    return _figure(value) if low != low else f"{_figure(value)} [{_figure(low)}, {_figure(high)}]"


def _figure(value: float) -> str:
    return "–" if value != value else f"{value:.2f}"


def _ballots(counts: dict[str, int]) -> str:
    told = [f"{counts[name]} {name}" for name in ("asked", "answered", "refused", "unparsed", "failed")]
    if counts["missing"]:
        told.append(f"{counts['missing']} missing")
    return f"Ballots: {', '.join(told)}."
