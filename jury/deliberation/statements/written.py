"""Reads what is asked for in free words: a statement, or a critique."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jury.backends.base import Reply
from jury.elicitation import Answer, Showing
from jury.elicitation.neutral import neutral
from jury.elicitation.reading import declined


@dataclass(frozen=True, slots=True)
class Written:
    """Keeps the one reply under `name`, as it was written."""

    name: str

    def hear(self, _showing: Showing, replies: Sequence[Reply], _rng: np.random.Generator) -> Answer:
        """Return the text, or that there is none to be seen."""
        if declined(replies):
            return Answer("refused", problem="the model declined")
        text = replies[0].text.strip()
        return Answer("answered", {self.name: text}) if neutral(text) else Answer("unparsed", problem="no words")
