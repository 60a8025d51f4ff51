"""Ratings in arrays are those that a mode tells ballot by ballot, and lots are those of one case after the other."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from jury import Panel
from jury.cases import Case
from jury.diagnostics import _blocks, _ratings, dealt, shuffled
from jury.elicitation import Vote, modes
from jury.rated import UNKNOWN, rated

CASES = {"q": "abc", "r": "ab", "s": "cd", "t": "abc"}


@pytest.fixture(scope="module")
def panel():
    """Some scores missing, one ballot whose order and labels are not known, weights, one juror asked twice."""
    rng, votes = np.random.default_rng(2), {}
    for case, names in CASES.items():
        for juror in [*range(9), 4]:
            scores = {name: int(rng.integers(1, 6)) if rng.random() < 0.9 else None for name in names}
            shown = tuple(rng.permutation(list(names)).tolist())
            known = (shown, tuple("XYZ"[: len(names)])) if case != "s" or juror else ((), ())
            votes.setdefault(case, []).append(Vote(juror, {"scores": scores}, *known, int(len(votes[case]) == 9)))
    mode = modes["score"].model_validate({"labels": "varied"})
    cases = tuple(Case(id=case, prompt="?", alternatives=tuple(names)) for case, names in CASES.items())
    people = pd.DataFrame({"side": list("lrlrlrlrr")})
    return Panel("p", mode, cases, people, rng.uniform(1, 2, 9), votes, Counter(answered=40), 40)


def test_ratings_are_those_of_each_ballot(panel):
    found, names = rated(panel), {}
    told = [
        (number, vote, rating)
        for number, case in enumerate(panel.cases)
        for vote in panel.votes[case.id]
        for block in panel.mode.ratings(vote, case)
        for rating in block
    ]
    assert found.values.tolist() == [rating.utility for *_, rating in told]
    assert found.cases.tolist() == [number for number, *_ in told]
    assert found.jurors.tolist() == [vote.juror for _, vote, _ in told]
    assert found.replicates.tolist() == [vote.replicate for _, vote, _ in told]
    assert found.alternatives.tolist() == [rating.alternative for *_, rating in told]
    places = [UNKNOWN if rating.position is None else rating.position for *_, rating in told]
    assert found.positions.tolist() == places
    for code, (*_, rating) in zip(found.labels.tolist(), told, strict=True):
        assert names.setdefault(rating.label, code) == code
    assert names[None] == UNKNOWN
    assert len(set(names.values())) == len(names) == 4
    assert rated(panel) is found


def test_lots_are_those_of_a_loop_over_cases(panel):
    known = [vote for vote in panel.votes["s"] if vote.shown]
    whole = Panel(
        "p", panel.mode, panel.cases, panel.jurors, panel.weights, {**panel.votes, "s": known}, Counter(), panel.asked
    )
    found = dealt(whole, np.random.default_rng(1), rounds=40)
    blocks, rng = _blocks(whole, _ratings(whole)), np.random.default_rng(1)
    assert [block.shape[1] for block in blocks] == [3, 2, 2, 3]

    def spread(deal):
        return np.sqrt(np.mean([block.mean(axis=0).var() for block in deal]))

    deals = [spread([rng.permuted(block, axis=1) for block in blocks]) for _ in range(40)]
    assert (found.spread, found.chance) == pytest.approx((spread(blocks), np.mean(deals)), rel=1e-12)
    assert found.share_above == (1 + sum(deal >= found.spread * (1 - 1e-9) for deal in deals)) / 41


def test_groups_by_lot_are_those_of_a_loop_over_deals(panel, monkeypatch):
    whole = shuffled(panel, "side", np.random.default_rng(1), rounds=30)
    monkeypatch.setattr("jury.diagnostics._AT_ONCE", 1)
    one_by_one = shuffled(panel, "side", np.random.default_rng(1), rounds=30)
    assert (whole.spread, whole.chance) == pytest.approx((one_by_one.spread, one_by_one.chance), rel=1e-12)
    assert whole.share_above == one_by_one.share_above
