"""Who lost: what each rule decided, and what that means for each group.

The same code reads a simulated run and a table of human ratings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from aggregators import AggregatorError, Outcome, Utilities, decide
from aggregators.minority import group_welfare, losses
from aggregators.rulebook import CommitteeRule, parse_rule
from jury.backends.base import Reply
from jury.cases import Case
from jury.elicitation import Mode, Showing, Vote
from jury.elicitation.base import Profile
from jury.errors import StudyError
from jury.panel import Panel

if TYPE_CHECKING:
    import pandas as pd

Unit = Literal["juror", "group"]

#: Groups with fewer jurors than this are flagged: a mean of so few says little about anybody.
FEW = 10


@dataclass(frozen=True, eq=False)
class Audit:
    """What the rules decided and how the groups fared.

    Attributes
    ----------
    panel : Panel
    rules : tuple of str
    outcomes : Mapping
        Case id -> rule -> `Outcome`, for every case that somebody answered.
    groups : DataFrame
        One row a group and rule: ``attribute, group; jurors`` (of the group, with an opinion on any case);
        ``weight_share`` (of the whole jury); ``rule; welfare`` (mean welfare under the winners, on the scale that was
        asked); ``regret`` (lost against the group's own best alternative, mean over cases, 0 is best); ``cases,
        cases_lost, share_lost`` (of the cases on which the group gave an opinion, those without a favourite of it
        among the winners; welfare and regret leave out cases on whose winners it gave none).
    gaps : DataFrame
        One row an attribute and rule: ``worst_group, worst_welfare, best_group, best_welfare, gap``.
    disagreements : tuple of str
        Cases on which the rules do not have the same winners.
    unanswered : tuple of str
        Cases that nobody answered; they are in no figure above.
    undecided : Mapping
        Rule -> cases it could not decide, with the reason.
    """

    panel: Panel
    rules: tuple[str, ...]
    outcomes: dict[str, dict[str, Outcome]]
    groups: pd.DataFrame
    gaps: pd.DataFrame
    disagreements: tuple[str, ...]
    unanswered: tuple[str, ...]
    undecided: dict[str, dict[str, str]]

    def to_dict(self) -> dict[str, Any]:
        """Return the audit as plain JSON types."""
        return {
            "name": self.panel.name,
            "caveat": self.panel.caveat,
            "denominators": self.panel.denominators(),
            "unread_replies": self.panel.unread(),
            "rules": list(self.rules),
            "mode": self.panel.mode.mode,
            "welfare": f"welfare {self.panel.mode.welfare_words}",
            "outcomes": {
                case: {rule: outcome.to_dict() for rule, outcome in by_rule.items()}
                for case, by_rule in self.outcomes.items()
            },
            "groups": _records(self.groups),
            "gaps": _records(self.gaps),
            "disagreements": list(self.disagreements),
            "unanswered": list(self.unanswered),
            "undecided": self.undecided,
        }


def audit(
    panel: Panel,
    *,
    rules: Sequence[str],
    by: Sequence[str] = (),
    unit: Unit = "juror",
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

    Returns
    -------
    Audit

    Raises
    ------
    StudyError
        If no rule can decide any case, a rule is unknown, or unit is ``group`` without one attribute.
    RunError
        For an unknown attribute.
    """
    if unit == "group" and len(by) != 1:
        raise StudyError(f"unit: group needs exactly one attribute to group by, not {len(by)}; give one --by")
    for rule in rules:
        _check(rule)
    outcomes: dict[str, dict[str, Outcome]] = {}
    undecided: dict[str, dict[str, str]] = {}
    rows: list[dict[str, Any]] = []
    for case_id, profile in panel.profiles(by):
        utilities = panel.mode.utilities(profile)
        ballots: Profile = _by_group(utilities, by[0]) if unit == "group" else profile
        decided = outcomes.setdefault(case_id, {})
        for rule in rules:
            try:
                outcome = decide(readable(panel.mode, ballots, rule), rule)
            except AggregatorError as error:
                undecided.setdefault(rule, {})[case_id] = str(error)
                continue
            decided[rule] = outcome
            rows += _group_rows(utilities, outcome, rule, case_id, by)
    if undecided and not any(outcomes.values()):
        rule, reasons = next(iter(undecided.items()))
        raise StudyError(f"rule {rule!r} cannot decide these ballots: {next(iter(reasons.values()))}")
    groups = _summary(panel, rows, by)
    return Audit(
        panel=panel,
        rules=tuple(rules),
        outcomes=outcomes,
        groups=groups,
        gaps=_gaps(groups),
        disagreements=tuple(case for case, decided in outcomes.items() if _differ(decided)),
        unanswered=tuple(case.id for case in panel.cases if case.id not in outcomes),
        undecided=undecided,
    )


def check_rules(mode: Mode, cases: Sequence[Case], rules: Sequence[str]) -> None:
    """Raise `StudyError` for cases that `mode` cannot ask, or a rule that cannot decide what it asks.

    Called before anything is asked. Tried on two jurors of opposite opinions, at the ends of the scale.
    """
    fault = mode.fault(cases)
    if fault is not None:
        raise StudyError(f"elicitation.{fault}")
    case, rng = cases[0], np.random.default_rng(0)
    showing = Showing.plain(case)
    shown = showing.order
    votes = []
    for juror, utility in enumerate((0.0, 1.0)):
        held = {name: abs(utility - place / len(shown)) for place, name in enumerate(shown)}
        replies = [Reply(str(question.as_if(held))) for question in mode.questions(showing)]
        votes.append(Vote(juror, mode.read(showing, replies, rng).values, shown))
    profile = mode.profile(case, votes, np.ones(2), {})
    for rule in rules:
        _check(rule)
        try:
            decide(readable(mode, profile, rule), rule)
        except AggregatorError as error:
            raise StudyError(f"rules: {rule!r} cannot decide what mode {mode.mode!r} asks: {error}") from None


def _check(rule: str) -> None:
    try:
        found, _ = parse_rule(rule)
    except AggregatorError as error:
        raise StudyError(f"rule: {error}") from None
    if isinstance(found, CommitteeRule):
        raise StudyError(f"rule: {rule!r} elects committees of several alternatives; an audit needs single winners")


def readable(mode: Mode, ballots: Profile, rule: str) -> Profile:
    """Return the ballots that `rule` reads: a welfare rule reads utilities, whatever was asked."""
    found, _ = parse_rule(rule)
    as_they_are = isinstance(ballots, (Utilities, found.reads, *found.also_reads))
    # Other rules that read utilities are about grades, which no ranking or choice gives.
    if as_they_are or (found.reads is Utilities and found.kind != "welfare"):
        return ballots
    return mode.read_as(ballots, found.reads)


def _by_group(utilities: Utilities, by: str) -> Utilities:
    """Return one row a group: its mean utilities, all groups with the same weight."""
    welfare = group_welfare(utilities, by)
    return Utilities(
        welfare.welfare,
        alternatives=utilities.alternatives,
        groups={by: np.array(welfare.labels, dtype=np.str_)},
    )


def _group_rows(
    utilities: Utilities, outcome: Outcome, rule: str, case: str, by: Sequence[str]
) -> Iterator[dict[str, Any]]:
    if not outcome.winners:
        return
    won = [outcome.alternatives.index(label) for label in outcome.winners]
    for attribute in by:
        welfare = group_welfare(utilities, attribute)
        lost = losses(utilities, outcome.winners, attribute)
        for index, group in enumerate(welfare.labels):
            yield {
                "attribute": attribute,
                "group": group,
                "rule": rule,
                "case": case,
                "welfare": float(welfare.welfare[index, won].mean()),
                "regret": float(lost.regret[index]),
                "lost": bool(lost.loses[index]),
                "heard": bool(lost.favourites[index]),
            }


def _summary(panel: Panel, rows: list[dict[str, Any]], by: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    columns = [
        "attribute",
        "group",
        "jurors",
        "weight_share",
        "rule",
        "welfare",
        "regret",
        "cases",
        "cases_lost",
    ]
    if not rows:
        return pd.DataFrame(columns=[*columns, "share_lost"])
    table = pd.DataFrame(rows)
    table = table[table["heard"]]  # a group that said nothing about a case has neither won nor lost the case
    summary = (
        table.groupby(["attribute", "group", "rule"], sort=False)
        .agg(
            welfare=("welfare", "mean"),
            regret=("regret", "mean"),
            cases=("case", "nunique"),
            cases_lost=("lost", "sum"),
        )
        .reset_index()
    )
    sizes = _sizes(panel, by)
    for column in ("jurors", "weight_share"):
        pairs = zip(summary["attribute"], summary["group"], strict=True)
        summary[column] = [sizes[pair][column] for pair in pairs]
    summary["share_lost"] = summary["cases_lost"] / summary["cases"]
    order = {name: position for position, name in enumerate(by)}
    summary = summary.sort_values(["attribute"], key=lambda names: names.map(order), kind="stable")
    return summary[[*columns, "share_lost"]].reset_index(drop=True)


def _sizes(panel: Panel, by: Sequence[str]) -> dict[tuple[str, str], dict[str, float]]:
    """Return for every group how many of its jurors gave an opinion, and its share of the whole jury's weight."""
    heard = np.zeros(len(panel.weights), dtype=bool)
    for case in panel.cases:
        for vote in panel.votes.get(case.id, ()):
            heard[vote.juror] |= not np.isnan(panel.mode.utilities_of(vote.values, case)).all()
    found = {}
    for attribute in by:
        names = panel.group_labels(attribute)
        for group in np.unique(names).tolist():
            inside = names == group
            share = float(panel.weights[inside].sum() / panel.weights.sum())
            found[attribute, group] = {"jurors": int((inside & heard).sum()), "weight_share": share}
    return found


def _gaps(groups: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for (attribute, rule), part in groups.groupby(["attribute", "rule"], sort=False):
        heard = part.dropna(subset=["welfare"])
        if heard.empty:
            continue
        welfare = heard["welfare"].to_numpy()
        worst, best = heard.iloc[int(welfare.argmin())], heard.iloc[int(welfare.argmax())]
        rows.append(
            {
                "attribute": attribute,
                "rule": rule,
                "worst_group": worst["group"],
                "worst_welfare": worst["welfare"],
                "best_group": best["group"],
                "best_welfare": best["welfare"],
                "gap": best["welfare"] - worst["welfare"],
            }
        )
    columns = ["attribute", "rule", "worst_group", "worst_welfare", "best_group", "best_welfare", "gap"]
    return pd.DataFrame(rows, columns=columns)


def _differ(decided: dict[str, Outcome]) -> bool:
    return len({frozenset(outcome.winners) for outcome in decided.values()}) > 1


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    clean = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in record.items()} for record in clean.to_dict(orient="records")]
