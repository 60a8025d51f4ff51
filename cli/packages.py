"""``jury packages``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.ballots import open_ballots
from cli.exits import USAGE, CommandFailed
from cli.output import console, count, csv_option, output_option, plot_option, print_json, say, show
from cli.rating_columns import RatingColumns, column_options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from jury.panel import Panel
    from jury.study import Study
    from jury.whatif.packages import PackageFindings


@click.command("packages")
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="RUN|STUDY|DATA")
@click.option("--by", multiple=True, metavar="ATTR", help="Groups of jurors; those of the study by default.")
@click.option("--rule", "rules", multiple=True, help="Rule under which the best package is told; several of welfare.")
@click.option(
    "--packages",
    "table",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="CSV that says what the alternatives are made of: first their ids, then a column an attribute.",
)
@click.option("--few", type=click.IntRange(min=2), default=10, show_default=True, help="Fewest jurors of a group.")
@click.option("--resamples", type=click.IntRange(min=2), default=200, show_default=True, help="Bootstraps.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the bootstraps.")
@click.option("--kind", metavar="KIND", help="DATA: ratings by people, of a kind such as polis, crehate or lewidi.")
@column_options("--case-column")
@csv_option("every effect")
@plot_option("the effects")
@output_option
def command(
    source: Path,
    by: tuple[str, ...],
    rules: tuple[str, ...],
    table: Path | None,
    few: int,
    resamples: int,
    seed: int,
    kind: str | None,
    columns: RatingColumns,
    csv: Path | None,
    plot: Path | None,
    output: str,
) -> None:
    """Tell what each part of judged policy packages does, for whom, and which package is best.

    A study with `cases: {packages: {prompt: ..., attributes: ...}}` builds them by a design; before its run, the
    design is shown. Effects are average marginal component effects (conjoint analysis).
    """
    import numpy as np

    from jury.auditing.rules import reads_utilities
    from jury.whatif.packages import RULES, package_findings

    if plot is not None:
        from jury.plots import check_file

        check_file(plot)
    panel, study = open_ballots(source, kind, columns)
    if panel is None:
        _print_design(study, source, output)
        return
    packages, levels = _packages(panel, study, source, table)
    own = tuple(filter(reads_utilities, study.rule_names())) if study is not None else ()
    found = package_findings(
        panel, packages, np.random.default_rng(seed), by=by or panel.by, rules=rules or own or RULES, levels=levels,
        few=few, resamples=resamples,
    )  # fmt: skip
    if csv is not None:
        found.frame.to_csv(csv, index=False)
    if plot is not None:
        from jury.plots import draw

        draw("component_effects", found=found).savefig(plot, dpi=200, bbox_inches="tight")
    if output == "json":
        _print_document(panel, found)
    else:
        _print(panel, found)


def _packages(
    panel: Panel, study: Study | None, source: Path, table: Path | None
) -> tuple[pd.DataFrame, Mapping[str, Sequence[str]] | None]:
    """Return the packages, and the order of their levels where the study says."""
    from jury.whatif.conjoint import packages_shown, read_packages
    from jury.whatif.side_by_side import package_block

    if table is not None:
        return read_packages(table), None
    block = None if study is None else package_block(study)
    if block is None:
        raise CommandFailed(f"{source} builds no packages; say with --packages FILE what its alternatives are", USAGE)
    return packages_shown(panel.cases, block.attributes), block.attributes


def _print_document(panel: Panel, found: PackageFindings) -> None:
    from jury.whatif.packages_told import ADDED, package_sentences

    caveats = [ADDED, *([panel.caveat] if panel.caveat else [])]
    document: dict[str, Any] = {"source": panel.name, "said": package_sentences(found), "caveats": caveats}
    print_json(document | found.to_dict())


def _print(panel: Panel, found: PackageFindings) -> None:
    from jury.whatif.packages_told import ADDED, best_table, effects_table, package_sentences

    out = console()
    say(out, f"Policy packages judged in {panel.name}.")
    for sentence in package_sentences(found):
        say(out, sentence)
    for by in ("", *found.by_group):
        headings, rows = effects_table(found, by)
        show(out, f"Effects by {by}" if by else "Effects", headings, rows, left=2)
    headings, rows = best_table(found)
    show(out, "The best package", headings, rows, left=3)
    out.print()
    for caveat in (ADDED, panel.caveat):
        if caveat:
            say(out, caveat)


def _print_design(study: Study | None, source: Path, output: str) -> None:
    from jury.whatif.conjoint import aliases, d_efficiency, packages_shown
    from jury.whatif.packages_told import alias_sentence
    from jury.whatif.side_by_side import check_compared, package_block, package_cases

    block = None if study is None else package_block(study)
    if block is None or study is None:
        raise CommandFailed(f"{source} builds no packages; write cases: {{packages: {{...}}}} in it", USAGE)
    cases = package_cases(block)
    check_compared(block, cases, study.elicitation)
    packages = packages_shown(cases, block.attributes)
    efficiency = d_efficiency(packages, block.attributes)
    if output == "json":
        records = packages.rename_axis("package").reset_index().to_dict("records")
        shown = [{"id": case.id, "alternatives": list(case.alternative_ids)} for case in cases]
        mixed = aliases(packages, block.attributes).to_dict("records")
        print_json({"packages": records, "efficiency": efficiency, "aliases": mixed, "cases": shown})
        return
    out = console()
    say(
        out,
        f"A {block.design} design of {count(len(packages), 'package')} in {count(len(cases), 'case')} of "
        f"{block.per_case}, D-efficiency {100 * efficiency:.0f}%; nothing has been asked.",
    )
    say(out, alias_sentence(aliases(packages, block.attributes)))
    rows = [[str(name), *map(str, row)] for name, row in zip(packages.index, packages.to_numpy().tolist(), strict=True)]
    show(out, "", ["package", *packages.columns], rows, left=1 + len(packages.columns))
    say(out, "Make a run with `jury simulate`, then give `jury packages` the run file.")
