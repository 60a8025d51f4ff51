"""How far to trust a jury: what its answers follow beside what lots would give, in figures and in sentences.

Whatever shows results, on a terminal or a page, takes its figures and its words from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from jury.diagnostics import Dealt, Explained, Share, Shuffled, dealt, explained, shuffled
from jury.panel import Panel
from jury.sureness import Sureness, sureness

__all__ = ["NOT_PEOPLE", "Trust", "trust"]

NOT_PEOPLE = "A simulated jury is not people."

_LOW_MASS = 0.1
_CHANCE = 0.05  # shares of deals by lot above this are called chance


@dataclass(frozen=True, eq=False)
class Trust:
    """What bears on how far a jury deserves belief.

    Attributes
    ----------
    explained : Explained or None
        What the ratings follow; None where nothing varies.
    alternatives : Dealt or None
        Whether the jury tells the alternatives apart; None where that cannot be asked.
    groups : tuple of Shuffled
        Whether the groups of each attribute differ in their answers.
    sureness : Sureness or None
        How likely verdicts are to flip, and the gate; None without answers, or for very many.
    masses : tuple of float
        Probability that the model put on any valid answer, ballot by ballot, where that was read.
    caveats : tuple of str
        What is known of how the jury was drawn, and of its model.
    """

    explained: Explained | None
    alternatives: Dealt | None
    groups: tuple[Shuffled, ...]
    sureness: Sureness | None
    masses: tuple[float, ...] = ()
    caveats: tuple[str, ...] = ()

    @property
    def as_good_as_lots(self) -> bool:
        """Whether the jury tells the alternatives apart no better than lots would, so that its verdict says nothing."""
        return self.alternatives is not None and self.alternatives.share_above > _CHANCE

    def words(self) -> list[str]:
        """Return what it means, a sentence or two each."""
        lines = []
        if self.explained is not None:
            lines.append(_explained_words(self.explained))
        if self.alternatives is not None:
            lines.append(_dealt_words(self.alternatives))
        lines += map(_shuffled_words, self.groups)
        if self.sureness is not None:
            lines += self.sureness.words()
        if self.masses:
            low = sum(mass < _LOW_MASS for mass in self.masses)
            lines.append(
                f"Label mass, the probability that the model put on any valid answer: median "
                f"{np.median(self.masses):.2f}; below {_LOW_MASS} on {low} of {len(self.masses)} ballots."
            )
        return [*lines, *self.caveats]

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain JSON types."""
        return {
            "sureness": None if self.sureness is None else self.sureness.to_dict(),
            "explained": None if self.explained is None else asdict(self.explained),
            "alternatives_by_lot": None if self.alternatives is None else asdict(self.alternatives),
            "groups_by_lot": [asdict(found) for found in self.groups],
        }


def trust(panel: Panel, by: Sequence[str], rules: Sequence[str], masses: Sequence[float] = ()) -> Trust:
    """Return how far to trust what `panel` says.

    Parameters
    ----------
    panel : Panel
    by : sequence of str
        Attributes whose groups results are read by.
    rules : sequence of str
        Rules whose verdicts are looked at.
    masses : sequence of float
        See `Trust`.

    Notes
    -----
    The lots are the same every time the same ballots are read.
    """
    rng = np.random.default_rng(0)
    drawn = () if panel.drawn is None else panel.drawn.caveats()
    return Trust(
        explained=explained(panel),
        alternatives=dealt(panel, np.random.default_rng(0)),
        groups=tuple(found for name in by if (found := shuffled(panel, name, rng)) is not None),
        sureness=sureness(panel, rules, by),
        masses=tuple(masses),
        caveats=(*drawn, *filter(None, (panel.caveat,))),
    )


def _dealt_words(found: Dealt) -> str:
    verdict = (
        "more than chance" if found.share_above <= _CHANCE else "no more than chance: the verdict is as good as a lot"
    )
    return (
        f"The alternatives differ {verdict} (dealt by lot, each juror's own ratings set them as far apart in "
        f"{_percent(found.share_above)} of {found.rounds} deals)."
    )


def _explained_words(shares: Explained) -> str:
    words = [f"which alternative it is {_share(shares.alternative)}"]
    if shares.position is not None:
        words.append(f"the position at which it was shown {_share(shares.position)}")
    if shares.label is not None:
        words.append(f"the label that it had {_share(shares.label)}")
    if shares.model is not None:
        words.append(f"which model answers {_share(shares.model)}")
    if shares.juror is not None:
        words.append(f"how generous the juror is {_share(shares.juror)}")
    return (
        f"What the {shares.ratings} ratings follow, as a share of their variation (and what noise would): "
        f"{', '.join(words)}."
    )


def _shuffled_words(found: Shuffled) -> str:
    verdict = (
        "more than chance"
        if found.share_above <= _CHANCE
        else "no more than chance: do not read anything into its groups"
    )
    return (
        f"Groups by {found.by} differ {verdict} (jurors dealt into the same groups by lot differ as much in "
        f"{_percent(found.share_above)} of {found.rounds} deals)."
    )


def _share(share: Share) -> str:
    return f"{_percent(share.found)} ({_percent(share.by_chance)})"


def _percent(share: float) -> str:
    return "–" if np.isnan(share) else f"{100 * share:.0f}%"
