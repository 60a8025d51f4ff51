"""Two runs side by side: what was asked differently, what each decided, and by how much the same jurors moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from jury.auditing import FEW
from jury.cases import Case
from jury.errors import RunError
from jury.estimates import LEVEL, Estimate, mean_estimate

if TYPE_CHECKING:
    from jury.panel import Panel
    from jury.run import Run

__all__ = ["Comparison", "Moved", "compare_runs"]

_TOLD_ELSEWHERE = ("name", "description", "cases")


@dataclass(frozen=True)
class Moved:
    """By how much the utility of one alternative differs between two runs, juror by juror.

    Attributes
    ----------
    case, alternative : str
    attribute, group : str
        Whose; ``""`` for all jurors.
    first, second : float
        Weighted mean utilities of the same jurors in either run, on the scale that was asked; higher is better.
    difference : Estimate
        Mean of second less first, paired by juror, whose interval covers all differences of the comparison together
        (Bonferroni).
    """

    case: str
    alternative: str
    attribute: str
    group: str
    first: float
    second: float
    difference: Estimate

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        found = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return found | {"difference": self.difference.to_dict()}


@dataclass(frozen=True)
class Comparison:
    """What two runs have in common and what not.

    Attributes
    ----------
    settings : tuple of (str, first, second)
        Of the studies, where they differ, by dotted name.
    cases : tuple of str
        In both runs with the same prompt and alternatives.
    only_first, only_second : tuple of str
        Cases that are not.
    jurors : int
        Jurors of both runs: the same persona, told by name, origin and attributes, with the same weight.
    moved : tuple of Moved
        Of all jurors, and of groups of ten of them or more.
    why : str
        Why nothing is paired; ``""`` if something is.
    """

    settings: tuple[tuple[str, Any, Any], ...]
    cases: tuple[str, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    jurors: int
    moved: tuple[Moved, ...]
    why: str

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain JSON types."""
        return {
            "settings": [list(each) for each in self.settings],
            "cases": list(self.cases),
            "only_first": list(self.only_first),
            "only_second": list(self.only_second),
            "jurors": self.jurors,
            "moved": [each.to_dict() for each in self.moved],
            "why": self.why,
        }


def compare_runs(first: Run, second: Run, *, level: float = LEVEL) -> Comparison:
    """Compare two runs, pairing the jurors that both have.

    Parameters
    ----------
    first, second : Run
        Differences are second less first.
    level : float
        Of the intervals, all together.

    Returns
    -------
    Comparison
        Without differences where no jurors or no cases are shared, or utilities mean different things.

    Notes
    -----
    Pairing takes out what makes jurors differ from each other, so that the intervals are about the change alone. They
    are for other jurors drawn, not for other replies of the same models.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from jury import Study, simulate
    >>> study = Study.load("minimum-wage").changed(model="planted/hash", jurors=30)
    >>> with TemporaryDirectory() as folder:
    ...     one = simulate(study, out=f"{folder}/one.sqlite")
    ...     other = simulate(study.changed(model="null/uniform"), out=f"{folder}/other.sqlite")
    ...     found = compare_runs(one, other)
    >>> found.jurors, [name for name, _, _ in found.settings]
    (30, ['model.name'])
    """
    panels = first.panel(), second.panel()
    cases, only_first, only_second = _in_common(*panels)
    shared = _same_jurors(first, second)
    why = _why_not(panels, cases, shared)
    moved = () if why else tuple(_moved(panels, cases, shared, level))
    if not why and not moved:
        why = "no juror answered the same case in both"
    return Comparison(
        tuple(_settings(first, second)),
        tuple(case.id for case in cases),
        only_first,
        only_second,
        len(shared),
        moved,
        why,
    )


def _in_common(first: Panel, second: Panel) -> tuple[list[Case], tuple[str, ...], tuple[str, ...]]:
    mine, theirs = ({case.id: case for case in panel.cases} for panel in (first, second))

    def same(case: Case) -> bool:
        other = theirs.get(case.id)
        return other is not None and (case.prompt, case.alternatives) == (other.prompt, other.alternatives)

    both = [case for case in first.cases if same(case)]
    known = {case.id for case in both}
    return both, tuple(name for name in mine if name not in known), tuple(name for name in theirs if name not in known)


