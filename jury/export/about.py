"""What a run is, in facts and cautions: for the workbook's sheet and the data card."""

from __future__ import annotations

from typing import Any

from jury.run import Run

NOT_PEOPLE = (
    "These are ballots of simulated jurors: answers that a model gave to descriptions of people. They are not "
    "answers of people, and no person was asked."
)

_COUNTED = {"no_opinion": "answered without an opinion"}


def facts(run: Run) -> dict[str, Any]:
    """Return what a run is, name to value: text and numbers, None where it is not known.

    Parameters
    ----------
    run : Run

    Returns
    -------
    dict
        In the order in which a reader wants it.
    """
    header = run.header
    source, counts = header.provenance.get("population", {}), run.denominators()
    return {
        "study": header.name,
        "description": run.study.description or None,
        "caution": NOT_PEOPLE,
        "caveat": caveat(run),
        "population": source.get("title"),
        "population: who is described": source.get("universe"),
        "population: year": source.get("year"),
        "population: licence": source.get("licence"),
        "population: citation": source.get("citation"),
        "population: address": source.get("url"),
        "model": header.model,
        "mode": run.study.elicitation.mode,
        "readout": header.readout,
        "rounds of deliberation": run.rounds or None,
        "jurors": len(run.jurors),
        "cases": len(run.panel().cases),
        **{f"ballots {_COUNTED.get(name, name)}": number for name, number in counts.items()},
        "cost in US dollars": run.cost(),
        "seed": header.seed,
        "begun": header.created,
        "last ballot stored": header.finished,
        "made by": f"pluralistic-jury {header.version}",
        "fingerprint of the study": header.fingerprint,
    }


def caveat(run: Run) -> str | None:
    """Return what to keep in mind of the ballots of a run, those of all rounds; None for nothing in particular."""
    heard = (
        "The jury deliberated: ballots of round 0 were given before anybody was heard, "
        f"those of rounds 1 to {run.rounds} after jurors heard each other, and are not independent."
    )
    return " ".join(filter(None, [run.panel(0).caveat, heard if run.rounds else None])) or None
