"""``jury simulate``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.exits import BUDGET, FAILED, INCOMPLETE, CommandFailed
from cli.output import console, count, denominators, output_option, print_json, say
from cli.progress import PullLines, run_progress

if TYPE_CHECKING:
    from jury.run import Run
    from jury.study import Study

_WHY = {
    "interrupted": "stopped on request",
    "budget": "the budget is reached",
    "failing": "the model kept failing",
    "complete": "some requests failed",
}


@click.command("simulate")
@click.argument("study", default="minimum-wage", metavar="[STUDY.yaml]")
@click.option("--model", help="provider/name, for instance openai/gpt-5-mini or local/PATH.gguf.")
@click.option("--model-base-url", metavar="URL", help="Address of the server, for openai-compatible/NAME.")
@click.option("--jurors", type=click.IntRange(min=1), metavar="N", help="Number of jurors.")
@click.option("--seed", type=click.IntRange(min=0), metavar="S", help="The same seed gives the same run.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="RUN", help="Run file to write.")
@click.option("--resume", is_flag=True, help="Go on with --out, or with the newest run of this study in runs/.")
@click.option(
    "--dry-run", is_flag=True, help="Show the jury, the first prompt and how much would be asked; ask nothing."
)
@click.option("--max-cost", type=click.FloatRange(min=0), metavar="USD", help="Stop before this is passed.")
@click.option("--max-connections", type=click.IntRange(min=1), metavar="N", help="Ballots in flight at most.")
@output_option
def command(
    study: str,
    model: str | None,
    model_base_url: str | None,
    jurors: int | None,
    seed: int | None,
    out: Path | None,
    resume: bool,
    dry_run: bool,
    max_cost: float | None,
    max_connections: int | None,
    output: str,
) -> None:
    r"""Ask a simulated jury and print what it decided.

    STUDY.yaml is a study file or the name of a built-in study; without one, the built-in study minimum-wage runs
    on the embedded model, with no key. Options override the study. Ctrl-C once finishes what is in flight and
    stops; --resume asks exactly what is missing.

    \b
    Exit codes: 0 done; 1 bad input or failure; 3 finished with missing ballots; 4 budget reached.
    """
    from jury.study import Study

    changed = _changed(Study.load(study), model, model_base_url, jurors, seed)
    if dry_run:
        _dry_run(changed, output)
        return
    run = _simulate(changed, out=out, resume=resume, max_cost=max_cost, max_connections=max_connections)
    if output == "json":
        from cli.reports import run_document

        print_json(run_document(run))
    elif run.denominators()["answered"]:
        from cli.reports import print_run

        print_run(run, console())
    _leave(run, _again(click.get_current_context().params, run))


def _changed(study: Study, model: str | None, base_url: str | None, jurors: int | None, seed: int | None) -> Study:
    changes: dict[str, Any] = {}
    if model is not None or base_url is not None:
        block = study.model.model_dump(mode="json")
        # Another model's own options would be an error there.
        changes["model"] = block | {"options": {}, "name": model} if model and model != block["name"] else block
        if base_url is not None:
            changes["model"]["base_url"] = base_url
    if jurors is not None:
        changes["jurors"] = study.jurors.model_dump(mode="json") | {"n": jurors}
    if seed is not None:
        changes["seed"] = seed
    return study.changed(**changes) if changes else study


def _simulate(study: Study, **options: Any) -> Run:  # noqa: ANN401 - see jury.simulation.Options
    from jury.models.embedded import EMBEDDED_MODEL, pull
    from jury.simulation import simulate

    if study.model.name == f"local/{EMBEDDED_MODEL}":
        pull(PullLines())
    with run_progress() as report:
        return simulate(study, report=report, **options)


def _dry_run(study: Study, output: str) -> None:
    from jury.preview import preview

    shown = preview(study)
    if output == "json":
        print_json(shown.to_dict())
        return
    out = console()
    say(
        out,
        f"{study.name}: would ask {count(shown.ballots, 'ballot')} in {count(shown.requests, 'request')} "
        f"of {study.model.name}.",
    )
    say(out, f"Jury: {shown.jury}.")
    for warning in shown.warnings:
        say(out, f"Warning: {warning}")
    say(out, f"Readout: {shown.readout}. Estimated cost: {shown.cost_words()}.")
    out.print()
    say(out, "The first prompt, system then user:", style="bold")
    out.print()
    for line in shown.prompt.split("\n"):
        say(out, line, wrap=False)


def _again(options: dict[str, Any], run: Run) -> str:
    """Return the command that goes on with `run`."""
    words = ["jury", "simulate", options["study"]]
    for name in ("model", "model_base_url", "jurors", "seed", "max_connections"):
        if options[name] is not None:
            words += [f"--{name.replace('_', '-')}", str(options[name])]
    if options["max_cost"] is not None:
        words += ["--max-cost", "USD" if run.end == "budget" else str(options["max_cost"])]
    return shlex.join([*words, "--resume", "--out", str(run.path)])


def _leave(run: Run, again: str) -> None:
    """End with the exit code that says how complete the run is."""
    counts = run.denominators()
    lacking = counts["failed"] + counts["missing"]
    problem = f" ({run.problem})" if run.problem else ""
    if not lacking:
        if not counts["answered"]:
            raise CommandFailed(f"no usable ballots. {denominators(counts)}{problem} Run file: {run.path}", FAILED)
        return
    why = _WHY[run.end or "complete"]
    code = BUDGET if run.end == "budget" else INCOMPLETE
    if not counts["answered"] and run.end not in ("budget", "interrupted"):
        code = FAILED  # nothing came of it, and not because it was stopped
    more = " with a higher --max-cost" if run.end == "budget" else ""
    raise CommandFailed(
        f"{lacking} of {counts['asked']} ballots are missing: {why}{problem}. Fill them{more}: {again}", code
    )
