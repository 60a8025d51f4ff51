"""What was asked and what was answered: the input of distributional measures.

A question has options; people, or a model, spread over them. Refusals are told apart from opinions: they are in no
distance, and their rate is reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from jury.errors import MeasureError

FloatArray = NDArray[np.float64]

__all__ = ["Answers", "Item", "Spread"]


@dataclass(frozen=True)
class Item:
    """A survey question.

    Parameters
    ----------
    id : str
    options : tuple of str
        In their order, distinct; at least one.
    ordinal : bool
        Whether that order means something, so that answers can be near or far.
    positions : tuple of float, optional
        Where the options that are no refusals lie, ascending; by default 0, 1, 2 ...
    refusals : frozenset of str
        The options that are no opinion, such as ``"Don't know"``.

    Raises
    ------
    MeasureError
        If the options are not distinct, a refusal is none of them, or positions do not fit.

    Examples
    --------
    >>> Item("q1", ("good", "bad", "no answer"), refusals=frozenset({"no answer"})).opinions
    ('good', 'bad')
    """

    id: str
    options: tuple[str, ...]
    ordinal: bool = False
    positions: tuple[float, ...] | None = None
    refusals: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not self.options or len(set(self.options)) < len(self.options):
            raise MeasureError(f"question {self.id!r}: options={list(self.options)} must be distinct, one at least")
        if not self.refusals <= set(self.options):
            raise MeasureError(
                f"question {self.id!r}: refusals {sorted(self.refusals - set(self.options))} are none of its options"
            )
        if self.positions is not None and (
            not self.ordinal or len(self.positions) != len(self.opinions) or np.any(np.diff(self.positions) <= 0)
        ):
            raise MeasureError(
                f"question {self.id!r}: positions={list(self.positions)} must be {len(self.opinions)} ascending "
                "numbers, one an option that is no refusal, of an ordinal question"
            )

    @property
    def opinions(self) -> tuple[str, ...]:
        """The options that are no refusals."""
        return tuple(option for option in self.options if option not in self.refusals)


@dataclass(frozen=True)
class Answers:
    """What one side answered to one question.

    Parameters
    ----------
    shares : Mapping
        Option -> its weight, not negative; they need not add up to 1. An option that is not in it has none. One
        that the question does not have is an opinion of its own.
    count : float, optional
        Number of people, or of draws of a model, behind the shares; of weighted ones Kish's effective number. None
        where it is not known, or where the shares are no sample: a model's own probabilities.
    refused : float
        Share of all who were asked that gave none of the options.
    label_mass : float, optional
        Probability that the model put on any option at all, in [0, 1].

    Raises
    ------
    MeasureError
        If a number is out of its range.

    Examples
    --------
    >>> Answers({"good": 30, "bad": 10}, count=40).refused
    0.0
    """

    shares: Mapping[str, float]
    count: float | None = None
    refused: float = 0.0
    label_mass: float | None = None

    def __post_init__(self) -> None:
        wrong = {name: share for name, share in self.shares.items() if not 0 <= share < np.inf}
        if wrong:
            raise MeasureError(f"shares={wrong} must be finite numbers that are not negative")
        if not 0 <= self.refused <= 1:
            raise MeasureError(f"refused={self.refused!r} must be a share from 0 to 1")
        if self.count is not None and not 0 < self.count < np.inf:
            raise MeasureError(f"count={self.count!r} must be positive; give None where it is not known")
        if self.label_mass is not None and not 0 <= self.label_mass <= 1 + 1e-9:
            raise MeasureError(f"label_mass={self.label_mass!r} must be a probability from 0 to 1")


@dataclass(frozen=True, eq=False)
class Spread:
    """How one side's answers spread over the opinions on one question.

    Attributes
    ----------
    weights : Mapping
        Opinion -> weight; those that only one side has are in it too.
    refusal : float
        Share of all who were asked that gave no opinion; NaN if nobody was asked.
    unplaced : bool
        Whether an opinion is none of the question's, so that it has no place on its scale.
    """

    weights: Mapping[str, float]
    refusal: float
    unplaced: bool = field(default=False)

    @classmethod
    def of(cls, item: Item, answers: Answers) -> Spread:
        """Return the spread of `answers` over the opinions on `item`.

        Examples
        --------
        >>> item = Item("q1", ("good", "bad", "no answer"), refusals=frozenset({"no answer"}))
        >>> Spread.of(item, Answers({"good": 3, "no answer": 1}, refused=0.5)).refusal
        0.625
        """
        total = sum(answers.shares.values())
        held = {name: float(share) for name, share in answers.shares.items() if name not in item.refusals}
        if not total:
            return cls(held, 1.0 if answers.refused else np.nan)
        declined = sum(answers.shares.get(name, 0.0) for name in item.refusals) / total
        extra = any(share > 0 and name not in item.options for name, share in held.items())
        return cls(held, answers.refused + (1 - answers.refused) * declined, extra)

    @property
    def answered(self) -> bool:
        """Whether anybody gave an opinion."""
        return sum(self.weights.values()) > 0
