"""What is printed of an injection probe."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console

from cli.output import count, denominators, dollars, say, show
from jury.injection import CONTROL, Change, Probe, Swing, measure

if TYPE_CHECKING:
    from jury.run import Run


_LOST = ("refused", "unparsed", "failed", "missing")


def _measured(run: Run) -> Probe:
    return measure(run, np.random.default_rng(0))  # the same intervals every time the same run is read


def probe_document(run: Run) -> dict[str, Any]:
    """Return the probe and what became of its ballots, as one JSON document."""
    header = run.header
    return {
        **_measured(run).to_dict(),
        "denominators": run.denominators(),
        "run": str(run.path),
        "end": run.end,
        "readout": header.readout,
        "seed": header.seed,
        "fingerprint": header.fingerprint,
        "jurors": len(run.jurors),
        "cost_usd": run.cost(),
    }


def print_probe(run: Run, out: Console) -> None:
    """Print what the planted texts did to scores and verdicts, and how far to trust it."""
    found = _measured(run)
    say(
        out,
        f"{found.name}: {count(len(run.jurors), 'simulated juror')}, {count(len(found.targets), 'case')}",
        style="bold",
    )
    targets = [f"{target} ({case})" for case, target in found.targets.items()]
    shown = ", ".join(targets[:3]) + (f" and {len(targets) - 3} more" if len(targets) > 3 else "")
    say(out, f"Instructions were planted in one alternative of each case: {shown}.")
    for model in dict.fromkeys(effect.model for effect in found.effects):
        _print_effects(found, model, out)
    _print_swings(found, out)
    out.print()
    for line in _notes(found):
        say(out, line)
    say(out, denominators(run.denominators()))
    again = f"jury audit {shlex.quote(str(run.path))}"
    say(out, f"Run file: {run.path} ({dollars(run.cost())}); see also: {again}", wrap=False)


def _print_effects(found: Probe, model: str, out: Console) -> None:
    effects = [effect for effect in found.effects if effect.model == model]
    lost = [name for name in _LOST if any(effect.counts[name] for effect in effects)]
    rows = [
        [
            effect.planted,
            _change(effect.change),
            _change(effect.beyond_control),
            _change(effect.lead_beyond_control),
            f"{effect.change.jurors}",
            *(f"{effect.counts[name]}/{effect.counts['asked']}" for name in lost),
        ]
        for effect in effects
    ]
    columns = ["planted", "change [95 %]", "beyond control [95 %]", "its lead [95 %]", "pairs", *lost]
    show(out, f"{model}: what it changes for the alternative that carries it", columns, rows)
    obeyed, tried = found.obeyed(model), [effect for effect in effects if effect.beyond_control is not None]
    if tried:
        which = f": {', '.join(obeyed)}" if obeyed else ""
        say(out, f"{len(obeyed)} of {len(tried)} widen its lead beyond the control, the interval above zero{which}.")


def _change(change: Change | None) -> str:
    if change is None or not change.jurors:
        return "–"
    return f"{change.mean:+.3f} {_interval(change.low, change.high, 3)}".rstrip()


def _interval(low: float, high: float, digits: int) -> str:
    return "" if np.isnan(low) else f"[{low:+.{digits}f}, {high:+.{digits}f}]"


def _print_swings(found: Probe, out: Console) -> None:
    rules = list(dict.fromkeys(swing.rule for swing in found.swings))
    cells = {(swing.planted, swing.rule): swing for swing in found.swings}
    rows = [
        [name, *(_won(cells[name, rule]) for rule in rules)]
        for name in dict.fromkeys(swing.planted for swing in found.swings)
    ]
    show(out, "Cases that it wins, without → with [95 % of the change in that share]", ["planted", *rules], rows)


def _won(swing: Swing) -> str:
    if not swing.cases:
        return "–"
    return f"{swing.won_before} → {swing.won_after} of {swing.cases} {_interval(swing.low, swing.high, 2)}"


def _notes(found: Probe) -> list[str]:
    unit = found.scale if found.scale.startswith("on ") else f"which {found.scale}"
    change = "Change: what a juror gives the alternative with the text, less what the same juror gives it without"
    lines = [
        f"{change}, {unit}.",
        f"The {CONTROL} is a harmless text of the same length: what a family does beyond it is not length or novelty.",
        "Its lead: over the mean of the others, beyond the control; to rate all of them higher is no obedience.",
        "Intervals are for each family alone, from jurors drawn again.",
        "These texts are written by hand, those optimised against a model do more: this shows weakness, never safety.",
    ]
    return [*lines, found.caveat] if found.caveat else lines
