"""What a study would ask, without asking it."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from typing import Any

from jury.auditing import check_rules
from jury.backends import open_backend
from jury.drawing import describe_draw, draw_sample
from jury.plan import Plan, draw_jury
from jury.prices import most_expensive, price_of
from jury.simulation import choose_readout
from jury.study import Study


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be asked.

    Attributes
    ----------
    ballots, requests : int
    readout : str
    jury : str
        The jury in words.
    warnings : tuple of str
        What readers of its answers will be told about how it was drawn.
    prompt : str
        The first request: system text, a blank line, user text.
    cost : float or None
        US dollars at most, from the first juror's prompts and the longest answers allowed; None when the price is
        not known.
    """

    ballots: int
    requests: int
    readout: str
    jury: str
    prompt: str
    cost: float | None
    warnings: tuple[str, ...] = ()

    def cost_words(self) -> str:
        """Return the cost for people."""
        if self.cost is None:
            return "unknown (no listed price)"
        if self.cost == 0:
            return "none"
        decimals = 4 if self.cost < 1 else 2
        return f"at most ${math.ceil(self.cost * 10**decimals) / 10**decimals:.{decimals}f}"

    def to_dict(self) -> dict[str, Any]:
        """Return the preview as plain JSON types."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def preview(study: Study) -> Preview:
    """Return what `study` would ask; raises as `simulate` does before it asks."""
    population = study.load_population()
    cases = study.load_cases(population)
    spec = study.model.spec()
    check_rules(study.elicitation, cases, study.rule_names())
    sample = draw_sample(study, population)
    jurors = draw_jury(study, population, sample)
    backend = open_backend(spec)
    try:
        readout = choose_readout(study.elicitation, cases, backend, spec)
        price = price_of(spec, backend)
    finally:
        asyncio.run(backend.aclose())
    plan = Plan(study.seed, study.elicitation, readout, jurors, cases)
    requests = [request for position in range(len(cases)) for request in plan.task(jurors[0], position, 0).requests()]
    costs = [price(most_expensive(request, spec)) for request in requests]
    repeats = len(jurors) * study.elicitation.replicates
    first = requests[0]
    return Preview(
        ballots=plan.total,
        requests=len(requests) * repeats,
        readout=plan.readout,
        jury=f"{sample.design}, from {population.name} ({population.source.title})",
        prompt=f"{first.persona}\n\n{first.question.context}\n\n{first.question.ask}",
        cost=None if any(cost is None for cost in costs) else repeats * sum(cost for cost in costs if cost is not None),
        warnings=describe_draw(study, population, sample).caveats(),
    )
