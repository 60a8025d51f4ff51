"""Juries for audits: scores and choices from arrays, complete or not."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from jury import Panel
from jury.cases import Case
from jury.elicitation import Vote, modes


def _panel(votes, cases, alternatives, jurors, mode, weights):
    asked = sum(map(len, votes.values()))
    made = tuple(Case(id=f"c{number}", prompt="?", alternatives=alternatives) for number in range(cases))
    held = np.ones(len(jurors)) if weights is None else np.asarray(weights, dtype=float)
    return Panel("made", modes[mode].model_validate({}), made, jurors, held, votes, Counter(answered=asked), asked)


@pytest.fixture(scope="session")
def scored() -> Callable[..., Panel]:
    """Return a maker of panels from scores of shape (cases, jurors, alternatives); NaN is no opinion."""

    def make(scores, weights=None, **attributes):
        scores = np.asarray(scores, dtype=float)
        names = tuple("abcdefgh"[: scores.shape[2]])
        votes = {
            f"c{case}": [
                Vote(juror, {"scores": {a: None if np.isnan(s) else float(s) for a, s in zip(names, row, strict=True)}})
                for juror, row in enumerate(rows)
            ]
            for case, rows in enumerate(scores)
        }
        return _panel(votes, len(scores), names, pd.DataFrame(attributes), "score", weights)

    return make


@pytest.fixture(scope="session")
def chosen() -> Callable[..., Panel]:
    """Return a maker of panels from yes (1), no (0) and not asked (NaN), of shape (cases, jurors)."""

    def make(choices, weights=None, **attributes):
        choices = np.asarray(choices, dtype=float)
        votes = {
            f"c{case}": [
                Vote(juror, {"choice": "yes" if said else "no"}) for juror, said in enumerate(row) if not np.isnan(said)
            ]
            for case, row in enumerate(choices)
        }
        return _panel(votes, len(choices), ("no", "yes"), pd.DataFrame(attributes), "choose", weights)

    return make
