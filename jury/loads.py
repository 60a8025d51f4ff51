"""What a model would have to do for a run: requests, tokens, cost and time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from jury.backends.base import Usage
from jury.deliberation.statements import DraftPlan
from jury.lane import Limits
from jury.lanes import OpenModel
from jury.middleware.cache import ReplyCache, Typical, cache_path
from jury.middleware.tokens import input_tokens
from jury.plan import Plan, Task
from jury.prices import most_expensive
from jury.records import Juror

_SAMPLE = 2000  # requests that are measured; more where there are more cases
_SECONDS = 2.0  # a request is taken to last where nothing is known
_BATCH = "batch prices; a batch is answered within a day"
_ANSWER = 60.0  # tokens an answer is taken to have where nothing is known, if so many are allowed


@dataclass(frozen=True, slots=True)
class Load:
    """What one model would have to do; the fields are those of `Preview`."""

    requests: float
    input: float
    output: float
    most: float | None
    cost: float | None
    seconds: float | None
    assumptions: tuple[str, ...]


def load(
    plan: Plan, name: str, model: OpenModel, limits: Limits | None, stored: int, *, longest: Plan | None = None
) -> Load:
    """Return what a model would have to do in one step beyond what is stored.

    Parameters
    ----------
    plan : Plan
    name : str
        By which jurors are bound to the model.
    model : OpenModel
    limits : Limits or None
        None says that it is asked by batches.
    stored : int
        Ballots of its jurors that are not asked again.
    longest : Plan, optional
        The same with the longest prompts that there can be, for the most that it can cost; `plan` itself by default.
    """
    seated = [juror for juror in plan.jurors if juror.model == name]
    if not seated:
        return Load(0, 0, 0, 0.0, 0.0, 0.0, (f"{name} plays no juror of this jury",))
    ballots = len(seated) * len(plan.cases) * plan.mode.replicates
    measured = _measured(plan, seated)
    worst = measured if longest is None else _measured(longest, seated)
    return _load(measured, worst, ballots, ballots - stored, model, limits)


def load_of_drafts(plan: DraftPlan, longest: DraftPlan, model: OpenModel, limits: Limits, stored: int) -> Load:
    """Return what a moderator would have to do in one step."""
    measured, worst = (list(islice(each.drafts(), _SAMPLE)) for each in (plan, longest))
    return _load(measured, worst, plan.total, plan.total - stored, model, limits)


def _load(
    measured: list[Task], worst: list[Task], ballots: int, missing: int, model: OpenModel, limits: Limits | None
) -> Load:
    requests = [request for task in measured for request in task.requests()]
    times = missing / len(measured)
    known = _known(model)
    answer = min(_ANSWER, model.spec.max_tokens) if known is None else known.output
    tokens = [input_tokens(request) + len(request.earlier) * answer for request in requests]
    read, written = times * sum(tokens), times * len(requests) * answer
    said = [] if known else [f"answers of {answer:.0f} tokens"]
    said.append("4 bytes a token")
    if len(measured) < ballots:
        said.append(f"{len(measured)} of {ballots} ballots stand for all")
    if 0 < missing < ballots:
        said.append("what is missing is like the rest")
    seconds = None
    if limits is None:
        said.append(_BATCH)
    else:
        seconds = _seconds(times * len(requests), read + written, model, limits, said)
    costs = [model.price(Usage(round(size), round(answer))) for size in tokens]
    return Load(
        requests=times * len(requests),
        input=read,
        output=written,
        most=_scaled(
            times, [most_expensive(each, model.spec, model.price) for task in worst for each in task.requests()]
        ),
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
    known = total(costs)
    return None if known is None else times * known


def total(costs: Sequence[float | None]) -> float | None:
    """Return the sum, None when one of them is not known."""
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


def slowest(seconds: Sequence[float | None]) -> float | None:
    """Return the time of the slowest model: they are asked side by side."""
    known = [each for each in seconds if each is not None]
    return max(known) if len(known) == len(seconds) else None
