"""Jurors beside people: every measure of one comparison, and the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from jury.estimates import Estimate
from jury.metrics.agreement import Level
from jury.panel import Panel
from jury.panels.summary import agreement
from jury.uncertainty.effective import EffectiveSize, effective_size
from jury.validation.calibration import Calibration, calibrated
from jury.validation.coefficients import Coefficients, compare_coefficients
from jury.validation.distances import MEASURES, distance_rows, together
from jury.validation.gate import Check, Gate, Thresholds, above, closer, within
from jury.validation.pairing import Hits, hits
from jury.validation.sides import beside
from jury.validation.spread import Drawings, GroupSpread, group_spread, grouping, item_correlation
from jury.validation.verdicts import VerdictAgreement, verdict_agreement

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Validation", "validate"]

_EQUAL = 1e-9  # distances as near as this are equal


@dataclass(frozen=True, eq=False)
class Validation:
    """What simulated jurors said beside what people said.

    Attributes
    ----------
    humans : str
        Who the people are.
    same_people : bool
        Whether they are the very people whom the jurors were made from.
    table : DataFrame
        One row a case (or alternative of one) and group, everybody first, as `distances.distance_rows` says.
    distances : Mapping
        (attribute, group) -> figure -> `Estimate`, means over cases; ("", "") is everybody. The intervals of one figure
        hold for all groups at once.
    spread : tuple of GroupSpread
        Of everybody, then of each attribute.
    correlation : Estimate
        Of jurors' and people's means over items.
    coefficients : Coefficients or None
    calibration : Calibration or None
        None where answers are too fine to be counted.
    alpha_people, alpha_jurors : Estimate
        Krippendorff's alpha among people, which bounds how well anything can tell single people's answers, and among
        jurors.
    size : EffectiveSize or None
    verdicts : tuple of VerdictAgreement
    hits : Hits or None
        How often a juror chose what the very person had said; None unless they are the same people.
    gate : Gate
    left_out : tuple of str
        Cases without an answer on either side; they are in no figure.
    cases : int
        Those in the figures.
    comparisons : int
        Number of groups compared.
    """

    humans: str
    same_people: bool
    table: pd.DataFrame
    distances: Mapping[tuple[str, str], Mapping[str, Estimate]]
    spread: tuple[GroupSpread, ...]
    correlation: Estimate
    coefficients: Coefficients | None
    calibration: Calibration | None
    alpha_people: Estimate
    alpha_jurors: Estimate
    size: EffectiveSize | None
    verdicts: tuple[VerdictAgreement, ...]
    hits: Hits | None
    gate: Gate
    left_out: tuple[str, ...]
    cases: int
    comparisons: int

    @property
    def items(self) -> pd.DataFrame:
        """The rows of `table` for everybody."""
        return self.table[self.table["attribute"] == ""].drop(columns=["attribute", "group"]).reset_index(drop=True)

    @property
    def measure(self) -> str:
        """The distance that is reported first: total variation, or where mass moves if answers cannot be counted."""
        return "tv" if not self.items["tv"].isna().all() else "wasserstein"

    @property
    def closer(self) -> int:
        """Number of items on which the jurors are closer to people than an even spread is."""
        items = self.items
        return int((items[self.measure] < items[f"{self.measure}_uniform"] - _EQUAL).sum())

    @property
    def agreement(self) -> float:
        """Share of answers in which a juror chose what the very person had said; NaN if not the same people."""
        return float("nan") if self.hits is None else self.hits.share.value

    @property
    def by_lot(self) -> float:
        """What `agreement` would be if jurors were dealt to people by lot."""
        return float("nan") if self.hits is None else self.hits.by_lot

    @property
    def answers(self) -> int:
        """Number of answers behind `agreement`."""
        return 0 if self.hits is None else self.hits.answers

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain JSON types."""
        items = self.items
        means = {
            f"mean_{name}": float(items[name].mean()) for name in map(str, items) if name.partition("_")[0] in MEASURES
        }
        return {
            "gate": self.gate.to_dict(),
            "humans": self.humans,
            "same_people": self.same_people,
            "cases": self.cases,
            "items": items.to_dict(orient="records"),
            **means,
            "closer_than_uniform": self.closer,
            "groups": [
                {
                    "attribute": attribute,
                    "group": group,
                    **{name: found.to_dict() for name, found in figures.items()},
                }
                for (attribute, group), figures in self.distances.items()
            ],
            "spread": [_spread_document(one) for one in self.spread],
            "correlation": self.correlation.to_dict(),
            "coefficients": None if self.coefficients is None else self.coefficients.to_dict(),
            "calibration": None if self.calibration is None else self.calibration.to_dict(),
            "alpha_people": self.alpha_people.to_dict(),
            "alpha_jurors": self.alpha_jurors.to_dict(),
            "effective_size": None if self.size is None else self.size.to_dict(),
            "verdicts": [one.to_dict() for one in self.verdicts],
            "agreement": self.agreement,
            "agreement_by_lot": self.by_lot,
            "agreement_over_lot": None if self.hits is None else self.hits.over_lot.to_dict(),
            "answers": self.answers,
            "left_out": list(self.left_out),
            "groups_compared": self.comparisons,
        }


