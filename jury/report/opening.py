"""The first screen: what was decided, whether the jury deserves belief, who was asked, who lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jury.auditing import Audit
from jury.auditing.verdict import decision, disagreement, losses, verdict
from jury.trust import NOT_PEOPLE, Trust

if TYPE_CHECKING:
    from jury.panel import Panel
    from jury.run import Run
    from jury.validation import Gate, Validation

__all__ = ["asked", "opening"]


def opening(found: Audit, trusted: Trust, run: Run | None, validation: Validation | None) -> dict[str, Any]:
    """Return the sentences of the first screen.

    Parameters
    ----------
    found : Audit
    trusted : Trust
    run : Run or None
        None for people's ratings.
    validation : Validation or None
        Of the run beside people's answers.
    """
    level, belief = _belief(trusted, run, validation)
    gate = None if run is None else _gate(trusted, validation)
    return {
        "decided": decision(found) if found.outcomes else verdict(found)[0],
        "differ": disagreement(found) if found.outcomes else [],
        "lost": losses(found) if found.outcomes else [],
        "asked": asked(found.panel, run, found.jurors),
        "belief": {
            "level": level,
            "sentence": belief,
            "reasons": [] if gate is None else gate.words()[1:],
            "beside": _beside(found.panel, trusted),
            "words": [*trusted.words(), *([NOT_PEOPLE] if run is not None else [])],
        },
    }


def asked(panel: Panel, run: Run | None, heard: int) -> str:
    """Return in a sentence who was asked."""
    counts = panel.denominators()
    cases = f"{len(panel.cases):,} case{'s' if len(panel.cases) != 1 else ''}"
    others = [f", {counts[name]:,} {name}" for name in ("refused", "unparsed", "failed", "missing") if counts[name]]
    answered = f"{counts['answered']:,} of {counts['asked']:,} ballots answered{''.join(others)}"
    if run is None:
        return f"{len(panel.weights):,} people rated {cases}; {heard:,} gave an opinion; {answered}."
    title = run.header.provenance.get("population", {}).get("title", "a population that the run does not name")
    jurors = f"{len(run.jurors):,} simulated juror{'s' if len(run.jurors) != 1 else ''}"
    return f"{jurors} drawn from {title}, played by {run.header.model}; {cases}; {answered}."


def _beside(panel: Panel, trusted: Trust) -> list[str]:
    """Return what else has to be known first: of the model, and how far the verdict hangs on who was drawn."""
    flips = trusted.sureness is not None and trusted.sureness.other_jurors.verdicts
    return [*filter(None, (panel.caveat,)), *(trusted.sureness.words()[:1] if flips and trusted.sureness else [])]


def _gate(trusted: Trust, validation: Validation | None) -> Gate | None:
    if validation is not None:
        return validation.gate
    return None if trusted.sureness is None else trusted.sureness.gate


def _belief(trusted: Trust, run: Run | None, validation: Validation | None) -> tuple[str, str]:
    if run is None:
        return "people", "These are answers that people gave, not a model's."
    if trusted.as_good_as_lots:
        return "no", "This jury tells the alternatives apart no better than lots would: do not believe its verdict."
    gate = _gate(trusted, validation)
    if gate is None:
        return (
            "unknown",
            "Whether people would say the same is not known: nobody's answers to these cases were compared.",
        )
    return ("yes" if gate.open else "no"), gate.words()[0]