def _same_jurors(first: Run, second: Run) -> list[tuple[int, int]]:
    """Return the rows of the jurors that sit in both."""
    theirs = {juror.name: juror for juror in second.jurors}
    return [
        (mine.id, other.id)
        for mine in first.jurors
        if (other := theirs.get(mine.name)) is not None
        and (mine.persona, mine.attributes, mine.weight) == (other.persona, other.attributes, other.weight)
    ]


def _why_not(panels: tuple[Panel, Panel], cases: list[Case], shared: list[tuple[int, int]]) -> str:
    first, second = (panel.mode for panel in panels)
    if not cases:
        return "the runs have no case in common"
    if len(shared) < 2:
        return "the runs have no jurors in common"
    if (first.mode, _scale(first)) != (second.mode, _scale(second)):
        meanings = (f"{mode.welfare_words} ({mode.mode})" for mode in (first, second))
        return f"utilities mean different things: {', '.join(meanings)}"
    return ""


def _scale(mode: Any) -> object:  # noqa: ANN401 - any mode; only some have a scale
    return getattr(mode, "scale", None)


def _moved(
    panels: tuple[Panel, Panel], cases: list[Case], shared: list[tuple[int, int]], level: float
) -> Iterator[Moved]:
    rows = np.array(shared)
    weights = panels[0].weights[rows[:, 0]]
    groups = list(_groups(panels, rows[:, 0]))
    told = []
    for case in cases:
        start, end = (_utilities(panel, case)[rows[:, side]] for side, panel in enumerate(panels))
        for place, alternative in enumerate(case.alternative_ids):
            for attribute, group, members in groups:
                both = members & ~np.isnan(start[:, place]) & ~np.isnan(end[:, place])
                if both.sum() >= (FEW if attribute else 2) and weights[both].sum() > 0:
                    told.append((case.id, alternative, attribute, group, start[both, place], end[both, place], both))
    alone = 1 - (1 - level) / max(len(told), 1)
    for case_id, alternative, attribute, group, start, end, both in told:
        found = mean_estimate(end - start, "jurors", weights=weights[both], level=alone)
        together = Estimate(found.value, found.low, found.high, found.count, "jurors", level, len(told))
        before, after = (float(np.average(values, weights=weights[both])) for values in (start, end))
        yield Moved(case_id, alternative, attribute, group, before, after, together)


def _groups(panels: tuple[Panel, Panel], rows: np.ndarray) -> Iterator[tuple[str, str, np.ndarray]]:
    yield "", "", np.ones(len(rows), dtype=np.bool_)
    for attribute in (name for name in panels[0].by if name in panels[1].by):
        try:
            labels = panels[0].group_labels(attribute)[rows]
        except RunError:
            continue
        for label in dict.fromkeys(labels.tolist()):
            yield attribute, label, labels == label


def _utilities(panel: Panel, case: Case) -> np.ndarray:
    """Return the mean utility over the replicates of each juror, shape (jurors, alternatives); NaN for no opinion."""
    shape = len(panel.jurors), len(case.alternatives)
    sums, counts = np.zeros(shape), np.zeros(shape)
    for vote in panel.votes.get(case.id, ()):
        given = np.asarray(panel.mode.utilities_of(vote.values, case), dtype=float)
        said = ~np.isnan(given)
        sums[vote.juror, said] += given[said]
        counts[vote.juror, said] += 1
    means: np.ndarray = np.divide(sums, counts, out=np.full(shape, np.nan), where=counts > 0)
    return means


def _settings(first: Run, second: Run) -> Iterator[tuple[str, Any, Any]]:
    mine, theirs = (dict(_flat(run.header.study)) for run in (first, second))
    for name in dict.fromkeys([*mine, *theirs]):
        if mine.get(name) != theirs.get(name) and name not in _TOLD_ELSEWHERE:
            yield name, mine.get(name), theirs.get(name)


def _flat(value: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, each in value.items():
        if isinstance(each, Mapping) and each and name != "cases":
            yield from _flat(each, f"{before}{name}.")
        else:
            yield f"{before}{name}", each
