"""What is printed of a run, and of how far to trust it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console

from cli.audit_page import print_limits, print_summary
from cli.output import dollars, percent, say
from cli.validation import print_gate
from jury.auditing import Audit, audit
from jury.diagnostics import Dealt, Explained, Share, Shuffled, dealt, explained, shuffled
from jury.run import Run
from jury.sureness import sureness

if TYPE_CHECKING:
    from jury.panel import Panel

_LOW_MASS = 0.1
_CHANCE = 0.05  # shares of deals by lot above this are called chance


def audit_run(run: Run) -> Audit:
    """Return the audit that a study's own rules and groups make."""
    return audit(run.panel(), rules=run.study.rule_names(), by=run.study.groups)


def run_document(run: Run) -> dict[str, Any]:
    """Return all that is printed of a run, as one JSON document."""
    panel = run.panel()
    document = audit_run(run).to_dict()
    document |= {
        "run": str(run.path),
        "end": run.end,
        "model": run.header.model,
        "readout": run.header.readout,
        "seed": run.header.seed,
        "fingerprint": run.header.fingerprint,
        "jurors": len(run.jurors),
        "effort": run.effort.to_dict(),
        "possible_cost_usd": run.possible_cost(),
        "cost_usd": run.cost(),
    }
    return document | trust_document(panel, run.study.groups, run.study.rule_names())


def trust_document(panel: Panel, by: Sequence[str], rules: Sequence[str]) -> dict[str, Any]:
    """Return what answers follow and how they compare with lots, as plain JSON types."""
    shares, verdict, sure = explained(panel), _dealt(panel), sureness(panel, rules, by)
    return {
        "sureness": None if sure is None else sure.to_dict(),
        "jury": None if panel.drawn is None else panel.drawn.to_dict(),
        "explained": None if shares is None else asdict(shares),
        "alternatives_by_lot": None if verdict is None else asdict(verdict),
        "groups_by_lot": [asdict(found) for found in _shuffles(panel, by)],
    }


def print_run(run: Run, out: Console) -> None:
    """Print what a run decided, who lost, and how far to trust it."""
    header, panel = run.header, run.panel()
    source = header.provenance["population"]
    say(out, f"{header.name}: {len(run.jurors)} simulated jurors, {header.model}", style="bold")
    say(out, f"Population: {source['title']}. Readout: {header.readout}. Seed {header.seed}.")
    if run.study.description:
        say(out, run.study.description)
    found = audit_run(run)
    print_warning(panel, out)
    print_summary(found, out)
    print_limits(found, out)
    print_trust(panel, out, by=run.study.groups, rules=run.study.rule_names(), masses=label_masses(run))
    again = f"jury audit {shlex.quote(str(run.path))}"
    say(out, f"Run file: {run.path} ({dollars(run.cost())}); see also: {again}", wrap=False)


def print_warning(panel: Panel, out: Console) -> None:
    """Say before any figure if the verdict is one that lots could have given."""
    found = _dealt(panel)
    if found is not None and found.share_above > _CHANCE:
        say(out, "Read the end first: this jury tells the alternatives apart no better than lots would.", style="bold")


def print_trust(panel: Panel, out: Console, *, by: Sequence[str], rules: Sequence[str], masses: list[float]) -> None:
    """Print what the answers follow, compared with chance, and the caveat of the model."""
    lines = []
    shares = explained(panel)
    if shares is not None:
        lines.append(_explained_words(shares))
    verdict = _dealt(panel)
    if verdict is not None:
        lines.append(_dealt_words(verdict))
    lines += [_shuffled_words(found) for found in _shuffles(panel, by)]
    sure = sureness(panel, rules, by)
    if sure is not None:
        lines += sure.words()
    if masses:
        low = sum(mass < _LOW_MASS for mass in masses)
        lines.append(
            f"Label mass, the probability that the model put on any valid answer: median {np.median(masses):.2f}; "
            f"below {_LOW_MASS} on {low} of {len(masses)} ballots."
        )
    if panel.drawn is not None:
        lines += panel.drawn.caveats()
    if panel.caveat:
        lines.append(panel.caveat)
    lines.append("A simulated jury is not people.")
    if lines:
        out.print()
        say(out, "How far to trust this", style="bold")
        if sure is not None and sure.gate is not None:
            print_gate(sure.gate, out)
        for line in lines:
            say(out, line, indent=2)
        out.print()


def _shuffles(panel: Panel, by: Sequence[str]) -> list[Shuffled]:
    rng = np.random.default_rng(0)  # the same lots every time the same run is read
    found = (shuffled(panel, name, rng) for name in by)
    return [item for item in found if item is not None]


@lru_cache(maxsize=1)  # read before the figures and again after them; of many cases it takes long
def _dealt(panel: Panel) -> Dealt | None:
    return dealt(panel, np.random.default_rng(0))


def _dealt_words(found: Dealt) -> str:
    verdict = (
        "more than chance" if found.share_above <= _CHANCE else "no more than chance: the verdict is as good as a lot"
    )
    return (
        f"The alternatives differ {verdict} (dealt by lot, each juror's own ratings set them as far apart in "
        f"{percent(found.share_above)} of {found.rounds} deals)."
    )


def _explained_words(shares: Explained) -> str:
    words = [f"which alternative it is {_share(shares.alternative)}"]
    if shares.position is not None:
        words.append(f"the position at which it was shown {_share(shares.position)}")
    if shares.label is not None:
        words.append(f"the label that it had {_share(shares.label)}")
    if shares.model is not None:
        words.append(f"which model answers {_share(shares.model)}")
    if shares.juror is not None:
        words.append(f"how generous the juror is {_share(shares.juror)}")
    return (
        f"What the {shares.ratings} ratings follow, as a share of their variation (and what noise would): "
        f"{', '.join(words)}."
    )


def _share(share: Share) -> str:
    return f"{percent(share.found)} ({percent(share.by_chance)})"


def _shuffled_words(found: Shuffled) -> str:
    verdict = (
        "more than chance"
        if found.share_above <= _CHANCE
        else "no more than chance: do not read anything into its groups"
    )
    return (
        f"Groups by {found.by} differ {verdict} (jurors dealt into the same groups by lot differ as much in "
        f"{percent(found.share_above)} of {found.rounds} deals)."
    )


def label_masses(run: Run) -> list[float]:
    """Return the probability that the model put on any valid answer, ballot by ballot, where that was read."""
    masses: list[float] = run.ballots()["label_mass"].dropna().tolist()
    return masses
