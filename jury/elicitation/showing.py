"""How a case is shown to one juror: which alternative stands where, and under which label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from jury.backends.base import Readout
from jury.cases import Case

if TYPE_CHECKING:
    import numpy as np

#: How an answer is elicited. ``verbalised``: the model writes out probabilities, which a backend takes for any
#: other written answer.
Elicited = Literal["sample", "logprobs", "verbalised"]

Labels = Literal["letters", "numbers", "varied"]

#: Labels beyond those of the alternatives: for "don't know" and its kin.
_SPARE = 2
_LETTERS, _DIGITS = 26, 9


@dataclass(frozen=True, slots=True)
class Showing:
    """What one ballot shows.

    Attributes
    ----------
    case : Case
    order : tuple of str
        Alternative ids from the first shown to the last.
    labels : tuple of str
        Labels by position, and some to spare for further answers.
    readout : {"sample", "logprobs", "verbalised"}
    """

    case: Case
    order: tuple[str, ...]
    labels: tuple[str, ...]
    readout: Elicited

    @classmethod
    def plain(cls, case: Case, order: Sequence[str] | None = None, readout: Elicited = "sample") -> Showing:
        """Return the case as given, or in `order`, labelled A, B, C ..."""
        shown = tuple(case.alternative_ids if order is None else order)
        return cls(case, shown, label_names("letters", len(shown)), readout)

    @property
    def marks(self) -> tuple[str, ...]:
        """The labels of the alternatives, by position."""
        return self.labels[: len(self.order)]

    @property
    def spare(self) -> tuple[str, ...]:
        """The labels that no alternative has."""
        return self.labels[len(self.order) :]

    @property
    def by_mark(self) -> dict[str, str]:
        """Label -> alternative id."""
        return dict(zip(self.marks, self.order, strict=True))


def label(position: int) -> str:
    """Return the letter of `position` (from 0): A, B, ..., Z, AA, AB ..."""
    letters = ""
    position += 1
    while position:
        position, letter = divmod(position - 1, _LETTERS)
        letters = chr(ord("A") + letter) + letters
    return letters


def label_names(labels: Labels, size: int, rng: np.random.Generator | None = None) -> tuple[str, ...]:
    """Return labels for `size` alternatives and some to spare.

    Parameters
    ----------
    labels : {"letters", "numbers", "varied"}
        ``varied`` draws letters from `rng`, so that what a letter adds can be told from what a place adds.
    size : int
    rng : Generator, optional
        Drawn from for ``varied`` alone.

    Examples
    --------
    >>> label_names("letters", 2), label_names("numbers", 1)
    (('A', 'B', 'C', 'D'), ('1', '2', '3'))
    """
    total = size + _SPARE
    if labels == "numbers":
        return tuple(str(position + 1) for position in range(total))
    if labels == "varied" and rng is not None:
        pool = max(total, _LETTERS)
        return tuple(label(int(position)) for position in rng.permutation(pool)[:total])
    return tuple(label(position) for position in range(total))


def no_single_characters(labels: Labels, cases: Sequence[Case], extra: int) -> str | None:
    """Return why not every label is one character, as log-probabilities of first tokens need it, or None.

    Parameters
    ----------
    labels : {"letters", "numbers", "varied"}
    cases : sequence of Case
    extra : int
        Labels beyond those of the alternatives that are shown.
    """
    longest = max(cases, key=lambda case: len(case.alternatives))
    options = len(longest.alternatives) + extra
    # Varied letters are drawn for what is to spare, too.
    most = _DIGITS if labels == "numbers" else _LETTERS - (_SPARE - extra if labels == "varied" else 0)
    marks = "varied letters" if labels == "varied" else labels
    return None if options <= most else f"case {longest.id!r} has {options} options, more than {most} {marks}"


def channel(readout: Elicited) -> Readout:
    """Return what a backend is asked for: a written answer, or log-probabilities."""
    return "logprobs" if readout == "logprobs" else "sample"
