"""What is printed of a run, and of how far to trust it."""

from __future__ import annotations

import shlex
from typing import Any

from rich.console import Console

from cli.audit_page import WIDTH, print_figures, print_limits
from cli.opening import print_opening
from cli.output import dollars, say
from cli.progress import working
from cli.rounds import print_rounds, rounds_document
from cli.validation import print_gate
from jury.auditing import Audit, audit
from jury.deliberation.live import deliberated
from jury.run import Run
from jury.trust import NOT_PEOPLE, Trust, trust


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
        "jury": None if panel.drawn is None else panel.drawn.to_dict(),
    }
    if run.rounds:
        document["deliberation"] = rounds_document(run, deliberated(run))
    return document | trust(panel, run.study.groups, run.study.rule_names()).to_dict()


def print_run(run: Run, out: Console) -> None:
    """Print what a run decided, who lost, and how far to trust it."""
    header, panel = run.header, run.panel()
    out.width = min(out.width, WIDTH)
    say(out, panel.name, style="bold")
    if run.study.description:
        say(out, run.study.description)
    with working("Deciding anew for other jurors and lots"):
        found = audit_run(run)
        trusted = trust(panel, run.study.groups, run.study.rule_names(), run.label_masses())
    out.print()
    print_opening(found, out, trusted, run)
    print_figures(found, out)
    print_limits(found, out)
    if run.rounds:
        print_rounds(run, out)
    print_trust(trusted, out)
    again = f"jury audit {shlex.quote(str(run.path))}"
    say(out, f"Readout: {header.readout}. Seed {header.seed}. Made by version {header.version}.")
    say(out, f"Run file: {run.path} ({dollars(run.cost())}); see also: {again}", wrap=False)


def print_trust(found: Trust, out: Console) -> None:
    """Print what the answers follow, compared with chance, and the caveat of the model."""
    out.print()
    say(out, "How far to trust this", style="bold")
    if found.sureness is not None and found.sureness.gate is not None:
        print_gate(found.sureness.gate, out)
    for line in (*found.words(), NOT_PEOPLE):
        say(out, line, indent=2)
    out.print()
