"""The same jurors on the same cases, twice: what each thought before and after."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from jury.auditing.percase import Scale
from jury.cases import Case
from jury.elicitation import Vote
from jury.elicitation.pooling import mean_utilities
from jury.errors import MeasureError
from jury.panel import Panel

__all__ = ["Paired", "PairedCase", "check_alike", "pair"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PairedCase:
    """One case, as seen by the jurors who gave a ballot on it both times.

    Attributes
    ----------
    case : Case
    jurors : (k,) int array
        Rows of the panel, ascending.
    weights : (k,) float array
    before, after : (k, m) float arrays
        Utilities, replicates averaged; NaN is no opinion.
    """

    case: Case
    jurors: NDArray[np.intp]
    weights: FloatArray
    before: FloatArray
    after: FloatArray

    @property
    def both(self) -> NDArray[np.bool_]:
        """(k, m) mask of opinions that were there both times."""
        return np.asarray(~np.isnan(self.before) & ~np.isnan(self.after))


@dataclass(frozen=True, eq=False)
class Paired:
    """Two panels, cut down to ballots that have a partner.

    Attributes
    ----------
    before, after : Panel
        With only the ballots of who answered a case both times.
    cases : tuple of PairedCase
        Those on which anybody did.
    only_before, only_after : int
        Pairs of juror and case with an answer in one of the panels only; they are in no figure.
    """

    before: Panel
    after: Panel
    cases: tuple[PairedCase, ...]
    only_before: int
    only_after: int

    def came_to(self, silent: int) -> int:
        """Return how many pairs of juror and case had no opinion at a time, 0 before, 1 after, and one at the other."""
        count = 0
        for one in self.cases:
            spoke = [~np.isnan(values).all(axis=1) for values in (one.before, one.after)]
            count += int((~spoke[silent] & spoke[1 - silent]).sum())
        return count

    @property
    def scale(self) -> Scale:
        """The scale of the utilities."""
        return Scale.of(self.before.mode)


def pair(before: Panel, after: Panel) -> Paired:
    """Return who answered what both times; jurors without weight are left out.

    Raises
    ------
    MeasureError
        If the panels are not of the same jurors, cases and questions, or nobody answered any case both times.
    """
    check_alike(before, after)
    votes: tuple[dict[str, list[Vote]], dict[str, list[Vote]]] = ({}, {})
    cases, only = [], [0, 0]
    for case in before.cases:
        given = [panel.votes.get(case.id, ()) for panel in (before, after)]
        first, second = ({vote.juror for vote in some} for some in given)
        shared = {juror for juror in first & second if before.weights[juror] > 0}
        only[0] += len(first - second)
        only[1] += len(second - first)
        if not shared:
            continue
        kept = [[vote for vote in some if vote.juror in shared] for some in given]
        told = [
            mean_utilities(some, panel.mode.utilities_of, case, panel.weights, {})
            for some, panel in zip(kept, (before, after), strict=True)
        ]
        rows = np.array(sorted(shared), dtype=np.intp)
        cases.append(PairedCase(case, rows, before.weights[rows], told[0].values, told[1].values))
        for place, some in enumerate(kept):
            votes[place][case.id] = list(some)
    if not cases:
        raise MeasureError(f"{before.name} and {after.name}: nobody answered any case both times; nothing to compare")
    first_panel, second_panel = (replace(panel, votes=some) for panel, some in zip((before, after), votes, strict=True))
    return Paired(first_panel, second_panel, tuple(cases), *only)


def check_alike(before: Panel, after: Panel) -> None:
    """Raise `MeasureError` unless both panels are of the same jurors, weights, cases and questions."""
    if list(before.jurors.index) != list(after.jurors.index):
        raise MeasureError(
            f"before has {len(before.jurors)} jurors and after {len(after.jurors)}, or others; "
            "both must be panels of the same jurors in the same order"
        )
    if not np.array_equal(before.weights, after.weights):
        raise MeasureError("before and after weigh the same jurors differently; give both the same weights")
    asked, again = ([(case.id, case.alternative_ids) for case in panel.cases] for panel in (before, after))
    if asked != again:
        raise MeasureError("before and after have other cases or alternatives; both must be asked the same")
    if before.mode.mode != after.mode.mode or Scale.of(before.mode) != Scale.of(after.mode):
        raise MeasureError(
            f"before was asked in mode {before.mode.mode} and after in mode {after.mode.mode}, or on another scale; "
            "only answers to the same question can be compared"
        )
