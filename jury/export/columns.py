"""What the columns of exported tables mean, in the words of the data card and the workbook."""

from __future__ import annotations

from collections.abc import Iterable

PERSONA = "persona."

#: Of `Run.ballots`, one row a ballot. Attributes of personas are columns of their own, named ``persona.NAME``.
BALLOTS = {
    "juror": "Name of the simulated juror within the run.",
    "case": "Identifier of the case that was judged.",
    "round": "Round of a deliberation in which the ballot was given, from 0, before anybody was heard.",
    "heard": "JSON object: whom the juror heard before (ids count from 0 in the order drawn), and what was left out.",
    "replicate": "Number of the repetition, from 0, where a juror was asked the same again.",
    "status": "What became of the ballot: answered, refused, unparsed (not understood) or failed.",
    "scores": "JSON object: alternative to the score that the juror gave it, on the scale that was asked.",
    "choice": "The alternative that the juror chose.",
    "approved": "JSON list of the alternatives that the juror approved of.",
    "ranking": "JSON list of alternatives, best first.",
    "comparisons": "JSON list of [shown first, shown second, how far the first won, 0 to 1].",
    "shares": "JSON object: alternative to the share that the juror gave it.",
    "probabilities": "JSON object: alternative (or score) to the model's probability of answering so.",
    "opinion": "What the juror said before it was asked for its answer.",
    "rationale": "Why the juror answered so, in its own words.",
    "label_mass": "Probability that the model put on any valid answer, 0 to 1; low means that it hardly answered.",
    "problem": "Why a ballot was refused, not understood or failed.",
    "shown": "JSON list of the alternatives in the order in which they were shown.",
    "labels": "JSON list of the labels that the alternatives had, in the same order.",
    "text": "What the model wrote, raw; several replies are joined by line breaks.",
    "model": "Model that answered, as the provider names it.",
    "input_tokens": "Tokens read, over all replies of the ballot.",
    "output_tokens": "Tokens written, over all replies of the ballot.",
    "cost_usd": "Cost in US dollars; empty where no price is known.",
    "seconds": "Time that the replies took, added up.",
    "attempts": "Most attempts that any reply took.",
    "weight": "Weight of the juror: how much it stands for in the population, 1 on average.",
}

JURORS = {
    "juror": "Name of the simulated juror within the run.",
    "persona": "Identifier of the persona in its population.",
    "weight": "Weight of the juror: how much it stands for in the population, 1 on average.",
    "model": "Model that plays the juror.",
    "text": "The persona as it is told to the model.",
}

CASES = {
    "case": "Identifier of the case.",
    "prompt": "What was asked.",
    "alternative": "Identifier of an alternative of the case.",
    "text": "The alternative as it was shown.",
}


def described(names: Iterable[str], known: dict[str, str] = BALLOTS) -> dict[str, str]:
    """Return what each column means, in the order of `names`.

    Examples
    --------
    >>> described(["weight", "persona.age"])["persona.age"]
    "Attribute 'age' of the juror's persona, as its population describes it."
    """
    return {name: known.get(name) or _other(name) for name in names}


def _other(name: str) -> str:
    if name.startswith(PERSONA):
        return f"Attribute {name.removeprefix(PERSONA)!r} of the juror's persona, as its population describes it."
    return "What the mode of elicitation keeps of an answer."
