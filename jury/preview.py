"""What a study would ask, and what that takes, without asking it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from jury.auditing import check_rules
from jury.backends.base import Usage
from jury.batches.running import batch_models
from jury.cases import Case
from jury.drawing import describe_draw, draw_sample
from jury.lane import Limits
from jury.lanes import OpenModel, choose_readout, open_models, reusing
from jury.layout import choose_layout
from jury.middleware.cache import ReplyCache, Typical, cache_path
from jury.middleware.tokens import input_tokens
from jury.mix import bind_models
from jury.plan import Plan, Task, draw_jury
from jury.prices import most_expensive
from jury.progress import dollars_up
from jury.records import Juror
from jury.resuming import DEFAULT_FOLDER, fingerprint_of, run_to_resume
from jury.simulation import Options
from jury.study import Study

_SAMPLE = 2000  # requests that are measured; more where there are more cases
_SECONDS = 2.0  # a request is taken to last where nothing is known
_BATCH = "batch prices; a batch is answered within a day"
_ANSWER = 60.0  # tokens an answer is taken to have where nothing is known, if so many are allowed


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be asked.

    Attributes
    ----------
    ballots, requests : int
    readout : str
    layout : str
        What stands first in a prompt, and why.
    jury : str
        The jury in words.
    prompt : str
        The first request: system text, a blank line, user text.
    input_tokens, output_tokens : float
        Estimated, for all requests.
    cost : float or None
        US dollars at most: a token a byte and the longest answers allowed; None when a price is not known.
    expected_cost : float or None
        US dollars, estimated from the tokens; what a provider's prompt cache saves is not counted.
    seconds : float or None
        The run takes about so long; None where nothing is known about the speed of a model on this machine.
    assumptions : tuple of str
        What the estimates rest on.
    warnings : tuple of str
        What readers of its answers will be told about how the jury was drawn.
    stored : int
        Ballots that the run to resume has, which are not asked again; all other figures are of the rest.
    """

    ballots: int
    requests: int
    readout: str
    layout: str
    jury: str
    prompt: str
    input_tokens: float
    output_tokens: float
    cost: float | None
    expected_cost: float | None
    seconds: float | None
    assumptions: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    stored: int = 0

    def cost_words(self) -> str:
        """Return the cost for people."""
        if self.cost is None or self.expected_cost is None:
            return "unknown (no listed price; --price gives one)"
        if self.cost == 0:
            return "none"
        return f"about {dollars_up(self.expected_cost)}, at most {dollars_up(self.cost)}"

    def to_dict(self) -> dict[str, Any]:
        """Return the preview as plain JSON types."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def preview(study: Study, options: Options | None = None) -> Preview:
    """Return what `study` would ask; raises as `simulate` does before it asks.

    Parameters
    ----------
    study : Study
    options : Options, optional
        Connections and limits, which decide how long it takes, and the run to resume, if there is one.
    """
    return asyncio.run(_preview(study, options or Options()))


async def _preview(study: Study, options: Options) -> Preview:
    population = study.load_population()
    cases = study.load_cases(population)
    check_rules(study.elicitation, cases, study.rule_names())
    sample = draw_sample(study, population)
    jurors = bind_models(study, draw_jury(study, population, sample))
    async with open_models(study) as models:
        readout = choose_readout(study.elicitation, cases, models)
        plan = Plan.of(study, readout, jurors, cases)
        layout = choose_layout(plan, reusing(models))
        plan = replace(plan, layout=layout.layout)
        limits = options.limits(models)
        if options.batch:
            batched = batch_models(study, models)
            models = {name: replace(model, price=batched[name].price) for name, model in models.items()}
        stored = _stored(study, options, cases, jurors) if options.resume else {}
        loads = [
            _load(plan, name, model, None if options.batch else limits[name], stored.get(name, 0))
            for name, model in models.items()
        ]
    first = next(plan.task(jurors[0], 0, 0).requests())
    return Preview(
        ballots=plan.total - sum(stored.values()),
        requests=round(sum(load.requests for load in loads)),
        readout=plan.readout,
        layout=layout.words(),
        jury=f"{sample.design}, from {population.name} ({population.source.title})",
        prompt="\n\n".join(message.text for message in first.messages()),
        input_tokens=sum(load.input for load in loads),
        output_tokens=sum(load.output for load in loads),
        cost=_sum([load.most for load in loads]),
        expected_cost=_sum([load.cost for load in loads]),
        seconds=_longest([load.seconds for load in loads]),
        assumptions=tuple(dict.fromkeys(words for load in loads for words in load.assumptions)),
        warnings=describe_draw(study, population, sample).caveats(),
        stored=sum(stored.values()),
    )


def _stored(study: Study, options: Options, cases: tuple[Case, ...], jurors: Sequence[Juror]) -> dict[str, int]:
    """Return how many ballots of each model the run to resume has."""
    fingerprint = fingerprint_of(study, cases, jurors)
    store = run_to_resume(study.name, options.path, DEFAULT_FOLDER, fingerprint, writable=False)
    try:
        return store.settled_by_model()
    finally:
        store.close()


@dataclass(frozen=True, slots=True)
class _Load:
    """What one model would have to do; the fields are those of `Preview`."""

    requests: float
    input: float
    output: float
    most: float | None
    cost: float | None
    seconds: float | None
    assumptions: tuple[str, ...]


def _load(plan: Plan, name: str, model: OpenModel, limits: Limits | None, stored: int) -> _Load:
    """Return what a model would have to do beyond what is stored; no limits say that it is asked by batches."""
    seated = [juror for juror in plan.jurors if juror.model == name]
    if not seated:
        return _Load(0, 0, 0, 0.0, 0.0, 0.0, (f"{name} plays no juror of this jury",))
    ballots = len(seated) * len(plan.cases) * plan.mode.replicates
    measured = _measured(plan, seated)
    requests = [request for task in measured for request in task.requests()]
    times = (ballots - stored) / len(measured)
    known = _known(model)
    answer = min(_ANSWER, model.spec.max_tokens) if known is None else known.output
    tokens = [input_tokens(request) + len(request.earlier) * answer for request in requests]
    read, written = times * sum(tokens), times * len(requests) * answer
    said = [] if known else [f"answers of {answer:.0f} tokens"]
    said.append("4 bytes a token")
    if len(measured) < ballots:
        said.append(f"{len(measured)} of {ballots} ballots stand for all")
    if stored:
        said.append("what is missing is like the rest")
    seconds = None
    if limits is None:
        said.append(_BATCH)
    else:
        seconds = _seconds(times * len(requests), read + written, model, limits, said)
    costs = [model.price(Usage(round(size), round(answer))) for size in tokens]
    return _Load(
        requests=times * len(requests),
        input=read,
        output=written,
        most=_scaled(times, [most_expensive(request, model.spec, model.price) for request in requests]),
        cost=_scaled(times, costs),
        seconds=seconds,
        assumptions=tuple(said),
    )


def _measured(plan: Plan, seated: Sequence[Juror]) -> list[Task]:
    """Return ballots that stand for those of all who are `seated`: equally many on each case, the jurors drawn."""
    asked = len(seated) * plan.mode.replicates  # ballots on one case
    requests = len(plan.task(seated[0], 0, 0).questions)
    each = min(math.ceil(_SAMPLE / (requests * len(plan.cases))), asked)
    rng = np.random.default_rng(plan.study_seed)
    return [
        plan.task(seated[int(number) // plan.mode.replicates], case, int(number) % plan.mode.replicates)
        for case in range(len(plan.cases))
        for number in rng.choice(asked, each, replace=False)
    ]


def _seconds(requests: float, tokens: float, model: OpenModel, limits: Limits, said: list[str]) -> float | None:
    """Estimate how long a model takes, and add what that rests on to `said`."""
    known = _known(model)
    if known is None and model.free:
        return None  # in this process: as fast as the machine
    latency = _SECONDS if known is None else known.seconds
    said.append(
        f"{latency:g} s a request"
        + (" (assumed: no earlier reply of the model is kept)" if known is None else " (median of its earlier replies)")
    )
    least = [requests * latency / limits.connections]
    if limits.max_rpm:
        least.append(60.0 * requests / limits.max_rpm)
    if limits.max_tpm:
        least.append(60.0 * tokens / limits.max_tpm)
    said.append(f"{limits.connections} requests at once")
    return max(least)


def _known(model: OpenModel) -> Typical | None:
    """Return what is known of a model from its replies in the cache."""
    if model.free or not cache_path().is_file():
        return None
    cache = ReplyCache(cache_path())
    try:
        return cache.typical(model.spec.full_name)
    finally:
        cache.close()


def _scaled(times: float, costs: Sequence[float | None]) -> float | None:
    total = _sum(costs)
    return None if total is None else times * total


def _sum(costs: Sequence[float | None]) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


def _longest(seconds: Sequence[float | None]) -> float | None:
    """Return the time of the slowest model: they are asked side by side."""
    known = [each for each in seconds if each is not None]
    return max(known) if len(known) == len(seconds) else None
