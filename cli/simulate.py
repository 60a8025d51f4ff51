"""``jury simulate``."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.exits import BUDGET, FAILED, INCOMPLETE, CommandFailed
from cli.output import console, count, denominators, output_option, print_json, say
from cli.progress import PullLines, clock, run_progress

if TYPE_CHECKING:
    from rich.console import Console

    from jury.preview import Preview
    from jury.run import Run
    from jury.study import Study

#: Options that say how a study is run, passed on as they are.
_RUNNING = ("out", "resume", "batch", "max_cost", "max_connections", "max_rpm", "max_tpm", "hedge", "patience")

_PATIENCE = 600.0

_WHY = {
    "interrupted": "stopped on request",
    "budget": "the budget is reached",
    "failing": "the model kept failing",
    "complete": "some requests failed",
}


@click.command("simulate")
@click.argument("study", default="minimum-wage", metavar="[STUDY.yaml]")
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="PROVIDER/NAME",
    help="For instance openai/gpt-5-mini or local/PATH.gguf; given again, the models share the jury.",
)
@click.option("--model-base-url", metavar="URL", help="Address of the server, for openai-compatible/NAME.")
@click.option("--jurors", type=click.IntRange(min=1), metavar="N", help="Number of jurors.")
@click.option("--seed", type=click.IntRange(min=0), metavar="S", help="The same seed gives the same run.")
@click.option("--no-persona", is_flag=True, help="Ask the model as itself: the same jury and orders, no descriptions.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="RUN", help="Run file to write.")
@click.option("--resume", is_flag=True, help="Go on with --out, or with the newest run of this study in runs/.")
@click.option(
    "--batch", is_flag=True, help="Ask through the provider's batch interface: half the price, answered within a day."
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Show the jury, the first prompt, and what would be asked, at what cost and in what time; ask nothing.",
)
@click.option("--max-cost", type=click.FloatRange(min=0), metavar="USD", help="Stop before this is passed.")
@click.option(
    "--price",
    type=click.FloatRange(min=0),
    nargs=2,
    metavar="INPUT OUTPUT",
    help="US dollars for a million tokens, for models that the price list lacks.",
)
@click.option("--max-connections", type=click.IntRange(min=1), metavar="N", help="Requests in flight at most.")
@click.option("--max-rpm", type=click.FloatRange(min=0, min_open=True), metavar="N", help="Requests a minute at most.")
@click.option("--max-tpm", type=click.FloatRange(min=0, min_open=True), metavar="N", help="Tokens a minute at most.")
@click.option(
    "--hedge",
    type=click.FloatRange(0, 1),
    default=0.0,
    metavar="SHARE",
    help="Make up to this share of the requests a second time when they are among the slowest 5 %; it may cost more.",
)
@click.option(
    "--patience",
    type=click.FloatRange(min=0),
    default=_PATIENCE,
    show_default=True,
    metavar="SECONDS",
    help="How long a provider may be down before the run is given up.",
)
@click.option(
    "--injection-probe",
    is_flag=True,
    help="Plant instructions in one alternative of each case, and show how far the jurors obey them.",
)
@click.option("--no-cache", is_flag=True, help="Neither take replies from the cache that runs share nor keep any.")
@output_option
def command(study: str, output: str, **given: Any) -> None:  # noqa: ANN401 - the options above
    """Ask a simulated jury and print what it decided.

    STUDY.yaml is a study file or the name of a built-in study; without one, the built-in study minimum-wage runs
    on the embedded model, with no key. Options override the study. Ctrl-C once finishes what is in flight and
    stops; --resume asks exactly what is missing. With --batch, Ctrl-C leaves the batches to the provider and --resume
    collects them.

    \b
    Exit codes: 0 done; 1 bad input or failure; 3 finished with missing ballots; 4 budget reached.
    """  # noqa: D301 - click's own mark of a paragraph that is not rewrapped
    from jury.study import Study

    changed = _changed(Study.load(study), given)
    if given["injection_probe"]:
        from jury.injection import planted

        changed = planted(changed)
    options = {name: given[name] for name in _RUNNING} | {"cache": not given["no_cache"]}
    if given["dry_run"]:
        _dry_run(changed, output, options)
        return
    run = _simulate(changed, **options)
    _show(run, output, probed=given["injection_probe"])
    if words := run.effort.words():
        click.echo(f"What it took: {words}.", err=True)
    _leave(run, _again(study, given, run))


def _show(run: Run, output: str, *, probed: bool) -> None:
    if probed:
        from cli.injection import print_probe as print_all
        from cli.injection import probe_document as document
    else:
        from cli.reports import print_run as print_all
        from cli.reports import run_document as document
    if output == "json":
        print_json(document(run))
    elif run.panel().denominators()["answered"]:
        print_all(run, console())


def _changed(study: Study, given: Mapping[str, Any]) -> Study:
    changes: dict[str, Any] = {}
    models = _models(study, given)
    if models is not None:
        changes["model"] = models
    if given["jurors"] is not None:
        changes["jurors"] = study.jurors.model_dump(mode="json") | {"n": given["jurors"]}
    if given["seed"] is not None:
        changes["seed"] = given["seed"]
    if given["no_persona"]:
        changes["persona"] = "none"
    return study.changed(**changes) if changes else study


def _models(study: Study, given: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Return the model blocks that the options ask for, None where they ask for none."""
    from jury.backends.address import check_address_taken

    names, base_url, price = given["models"], given["model_base_url"], given["price"]
    if not names and base_url is None and price is None:
        return None
    blocks = [block.model_dump(mode="json") for block in study.models]
    if names:
        known = {block["name"]: block for block in blocks}
        # Another model's own options would be an error there.
        other = blocks[0] | {"options": {}, "price": None, "label": None, "share": None, "for": None}
        blocks = [known.get(name, other | {"name": name}) for name in names]
    check_address_taken(base_url, [block["name"] for block in blocks])
    also = {} if base_url is None else {"base_url": base_url}
    also |= {} if price is None else {"price": price}
    return [block | also for block in blocks]


