"""Who belongs to which group, over all the attributes of an audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from jury.panel import Panel

#: Groups worth fewer jurors of equal weight than this are flagged: a mean of so few says little about anybody.
FEW = 10


@dataclass(frozen=True, eq=False)
class Groups:
    """The groups of all attributes, one after the other, among the jurors who gave an opinion on any case.

    Attributes
    ----------
    by : tuple of str
        Attributes, or crossings of them.
    attributes : tuple of g str
        Of each group.
    labels : tuple of g str
        Its name.
    member : (g, n) bool array
        Whether each juror of the panel belongs to it, with an opinion or not.
    heard : (n,) bool array
        Who gave an opinion on any case.
    weights : (n,) float array
        Of the jurors.
    codes : (a, n) int array
        Each juror's group within each attribute, from 0.
    """

    by: tuple[str, ...]
    attributes: tuple[str, ...]
    labels: tuple[str, ...]
    member: NDArray[np.bool_]
    heard: NDArray[np.bool_]
    weights: NDArray[np.float64]
    codes: NDArray[np.intp] = field(repr=False)

    @classmethod
    def of(cls, panel: Panel, by: Sequence[str]) -> Groups:
        """Return the groups of `panel` by attributes; raises `RunError` for an unknown one."""
        attributes: list[str] = []
        labels: list[str] = []
        members, codes = [], []
        for attribute in dict.fromkeys(by):
            names, code = np.unique(panel.group_labels(attribute), return_inverse=True)
            attributes += [attribute] * len(names)
            labels += names.tolist()
            members.append(np.equal.outer(np.arange(len(names)), code))
            codes.append(code)
        jurors = len(panel.weights)
        return cls(
            by=tuple(dict.fromkeys(by)),
            attributes=tuple(attributes),
            labels=tuple(labels),
            member=np.concatenate(members) if members else np.zeros((0, jurors), dtype=np.bool_),
            heard=_heard(panel),
            weights=panel.weights,
            codes=np.array(codes, dtype=np.intp).reshape(len(codes), jurors),
        )

    def __len__(self) -> int:
        return len(self.labels)

    def rows(self, attribute: str) -> list[int]:
        """Return the groups of an attribute."""
        return [row for row, name in enumerate(self.attributes) if name == attribute]

    @cached_property
    def jurors(self) -> NDArray[np.int64]:
        """(g,) number of members who gave an opinion on any case."""
        return np.asarray((self.member & self.heard).sum(axis=1), dtype=np.int64)

    @cached_property
    def weight_share(self) -> NDArray[np.float64]:
        """(g,) share of the weight of the whole jury."""
        return np.asarray(self.member @ self.weights / self.weights.sum())

    @cached_property
    def effective(self) -> NDArray[np.float64]:
        """(g,) number of jurors of equal weight that they are worth (Kish 1965), at most their number."""
        return self.worth(self.member)

    def worth(self, inside: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return how many jurors of equal weight those `inside`, (k, n), with an opinion are worth, (k,)."""
        held = np.where(inside & self.heard, self.weights / self.weights.max(initial=0.0), 0.0)
        # By the largest of each group, as the smallest weights beside it have squares too small for a float.
        largest = held.max(axis=1, keepdims=True, initial=0.0)
        share = np.divide(held, largest, out=np.zeros_like(held), where=largest > 0)
        squares = (share**2).sum(axis=1)
        found: NDArray[np.float64] = np.divide(
            share.sum(axis=1) ** 2, squares, out=np.zeros(len(held)), where=squares > 0
        )
        return found

    @property
    def few(self) -> NDArray[np.bool_]:
        """(g,) mask of the groups that are too small, by number or by weight, to say anything about."""
        return np.asarray(self.effective < FEW - 1e-9)

    @cached_property
    def minorities(self) -> NDArray[np.bool_]:
        """(a, n) mask of everybody outside the group of greatest weight, by attribute."""
        found = np.zeros((len(self.by), self.member.shape[1]), dtype=np.bool_)
        for place, attribute in enumerate(self.by):
            rows = self.rows(attribute)
            largest = rows[int(self.weight_share[rows].argmax())]
            found[place] = ~self.member[largest]
        return found


def _heard(panel: Panel) -> NDArray[np.bool_]:
    heard = np.zeros(len(panel.weights), dtype=bool)
    for case in panel.cases:
        jurors = np.array([vote.juror for vote in panel.votes.get(case.id, ())], dtype=np.intp)
        heard[jurors[~np.isnan(panel.said(case.id)).all(axis=1)]] = True
    return heard & (panel.weights > 0)
