"""Elicitation modes, one a file: how jurors are asked and how their answers are read."""

from __future__ import annotations

from jury.elicitation.answer import STATUSES, Answer, Rating, Status, Vote
from jury.elicitation.base import Mode, modes
from jury.elicitation.showing import Elicited, Showing, channel

__all__ = ["STATUSES", "Answer", "Elicited", "Mode", "Rating", "Showing", "Status", "Vote", "channel", "modes"]
