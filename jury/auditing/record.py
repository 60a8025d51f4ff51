"""What an audit found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregators import Outcome
from jury.auditing.hearing import Unit
from jury.estimates import Estimate
from jury.panel import Panel

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Audit:
    """What the rules decided and how the groups fared.

    Tables are data frames, one row a thing, with the ends of intervals in columns ``..._low`` and ``..._high``. These
    cover all rows of a table together at `level`, groups worth fewer than `FEW` jurors of equal weight left out
    (`few`; they have no interval and no p-value). NaN is what cannot be said.

    Attributes
    ----------
    panel : Panel
    rules : tuple of str
    unit : {"juror", "group"}
        Whose welfare the rules aggregated.
    jurors : int
        With a weight and an opinion on any case.
    outcomes : Mapping
        Case id -> rule -> `Outcome`, for every case that somebody answered.
    groups : DataFrame
        One row a group and rule.

        - ``attribute, group, rule; jurors`` (of the group, with an opinion on any case); ``few; weight_share`` (of the
          whole jury); ``voice`` (mean over cases of its share of the weight of those who gave an opinion: the same
          where everybody answers everything).
        - ``welfare``: mean welfare under the winners, on the scale that was asked, higher is better.
        - ``regret``: lost against the group's own best alternative, mean over cases, 0 is best.
        - ``cases, cases_lost, share_lost``: of the cases on which the group gave an opinion, those without a favourite
          of it among the winners; welfare and regret leave out cases on whose winners it gave none.
        - ``regret_by_lot, share_lost_by_lot``: what a group of its size loses on average when jurors are dealt into
          groups by lot, because small groups are noisy and somebody always loses.
        - ``p_value``: how often lots do as badly by any group under any rule, by regret or (of ten cases or more) by
          the share lost, adjusted for looking at all of them; ``loses_more``: whether it is at most 1 - `level` and the
          `headline` figure is above that of lots.
        - ``lost_redrawn``: share of cases lost on average when the jury is drawn again.
        - ``gain``: welfare less that under utilitarian welfare, which has the greatest sum.
        - ``pivotal_cases``: cases decided otherwise had the group abstained; ``held_back_cases``: cases that it lost
          and would have won as one.
        - ``contested``: cases on which its favourites are none of everybody else's; ``contested_won``: those of them
          with a favourite of it among the winners; ``owed``: the sum of its shares of the weight in them, rounded
          down.
    gaps : DataFrame
        One row an attribute and rule: ``worst_group, worst_welfare, best_group, best_welfare, gap``.
    prices : DataFrame
        One row a rule: ``price`` (mean utility of the jury that is lost against its greatest, mean over cases, 0 is
        best), ``cases``, and ``differs`` (cases in which its winners are not those of utilitarian welfare).
    minority_gains : DataFrame
        One row an attribute and rule, against utilitarian welfare: ``minority_gain`` (welfare of everybody outside the
        largest group), ``worst_gain`` (welfare of whichever group is worst off in a case). Higher is better.
    alternatives : DataFrame
        One row a case and alternative: ``answered`` (jurors with an opinion), ``welfare`` (their mean utility),
        ``agree`` (weighted share of them above the middle of the scale), ``polarisation`` (Esteban and Ray, 0 to 1).
    consensus : DataFrame
        One row an attribute, case and alternative: ``consensus``, the group-informed consensus of Polis.
    objections : DataFrame
        One row a case and rule: the alternative that most weight prefers to every winner (``alternative``), the
        ``share`` of the weight with an opinion, ``jurors``, ``blocking`` (more than half: local stability with Droop's
        quota for one seat) and ``coalition``: attribute -> group -> (jurors who object, jurors with an opinion).
    fanatics : DataFrame
        One row a case and rule: ``changes`` (whether one juror's extreme ballot changes who wins), ``share`` (of the
        weight, of those who can), ``shift`` (the largest change of a score). Empty where groups are the unit.
    scales : DataFrame
        One row a rule that compares utilities and scale (raw, range, rank): ``cases, changed, share_changed`` (cases
        whose winners are not those on the raw scale) with an exact interval of its own. Empty where answers have no
        scale.
    power : DataFrame
        One row a group: ``voice, banzhaf, shapley_shubik``, if groups voted as one, with their voice as weight, and a
        majority decided; ``banzhaf_low`` ... are from sampling alone, equal to the index where that is exact.
    inequity : DataFrame
        One row a rule: ``sigma_inequity`` (standard deviation between groups of the share of cases won, mean over
        attributes; lower is more equal) and ``by_lot``.
    proportionality : DataFrame
        With `seats`: one row a case, rule and measure: ``committee`` (the rule's first `seats`), ``fine``,
        ``undecided`` and, for a coalition that is left out, ``wants, owed, has, share, jurors, coalition``.
    disagreements : tuple of str
        Cases on which the rules do not have the same winners.
    unanswered : tuple of str
        Cases that nobody answered; they are in no figure above.
    undecided : Mapping
        Rule -> cases it could not decide, with the reason.
    resamples, deals : int
        Drawings of jurors and of cases behind the intervals; deals by lot behind the p-values.
    dealt_whole : bool
        Whether (nearly) every juror answered every case, so that the p-values are those of an exact permutation test.
    comparisons : Mapping
        Figure -> how many of them its intervals or p-values cover together.
    seats : int or None
    level : float
    """

    panel: Panel
    rules: tuple[str, ...]
    unit: Unit
    jurors: int
    outcomes: dict[str, dict[str, Outcome]]
    groups: pd.DataFrame
    gaps: pd.DataFrame
    prices: pd.DataFrame
    minority_gains: pd.DataFrame
    alternatives: pd.DataFrame
    consensus: pd.DataFrame
    objections: pd.DataFrame
    fanatics: pd.DataFrame
    scales: pd.DataFrame
    power: pd.DataFrame
    inequity: pd.DataFrame
    proportionality: pd.DataFrame
    disagreements: tuple[str, ...]
    unanswered: tuple[str, ...]
    undecided: dict[str, dict[str, str]]
    resamples: int
    deals: int
    dealt_whole: bool
    comparisons: dict[str, int]
    seats: int | None
    level: float

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by its name."""
        return {name: getattr(self, name) for name in TABLES}

    def estimate(self, figure: str, *, attribute: str, group: str, rule: str) -> Estimate:
        """Return a figure of `groups` with its interval.

        Parameters
        ----------
        figure : {"welfare", "regret", "share_lost", "gain"}
        attribute, group, rule : str

        Raises
        ------
        KeyError
            If there is no such figure, or no such row.
        """
        table = self.groups
        row = table[(table["attribute"] == attribute) & (table["group"] == group) & (table["rule"] == rule)]
        if figure not in ESTIMATED or row.empty:
            raise KeyError(f"no {figure} of {group!r} by {attribute!r} under {rule!r}; figures: {', '.join(ESTIMATED)}")
        one = row.iloc[0]
        return Estimate(
            value=float(one[figure]),
            low=float(one[f"{figure}_low"]),
            high=float(one[f"{figure}_high"]),
            count=int(one["jurors"] if len(self.outcomes) == 1 else one["cases"]),
            unit="jurors" if len(self.outcomes) == 1 else "cases",
            level=self.level,
            comparisons=max(1, self.comparisons.get(figure, 1)),
        )

    @property
    def headline(self) -> str:
        """The figure by which reports tell who loses: ``share_lost`` of many cases, ``regret`` of few."""
        from jury.auditing.tables import MANY

        return "share_lost" if len(self.outcomes) >= MANY else "regret"

    def verdict(self) -> str:
        """Return in sentences what was decided, who loses, and how sure that is."""
        from jury.auditing.verdict import verdict

        return " ".join(verdict(self))

    def _repr_html_(self) -> str:
        from jury.notebook import audit_html

        return audit_html(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the audit as plain JSON types."""
        return {
            "verdict": self.verdict(),
            "name": self.panel.name,
            "caveat": self.panel.caveat,
            "denominators": self.panel.denominators(),
            "unread_replies": self.panel.unread(),
            "rules": list(self.rules),
            "unit": self.unit,
            "jurors_heard": self.jurors,
            "mode": self.panel.mode.mode,
            "welfare": f"welfare {self.panel.mode.welfare_words}",
            "outcomes": {
                case: {rule: outcome.to_dict() for rule, outcome in by_rule.items()}
                for case, by_rule in self.outcomes.items()
            },
            **{name: _records(table) for name, table in self.tables.items()},
            "disagreements": list(self.disagreements),
            "unanswered": list(self.unanswered),
            "undecided": self.undecided,
            "resamples": self.resamples,
            "deals": self.deals,
            "dealt_whole": self.dealt_whole,
            "comparisons": self.comparisons,
            "seats": self.seats,
            "level": self.level,
        }


#: Figures of `Audit.groups` with an interval.
ESTIMATED = ("welfare", "regret", "share_lost", "gain")

TABLES = (
    "groups",
    "gaps",
    "prices",
    "minority_gains",
    "alternatives",
    "consensus",
    "objections",
    "fanatics",
    "scales",
    "power",
    "inequity",
    "proportionality",
)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): _plain(value) for name, value in record.items()}
        for record in frame.astype(object).to_dict(orient="records")
    ]


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a cell holds
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value
