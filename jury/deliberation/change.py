"""What deliberation changed: a jury before and after, however it came about.

::

    found = compare(run.panel(round=0), run.panel(), rules=["nash"], by=["race"], rng=np.random.default_rng(0))
    print(" ".join(found.words()))
    found.silencing                                    # who gave way to whom, a data frame
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from jury.auditing.rules import check_rule
from jury.deliberation.changes.drawn import redrawn
from jury.deliberation.changes.pairing import Paired, check_alike, pair
from jury.deliberation.changes.polarising import division_table, group_means, trajectory
from jury.deliberation.changes.rulings import rule_table, ruling_table
from jury.deliberation.changes.shifting import shift_table
from jury.deliberation.changes.sides import Sides, sides
from jury.deliberation.changes.silencing import silencing_table
from jury.errors import MeasureError
from jury.estimates import LEVEL, Estimate
from jury.panel import Panel

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ASKED", "TABLES", "Change", "compare", "group_means", "trajectory"]

RESAMPLES = 1000

#: What a share of one side is a share of.
_BEHIND = {"yielding": "minority", "minority_gave": "minority", "leaving": "majority", "majority_gave": "majority"}

TABLES = ("verdicts", "by_rule", "shifts", "silencing", "divisions")

_ASKED_AGAIN = (
    "A juror asked twice answers otherwise now and then without having heard anybody, and those who stood apart are "
    "more likely to come back than others are to leave (regression to the mean): compare with a control that heard "
    "nobody before calling it silencing."
)
_NO_PEOPLE = (
    "What models say to each other is not what people would say: a simulated deliberation tells how these models "
    "respond, not how a jury of people would."
)
ASKED = (_ASKED_AGAIN, _NO_PEOPLE)
"""What to keep in mind where jurors were asked again."""


@dataclass(frozen=True, eq=False)
class Change:
    """What changed between two sets of answers of the same jurors.

    Tables are data frames, the ends of intervals in columns ``..._low`` and ``..._high``. All figures are of jurors who
    answered a case both times; intervals are of jurors drawn again, a juror's two answers together, for the same cases.

    Attributes
    ----------
    before, after : str
        Names of the panels.
    rules, by : tuple of str
    jurors : int
        Who answered any case both times.
    only_before, only_after : int
        Pairs of juror and case with an answer in one panel only, which are in no figure.
    gained, lost : int
        Pairs of juror and case without an opinion before and with one after, and the reverse; they count in the verdict
        of the time at which they have one, and in no shift.
    verdicts : DataFrame
        One row a case and rule: ``jurors; before, after`` (tuples of tied winners); ``changed``; ``differs``, the share
        of drawings in which the winners after are not those before; ``before_stable, after_stable``, the shares in
        which they are those of the jury as it is. A verdict that is changed, with ``differs`` near one half, hangs on
        who was drawn.
    by_rule : DataFrame
        One row a rule: ``cases, changed, share_changed`` (its interval is exact, over cases), the mean of ``differs``,
        and ``disagrees_before, disagrees_after``: cases on which its winners are not those of the first rule.
    shifts : DataFrame
        One row a group, case and alternative, everybody first: ``jurors`` with an opinion both times, mean utility
        ``before`` and ``after``, and ``shift``, the mean of their own changes (Student's t, paired; the intervals cover
        all groups of one attribute and all alternatives of one case together).
    silencing : DataFrame
        One row for everybody and one a group. A juror is of the minority of a case if what most liked best before was
        none of the juror's favourites, of the majority if it was the only one.

        - ``minority, yielded, majority, left, neither``: numbers of pairs of juror and case, the last of jurors with
          several favourites, that of the majority among them. Who yielded likes best, after, only
          what the majority liked best; who left no longer has it among the favourites.
        - ``yielding``: weighted share of the minority that yielded; ``leaving``: of the majority that left;
          ``silencing``: the difference. Above 0: the minority gives way more often than the majority. Even moves to and
          fro leave it above 0 where the minority is the smaller side, so look at ``growth`` too: who yielded less who
          left, among both sides, which such moves leave at 0.
        - ``minority_gave, majority_gave``: how much of the gap between the two sides' means each side closed, on
          average over its jurors; ``gave``, the difference.
        - ``moved``: mean absolute change of an opinion, on the scale that was asked.
        - ``control, excess``: silencing of jurors asked again who heard nobody, and how much more there is with
          hearing; NaN without a control.
    divisions : DataFrame
        One row a figure: ``polarisation`` (Esteban and Ray), ``variance`` and ``disagreement``, means over cases
        ``before`` and ``after``, and their ``change``; below 0 the jury is more at one.
    cases, split : int
        Cases that anybody answered both times; those of them on which no one alternative led before, which say nothing
        of silencing.
    control : str or None
        Name of the control, as it was asked last.
    cautions : tuple of str
        What to keep in mind.
    resamples : int
        Drawings of the jurors behind the intervals.
    level : float
        Of confidence.
    """

    before: str
    after: str
    rules: tuple[str, ...]
    by: tuple[str, ...]
    jurors: int
    only_before: int
    only_after: int
    gained: int
    lost: int
    verdicts: pd.DataFrame
    by_rule: pd.DataFrame
    shifts: pd.DataFrame
    silencing: pd.DataFrame
    divisions: pd.DataFrame
    cases: int
    split: int
    control: str | None = None
    cautions: tuple[str, ...] = ASKED
    resamples: int = RESAMPLES
    level: float = LEVEL

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by its name."""
        return {name: getattr(self, name) for name in TABLES}

    def estimate(self, figure: str, *, attribute: str = "everybody", group: str = "everybody") -> Estimate:
        """Return a figure of `silencing` with its interval.

        Raises
        ------
        KeyError
            If there is no such figure, or no such row.
        """
        table = self.silencing
        rows = table[(table["attribute"] == attribute) & (table["group"] == group)]
        if rows.empty or f"{figure}_low" not in table.columns:
            figures = [name.removesuffix("_low") for name in table.columns if name.endswith("_low")]
            raise KeyError(f"no {figure} of {group!r} by {attribute!r}; figures: {', '.join(figures)}")
        row = rows.iloc[0]
        value, low, high = (float(row[f"{figure}{end}"]) for end in ("", "_low", "_high"))
        behind = _BEHIND.get(figure)
        count, unit = (int(row["jurors"]), "jurors") if behind is None else (int(row[behind]), "answers")
        return Estimate(value, low, high, count, unit, self.level)

    def words(self) -> list[str]:
        """Return in sentences what changed, the most important first, without the cautions."""
        from jury.deliberation.changes.telling import words

        return words(self)

    def _repr_html_(self) -> str:
        from jury.notebook import change_html

        return change_html(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the change as plain JSON types; NaN becomes None."""
        plain = {
            name: list(value) if isinstance(value, tuple) else value
            for name in self.__dataclass_fields__
            if name not in TABLES
            for value in (getattr(self, name),)
        }
        return {"said": self.words(), **plain, **{name: plain_records(table) for name, table in self.tables.items()}}


def compare(
    before: Panel,
    after: Panel,
    *,
    rng: np.random.Generator,
    rules: Sequence[str] | None = None,
    by: Sequence[str] | None = None,
    control: Panel | tuple[Panel, Panel] | None = None,
    resamples: int = RESAMPLES,
    cautions: Sequence[str] = ASKED,
    level: float = LEVEL,
) -> Change:
    """Return what changed between two sets of answers of the same jurors on the same cases.

    Parameters
    ----------
    before, after : Panel
        Of the same jurors in the same order, with the same weights, cases and questions: two rounds of a run, say.
    rng : Generator
        Draws jurors again; the same one gives the same intervals.
    rules : sequence of str, optional
        Those that decide; the usual ones of the mode by default.
    by : sequence of str, optional
        Attributes whose groups are told one by one; those of `before` by default.
    control : Panel or pair of Panels, optional
        The same jurors asked again without having heard anybody, after the very answers `before`. Where they were
        asked apart, in a run of their own, both panels of it: jurors who answer a little otherwise each time would
        else seem to change their minds twice.
    resamples : int
        Drawings of the jurors.
    cautions : sequence of str
        What is to be kept in mind, told with the result.
    level : float

    Returns
    -------
    Change

    Raises
    ------
    MeasureError
        If the panels are not of the same jurors, cases and questions, or nobody answered both times.
    StudyError, RunError
        For a rule or an attribute that is not known.

    Notes
    -----
    Jurors are drawn again with replacement, a juror's answers before and after and on all cases together, so that what
    makes a juror peculiar is in no difference. The side that a juror is on, and the gap between the sides, are those of
    the jury as it is in every drawing.

    References
    ----------
    Noelle-Neumann (1974), The spiral of silence, Journal of Communication 24. Sunstein (2002), The law of group
    polarization, Journal of Political Philosophy 10. Efron (1979), Bootstrap methods: another look at the jackknife.

    Examples
    --------
    >>> from jury.panels.base import Builder
    >>> panels = []
    >>> for answers in (["yes"] * 6 + ["no"] * 3, ["yes"] * 8 + ["no"]):
    ...     builder = Builder("town")
    ...     builder.case("tax", "Raise the tax?", ["yes", "no"])
    ...     for name, said in zip("abcdefghi", answers):
    ...         builder.rating(builder.rater(name), "tax", {"choice": said})
    ...     panels.append(builder.panel())
    >>> found = compare(*panels, rng=np.random.default_rng(0))
    >>> found.silencing.loc[0, ["minority", "yielded", "majority", "left"]].tolist()
    [3, 2, 6, 0]
    >>> found.estimate("yielding").words(2)
    '0.67 [0.00, 1.00]'
    """
    if resamples < 2:
        raise MeasureError(f"resamples={resamples}; give 2 or more")
    if not 0 < level < 1:
        raise MeasureError(f"level={level}; give a number between 0 and 1")
    wanted = tuple(rules) if rules else before.mode.default_rules
    for rule in wanted:
        check_rule(rule)
    attributes = tuple(dict.fromkeys(before.by if by is None else by))
    paired = pair(before, after)
    times = redrawn(len(before.weights), resamples, rng)
    found = sides(paired.cases, len(before.weights))
    asked_again = (before, control) if isinstance(control, Panel) else control
    verdicts = ruling_table(paired, wanted, times)
    return Change(
        before=before.name,
        after=after.name,
        rules=wanted,
        by=attributes,
        jurors=_jurors(paired),
        only_before=paired.only_before,
        only_after=paired.only_after,
        gained=paired.came_to(0),
        lost=paired.came_to(1),
        verdicts=verdicts,
        by_rule=rule_table(verdicts, level),
        shifts=shift_table(paired, attributes, level),
        silencing=silencing_table(before, found, _control(before, asked_again), attributes, times, level),
        divisions=division_table(paired, times, level),
        cases=len(paired.cases),
        split=found.split,
        control=None if asked_again is None else asked_again[1].name,
        cautions=tuple(cautions),
        resamples=resamples,
        level=level,
    )


def _control(before: Panel, control: tuple[Panel, Panel] | None) -> Sides | None:
    if control is None:
        return None
    check_alike(before, control[0])
    return sides(pair(*control).cases, len(before.weights))


def _jurors(paired: Paired) -> int:
    return len(np.unique(np.concatenate([one.jurors for one in paired.cases])))


def plain_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as plain JSON types; what is not finite becomes None."""
    return [_plain(row) for row in table.to_dict("records")]


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in row.items():
        item = value.item() if isinstance(value, np.generic) else value
        item = list(item) if isinstance(item, tuple) else item
        found[str(name)] = None if isinstance(item, float) and not np.isfinite(item) else item
    return found
