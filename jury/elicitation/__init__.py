"""Elicitation modes, one a file: how jurors are asked and how their answers are read."""

from __future__ import annotations

from jury.elicitation.base import STATUSES, Answer, Mode, Status, Vote, modes

__all__ = ["STATUSES", "Answer", "Mode", "Status", "Vote", "modes"]
