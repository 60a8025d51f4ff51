"""``jury axioms``."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from cli.exits import USAGE, CommandFailed
from cli.output import animated, console, count, diagnostics, output_option, print_json, say, show
from cli.plain import plain

if TYPE_CHECKING:
    from rich.console import Console

    from aggregators.axioms import Axiom, Finding, Subject
    from aggregators.axioms.labels import Known
    from aggregators.axioms.loading import Reads

EXAMPLES = 4_000  # as in aggregators.axioms.search, which a help text need not wait for
_EVERY = 10.0  # seconds between lines of progress where there is no terminal
_KINDS = ("utilities", "rankings", "approvals")
_NO_PROOF = "An axiom that holds in every case tried is not proven: another case may violate it."


@click.command("axioms")
@click.argument("rule", required=False)
@click.option("--axiom", "names", multiple=True, metavar="NAME", help="Only this axiom; may be given several times.")
@click.option(
    "--domain",
    type=click.Choice(["any", "linear"]),
    default="any",
    show_default=True,
    help="Rankings of any kind, or only those without ties that leave nothing unranked.",
)
@click.option(
    "--examples",
    type=click.IntRange(min=1),
    default=EXAMPLES,
    show_default=True,
    help="Random profiles that are tried, after the small ones.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="The same seed finds the same.")
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Stop the search for each axiom after so long; what is found then depends on the machine.",
)
@click.option(
    "--reads",
    type=click.Choice(_KINDS),
    help="What a function reads: as an array, if its parameter is annotated as one; otherwise as a profile. Default: "
    "the profile that is its annotation, or an array of utilities.",
)
@click.option(
    "--write-test",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write a new test file for pytest that pins what is found.",
)
@click.option("--table", is_flag=True, help="Print what is known of all rules and axioms, in Markdown.")
@output_option
def command(
    rule: str | None,
    names: tuple[str, ...],
    domain: str,
    examples: int,
    seed: int,
    time_limit: float | None,
    reads: str | None,
    write_test: Path | None,
    table: bool,
    output: str,
) -> None:
    """Search for violations of axioms by a rule; without RULE, list the axioms.

    RULE is a registered rule with its parameters, as in "isoelastic:alpha=2", or a function of yours:
    "package.module:function" or "path/to/file.py:function", which is imported from here. A function gets an array of
    one row a voter and one column an alternative, and returns scores, higher is better, or the winners.
    """
    if table:
        _refuse_beside_table(rule, output)
        _print_table()
        return
    if rule is None:
        _refuse_without_rule()
        _list(names, output)
        return
    from aggregators.axioms.loading import load
    from aggregators.axioms.survey import contradicts, declared, survey

    _refuse_file(write_test)
    with contextlib.redirect_stdout(sys.stderr):  # whatever a function prints is no result
        tested = load(rule, reads=cast("Reads | None", reads))
        searched = _names(tested, names)
        asked: dict[str, Any] = {"domain": domain, "examples": examples, "seed": seed}
        findings = list(_with_progress(survey(tested, searched, **asked, time_limit=time_limit), searched))
    claims = {} if tested.rule is None else {each.axiom: declared(tested, each.axiom) for each in findings}
    at_defaults = "=" not in rule
    contradicted = [each.axiom for each in findings if claims and at_defaults and contradicts(each, claims[each.axiom])]
    if write_test is not None:
        _write(write_test, findings, rule, asked | {"reads": reads})
    if output == "json":
        described = {"rule": tested.name, "kind": tested.kind, "reads": tested.reads.__name__}
        asked |= {"time_limit": time_limit}
        print_json(described | asked | {"findings": [_document(each, claims, contradicted) for each in findings]})
        return
    out = console()
    say(out, f"{tested.name}: {tested.kind} rule that reads {tested.reads.__name__}", style="bold")
    _print_findings(out, findings, claims, contradicted, at_defaults)


def _refuse_beside_table(rule: str | None, output: str) -> None:
    if rule is not None:
        raise CommandFailed("--table is of all rules; leave RULE out", USAGE)
    idle = [name for name in _given() if name != "--table" and (name != "--output" or output != "text")]
    if idle:
        raise CommandFailed(f"--table is of all axioms, in Markdown; leave out {', '.join(idle)}", USAGE)


def _refuse_without_rule() -> None:
    idle = [name for name in _given() if name not in {"--axiom", "--output"}]
    if idle:
        raise CommandFailed(f"{', '.join(idle)} belong{'s' * (len(idle) == 1)} to a RULE; name one", USAGE)


def _given() -> list[str]:
    """Return the options that the command line has, by their long names."""
    context = click.get_current_context()
    return [
        option.opts[-1]
        for option in context.command.params
        if isinstance(option, click.Option)
        and context.get_parameter_source(str(option.name)) is click.core.ParameterSource.COMMANDLINE
    ]


def _document(finding: Finding, claims: Mapping[str, Known], contradicted: list[str]) -> dict[str, Any]:
    told = None if finding.violation is None else str(finding.violation)
    declared = {"declared": claims.get(finding.axiom), "contradicted": finding.axiom in contradicted}
    return finding.to_dict() | declared | {"text": told}


def _list(names: tuple[str, ...], output: str) -> None:
    from aggregators.axioms import axioms

    chosen = [axioms[name] for name in names or axioms]
    if output == "json":
        print_json(
            [
                {
                    "name": each.name,
                    "aliases": list(each.aliases),
                    "kinds": list(each.kinds),
                    "reads": [kind.__name__ for kind in each.reads],
                    "statement": each.statement,
                    "formula": each.formula,
                    "source": each.source,
                }
                for each in chosen
            ]
        )
        return
    out = console()
    spoken: dict[str, list[list[str]]] = {}
    for each in chosen:
        spoken.setdefault(_speaks_of(each), []).append([each.name, each.statement])
    for title, rows in spoken.items():
        show(out, title, ["axiom", "what it asks"], rows, left=2)
    out.print()
    say(out, "jury axioms RULE searches for violations by a rule; -o json has the formulas and the sources.")


def _speaks_of(axiom: Axiom) -> str:
    *others, last = axiom.kinds
    kinds = f"{', '.join(others)} and {last}" if others else last
    reads = [kind.__name__ for kind in axiom.reads]
    return f"Of {kinds} rules, on {'ballots of any kind' if len(reads) == len(_KINDS) else ' and '.join(reads)}"


def _print_table() -> None:
    from aggregators.axioms.table import markdown

    click.echo(markdown(), nl=False)


def _names(tested: Subject, names: tuple[str, ...]) -> list[str]:
    from aggregators.axioms import axioms
    from aggregators.axioms.survey import applicable

    return list(dict.fromkeys(axioms.canonical(name) for name in names)) or applicable(tested)


def _with_progress(findings: Iterator[Finding], names: list[str]) -> Iterator[Finding]:
    """Yield what is found, and show on stderr what is being searched for."""
    if not animated():
        yield from _with_lines(findings, len(names))
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("Searching"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=diagnostics(), transient=True) as bar:
        task = bar.add_task(names[0], total=len(names))
        for done, finding in enumerate(findings, start=1):
            yield finding
            bar.update(task, completed=done, description=names[done] if done < len(names) else "")


def _with_lines(findings: Iterator[Finding], total: int) -> Iterator[Finding]:
    """Yield findings, and write a line to stderr after the first of every ten seconds."""
    last = time.monotonic()
    for done, finding in enumerate(findings, start=1):
        if time.monotonic() - last >= _EVERY:
            last = time.monotonic()
            click.echo(f"searched {done}/{total}: {finding.axiom}", err=True)
        yield finding


def _print_findings(
    out: Console, findings: list[Finding], claims: Mapping[str, Known], contradicted: list[str], at_defaults: bool
) -> None:
    columns = ["axiom", "result", "smallest witness"]
    rows = [[each.axiom, _result(each), _size(each)] for each in findings]
    if claims:
        columns.insert(2, "declared" if at_defaults else "declared, by default")
        for row, each in zip(rows, findings, strict=True):
            claimed: str = "–" if claims[each.axiom] == "unlabelled" else claims[each.axiom]
            row.insert(2, f"{claimed}: CONTRADICTED" if each.axiom in contradicted else claimed)
    show(out, "", columns, rows, left=len(columns))
    for each in findings:
        if each.violation is not None:
            out.print()
            for number, line in enumerate(str(each.violation).splitlines()):
                say(out, line, style="" if number else "bold", wrap=number == 0)
    out.print()
    for each in findings:
        if each.status == "not applicable":
            say(out, f"{each.axiom} {each.reason}.")
    refusals: dict[str, list[str]] = {}
    for each in findings:
        if each.refusal:
            refusals.setdefault(each.refusal, []).append(each.axiom)
    for refusal, axioms in refusals.items():
        say(out, f"First refused for {', '.join(axioms)}: {refusal}")
    if contradicted:
        say(
            out,
            f"CONTRADICTION: the rule is declared to satisfy {', '.join(contradicted)}, and does not; either the "
            "declaration or the rule is wrong.",
            style="bold red",
        )
    if any(each.status == "held" for each in findings):
        say(out, _NO_PROOF)


def _result(finding: Finding) -> str:
    words: str = finding.status
    if finding.status == "held":
        words = f"holds in {_many(finding.cases, 'case')}"
    if finding.reason and finding.status != "not applicable":
        words += f", {finding.reason}"
    return words + (f", refused {_many(finding.refused, 'profile')}" if finding.refused else "")


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _size(finding: Finding) -> str:
    if finding.violation is None:
        return "–"
    alternatives, weight, _ = finding.violation.size
    return f"{count(alternatives, 'alternative')}, {weight:g} voter{'' if weight == 1 else 's'}"


def _refuse_file(path: Path | None) -> None:
    """Say before the search that a test file cannot be written."""
    if path is None:
        return
    if path.exists():
        raise CommandFailed(f"--write-test {path}: exists, and is left as it is; name a new file")
    if not path.parent.is_dir():
        raise CommandFailed(f"--write-test {path}: there is no folder {path.parent}; make it first")
    if path.suffix != ".py":
        raise CommandFailed(f"--write-test {path}: pytest reads Python files; name it test_<something>.py")


def _write(path: Path, findings: list[Finding], rule: str, options: dict[str, Any]) -> None:
    from aggregators.axioms.loading import registered
    from aggregators.axioms.pinning import pinned

    folder = None if registered(rule) else Path(os.path.relpath(Path.cwd(), path.parent.resolve())).as_posix()
    source = pinned(findings, rule, folder=folder, **options)
    with path.open("x", encoding="utf-8") as file:
        file.write(source)
    click.echo(f"written: {plain(str(path))}", err=True)
