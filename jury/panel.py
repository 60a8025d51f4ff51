"""A panel: who said what about which case, from a simulated run or from a table of human ratings alike.

Everything that analyses answers starts here and does not know where they came from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from aggregators import Utilities
from jury.cases import Case
from jury.elicitation import STATUSES, Mode, Vote
from jury.elicitation.base import Profile
from jury.errors import RunError
from personas import PersonaError, labels

if TYPE_CHECKING:
    import pandas as pd

    from jury.drawing import Drawn


Given = ParamSpec("Given")
Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class Panel:
    """Answers of jurors, or of human raters, on cases.

    Attributes
    ----------
    name : str
    mode : Mode
        How they were asked, which says what their answers mean.
    cases : tuple of Case
    jurors : DataFrame
        One row a juror, one column an attribute; the index holds names.
    weights : ndarray of shape (n,)
    votes : Mapping
        Case id -> the answered ballots on it.
    counts : Mapping
        Ballots by status; what is missing to `asked` was never answered.
    asked : int
        Ballots that were to be had.
    caveat : str or None
        What everybody who reads results has to know.
    by : tuple of str
        Groups to report unless others are asked for.
    drawn : Drawn or None
        How the jury was drawn; None for people who were not drawn by a study.
    wordings : int
        Number of wordings of each persona, which replicates take in turn.
    survey_answers : tuple
        What the very person behind each juror had said in a survey, item -> answer, or None; empty if nobody was asked.
    """

    name: str
    mode: Mode
    cases: tuple[Case, ...]
    jurors: pd.DataFrame
    weights: NDArray[np.float64]
    votes: Mapping[str, Sequence[Vote]]
    counts: Counter[str]
    asked: int
    caveat: str | None = None
    by: tuple[str, ...] = ()
    drawn: Drawn | None = None
    wordings: int = 1
    survey_answers: tuple[Mapping[str, Any] | None, ...] = ()
    _labels: dict[str, NDArray[np.str_]] = field(default_factory=dict, repr=False)

    @cached_property
    def _by_id(self) -> dict[str, Case]:
        return {case.id: case for case in self.cases}

    def case(self, case_id: str) -> Case:
        """Return a case; raises `RunError` for an unknown id."""
        if case_id not in self._by_id:
            raise RunError(f"{self.name}: no case {case_id!r}; cases: {_some(self._by_id)}")
        return self._by_id[case_id]

    def group_labels(self, by: str) -> NDArray[np.str_]:
        """Return the group of each juror under attribute (or crossing) `by`.

        Raises
        ------
        RunError
            For an unknown attribute; the message lists the known ones.
        """
        if by not in self._labels:
            try:
                found = labels(self.jurors, by)
            except PersonaError as error:
                # Whoever asks calls it otherwise: --by, or a part of --vary.
                raise RunError(f"{self.name}: {str(error).removeprefix('by: ')}") from None
            # "race=Black" under the heading "race" says it twice.
            self._labels[by] = np.array([text.removeprefix(f"{by}=") for text in found], dtype=np.str_)
        return self._labels[by]

    @cached_property
    def _derived(self) -> dict[Hashable, Any]:
        return {}

    def derived(
        self, make: Callable[Concatenate[Panel, Given], Made], *args: Given.args, **kwargs: Given.kwargs
    ) -> Made:
        """Return ``make(self, ...)``, computed once for these answers however many analyses ask for it.

        Parameters
        ----------
        make : callable
            A named function; its result is not to be changed.
        *args, **kwargs
            Further arguments, which must be hashable.
        """
        key = (make, args, *kwargs.items())
        if key not in self._derived:
            self._derived[key] = make(self, *args, **kwargs)
        found: Made = self._derived[key]
        return found

    def said(self, case_id: str) -> NDArray[np.float64]:
        """Return (k, m) utilities, not to be changed: of each answered ballot on a case; NaN is no opinion.

        Raises
        ------
        RunError
            For an unknown case.
        """
        return self.derived(_said, self.case(case_id).id)

    def profile(self, case_id: str, by: Sequence[str] | None = None) -> Profile:
        """Return the answered ballots on a case, with weights and groups.

        Raises
        ------
        RunError
            If the case is unknown or nobody answered it.
        """
        case = self.case(case_id)
        votes = self.votes.get(case_id, ())
        if not votes:
            raise RunError(f"{self.name}: nobody answered case {case_id!r}")
        groups = {name: self.group_labels(name) for name in (self.by if by is None else by)}
        return self.mode.profile(case, votes, self.weights, groups)

    def profiles(self, by: Sequence[str] | None = None) -> Iterator[tuple[str, Profile]]:
        """Return (case id, profile) of every case that somebody answered, in the order of the cases."""
        for case in self.cases:
            if self.votes.get(case.id):
                yield case.id, self.profile(case.id, by)

    def utilities(self, case_id: str, by: Sequence[str] | None = None) -> Utilities:
        """Return the profile of a case as utilities, whatever was asked."""
        return self.mode.utilities(self.profile(case_id, by))

    def denominators(self) -> dict[str, int]:
        """Return the ballots asked, by status and missing; ``no_opinion`` is the part of the answered without one."""
        found: dict[str, int] = {status: self.counts.get(status, 0) for status in STATUSES}
        silent = sum(int(np.isnan(self.said(case.id)).all(axis=1).sum()) for case in self.cases)
        return {"asked": self.asked, **found, "missing": self.asked - sum(found.values()), "no_opinion": int(silent)}

    def unread(self) -> int:
        """Return the replies that could not be read on ballots that count as answered; they are in no figure."""
        return sum(self.mode.unread(vote.values) for votes in self.votes.values() for vote in votes)


def _said(panel: Panel, case_id: str) -> NDArray[np.float64]:
    case = panel.case(case_id)
    rows = [panel.mode.utilities_of(vote.values, case) for vote in panel.votes.get(case_id, ())]
    found = np.array(rows, dtype=float).reshape(len(rows), len(case.alternatives))
    found.flags.writeable = False
    return found


def _some(names: Mapping[str, object], limit: int = 12) -> str:
    shown = ", ".join(list(names)[:limit])
    return shown + (f" ... ({len(names)} in all)" if len(names) > limit else "")
