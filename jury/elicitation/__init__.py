"""Elicitation modes, one a file: how jurors are asked and how their answers are read."""

from __future__ import annotations

from jury.elicitation.base import STATUSES, Answer, Mode, Status, Vote, modes
from jury.elicitation.showing import Elicited, Showing, channel

__all__ = ["STATUSES", "Answer", "Elicited", "Mode", "Showing", "Status", "Vote", "channel", "modes"]
