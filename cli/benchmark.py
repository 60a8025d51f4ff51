"""``jury benchmark``: how pluralistic models are, in six senses, on registered benchmarks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.exits import BUDGET, INCOMPLETE, CommandFailed
from cli.output import console, count, output_option, print_json, say, show
from cli.progress import run_progress

if TYPE_CHECKING:
    from jury.benchmarks import Page, Settings


class _ShortForm(click.Group):
    """A group in which ``jury benchmark NAME`` is short for ``jury benchmark run NAME``."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            from jury.benchmarks import benchmarks

            if args[0] in benchmarks:
                args = ["run", *args]
        return super().resolve_command(ctx, args)


@click.group("benchmark", cls=_ShortForm)
def command() -> None:
    """Measure how pluralistic models are, in each of six senses, beside people.

    Stored answers need no model; live ones are asked through the engine, and kept. `jury benchmark NAME` is short for
    `jury benchmark run NAME`. Data is not shipped: the card says how to get it.
    """


@command.command("list")
@output_option
def list_benchmarks(output: str) -> None:
    """List the benchmarks."""
    from jury.benchmarks import benchmarks

    cards = [benchmark.card for benchmark in benchmarks.values()]
    if output == "json":
        print_json([card.to_dict() for card in cards])
        return
    rows = [[card.name, card.title, ", ".join(card.senses)] for card in cards]
    show(console(), "", ["name", "what", "senses"], rows, left=3)


@command.command("show")
@click.argument("name")
@output_option
def show_card(name: str, output: str) -> None:
    """Show a benchmark's card: source, licence, how to get the data, known faults."""
    from jury.benchmarks import benchmarks

    card = benchmarks[name].card
    if output == "json":
        print_json(card.to_dict())
        return
    out = console()
    say(out, card.title, style="bold")
    for heading, text in (
        ("Measures", card.measures),
        ("Senses", ", ".join(card.senses)),
        ("Source", card.source),
        ("Licence", card.licence),
        ("Data", f"--data PATH, where PATH holds {' or '.join(card.looks_for)}. Get it: {card.obtain}"),
        ("Hub", f"{card.hub}, read with the package datasets when no path is given" if card.hub else ""),
    ):
        if text:
            say(out, f"{heading}: {text}")
    for fault in card.faults:
        say(out, f"Known fault: {fault}")


@command.command("run")
@click.argument("name")
@click.option("--data", type=click.Path(path_type=Path), metavar="PATH", help="Folder or file of the data.")
@click.option(
    "--model", "models", multiple=True, metavar="PROVIDER/NAME", help="A model to ask live; may be given again."
)
@click.option("--model-base-url", metavar="URL", help="Address of the server, for openai-compatible/NAME.")
@click.option("--group", "groups", multiple=True, help="A group to show and to steer to; may be given again.")
@click.option(
    "--pair", "pairs", type=(str, str), multiple=True, metavar="BEFORE AFTER", help="Two models to compare, paired."
)
@click.option("--questions", type=click.IntRange(min=1), metavar="N", help="Use so many questions, drawn by the seed.")
@click.option("--steer", is_flag=True, help="Ask live models again as a member of each group shown.")
@click.option(
    "--repetitions", type=click.IntRange(min=1), default=5, show_default=True, help="How often a question is asked."
)
@click.option(
    "--shots",
    type=click.IntRange(0, 3),
    default=3,
    show_default=True,
    help="In-context questions with random answers before each question.",
)
@click.option(
    "--token-variants",
    type=click.Choice(["logsumexp", "legacy_sum"]),
    default="logsumexp",
    show_default=True,
    help="How spellings of an option are pooled: probabilities added, or log-probabilities as released code did.",
)
@click.option(
    "--base", type=float, default=2.0, show_default=True, help="Of the logarithm in Jensen-Shannon distances."
)
@click.option("--population", default="us-adults", show_default=True, help="Who judges outputs.")
@click.option("--jurors", type=click.IntRange(min=2), default=12, show_default=True, help="How many of them.")
@click.option("--judge", metavar="PROVIDER/NAME", help="Model that plays the jurors; by default the first --model.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Of the questions drawn, their order, the jurors and every resampling.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder of the run files; the same command with the same folder asks what is missing.",
)
@click.option("--max-cost", type=click.FloatRange(min=0), metavar="USD", help="Stop before this is passed.")
@click.option("--max-connections", type=click.IntRange(min=1), metavar="N", help="Requests in flight at most.")
@click.option(
    "--plots",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the figures there, each as SVG, PDF and PNG; needs the extra `plots`.",
)
@output_option
def run(name: str, output: str, plots: Path | None, **given: Any) -> None:  # noqa: ANN401 - the options above
    """Run a benchmark and print one page: what it found in each sense, with intervals and caveats.

    \b
    Exit codes: 0 done; 1 bad input or failure; 3 finished with missing ballots; 4 budget reached.
    """  # noqa: D301 - click's own mark of a paragraph that is not rewrapped
    from jury.benchmarks import benchmarks

    benchmark = benchmarks[name]
    if plots is not None:
        from jury.plots import check_installed

        check_installed()
    with run_progress() as report:
        page = benchmark.run(_settings(given, report))
    if output == "json":
        print_json(page.to_dict())
    else:
        _print_page(page)
    if plots is not None:
        from jury.plots import save_all

        written = save_all(page.drawings, plots)
        click.echo(f"Wrote {count(len(written), 'file')} to {plots}", err=True)
    _leave(page)


