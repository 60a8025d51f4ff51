"""What is printed of the rounds of a deliberation."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from rich.console import Console

from cli.deliberation_page import print_change
from cli.output import count, denominators, say, show
from jury.deliberation.live import Deliberated, deliberated

if TYPE_CHECKING:
    from jury.run import Run


def rounds_document(run: Run) -> dict[str, Any]:
    """Return what is printed of the rounds of a run, as plain JSON types."""
    found = deliberated(run)
    ballots = {str(number): run.panel(round=number).denominators() for number in range(run.rounds + 1)}
    return {"ballots_by_round": ballots, **({} if found is None else found.to_dict())}


def print_rounds(run: Run, out: Console) -> None:
    """Print what hearing each other changed, and who is silent."""
    found = deliberated(run)
    if found is not None:
        _print_change(found, run, out)
    for number in range(run.latest_round):
        counts = run.panel(round=number).denominators()
        if counts["answered"] < counts["asked"]:
            say(out, f"Round {number}, who is not answered being silent in the next. {denominators(counts)}")


def _print_change(found: Deliberated, run: Run, out: Console) -> None:
    out.print()
    title = f"What {count(found.rounds, 'round')} of deliberation changed"
    if found.rounds < run.rounds:
        title += f", of {run.rounds} that the study has"
    say(out, title, style="bold")
    for line in found.change.words():
        say(out, line, indent=2)
    print_change(out, found.change, run.panel(), brief=True)
    rows = [[row["round"], *(row[name] for name in _FIGURES)] for row in found.divisions.to_dict("records")]
    show(out, "How divided the jury is, by round (lower is more at one)", ["round", *_FIGURES], rows)
    for caution in found.change.cautions:
        say(out, caution, indent=2)
    quoted = shlex.quote(str(run.path))
    say(
        out,
        f"What was said: jury transcript {quoted}; before anybody was heard: jury audit {quoted} --round 0",
        wrap=False,
    )


_FIGURES = ("polarisation", "variance", "disagreement")
