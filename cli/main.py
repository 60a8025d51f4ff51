"""``jury``: the command itself, its subcommands imported only when called."""

from __future__ import annotations

import importlib
import io
import os
import sys

import click

from cli.exits import FAILED, CommandFailed, describe
from cli.plain import READABLE, plain

#: Command -> one line of help. The module of the same name in this package holds it, as ``command``.
COMMANDS = {
    "simulate": "Ask a simulated jury and print what it decided.",
    "audit": "Show who lost, in a run or in a table of human ratings.",
    "rounds": "Show what the rounds of a deliberation changed.",
    "transcript": "Print what the jurors of a run said, round by round.",
    "whatif": "Ask stored ballots what other juries and rules would have decided.",
    "deliberate": "Let stored answers go through a model of opinion change: who would give way?",
    "packages": "Tell what each part of judged policy packages does, and which package is best.",
    "budget": "Fund the alternatives of a case as projects, from stored ballots.",
    "condorcet": "Compare juries with Condorcet's jury theorem, where right answers are known.",
    "aggregate": "Decide a table of utilities, rankings or approvals under any rule.",
    "benchmark": "Measure how pluralistic models are, beside people.",
    "validate": "Compare what simulated jurors said with what the same people said.",
    "view": "Show runs in a browser: live, side by side, every ballot.",
    "report": "Write a run, or people's ratings, as one page of HTML.",
    "export": "Write the ballots of a run as CSV, JSON lines, Parquet or a workbook, with a data card.",
    "personas": "List, check, build and sample populations.",
    "batches": "Show or cancel the batches of a run that are with a provider.",
    "models": "List models; fetch the embedded one.",
    "cache": "Show or clear the cache of replies that runs share.",
    "rules": "List the rules that decide, with their parameters.",
    "axioms": "Search for violations of axioms by a rule, yours or a built-in one.",
    "schema": "Print the JSON Schema of study files.",
    "doctor": "Check the installation and what each provider needs.",
}


class LazyGroup(click.Group):
    """A group that imports a subcommand when it is called, and lists them without importing any."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a subcommand."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pluralistic-jury", prog_name="jury")
def jury() -> None:
    """Jury simulation and social choice.

    Personas drawn from described populations prompt a model as simulated jurors; rules of social choice decide
    what the jury said, and the audit shows who lost.

    Start with a bare `jury simulate`: it needs no key and, after the first time, no network.
    """


def main() -> None:
    """Run the command line; every foreseen error is one line on stderr and exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=READABLE)  # a terminal without the characters is no reason to fail
    try:
        jury(prog_name="jury", standalone_mode=False)
    except CommandFailed as failure:
        if str(failure):
            click.echo(f"Error: {plain(str(failure))}", err=True)
        sys.exit(failure.code)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        for line in shown.getvalue().splitlines():
            click.echo(plain(line), err=True)  # it may quote the name of a file
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader of our output (head, less) has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)
    except Exception as error:
        message = describe(error)
        if message is None:
            raise
        click.echo(f"Error: {message}", err=True)
        sys.exit(FAILED)


if __name__ == "__main__":
    main()
