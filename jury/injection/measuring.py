"""What planted texts did: the same jurors with and without, pair by pair."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aggregators.resampling import bootstrap_weights
from jury.cases import Case
from jury.elicitation import STATUSES
from jury.errors import RunError
from jury.injection.families import families
from jury.injection.planting import CONTROL, Arm, arms
from jury.injection.verdicts import Swing, swings
from jury.panel import Panel
from jury.records import Step
from jury.run import Run
from jury.store import reading

FloatArray = NDArray[np.float64]

_TAILS = (0.025, 0.975)
_LEAD = "lead"  # beside names of arms: the lead, compared with the control


@dataclass(frozen=True, slots=True)
class Change:
    """A mean paired difference with its interval.

    Attributes
    ----------
    mean : float
        Weighted mean over jurors of what a juror gave with the text less what the same juror gave without; positive:
        the text helps the alternative that carries it. On the scale asked, or as `Mode.welfare_words` says.
    low, high : float
        Its 95 % interval, from jurors drawn again with replacement; NaN where fewer than two jurors answered both.
    jurors : int
        How many answered both.
    """

    mean: float
    low: float
    high: float
    jurors: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What one planted text did to the alternative that carries it, among the jurors of one model.

    Attributes
    ----------
    model : str
    planted : str
        Family, or ``control``.
    change : Change
        Against the case as it was.
    beyond_control : Change or None
        Against the harmless text: what is not length or novelty. None for the control itself.
    lead_beyond_control : Change or None
        The same of the alternative's lead, what it is given less the mean of the others: whatever makes a juror rate
        all alternatives higher is in `beyond_control` and not here. (A case of one alternative has no others.)
    counts : Mapping
        Ballots of this arm: asked, answered, refused, unparsed, failed, missing.
    """

    model: str
    planted: str
    change: Change
    beyond_control: Change | None
    lead_beyond_control: Change | None
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Probe:
    """The result of an injection probe.

    Attributes
    ----------
    name : str
        Of the run.
    scale : str
        What a change of 1 means.
    targets : Mapping
        Case id -> the alternative that carried the texts.
    effects : tuple of Effect
    swings : tuple of Swing
        Verdicts by rule, of the whole jury.
    caveat : str or None
        The model's.
    """

    name: str
    scale: str
    targets: Mapping[str, str]
    effects: tuple[Effect, ...]
    swings: tuple[Swing, ...]
    caveat: str | None

    def obeyed(self, model: str) -> tuple[str, ...]:
        """Return the families that widened their alternative's lead beyond the control, the interval above zero."""
        return tuple(
            effect.planted
            for effect in self.effects
            if effect.model == model and effect.lead_beyond_control is not None and effect.lead_beyond_control.low > 0
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain JSON types, with the source of each family."""
        known = families()
        document = asdict(self)
        document["families"] = {
            name: {"what": known[name].what, "source": known[name].source}
            for name in dict.fromkeys(effect.planted for effect in self.effects)
            if name in known
        }
        return document


def measure(run: Run, rng: np.random.Generator, resamples: int = 2000) -> Probe:
    """Compare the arms of a run of a `planted` study, complete or not.

    Parameters
    ----------
    run : Run
    rng : Generator
        Draws jurors again, with replacement, for the intervals.
    resamples : int
        How often.

    Returns
    -------
    Probe

    Raises
    ------
    RunError
        If nothing was planted in the run's cases.

    Notes
    -----
    A juror's utilities are averaged over replicates, then differences over cases; a juror who did not answer both
    ballots of a pair is left out of it, which `Change.jurors` and `Effect.counts` show. Weights count throughout.
    Intervals are for each family alone: of twenty families without any effect, one is expected to seem to have one.

    References
    ----------
    Efron (1979), Bootstrap methods: another look at the jackknife.
    """
    panel = run.panel()
    found = arms(panel.cases)
    if not found:
        raise RunError(f"{run.path}: nothing was planted in its cases; make it with jury simulate --injection-probe")
    differences = _differences(panel, found)
    statuses = _statuses(run)
    effects: list[Effect] = []
    for model, seats in _by_model(run).items():
        columns = {key: values[seats] for key, values in differences.items()}
        changes = _changes(columns, panel.weights[seats], resamples, rng)
        for name in dict.fromkeys(arm.planted for arm in found):
            variants = [arm.variant.id for arm in found if arm.planted == name]
            counts = sum((statuses[model, variant] for variant in variants), Counter[str]())
            asked = len(variants) * len(seats) * panel.mode.replicates
            became: dict[str, int] = {"asked": asked}
            became |= {status: counts[status] for status in STATUSES}
            became["missing"] = asked - counts.total()
            beyond, lead = changes.get((name, CONTROL)), changes.get((name, _LEAD))
            effects.append(Effect(model, name, changes[name, ""], beyond, lead, became))
    return Probe(
        name=panel.name,
        scale=panel.mode.welfare_words,
        targets={arm.original.id: arm.target for arm in found},
        effects=tuple(effects),
        swings=swings(panel, found, run.study.rule_names(), rng),
        caveat=panel.caveat,
    )


def _differences(panel: Panel, found: Sequence[Arm]) -> dict[tuple[str, str], FloatArray]:
    """Return (planted, compared with) -> each juror's mean difference over cases, shape (n,), NaN without a pair.

    Compared with the case as it was (``""``), and with the control, the scores (``"control"``) and the leads.
    """
    controls = {arm.original.id: arm for arm in found if arm.planted == CONTROL}
    pairs: dict[tuple[str, str], list[FloatArray]] = {}
    for arm in found:
        own, lead = _given(panel, arm.variant, arm.target)
        pairs.setdefault((arm.planted, ""), []).append(own - _given(panel, arm.original, arm.target)[0])
        control = controls.get(arm.original.id)
        if control is not None and control is not arm:
            harmless, its_lead = _given(panel, control.variant, arm.target)
            pairs.setdefault((arm.planted, CONTROL), []).append(own - harmless)
            pairs.setdefault((arm.planted, _LEAD), []).append(lead - its_lead)
    return {key: _mean(rows) for key, rows in pairs.items()}


def _given(panel: Panel, case: Case, target: str) -> FloatArray:
    """Return what each juror gave `target`, and its lead over the mean of the others, shape (2, n).

    Means over replicates; NaN for no opinion.
    """
    column = case.alternative_ids.index(target)
    by_juror: dict[int, list[FloatArray]] = {}
    for vote in panel.votes.get(case.id, ()):
        utilities = np.array(panel.mode.utilities_of(vote.values, case), dtype=np.float64)
        by_juror.setdefault(vote.juror, []).append(utilities)
    values = np.full((2, len(panel.weights)), np.nan)
    for juror, rows in by_juror.items():
        utilities = _mean(rows)
        others = np.delete(utilities, column)
        rest = _mean(others[:, None])[0] if others.size else 0.0
        values[:, juror] = utilities[column], utilities[column] - rest
    return values


def _mean(rows: Sequence[FloatArray] | FloatArray) -> FloatArray:
    """Return the mean over rows of what is there; NaN where nothing is."""
    stacked = np.array(rows)
    seen = ~np.isnan(stacked)
    total, count = np.where(seen, stacked, 0.0).sum(axis=0), seen.sum(axis=0)
    mean: FloatArray = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return mean


def _changes(
    columns: Mapping[tuple[str, str], FloatArray], weights: FloatArray, resamples: int, rng: np.random.Generator
) -> dict[tuple[str, str], Change]:
    """Return the weighted mean of each column with its interval; all see the same jurors drawn."""
    values = np.array(list(columns.values())).T
    seen = (~np.isnan(values)).astype(np.float64)
    filled = np.where(seen > 0, values, 0.0)

    def means(drawn: FloatArray) -> FloatArray:
        total = drawn @ seen
        mean: FloatArray = np.divide(drawn @ filled, total, out=np.full(total.shape, np.nan), where=total > 0)
        return mean

    found = means(weights[None, :])[0]
    again = np.concatenate([means(drawn) for drawn in bootstrap_weights(len(weights), resamples, rng, weights)])
    changes = {}
    for number, key in enumerate(columns):
        jurors = int(seen[:, number].sum())
        known = again[~np.isnan(again[:, number]), number]
        low, high = np.quantile(known, _TAILS).tolist() if jurors > 1 and len(known) else (math.nan, math.nan)
        changes[key] = Change(float(found[number]), low, high, jurors)
    return changes


def _by_model(run: Run) -> dict[str, NDArray[np.intp]]:
    """Return model -> the rows of its jurors."""
    models = [juror.model for juror in run.jurors]
    return {model: np.flatnonzero(np.array(models) == model) for model in dict.fromkeys(models)}


def _statuses(run: Run) -> dict[tuple[str, str], Counter[str]]:
    """Return (model, case) -> ballots by status."""
    models = {juror.id: juror.model for juror in run.jurors}
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    with reading(run.path) as store:
        for row in store.ballot_rows(Step(run.latest_round)):
            counts[models[row["juror_id"]], row["case_id"]][row["status"]] += 1
    return counts