def _settings(given: dict[str, Any], report: Any) -> Settings:  # noqa: ANN401 - a callable of jury.progress
    from jury.backends.address import check_address_taken
    from jury.benchmarks import Engine, Settings, named_model
    from jury.benchmarks.base import ADDRESSED

    taken = ("models", "model_base_url", "judge", "out", "max_cost", "max_connections")
    rest = {name: value for name, value in given.items() if name not in taken}
    address = given["model_base_url"]
    check_address_taken(address, filter(None, (*given["models"], given["judge"])), takers=ADDRESSED)
    return Settings(
        models=tuple(named_model(model, address) for model in given["models"]),
        judge=named_model(given["judge"], address) if given["judge"] else None,
        engine=Engine(given["out"], given["max_cost"], given["max_connections"], report),
        **rest,
    )


def _print_page(page: Page) -> None:
    from jury.estimates import Estimate

    def cell(value: object) -> object:
        if isinstance(value, Estimate):
            return value.words() if value.count else None
        return value

    out = console()
    say(out, page.card.title, style="bold")
    say(out, f"Models: {', '.join(page.models)}.")
    for line in page.about:
        say(out, line)
    for number, finding in enumerate(page.findings, start=1):
        out.print()
        say(out, f"{number}. {finding.sense[0].upper()}{finding.sense[1:]}", style="bold")
        for table in finding.tables:
            rows = [[cell(value) for value in row] for row in table.rows]
            left = next(
                (
                    place
                    for place in range(len(table.columns))
                    if not all(isinstance(row[place], str) for row in table.rows)
                ),
                len(table.columns),
            )
            show(out, table.title, table.columns, rows, left=max(left, 1))
            if table.note:
                say(out, table.note)
        for remark in finding.remarks:
            say(out, remark)
    out.print()
    say(out, "How far to trust this", style="bold")
    for caveat in page.caveats:
        say(out, caveat, indent=2)
    say(out, "Intervals are at 95 %, and take the questions (or prompts, or jurors) for a sample of such.", indent=2)
    for stored in page.runs:
        ballots = ", ".join(f"{number} {name}" for name, number in stored.ballots.items() if number)
        say(out, f"Run: {stored.what}: {ballots}: {stored.path}", wrap=False)


def _leave(page: Page) -> None:
    """End with the exit code that says how complete the runs are."""
    lacking = sum(stored.lacking for stored in page.runs)
    if not lacking:
        return
    code = BUDGET if any(stored.end == "budget" for stored in page.runs) else INCOMPLETE
    folder = Path(page.runs[0].path).parent
    raise CommandFailed(
        f"{count(lacking, 'ballot')} missing; the same command with --out {folder} asks what is missing", code
    )
