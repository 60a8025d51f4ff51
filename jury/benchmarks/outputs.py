"""Benchmarks of what models write: a jury judges, and five of the six senses are read off its ratings."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from jury.benchmarks.base import Benchmark, Settings
from jury.benchmarks.card import Sense
from jury.benchmarks.judging import judge_outputs
from jury.benchmarks.objectives import multi_objective
from jury.benchmarks.page import Cell, Drawings, Finding, Page, Run, Table, cause, in_order
from jury.benchmarks.prompts import Prompt, Ratings, Writer
from jury.benchmarks.running import run_folder
from jury.benchmarks.serving import serving
from jury.benchmarks.steered import steering_finding, trade_off_finding
from jury.benchmarks.writing import write_outputs
from jury.errors import JuryError, MeasureError
from jury.metrics import (
    Coverage,
    Judged,
    Tradeoff,
    overton,
    pareto,
    persona_matrix,
    rated_coverage,
    steering,
    tradeoff_steering,
)

__all__ = ["OutputsBenchmark"]

#: Prompts unless others are asked for: a first look that a small model gets through.
_PROMPTS = 8
_SIMULATED = "The jury is simulated: it is not people, and a judge that is also a model judged may favour itself."
_JUDGED = "rating of how far the juror's view is represented"

_WHY_NOT: dict[Sense, str] = {
    "Overton": "Not measured: needs positions that people take, and jurors who take them.",
    "steerable": "Not measured: needs --steer and prompts with two positions; models then write for each of them.",
    "distributional": "Not measured: nobody's answers are known here; run globalopinionqa or another survey.",
    "multi-objective": "Not measured: needs two positions with jurors on both.",
    "trade-off steerable": "Not measured: needs --steer and prompts with two positions.",
    "jury-pluralistic": "Not measured: on no prompt were all models judged.",
}


class OutputsBenchmark(Benchmark):
    """Prompts on which models write; subclasses read them."""

    @abstractmethod
    def read(self, settings: Settings) -> Sequence[Prompt]:
        """Return the prompts; raises `DataError`."""

    def stored(self, prompts: Sequence[Prompt], settings: Settings) -> Ratings | None:
        """Return ratings that lie with the data, so that nobody needs to be asked."""
        return None

    def run(self, settings: Settings) -> Page:
        """Have models write and a jury judge, where what they said is not stored."""
        prompts = self._drawn(self.read(settings), settings)
        ratings = None if settings.models else self.stored(prompts, settings)
        runs: tuple[Run, ...] = ()
        caveats: tuple[str, ...] = ()
        if ratings is None:
            ratings, runs, caveats = self._judged(prompts, settings)
            caveats = (*caveats, _SIMULATED)
        findings, drawings = _findings(ratings, settings.seed)
        return Page(
            card=self.card,
            models=tuple(writer.name for writer in ratings.writers if writer.shares is None),
            about=_about(ratings, settings, simulated=bool(runs)),
            findings=in_order(findings, _WHY_NOT),
            caveats=(*caveats, *self.card.faults),
            runs=runs,
            drawings=drawings,
        )

    def _drawn(self, prompts: Sequence[Prompt], settings: Settings) -> list[Prompt]:
        count = settings.questions or (_PROMPTS if settings.models else len(prompts))
        if count >= len(prompts):
            return list(prompts)
        chosen = np.random.default_rng(settings.seed).choice(len(prompts), count, replace=False)
        return [prompts[int(place)] for place in sorted(chosen)]

    def _judged(
        self, prompts: Sequence[Prompt], settings: Settings
    ) -> tuple[Ratings, tuple[Run, ...], tuple[str, ...]]:
        names = list(dict.fromkeys(name for prompt in prompts for name in prompt.outputs))
        if not names and not settings.models:
            raise JuryError(f"{self.card.name}: no outputs are stored with this data; name a model with --model")
        folder = run_folder(self.card.name, settings.engine)
        live, outputs, runs, caveats = write_outputs(self.card.name, prompts, settings, folder)
        if live and not outputs and not names:
            raise JuryError(f"{self.card.name}: nothing was written by {_listed(live)}{cause(runs)}")
        writers = (*(Writer(name, name) for name in names), *live)
        outputs |= {(name, prompt.id): text for prompt in prompts for name, text in prompt.outputs.items()}
        spent = sum(run.cost or 0.0 for run in runs)
        ratings, asked, more = judge_outputs(self.card.name, prompts, writers, outputs, settings, folder, spent)
        return ratings, (*runs, *asked), tuple(dict.fromkeys((*caveats, *more)))


def _listed(writers: Sequence[Writer]) -> str:
    return ", ".join(dict.fromkeys(writer.model for writer in writers))


def _about(ratings: Ratings, settings: Settings, *, simulated: bool) -> tuple[str, ...]:
    judges = settings.judge or (settings.models[0] if settings.models else None)
    whom = (
        f"{len(ratings.weights)} jurors drawn from {settings.population}, played by {judges.known_as}"
        if simulated and judges is not None
        else f"{len(ratings.weights)} raters"
    )
    low, high = ratings.scale
    missing = f"{np.isnan(ratings.values).mean():.0%} of the ratings are missing"
    return (
        f"{len(ratings.prompts)} prompts, judged by {whom}.",
        f"Asked: how far one's own view is represented, from {low:g} to {high:g}; {missing}.",
    )


def _findings(ratings: Ratings, seed: int) -> tuple[list[Finding], Drawings]:
    plain = [row for row, writer in enumerate(ratings.writers) if writer.shares is None]
    names = [ratings.writers[row].name for row in plain]
    groups = {name: labels.tolist() for name, labels in ratings.groups.items()}
    judged = Judged(ratings.values[plain], names, ratings.weights, groups=groups)
    served, path = serving(judged, what=_JUDGED, whom="jurors", seed=seed)
    found, drawings = [served], Drawings()
    if path is not None:
        drawings["welfare-by-alpha"] = ("leaderboard_by_alpha", {"path": path, "what": _JUDGED})
    if (ratings.sides >= 0).any():
        covered = _overton(ratings, plain, seed)
        found += [covered] if covered is not None else []
        found += _objectives(ratings, plain, seed, drawings)
        found += _steered(ratings, seed, drawings)
    return found, drawings


def _overton(ratings: Ratings, plain: Sequence[int], seed: int) -> Finding | None:
    """Return which sides the outputs cover: a side is a viewpoint, its jurors say whether it is represented."""
    coverages: dict[str, list[Coverage]] = {}
    for row in plain:
        for column, prompt in enumerate(ratings.prompts):
            try:
                cover = rated_coverage(
                    prompt,
                    ratings.values[row, column],
                    ratings.sides[column].astype(str),
                    weights=ratings.weights,
                    threshold=ratings.scale[1] - 1,
                )
            except MeasureError:  # nobody with a side rated this one
                continue
            coverages.setdefault(ratings.writers[row].name, []).append(cover)
    if not coverages:
        return None
    result = overton(coverages, rng=np.random.default_rng(seed))
    rows: list[tuple[Cell, ...]] = [
        (name, model.score, model.weighted, model.adjusted, model.viewpoints, model.left_out)
        for name, model in result.models.items()
    ]
    rows.append(("union of all", result.union, result.union_weighted, None, None, None))
    rows.append(("one side only", result.single, result.single_weighted, None, None, None))
    table = Table(
        "OvertonScore: share of the sides that an answer covers (higher is better, at most 1)",
        ("model", "score", "weighted by population", "adjusted for prompts", "sides", "left out"),
        tuple(rows),
        f"Covered: most of a side's jurors rate {ratings.scale[1] - 1:g} or more. Left out: sides that no juror takes.",
    )
    return Finding("Overton", (table,), (), result.to_dict())


def _objectives(ratings: Ratings, plain: Sequence[int], seed: int, drawings: Drawings) -> list[Finding]:
    """Return the multi-objective sense: the mean rating of each side is an objective."""
    scores = np.stack([ratings.by_side(row) for row in plain])
    if len(ratings.names) < 2 or not np.isfinite(scores).all(axis=(0, 2)).any():
        return []
    names = [f"rating by side {name}" for name in ratings.names]
    lowest = [ratings.scale[0]] * len(names)
    writers = [ratings.writers[row].name for row in plain]
    report = pareto(scores, writers, names, reference=lowest, rng=np.random.default_rng(seed))
    drawings["pareto"] = ("pareto_front", {"report": report})
    what = f"mean rating by the jurors of a side, on the {report.questions} prompts with jurors on every side"
    return [multi_objective(report, what, "the lowest rating")]


def _steered(ratings: Ratings, seed: int, drawings: Drawings) -> list[Finding]:
    """Return the two steerable senses, of models that wrote for given shares of two sides."""
    models = dict.fromkeys(writer.model for writer in ratings.writers if writer.shares is not None)
    results, matrices, paths = {}, {}, {}
    for model in models:
        led = [row for row, writer in enumerate(ratings.writers) if writer.model == model and writer.shares]
        plain = next(
            row for row, writer in enumerate(ratings.writers) if writer.model == model and writer.shares is None
        )
        points = np.stack([ratings.by_side(row) for row in led])
        if not np.isfinite(points).all(axis=(0, 2)).any():
            continue
        shares = [ratings.writers[row].shares or () for row in led]
        ends = [shares.index((1.0, 0.0)), shares.index((0.0, 1.0))]
        unled = ratings.by_side(plain)
        own = np.stack([points[end, :, side] for side, end in enumerate(ends)])
        sides = [f"side {name}" for name in ratings.names]
        results[model] = steering(own, unled.T, sides)
        cells = points[ends].transpose(1, 0, 2)
        matrices[model] = persona_matrix(cells, sides, rng=np.random.default_rng(seed))
        family = [Tradeoff(f"{first:.0%} : {second:.0%}", weights=(first, second)) for first, second in shares]
        lowest = [ratings.scale[0]] * 2
        paths[model] = tradeoff_steering(
            points,
            family,
            [f"rating by {side}" for side in sides],
            reference=lowest,
            rng=np.random.default_rng(seed),
            unsteered=unled,
        )
    if not results:
        return []
    for number, (model, path) in enumerate(paths.items(), start=1):
        drawings[f"trade-off-{number}"] = ("tradeoff_path", {"steered": path, "model": model})
    traded = trade_off_finding(paths, _JUDGED, "the room that it is asked to give to the sides")
    steered = steering_finding(results, matrices, "mean rating by the side's jurors")
    return [steered, traded]
