"""Panels made of arrays, so that the truth can be planted."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from jury.cases import Case
from jury.elicitation import Vote, modes
from jury.panel import Panel


def scores(table, *, weights=None, attributes=None, name="planted", alternatives=None):
    """Return a panel of scores of shape (replicates, jurors, cases, alternatives); NaN is no opinion."""
    table = np.asarray(table, dtype=float)
    _, jurors, cases, many = table.shape
    ids = alternatives or [chr(97 + place) for place in range(many)]
    made = tuple(
        Case.model_validate({"id": f"c{number}", "prompt": "?", "alternatives": ids}) for number in range(cases)
    )
    votes = {
        case.id: [
            Vote(juror, {"scores": given}, replicate=replicate)
            for replicate, part in enumerate(table)
            for juror in range(jurors)
            if (given := {k: float(v) for k, v in zip(ids, part[juror, number], strict=True) if v == v})
        ]
        for number, case in enumerate(made)
    }
    people = pd.DataFrame(attributes or {}, index=pd.Index([str(n) for n in range(jurors)], name="juror"))
    given = sum(map(len, votes.values()))
    mode = modes["score"].model_validate({"scale": (1, 5)})
    mass = np.ones(jurors) if weights is None else np.asarray(weights, dtype=float)
    return Panel(name, mode, made, people, mass, votes, Counter(answered=given), given)


def choices(table, alternatives=("yes", "no"), **settings):
    """Return a panel of choices: shape (jurors, cases), columns of the alternatives; -1 is no answer."""
    table = np.asarray(table)
    jurors, cases = table.shape
    made = tuple(
        Case.model_validate({"id": f"c{number}", "prompt": "?", "alternatives": list(alternatives)})
        for number in range(cases)
    )
    votes = {
        case.id: [
            Vote(juror, {"choice": alternatives[table[juror, number]]})
            for juror in range(jurors)
            if table[juror, number] >= 0
        ]
        for number, case in enumerate(made)
    }
    attributes = settings.get("attributes") or {}
    people = pd.DataFrame(attributes, index=pd.Index([str(n) for n in range(jurors)], name="juror"))
    given = sum(map(len, votes.values()))
    mass = np.ones(jurors) if settings.get("weights") is None else np.asarray(settings["weights"], dtype=float)
    name = settings.get("name", "planted")
    return Panel(name, modes["choose"].model_validate({}), made, people, mass, votes, Counter(answered=given), given)


@pytest.fixture(name="scores")
def scores_fixture():
    return scores


@pytest.fixture(name="choices")
def choices_fixture():
    return choices
