"""The audit itself: every case decided under every rule, every group accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aggregators import AggregatorError, Outcome, decide
from aggregators.fates import Standing, standing
from jury.auditing.bench import Bench, benches
from jury.auditing.coalitions import left_out, objection
from jury.auditing.figures import OF_ATTRIBUTES, OF_GROUPS, OF_RULES, REFERENCE
from jury.auditing.hearing import Hearing, Unit, hearings, of_groups
from jury.auditing.intervals import LEVEL
from jury.auditing.lots import groups_by_lot
from jury.auditing.membership import Groups
from jury.auditing.percase import (
    Scale,
    alternatives_of,
    consensus_of,
    contests,
    fanatic,
    pivots,
    winners_by_scale,
)
from jury.auditing.record import Audit
from jury.auditing.redrawing import Tried, by_case, cases_redrawn, jurors_redrawn
from jury.auditing.rules import check_rule, reads_utilities
from jury.auditing.tables import (
    Evidence,
    gap_table,
    group_table,
    inequity_table,
    minority_table,
    power_table,
    price_table,
    scale_table,
)
from jury.errors import StudyError
from jury.panel import Panel

RESAMPLES = 499
"""Drawings and deals unless others are asked for: an adjusted p-value of 0.002 is the least that they can show."""


def audit(
    panel: Panel,
    *,
    rules: Sequence[str],
    by: Sequence[str] = (),
    unit: Unit = "juror",
    seats: int | None = None,
    resamples: int = RESAMPLES,
    rng: np.random.Generator | None = None,
) -> Audit:
    """Decide every case under every rule and account for every group.

    Parameters
    ----------
    panel : Panel
        From ``run.panel()`` or `jury.ratings.read_ratings`.
    rules : sequence of str
        Rules that decide, such as ``"nash"`` or ``"isoelastic:alpha=2"``. Welfare rules read choices, approvals,
        rankings and comparisons as the utilities that the elicitation mode makes of them (`Mode.utilities`).
    by : sequence of str
        Attributes, or crossings such as ``"race & sex"``.
    unit : {"juror", "group"}
        Whose welfare the rules aggregate: each juror's, or each group's mean, groups counting alike (then `by`
        must have one attribute).
    seats : int, optional
        Also appraise the first so many alternatives of each rule as a committee: which groups it leaves out, by JR,
        PJR, EJR, EJR+, the core, solid coalitions and local stability.
    resamples : int
        Drawings of jurors and of cases behind the intervals, and deals by lot behind the p-values; 0 for none.
    rng : numpy.random.Generator, optional
        Draws them. Default: ``numpy.random.default_rng(0)``, so that the same ballots give the same page.

    Returns
    -------
    Audit

    Raises
    ------
    StudyError
        If no rule can decide any case, a rule is unknown, a number is out of range, or unit is ``group`` without one
        attribute.
    RunError
        For an unknown attribute.

    Notes
    -----
    Interval and p-value are explained in `jury.auditing.intervals`. Validation: the tests audit juries whose losers
    are planted, count how often a jury without losers is called one with, and how often intervals cover; a juror of
    weight 2 is two jurors in every figure but those that count jurors or draw them.

    Examples
    --------
    >>> from jury import Study, audit, simulate  # doctest: +SKIP
    >>> found = audit(simulate("study.yaml").panel(), rules=["utilitarian", "nash"], by=["race"])  # doctest: +SKIP
    >>> print(found.verdict())  # doctest: +SKIP
    """
    _check(rules, by, unit, seats, resamples)
    rng = np.random.default_rng(0) if rng is None else rng
    groups, scale = Groups.of(panel, by), Scale.of(panel.mode)
    trial = _Trial(panel, groups, tuple(rules), scale, seats)
    for hearing in hearings(panel, groups.by, unit):
        trial.hear(hearing)
    trial.refuse_if_undecided()
    evidence = trial.evidence(resamples, rng)
    table, comparisons = group_table(evidence)
    import pandas as pd

    return Audit(
        panel=panel,
        rules=trial.rules,
        unit=unit,
        jurors=int(groups.heard.sum()),
        outcomes=trial.outcomes,
        groups=table,
        gaps=gap_table(table),
        prices=price_table(evidence, trial.differs()),
        minority_gains=minority_table(evidence),
        inequity=inequity_table(evidence),
        power=power_table(groups, trial.voice, rng),
        scales=scale_table(trial.changed, LEVEL),
        **{name: pd.DataFrame(trial.rows[name], columns=list(columns)) for name, columns in _COLUMNS.items()},
        disagreements=tuple(case for case, decided in trial.outcomes.items() if _differ(decided)),
        unanswered=tuple(case.id for case in panel.cases if case.id not in trial.outcomes),
        undecided=trial.undecided,
        resamples=resamples,
        deals=resamples if evidence.lots.figures else 0,
        dealt_whole=evidence.lots.whole,
        comparisons=comparisons,
        seats=seats,
        level=LEVEL,
    )


#: Tables with a row for everything that is said of single cases.
_COLUMNS = {
    "alternatives": ("case", "alternative", "answered", "welfare", "agree", "polarisation"),
    "consensus": ("case", "attribute", "alternative", "consensus"),
    "objections": ("case", "rule", "alternative", "share", "jurors", "blocking", "coalition"),
    "fanatics": ("case", "rule", "changes", "share", "shift"),
    "proportionality": (
        *("case", "rule", "committee", "measure", "fine", "undecided"),
        *("wants", "owed", "has", "share", "jurors", "coalition"),
    ),
}


class _Trial:
    """What is collected while the cases are heard one after the other."""

    def __init__(self, panel: Panel, groups: Groups, rules: tuple[str, ...], scale: Scale, seats: int | None) -> None:
        self.panel, self.groups, self.rules, self.scale, self.seats = panel, groups, rules, scale, seats
        self.labels = {name: panel.group_labels(name) for name in groups.by}
        self.outcomes: dict[str, dict[str, Outcome]] = {}
        self.undecided: dict[str, dict[str, str]] = {}
        self.heard: list[tuple[Hearing, tuple[str | None, ...]]] = []
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _COLUMNS}
        self.changed: dict[tuple[str, str], list[bool]] = {}
        self.reference: dict[str, frozenset[str]] = {}
        shape = (len(groups), len(rules))
        names = ("pivotal_cases", "held_back_cases", "contested", "contested_won")
        self.counts = {name: np.zeros(shape, dtype=np.int64) for name in names}
        self.owed, self.voices = np.zeros(shape), np.zeros(len(groups))

    def hear(self, hearing: Hearing) -> None:
        """Decide one case and take down all that is said of it."""
        member = self.groups.member[:, hearing.jurors]
        means = standing(hearing.utilities.values, hearing.weights[None, :], member)
        decided = self.outcomes[hearing.case] = {}
        rules: list[str | None] = []
        for rule in self.rules:
            try:
                decided[rule] = self._decide(hearing, rule, means)
                rules.append(rule)
            except AggregatorError as error:
                self.undecided.setdefault(rule, {})[hearing.case] = str(error)
                rules.append(None)
        self.heard.append((hearing, tuple(rules)))
        self.reference[hearing.case] = self._greatest(hearing)
        self._of_case(hearing)
        wanted = contests(hearing, self.groups)
        self.voices += wanted.voice
        for place, (rule, outcome) in enumerate(zip(self.rules, map(decided.get, self.rules), strict=True)):
            if outcome is None or not outcome.winners:
                continue
            won = np.array([label in outcome.winners for label in outcome.alternatives])
            self.counts["contested"][:, place] += wanted.contested
            self.owed[:, place] += wanted.voice * wanted.contested
            self.counts["contested_won"][:, place] += wanted.contested & (wanted.favourites & won).any(axis=1)
            pivotal, held_back = pivots(hearing, rule, self.groups, means, self.scale)
            self.counts["pivotal_cases"][:, place] += pivotal
            self.counts["held_back_cases"][:, place] += held_back
            self._of_rule(hearing, rule, outcome)

    def _greatest(self, hearing: Hearing) -> frozenset[str]:
        """Return who has the greatest mean utility."""
        as_reference = hearing.unit == "juror" and hearing.ballots(REFERENCE) is hearing.utilities
        decided = self.outcomes[hearing.case].get(REFERENCE) if as_reference else None
        return frozenset((decided or decide(hearing.utilities, REFERENCE)).winners)

    def _decide(self, hearing: Hearing, rule: str, means: Standing) -> Outcome:
        ballots = hearing.ballots(rule)
        if hearing.unit == "group":
            ballots = of_groups(means, self.groups.by[0], self.groups.labels, hearing.utilities.alternatives)
        return decide(ballots, rule)

    def _of_case(self, hearing: Hearing) -> None:
        case = {"case": hearing.case}
        self.rows["alternatives"] += [case | row for row in alternatives_of(hearing, self.scale)]
        self.rows["consensus"] += [case | row for row in consensus_of(hearing, self.groups.by, self.scale)]

    def _of_rule(self, hearing: Hearing, rule: str, outcome: Outcome) -> None:
        at: dict[str, Any] = {"case": hearing.case, "rule": rule}
        self.rows["objections"].append(at | objection(hearing, outcome, self.labels))
        shaken = fanatic(hearing, rule, self.scale)
        if shaken is not None:
            self.rows["fanatics"].append(at | shaken)
        if reads_utilities(rule) and not self.panel.mode.relative:
            by_scale = winners_by_scale(hearing, rule, self.groups, outcome)
            for scale, winners in by_scale.items():
                if winners is not None:
                    self.changed.setdefault((rule, scale), []).append(winners != by_scale["raw"])
        if self.seats is not None:
            found = left_out(hearing, outcome, self.seats, self.scale.middle, self.labels)
            self.rows["proportionality"] += [at | row for row in found]

    def differs(self) -> dict[str, int]:
        """Return, for each rule, in how many cases its winners are not those of utilitarian welfare."""
        found = dict.fromkeys(self.rules, 0)
        for case, decided in self.outcomes.items():
            for rule, outcome in decided.items():
                found[rule] += bool(outcome.winners) and frozenset(outcome.winners) != self.reference[case]
        return found

    def refuse_if_undecided(self) -> None:
        """Raise if no rule could decide anything."""
        if self.undecided and not any(self.outcomes.values()):
            rule, reasons = next(iter(self.undecided.items()))
            raise StudyError(f"rule {rule!r} cannot decide these ballots: {next(iter(reasons.values()))}")

    @property
    def voice(self) -> NDArray[np.float64]:
        """(g,) mean over cases of each group's share of the weight of those who gave an opinion."""
        return self.voices / max(len(self.heard), 1)

    def _benches(self) -> list[Bench]:
        heard, rules = [hearing for hearing, _ in self.heard], [rules for _, rules in self.heard]
        return benches(heard, rules, len(self.groups) + len(self.groups.by))

    def evidence(self, resamples: int, rng: np.random.Generator) -> Evidence:
        """Return the figures of all cases, and of what else might have come out."""
        tried = [Tried.of(bench, self.groups) for bench in self._benches()]
        figures = by_case(tried) if tried else _nothing(self.groups, self.rules)
        again = bool(resamples and tried)
        return Evidence(
            groups=self.groups,
            rules=self.rules,
            figures=figures,
            jurors=jurors_redrawn(tried, self.groups, resamples, rng) if again else {},
            cases=cases_redrawn(figures, resamples, rng) if again else {},
            lots=groups_by_lot(tried, self.groups, resamples if again else 0, rng),
            counts=self.counts | {"owed": (self.owed * (1 + 1e-9)).astype(np.int64)},
            voice=self.voice,
            level=LEVEL,
        )


def _nothing(groups: Groups, rules: tuple[str, ...]) -> dict[str, Any]:
    """Return the figures of no case."""
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(OF_GROUPS, (0, len(groups), len(rules)))
    shapes |= dict.fromkeys(OF_ATTRIBUTES, (0, len(groups.by), len(rules)))
    shapes |= dict.fromkeys(OF_RULES, (0, len(rules)))
    return {name: np.zeros(shape) for name, shape in shapes.items()}


def _check(rules: Sequence[str], by: Sequence[str], unit: Unit, seats: int | None, resamples: int) -> None:
    if unit == "group" and len(by) != 1:
        raise StudyError(f"unit: group needs exactly one attribute to group by, not {len(by)}; give one --by")
    if seats is not None and seats < 1:
        raise StudyError(f"seats={seats}: a committee has one member or more; leave it out to audit single winners")
    if resamples < 0:
        raise StudyError(f"resamples={resamples}: give a number of drawings, or 0 for no intervals")
    for rule in rules:
        check_rule(rule)


def _differ(decided: dict[str, Outcome]) -> bool:
    return len({frozenset(outcome.winners) for outcome in decided.values()}) > 1
