"""``jury transcript``."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.output import console, output_option, print_json, say

if TYPE_CHECKING:
    from rich.console import Console

    from jury.deliberation.transcript import Utterance

_STAGES = {
    "draft": "the moderator writes",
    "ranking": "the jury ranks what the moderator wrote",
    "critique": "the jury says what is wrong with the first of them",
    "revision": "the moderator revises it",
    "final-ranking": "the jury ranks the revisions",
}


@click.command("transcript")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="RUN")
@click.option("--case", metavar="CASE", help="Only what was said about this case.")
@click.option("--juror", metavar="NAME", help="Only what this juror said, and the moderator.")
@output_option
def command(source: Path, case: str | None, juror: str | None, output: str) -> None:
    """Print what the jurors of RUN said, round by round.

    Each juror's opinion is shown as it was written, then the answer, and whom the juror had heard. Statements of a
    moderator stand with their place in the jury's ranking.
    """
    from jury.deliberation.transcript import transcript
    from jury.run import open_run

    run = open_run(source)
    said = transcript(run, case=case, juror=juror)
    if output == "json":
        print_json([one.to_dict() for one in said])
        return
    out = console()
    prompts = {each.id: each.prompt for each in run.panel(round=0).cases}
    for (about, replicate), spoken in groupby(said, key=lambda one: (one.case, one.replicate)):
        out.print()
        again = f", replicate {replicate}" if replicate else ""
        say(out, f"{about}{again}: {prompts[about]}", style="bold")
        for (number, stage), each in groupby(spoken, key=lambda one: (one.round, one.stage)):
            out.print()
            step = list(each)
            heard = any(one.heard or one.read for one in step)
            what = _STAGES.get(stage) or ("having heard" if heard else "asked again, hearing nobody")
            if number == 0:
                what = "hearing nobody"
            say(out, f"Round {number}, {what}", style="bold")
            for one in step:
                _print(one, out)


def _print(one: Utterance, out: Console) -> None:
    heard = f" (heard {', '.join(one.heard)})" if one.heard else ""
    place = f", ranked {one.place}" if one.place else ""
    status = "" if one.status == "answered" else f" [{one.status}]"
    name = f"{one.speaker}, {one.answer}{place}" if one.place or one.speaker == "moderator" else f"{one.speaker}{heard}"
    say(out, f"{name}{status}", indent=2)
    if one.words:
        say(out, one.words, indent=6)
    if one.answer and one.speaker != "moderator":
        say(out, f"→ {one.answer}", indent=6)