def _spread_document(found: GroupSpread) -> dict[str, Any]:
    return {
        "attribute": found.by,
        "variance_ratio": found.variance_ratio.to_dict(),
        "gap_inflation": None if found.gap_inflation is None else found.gap_inflation.to_dict(),
        "gap_correlation": None if found.gap_correlation is None else found.gap_correlation.to_dict(),
        "within": {label: one.to_dict() for label, one in found.within.items()},
        "left_out": list(found.left_out),
    }


def validate(
    jurors: Panel,
    people: Panel,
    rng: np.random.Generator,
    *,
    by: Sequence[str] = (),
    rules: Sequence[str] | None = None,
    same_people: bool = False,
    ordinal: bool = False,
    baseline: Panel | None = None,
    thresholds: Thresholds | None = None,
    resamples: int = 500,
) -> Validation:
    """Compare what simulated jurors said with what people said.

    Parameters
    ----------
    jurors : Panel
        Of a run: choices, predicted distributions of choices, scores, approvals, rankings or comparisons.
    people : Panel
        Human answers in the same mode (or choices, for predicted distributions), with weights: of `read_panel`,
        `survey_panel` or `own_people`.
    rng : Generator
    by : sequence of str
        Attributes, or crossings of them, that both sides have: the groups that are compared.
    rules : sequence of str, optional
        Under which verdicts are compared; by default those usual for the mode.
    same_people : bool
        Whether juror i was made from person i. Then people are all there are and have no sampling noise, and the two
        are redrawn together.
    ordinal : bool
        Whether the alternatives of every case are a scale in the order given.
    baseline : Panel, optional
        A run to do better than, such as the same model without personas.
    thresholds : Thresholds, optional
        Of the gate.
    resamples : int
        For the intervals.

    Returns
    -------
    Validation

    Raises
    ------
    RunError
        If the two share no case, were asked in ways that cannot be compared, or lack an attribute.
    StudyError
        For a rule that does not exist.

    Notes
    -----
    Distances are of the samples as they are, so that noise adds to them: ``floor`` beside them is what a perfect
    model would get from as many jurors. Ratios of variances are free of sampling noise. Intervals of means of
    distances are over cases, and hold for all groups at once; others redraw jurors, people and cases together, which is
    conservative.

    References
    ----------
    Bisbee et al. (2024), Synthetic replacements for human survey data? Political Analysis 32. Santurkar et al. (2023),
    Whose opinions do language models reflect? ICML. Argyle et al. (2023), Out of one, many, Political Analysis 31.
    """
    import pandas as pd

    pair = beside(jurors, people, same_people=same_people, ordinal=ordinal)
    based = None if baseline is None else beside(baseline, people, ordinal=ordinal)
    groups = [grouping(pair, name) for name in by]
    table = pd.DataFrame(list(distance_rows(pair, groups, rng, based)))
    case_of = {unit.name: unit.case for unit in pair.units}
    figures = together(table, case_of, rng)
    drawings = Drawings.of(pair, resamples, rng)
    spread = (
        group_spread(pair, None, drawings),
        *(group_spread(pair, one, drawings) for one in groups if len(one.labels) > 1),
    )
    case_ids = tuple(case.id for case in pair.cases)
    level: Level = "ordinal" if ordinal else "nominal" if jurors.mode.mode in ("choose", "approve") else "interval"
    found_hits = hits(pair) if same_people else None
    coefficients = compare_coefficients(pair, by, rng) if by else None
    size = effective_size(jurors, rng, human=people, same_people=same_people, resamples=resamples)
    correlation = item_correlation(pair, drawings)
    measures = _Measures(figures, spread, correlation, coefficients, size, found_hits, tuple(by))
    return Validation(
        humans=people.name,
        same_people=same_people,
        table=table,
        distances=figures,
        spread=spread,
        correlation=correlation,
        coefficients=coefficients,
        calibration=_calibration(table, case_of, rng),
        alpha_people=agreement(people, rng, level, resamples=resamples),
        alpha_jurors=agreement(jurors, rng, level, resamples=resamples),
        size=size,
        verdicts=verdict_agreement(
            jurors, people, case_ids, jurors.mode.default_rules if rules is None else rules, rng, baseline=baseline
        ),
        hits=found_hits,
        gate=_gate(measures, thresholds or Thresholds()),
        left_out=tuple(case.id for case in jurors.cases if case.id not in case_ids),
        cases=len(case_ids),
        comparisons=sum(len(one.labels) for one in groups),
    )


