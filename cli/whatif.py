"""``jury whatif``."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.ballots import open_ballots
from cli.exits import INCOMPLETE, USAGE, CommandFailed
from cli.output import console, count, csv_option, output_option, plot_option, print_json, say, show
from cli.progress import counting, working
from cli.rating_columns import RatingColumns, column_options

if TYPE_CHECKING:
    from rich.console import Console

    from jury.panel import Panel
    from jury.study import Study
    from jury.whatif import Sweep, TippingPoint

_ROWS = 40  # of a table for people; the rest is in -o json and --csv
_SINGLE = 3  # cases up to which each has a table


_KEYS = (
    "Keys: jurors, share:GROUP, only, seats:GROUP, quota:GROUP, population, power:GROUP, rule, alpha, threshold, "
    "scale, veto, double, quorum, abstentions; model, style and wording need new ballots. A GROUP is attribute=level, "
    "a range start:stop:step, as in share:race=Black=0:1:0.1."
)


@click.command("whatif", epilog=_KEYS)
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="RUN|STUDY|DATA")
@click.option(
    "--vary",
    multiple=True,
    metavar="KEY=VALUES",
    help="What is other, such as jurors=6,12 or seats:race=Black=0,1,2; see below.",
)
@click.option("--baseline", multiple=True, metavar="KEY=VALUE", help="What all is compared with; as it is by default.")
@click.option("--zip", "together", is_flag=True, help="Take the first values together, then the second ones, ...")
@click.option(
    "--tip", multiple=True, metavar="KEY", help="Find where the verdict flips: share:race=Black, threshold ..."
)
@click.option("--rule", help="Rule that decides where no key says; the first of the study by default.")
@click.option("--case", "cases", multiple=True, metavar="ID", help="Some cases only.")
@click.option("--on", multiple=True, metavar="ATTR", help="Attributes on which population=... is met.")
@click.option("--few", type=click.IntRange(min=2), default=10, show_default=True, help="Fewest jurors of a group.")
@click.option("--resamples", type=click.IntRange(min=2), default=1000, show_default=True, help="Bootstraps.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of bootstraps and lots.")
@click.option("--kind", metavar="KIND", help="DATA: ratings by people, of a kind such as polis, crehate or lewidi.")
@column_options("--case-column")
@csv_option("every row")
@plot_option("the first key")
@output_option
def command(
    source: Path,
    vary: tuple[str, ...],
    baseline: tuple[str, ...],
    together: bool,
    tip: tuple[str, ...],
    rule: str | None,
    cases: tuple[str, ...],
    on: tuple[str, ...],
    few: int,
    resamples: int,
    seed: int,
    kind: str | None,
    columns: RatingColumns,
    csv: Path | None,
    plot: Path | None,
    output: str,
) -> None:
    """Ask stored ballots what other juries, rules and compositions would have decided. Costs nothing.

    For a run, the study's scenarios are taken where no key is varied. What only new ballots can tell (model, style,
    wording) is planned and priced, not asked; of a STUDY without a run all is. A table of ratings (CSV or Parquet, one
    row a rating) is read as `jury audit` reads it, with its columns named. Ctrl-C tells what is counted so far, and
    exits with 3.
    """
    import numpy as np

    from jury.whatif import Draws, sweep, tipping_point

    if plot is not None:
        from jury.plots import check_file

        check_file(plot)
    if csv is not None and not csv.parent.is_dir():
        raise CommandFailed(f"--csv {csv}: no folder {str(csv.parent)!r}; make it first")
    panel, study = open_ballots(source, kind, columns)
    decides = rule if study is None else rule or study.rule_names()[0]
    scenarios = study.scenarios if study is not None and not (vary or tip) else {}
    if not vary and not scenarios and not tip:
        raise CommandFailed("nothing to vary: give --vary KEY=VALUES, --tip KEY, or a study with scenarios", USAGE)
    if panel is None:
        _print_plan_of_study(study, vary, scenarios, baseline, together, decides, output)
        return
    shared: dict[str, Any] = {"rule": decides, "cases": cases or None, "few": few}
    found = None
    if vary or scenarios:
        with counting("Counting") as report:
            found = sweep(
                panel, vary, baseline=baseline, scenarios=scenarios, together=together, on=on,
                draws=Draws(resamples=resamples), rng=np.random.default_rng(seed), report=report, **shared,
            )  # fmt: skip
    with working("Looking for where the verdict flips") if tip else nullcontext():
        tips = [
            point
            for key in tip
            for point in tipping_point(
                panel, key, baseline=baseline, resamples=min(resamples, 500), rng=np.random.default_rng(seed), **shared
            )
        ]
    _write(found, tips, csv, plot)
    if output == "json":
        print_json(_document(panel, study, found, tips))
    else:
        _print(panel, study, found, tips)
    if found is not None and not found.complete:
        raise CommandFailed("", INCOMPLETE)


def _document(panel: Panel, study: Study | None, found: Sweep | None, tips: list[TippingPoint]) -> dict[str, Any]:
    from jury.whatif.planning import plan
    from jury.whatif.telling import CAVEAT, sentences

    document: dict[str, Any] = {"source": panel.name, "caveats": [CAVEAT, *([panel.caveat] if panel.caveat else [])]}
    if found is not None:
        document |= found.to_dict() | {"said": sentences(found)}
        if study is not None:
            document["needs_new_ballots"] = [each.to_dict() for each in plan(study, found.fresh)]
    return document | {"tipping_points": [each.to_dict() for each in tips]}


def _print(panel: Panel, study: Study | None, found: Sweep | None, tips: list[TippingPoint]) -> None:
    from jury.whatif.telling import CAVEAT, sentences, summary_table, table

    out = console()
    if found is not None:
        answered = sum(len(panel.votes.get(case, ())) for case in dict.fromkeys(found.at_baseline["case"]))
        cells, ballots = count(len(found.frame), "cell"), count(answered, "stored ballot")
        say(out, f"What if, of {panel.name}: {cells} from {ballots}, none new.")
        for sentence in sentences(found):
            say(out, sentence)
        cases = list(dict.fromkeys(found.frame["case"]))
        if len(cases) > _SINGLE:
            headings, rows = summary_table(found)
            _show(out, f"Over {len(cases)} cases", list(headings), rows, 1)
        else:
            for case in cases:
                headings, rows, left = table(found, case)
                _show(out, panel.case(case).prompt, headings, rows, left)
        if not found.complete:
            say(out, "Stopped early: what was not reached says so.")
        if found.fresh:
            _print_needed(out, study, found)
    for each in tips:
        say(out, each.words())
    out.print()
    for caveat in (CAVEAT, panel.caveat):
        if caveat:
            say(out, caveat)


def _show(out: Console, title: str, headings: list[str], rows: list[list[str]], left: int) -> None:
    show(out, title, headings, rows[:_ROWS], left=left)
    if len(rows) > _ROWS:
        say(out, f"{len(rows) - _ROWS} more rows: -o json or --csv FILE has them all.")


def _print_needed(out: Console, study: Study | None, found: Sweep) -> None:
    from jury.whatif.planning import plan

    out.print()
    if study is None:
        say(out, f"Only new ballots can answer {count(len(found.fresh), 'scenario')}, and people's ratings give none.")
        return
    say(out, f"Only new ballots can answer {count(len(found.fresh), 'scenario')}; nothing has been asked:")
    for needed in plan(study, found.fresh):
        say(out, needed.words(), indent=2)


def _print_plan_of_study(
    study: Study | None,
    vary: tuple[str, ...],
    scenarios: dict[str, dict[str, Any]],
    baseline: tuple[str, ...],
    together: bool,
    rule: str | None,
    output: str,
) -> None:
    from jury.whatif.planning import plan_study

    if study is None:
        return
    needed, waiting = plan_study(
        study, vary, scenarios, baseline=baseline, together=together, rule=rule or study.rule_names()[0]
    )
    if output == "json":
        print_json(
            {"source": study.name, "scenarios": waiting, "needs_new_ballots": [each.to_dict() for each in needed]}
        )
        return
    out = console()
    say(
        out,
        f"{study.name} has no ballots yet: {count(waiting, 'scenario')} to answer after "
        f"{count(len(needed), 'run')}; nothing has been asked.",
    )
    for each in needed:
        say(out, each.words(), indent=2)
    say(
        out,
        "Make a run with `jury simulate`, then give `jury whatif` the run file: its ballots answer the rest at once.",
    )


def _write(found: Sweep | None, tips: list[TippingPoint], csv: Path | None, plot: Path | None) -> None:
    if csv is not None and found is not None:
        found.frame.to_csv(csv, index=False)
    if plot is not None:
        from jury.plots import draw

        name, given = ("sweep_curves", {"found": found}) if found is not None else ("tipping_points", {"found": tips})
        draw(name, **given).savefig(plot, dpi=200, bbox_inches="tight")
