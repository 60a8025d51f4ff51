"""The steps of a run, one after the other: each is a pass of the engine, and the next one hears what it left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from jury.deliberation.agenda import plan_of
from jury.plan import Plan
from jury.progress import Effort, Progress, Report
from jury.records import Step
from jury.runner import End
from jury.store import Store
from jury.study import Study

#: Asks what is missing of a plan; returns why it ended, the problem if there is one, and what it took.
Ask = Callable[[Plan, Report], Awaitable[tuple[End, str, Effort]]]


async def ask_steps(study: Study, store: Store, ask: Ask, report: Report) -> tuple[End, str, Effort]:
    """Ask all steps of a run that are not over; returns what `ask` does, over all of them.

    A step that has begun closes those before it. What failed in a step is asked once more before the next one begins,
    and is silent from then on.
    """
    steps = study.steps()
    begun = store.begun()
    first = max((place for place, step in enumerate(steps) if step in begun), default=0)
    whole = _Whole(study, store, steps, report)
    end: End = "complete"
    effort, problem = Effort(), ""
    for place, step in enumerate(steps[first:], start=first):
        last = place == len(steps) - 1
        for again in range(1 if last else 2):
            plan = plan_of(study, store, step, last=last)
            end, problem, took = await ask(plan, whole.of(plan))
            effort = effort.plus(took)
            if again and end == "failing":
                end = "complete"  # only what had failed was asked: that it fails again holds up nobody
            if end != "complete" or not store.counts(step).get("failed"):
                break
        if end != "complete":
            break
    return end, problem, effort


class _Whole:
    """Makes of the progress of one step that of the whole run.

    Parameters
    ----------
    study : Study
    store : Store
    steps : sequence of Step
    report : callable
        Called with the progress of the run.
    """

    def __init__(self, study: Study, store: Store, steps: Sequence[Step], report: Report) -> None:
        self._store, self._steps, self._report = store, steps, report
        self._seated = store.header().asked  # ballots in one step
        self._written = study.drafts(len(store.cases()))
        self._rounds = steps[-1].round
        self._before = Progress(0, 0, 0, {}, 0.0, 0.0)
        self._latest = self._before

    def of(self, plan: Plan) -> Report:
        """Return what the next pass, over `plan`, reports to."""
        if len(self._steps) == 1:
            return self._report
        self._before = self._latest
        place = self._steps.index(plan.step)
        over = Counter[str]()
        for step in self._steps[:place]:
            over.update(self._store.counts(step))
        rest = sum(self._size(step) for step in self._steps[place + 1 :])
        stage = "" if plan.step.stage == "answer" else f", {plan.step.stage.replace('-', ' ')}"
        words = f"round {plan.step.round} of {self._rounds}{stage}"

        def tell(progress: Progress) -> None:
            before = self._before
            known = progress.cost is not None and before.cost is not None
            self._latest = replace(
                progress,
                total=over.total() + progress.total + rest,
                stored=over.total() + progress.stored,
                fresh=before.fresh + progress.fresh,
                counts=dict(over + Counter(progress.counts)),
                cost=(before.cost or 0.0) + (progress.cost or 0.0) if known else None,
                seconds=before.seconds + progress.seconds,
                step=words,
            )
            self._report(self._latest)

        return tell

    def _size(self, step: Step) -> int:
        return self._written if step.drafts else self._seated