def _calibration(table: pd.DataFrame, case_of: Mapping[str, int], rng: np.random.Generator) -> Calibration | None:
    used = table[~table["tv"].isna()]
    used = used[used["attribute"] != ""] if (used["attribute"] != "").any() else used
    if used.empty:
        return None
    shares = [np.concatenate([list(row.values()) for row in used[side]]) for side in ("model", "human")]
    cases = np.concatenate(
        [np.full(len(row), case_of[name]) for row, name in zip(used["model"], used["case"], strict=True)]
    )
    _, codes = np.unique(cases, return_inverse=True)
    return calibrated(shares[0], shares[1], codes.astype(np.intp), rng)


@dataclass(frozen=True, eq=False)
class _Measures:
    distances: Mapping[tuple[str, str], Mapping[str, Estimate]]
    spread: tuple[GroupSpread, ...]
    correlation: Estimate
    coefficients: Coefficients | None
    size: EffectiveSize | None
    hits: Hits | None
    by: tuple[str, ...]


def _gate(found: _Measures, asked: Thresholds) -> Gate:
    whole = found.distances["", ""]
    measure = "tv" if not np.isnan(whole["tv"].value) else "wasserstein"
    knows_nothing = "they say nothing that answering at random would not"
    checks = [closer("uniform", "an even spread", whole[f"{measure}_over_uniform"], knows_nothing)]
    if f"{measure}_over_baseline" in whole:
        personas = "what sets this run apart from it adds nothing"
        checks.append(closer("baseline", "the baseline run", whole[f"{measure}_over_baseline"], personas))
    if found.hits is not None:
        checks.append(
            above(
                "persons",
                "How much more often jurors say what the very person had said than by lot",
                found.hits.over_lot,
                "a juror tells as much about any other person",
                "there are no answers",
            )
        )
    for one in found.spread[1:] or found.spread[:1]:
        checks += _spread_checks(one, asked)
    if not found.by:
        words = "No groups were compared: name them with --by, or under `groups:` in the study."
        checks.append(Check("groups", "groups to compare", None, None, words))
    if found.coefficients is not None:
        checks.append(_flips_check(found.coefficients, asked))
    if found.size is not None:
        checks.append(_size_check(found.size, asked))
    return Gate(tuple(checks), asked)


def _spread_checks(one: GroupSpread, asked: Thresholds) -> list[Check]:
    where = f" by {one.by}" if one.by else ""
    variance = within(
        f"variance{where}",
        f"Jurors' standard deviation over people's, within groups{where}"
        if one.by
        else "Jurors' standard deviation over people's",
        one.variance_ratio,
        asked.least_variance,
        asked.most_variance,
        ("jurors are too much alike", "jurors differ too much", "people's answers do not vary"),
    )
    if one.gap_inflation is None or one.gap_correlation is None:
        return [variance]
    alike = "people's groups do not differ beyond sampling noise"
    return [
        variance,
        within(
            f"gaps{where}",
            f"Standard deviation between jurors' groups over that between people's{where}",
            one.gap_inflation,
            asked.least_inflation,
            asked.most_inflation,
            ("gaps between groups are missed", "groups are caricatured", alike),
        ),
        above(
            f"gap direction{where}",
            f"Correlation of jurors' and people's gaps between groups{where}",
            one.gap_correlation,
            "jurors' groups are not shown to differ in the direction in which people's do",
            alike,
        ),
    ]


def _flips_check(found: Coefficients, asked: Thresholds) -> Check:
    flipped = found.flipped_settled
    what = f"share of flipped signs among coefficients that are settled for people: at most {asked.most_flipped:.0%}"
    if np.isnan(flipped.value):
        return Check(
            "signs", what, None, None, "No regression coefficient is settled for people, so none can be missed."
        )
    passed = flipped.value <= asked.most_flipped
    words = (
        f"Of the {flipped.count} regression coefficients that are settled for people, jurors flip the sign of "
        f"{flipped.value:.0%} [{flipped.low:.0%}, {flipped.high:.0%}]."
    )
    return Check("signs", what, flipped, passed, words)


def _size_check(found: EffectiveSize, asked: Thresholds) -> Check:
    what = f"effective number of independent jurors: at least {asked.least_effective:g}"
    return Check("size", what, found.size, bool(found.size.value >= asked.least_effective), found.words())
