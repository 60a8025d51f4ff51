"""How sure a run's results are, in figures for programs and sentences for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from jury.errors import RunError
from jury.panel import Panel
from jury.uncertainty import EffectiveSize, Flips, Sources, effective_size, sources, verdict_flips
from jury.uncertainty.flips import UNSURE
from jury.validation import Gate, gate_panel, own_people

__all__ = ["Sureness", "sureness"]

#: Juror-case pairs above which a report leaves resampling to whoever asks for it.
_MOST_ANSWERS = 60_000
_FEWEST_CASES = 5  # fewer cannot show how jurors' answers vary together


@dataclass(frozen=True, eq=False)
class Sureness:
    """What bears on whether a run's results would come out again, and whether they are about people.

    Attributes
    ----------
    gate : Gate or None
        Of validation against the very people whom the jurors were made from; None where nobody's answers are known.
    size : EffectiveSize or None
        None with fewer than five cases.
    other_jurors, other_replies : Flips
        How likely each verdict is to flip.
    sources : Sources or None
        What answers differ by.
    """

    gate: Gate | None
    size: EffectiveSize | None
    other_jurors: Flips
    other_replies: Flips
    sources: Sources | None

    def words(self) -> list[str]:
        """Return what it means, a sentence or two each."""
        found = [*_flips_words(self.other_jurors, "Had as many other jurors been drawn")]
        found += _flips_words(self.other_replies, "Had the same jurors been asked again")
        if self.size is not None:
            found.append(self.size.words())
        if self.sources is not None:
            found += self.sources.unseparated[:1]
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain JSON types."""
        return {
            "gate": None if self.gate is None else self.gate.to_dict(),
            "effective_size": None if self.size is None else self.size.to_dict(),
            "flips_with_other_jurors": self.other_jurors.to_dict(),
            "flips_with_other_replies": self.other_replies.to_dict(),
            "sources": None if self.sources is None else self.sources.to_dict(),
        }


def sureness(panel: Panel, rules: Sequence[str], by: Sequence[str] = (), *, seed: int = 0) -> Sureness | None:
    """Return how sure the results of `panel` are.

    Parameters
    ----------
    panel : Panel
    rules : sequence of str
    by : sequence of str
        Groups that the gate is about.
    seed : int
        Of the resampling: the same figures every time the same run is read.

    Returns
    -------
    Sureness or None
        None without answers, and for so many that resampling takes minutes; the functions of `jury.uncertainty` and
        `jury.validation` take any number.
    """
    answers = sum(map(len, panel.votes.values()))
    if not answers or answers > _MOST_ANSWERS:
        return None
    rng = np.random.default_rng(seed)
    human = _known_people(panel)
    size = None
    if len(panel.votes) >= _FEWEST_CASES:
        size = effective_size(panel, rng, human=human, same_people=human is not None, resamples=200)
    return Sureness(
        gate=None if human is None else gate_panel(panel, by, rules),
        size=size,
        other_jurors=verdict_flips(panel, rules, rng, resamples=1000 if len(panel.votes) == 1 else 300),
        other_replies=verdict_flips(panel, rules, rng, redraw="replies", resamples=100),
        sources=sources(panel, rng, resamples=60),
    )


def _known_people(panel: Panel) -> Panel | None:
    try:
        return own_people(panel)
    except RunError:
        return None


def _flips_words(flips: Flips, condition: str) -> list[str]:
    """Return how likely verdicts are to flip, rules with the same figure together."""
    if not flips.verdicts:
        return []
    single = len({flip.case for flip in flips.verdicts}) == 1
    shares: dict[str, list[str]] = {}
    for rule in dict.fromkeys(flip.rule for flip in flips.verdicts):
        if single:
            [found] = [flip.probability for flip in flips.verdicts if flip.rule == rule]
        else:
            found = flips.unsure(rule)
        shares.setdefault(f"{found.value:.0%}", []).append(rule)
    listed = ", ".join(f"{share} ({', '.join(rules)})" for share, rules in shares.items())
    if single:
        return [f"{condition}, the verdict would differ in this share of drawings: {listed}."]
    many = len({flip.case for flip in flips.verdicts})
    what = f"the verdict would differ in more than {UNSURE:.0%} of drawings on this share of the {many} cases: {listed}"
    return [f"{condition}, {what}."]
