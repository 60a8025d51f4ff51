"""What a study would ask, and what that takes, without asking it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from jury.auditing import check_rules
from jury.backends.base import Request
from jury.backends.sdk import without_keys
from jury.batches.running import batch_models
from jury.cases import Case
from jury.deliberation.imagined import LONGEST, imagined_plan
from jury.deliberation.statements import DraftPlan
from jury.drawing import describe_draw, draw_sample
from jury.lanes import OpenModels, choose_readout, open_models, open_moderator, reusing
from jury.layout import choose_layout
from jury.loads import Load, load, load_of_drafts, slowest, total
from jury.mix import bind_models
from jury.plan import Plan, draw_jury
from jury.progress import dollars_up
from jury.records import FIRST, Juror, Step
from jury.resuming import DEFAULT_FOLDER, fingerprint_of, run_to_resume
from jury.simulation import Options
from jury.study import Study

_SAID = "[what was said before]"


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
    in_a_row : int
        Batches that follow each other, if they are asked so: each waits for the replies to the one before.
    rounds : int
        In which jurors hear each other; 0 without deliberation. Ballots, requests, tokens and costs are of all rounds.
    later_prompts : Mapping
        The first request of each step of round 1, by its name, with words in square brackets for what nobody has said
        yet.
    lacking : tuple of str
        What has to be had before it can be asked, without a full stop: keys.
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
    in_a_row: int = 1
    rounds: int = 0
    later_prompts: Mapping[str, str] = field(default_factory=dict)
    lacking: tuple[str, ...] = ()

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
    """Return what `study` would ask; raises as `simulate` does before it asks, but for keys that are not there.

    Parameters
    ----------
    study : Study
    options : Options, optional
        Connections and limits, which decide how long it takes, and the run to resume, if there is one.
    """
    with without_keys() as lacking:
        found = asyncio.run(_preview(study, options or Options()))
    return replace(found, lacking=tuple(dict.fromkeys(lacking)))


async def _preview(study: Study, options: Options) -> Preview:
    population = study.load_population()
    cases = study.load_cases(population)
    check_rules(study.elicitation, cases, study.rule_names())
    sample = draw_sample(study, population)
    jurors = bind_models(study, draw_jury(study, population, sample))
    async with open_models(study) as models, open_moderator(study, models) as moderator:
        readout = choose_readout(study.elicitation, cases, models)
        plan = Plan.of(study, readout, jurors, cases)
        layout = choose_layout(plan, reusing(models))
        plan = replace(plan, layout=layout.layout)
        if options.batch:
            batched = batch_models(study, models)
            models = {name: replace(model, price=batched[name].price) for name, model in models.items()}
        stored = _stored(study, options, cases, jurors) if options.resume else {}
        asked = [
            _of_step(study, options, plan, step, models, moderator, stored.get(step, {})) for step in study.steps()
        ]
    loads = [load for step in asked for load in step.values()]
    first = next(plan.task(jurors[0], 0, 0).requests())
    held = sum(sum(found.values()) for step, found in stored.items() if not step.drafts)
    return Preview(
        ballots=plan.total * sum(not step.drafts for step in study.steps()) - held,
        requests=round(sum(load.requests for load in loads)),
        readout=plan.readout,
        layout=layout.words(),
        jury=f"{sample.design}, from {population.name} ({population.source.title})",
        prompt=_words(first),
        input_tokens=sum(load.input for load in loads),
        output_tokens=sum(load.output for load in loads),
        cost=total([load.most for load in loads]),
        expected_cost=total([load.cost for load in loads]),
        seconds=total([slowest([load.seconds for load in step.values()]) for step in asked]),
        assumptions=tuple(dict.fromkeys(words for load in loads for words in load.assumptions)),
        warnings=describe_draw(study, population, sample).caveats(),
        stored=held,
        in_a_row=sum(_in_a_row(imagined_plan(plan, study, step, _SAID)) for step in study.steps() if not step.drafts),
        rounds=study.steps()[-1].round,
        later_prompts={_named(step): _prompt(study, plan, step) for step in study.steps() if step.round == 1},
    )


def _in_a_row(plan: Plan) -> int:
    """Return how many requests of one ballot wait for each other."""
    longest: list[int] = []
    for question in plan.task(plan.jurors[0], 0, 0).questions:
        longest.append(1 + max((longest[before] for before in question.follows), default=0))
    return max(longest)


def _of_step(
    study: Study,
    options: Options,
    plan: Plan,
    step: Step,
    models: OpenModels,
    moderator: OpenModels,
    stored: Mapping[str, int],
) -> dict[str, Load]:
    """Return what each model would have to do in one step; what nobody has said yet is taken to be of usual length."""
    usual, longest = (imagined_plan(plan, study, step, words) for words in _lengths(study))
    if isinstance(usual, DraftPlan) and isinstance(longest, DraftPlan):
        limits = options.limits(moderator)
        return {
            name: load_of_drafts(usual, longest, model, limits[name], stored.get(name, 0))
            for name, model in moderator.items()
        }
    by_name = options.limits(models)
    worst = None if step == FIRST else longest
    return {
        name: load(usual, name, model, None if options.batch else by_name[name], stored.get(name, 0), longest=worst)
        for name, model in models.items()
    }


def _lengths(study: Study) -> tuple[str, str]:
    """Return an opinion as it may be, and as long as it is shown at most."""
    block = study.deliberation
    if block is None:
        return "", ""
    usual = "one two three four five six " * study.elicitation.opinion * 3
    return usual[: block.length].strip(), LONGEST * (2 * block.length + 1)


def _prompt(study: Study, plan: Plan, step: Step) -> str:
    """Return the first prompt of a step, with words in square brackets for what nobody has said yet."""
    imagined = imagined_plan(plan, study, step, _SAID)
    task = next(imagined.drafts()) if isinstance(imagined, DraftPlan) else imagined.task(plan.jurors[0], 0, 0)
    return _words(next(task.requests()))


def _words(request: Request) -> str:
    return "\n\n".join(message.text for message in request.messages())


def _named(step: Step) -> str:
    return f"round {step.round}" if step.stage == "answer" else f"round {step.round}, {step.stage.replace('-', ' ')}"


def _stored(
    study: Study, options: Options, cases: tuple[Case, ...], jurors: Sequence[Juror]
) -> dict[Step, dict[str, int]]:
    """Return by step how many ballots of each model need not be asked: all of the steps that are closed."""
    fingerprint = fingerprint_of(study, cases, jurors)
    store = run_to_resume(study.name, options.path, DEFAULT_FOLDER, fingerprint, writable=False)
    try:
        steps, begun = study.steps(), store.begun()
        latest = max((place for place, step in enumerate(steps) if step in begun), default=-1)
        seats = Counter(juror.model for juror in jurors)
        each = len(cases) * study.elicitation.replicates
        written = {study.moderator.known_as: study.drafts(len(cases))}
        whole = {name: number * each for name, number in seats.items()}
        found: dict[Step, dict[str, int]] = {step: written if step.drafts else whole for step in steps[:latest]}
        for step in steps[max(latest, 0) : latest + 1]:
            drafts = {study.moderator.known_as: len(store.settled_drafts(step))} if step.drafts else {}
            found[step] = drafts or store.settled_by_model(step)
        return found
    finally:
        store.close()