def _simulate(study: Study, **options: Any) -> Run:  # noqa: ANN401 - see jury.simulation.Options
    from jury.models.embedded import EMBEDDED_MODEL, pull
    from jury.simulation import simulate

    if f"local/{EMBEDDED_MODEL}" in [model.name for model in study.models]:
        pull(PullLines())
    with run_progress() as report:
        return simulate(study, report=report, **options)


def _dry_run(study: Study, output: str, options: Mapping[str, Any]) -> None:
    from jury.preview import preview
    from jury.simulation import Options

    shown = preview(study, Options(**options))
    if output == "json":
        print_json(shown.to_dict())
        return
    out = console()
    names = " and ".join(model.known_as for model in study.models)
    if study.drafts(1):
        names += f", {study.moderator.known_as} writing statements"
    asked = f"{count(shown.ballots, 'ballot')} in {count(shown.requests, 'request')} of {names}"
    rounds = f", over round 0 and {count(shown.rounds, 'round')} of deliberation" if shown.rounds else ""
    say(out, f"{study.name}: would ask {asked}{rounds}{f'; {shown.stored} are stored' if shown.stored else ''}.")
    say(out, f"Jury: {shown.jury}.")
    for warning in shown.warnings:
        say(out, f"Warning: {warning}")
    say(out, f"Readout: {shown.readout}. Layout: {shown.layout}.")
    say(out, f"Tokens: about {shown.input_tokens:,.0f} read and {shown.output_tokens:,.0f} written.")
    say(
        out,
        f"Estimated cost: {shown.cost_words()}. Estimated time: {_time_words(shown, batch=options['batch'])}.",
    )
    say(out, f"Assumed: {'; '.join(shown.assumptions)}.")
    for fault in shown.lacking:
        say(out, f"Before it can be run: {fault}.")
    _prompt(out, "The first prompt, system then user:", shown.prompt)
    for step, prompt in shown.later_prompts.items():
        _prompt(out, f"The first prompt of {step}:", prompt)


def _prompt(out: Console, title: str, prompt: str) -> None:
    out.print()
    say(out, title, style="bold")
    out.print()
    for line in prompt.split("\n"):
        say(out, line, wrap=False)


def _time_words(shown: Preview, *, batch: bool) -> str:
    if batch:
        return "a day at most" if shown.in_a_row == 1 else f"{shown.in_a_row} days at most, one after the other"
    seconds = shown.seconds
    return "not known for a model on this machine" if seconds is None else f"about {clock(max(seconds, 1.0))}"


def _again(study: str, given: Mapping[str, Any], run: Run) -> str:
    """Return the command that goes on with `run`."""
    words = ["jury", "simulate", study]
    for model in given["models"]:
        words += ["--model", model]
    for name in ("model_base_url", "jurors", "seed", "max_connections", "max_rpm", "max_tpm"):
        if given[name] is not None:
            words += [f"--{name.replace('_', '-')}", str(given[name])]
    if given["price"] is not None:
        words += ["--price", *map(str, given["price"])]
    for name, usual in (("hedge", 0.0), ("patience", _PATIENCE)):
        if given[name] != usual:
            words += [f"--{name}", str(given[name])]
    flags = ("no_persona", "injection_probe", "no_cache", "batch")
    words += [f"--{name.replace('_', '-')}" for name in flags if given[name]]
    if given["max_cost"] is not None:
        words += ["--max-cost", "USD" if run.end == "budget" else str(given["max_cost"])]
    return shlex.join([*words, "--resume", "--out", str(run.path)])


def _leave(run: Run, again: str) -> None:
    """End with the exit code that says how complete the run is."""
    counts = run.denominators()
    lacking = run.fillable()
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
