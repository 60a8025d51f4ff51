"""What a panel would decide after a discussion by a model of opinion change."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from jury.deliberation.change import Change, plain_records
from jury.deliberation.dynamics import Discussion, Model
from jury.deliberation.modelled.simulating import Discussed
from jury.deliberation.topology import Topology
from jury.panel import Panel

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CAVEAT", "Deliberation"]

SHOWN = 20

CAVEAT = (
    "A model of opinion change, not a record of people: nobody measured how stubborn these jurors are, whom they would "
    "hear or how they would weigh it. Read it as what would follow if they did so, and vary the parameters. Where "
    "opinions are averaged, who stands apart moves most by construction: that is arithmetic, not evidence of silencing."
)


@dataclass(frozen=True, eq=False)
class Deliberation:
    """A panel before and after a discussion by a model of opinion change.

    Attributes
    ----------
    before, panel : Panel
        Opinions before, as scores, and after.
    model : Model
    topology : Topology
    change : Change
        What changed, with its tables; intervals are of jurors drawn again, the discussion being what it was.
    discussed : Discussed
        How it went.
    owed : DataFrame
        Who moved whom, one row an attribute and pair of groups: ``share`` of the final opinions of those ``hearing``
        that is owed to the first opinions of those ``heard``, mean over cases, alternatives and people by weight;
        ``share_low, share_high`` hold the middle 95 % over the networks; ``voice``, the share of those heard among all
        first opinions by weight. A share above the voice: a group that is heard more than its size.
    networks : DataFrame
        One row a network drawn and rule: ``cases``, of them ``changed`` verdicts; ``yielding`` and ``leaving`` as in
        `Change.silencing`. The first network is the one that all else is told of.
    dial : str or None
        The setting of the model that was varied.
    own_dials : dict
        Group -> its own value of that setting, where it was given one; it keeps that when the setting is varied.
    dials : DataFrame
        One row a value of it and rule, on the first network: the value, in column ``value``, and what `networks` has.
    seed : int
    notes : tuple of str
        How answers were read.
    """

    before: Panel
    panel: Panel
    model: Model
    topology: Topology
    change: Change
    discussed: Discussed
    owed: pd.DataFrame
    networks: pd.DataFrame
    dial: str | None
    own_dials: dict[str, float]
    dials: pd.DataFrame
    seed: int
    notes: tuple[str, ...] = ()

    @cached_property
    def panels(self) -> tuple[Panel, ...]:
        """Opinions round by round: before, after each of the first rounds, and at the end."""
        return tuple(self.discussed.rounds(SHOWN))

    @property
    def discussions(self) -> dict[str, Discussion]:
        """Case -> `Discussion`: opinions round by round from 0 to 1, one row a juror who answered the case."""
        return self.discussed.discussions

    @property
    def cases(self) -> pd.DataFrame:
        """How each discussion went.

        One row a case: ``people`` in its room, ``ties`` (how many each hears on average), ``rounds``, ``converged``,
        ``period`` (of opinions that go to and fro for ever), ``clusters`` (different opinions left, most over
        alternatives) and ``rate`` (what each further round leaves of differences; NaN where that depends on opinions,
        or there are many cases).
        """
        return self.discussed.table

    @property
    def cautions(self) -> tuple[str, ...]:
        """What to keep in mind."""
        return (*self.change.cautions, *self.notes)

    def model_words(self) -> str:
        """Return the model as it is written, with what groups have for themselves.

        ``"hegselmann-krause:epsilon=0.25 (race=Black: 0.1)"``, say.
        """
        own = ", ".join(f"{group}: {value:g}" for group, value in self.own_dials.items())
        return f"{self.model.words()} ({own})" if own else self.model.words()

    def trajectory(self) -> pd.DataFrame:
        """Return how divided the jury is round by round; see `jury.deliberation.change.trajectory`."""
        return self.discussed.trajectory(SHOWN)

    def words(self) -> list[str]:
        """Return in sentences what the discussion would change, without the cautions."""
        from jury.deliberation.modelled.telling import words

        return words(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the deliberation as plain JSON types; NaN becomes None."""
        tables = {"cases": self.cases, "owed": self.owed, "networks": self.networks, "dials": self.dials}
        tables["trajectory"] = self.trajectory()
        return {
            "said": self.words(),
            "cautions": list(self.cautions),
            "model": self.model.model_dump(mode="json"),
            "topology": self.topology.model_dump(mode="json"),
            "seed": self.seed,
            "dial": self.dial,
            "own_dials": self.own_dials,
            "change": self.change.to_dict(),
            **{name: plain_records(table) for name, table in tables.items()},
        }
