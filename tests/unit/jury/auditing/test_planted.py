"""Juries whose losers are known: found where planted, and not found where nobody loses."""

import numpy as np
import pytest

from jury.auditing import audit
from jury.auditing.summary import losers


def sparse(rng, chosen, shift=0.0, cases=30, jurors=20, asked=4):
    """Three groups of which each case asks some; the first, with a shift, leans against what others lean to."""
    leaning, bias = rng.beta(1.2, 1.2, cases), rng.normal(0, 0.15, 3 * jurors)
    choices = np.full((cases, 3 * jurors), np.nan)
    for case in range(cases):
        for group in range(3):
            who = rng.choice(jurors, asked, replace=False) + group * jurors
            tilt = shift * (group == 0) * np.sign(0.5 - leaning[case])
            choices[case, who] = rng.random(asked) < np.clip(leaning[case] + bias[who] + tilt, 0, 1)
    return chosen(choices, group=np.repeat(["x", "y", "z"], jurors))


def dense(rng, scored, shift=0.0, cases=1, jurors=40):
    """A quarter of the jurors, with a shift, likes best what the others like least."""
    minority = rng.permutation(jurors) < jurors // 4
    merit = rng.normal(3, 0.5, (cases, 1, 3))
    taste = rng.normal(0, 0.4, (jurors, 3))
    sign = (merit == merit.min(axis=2, keepdims=True)) * 1.0 - (merit == merit.max(axis=2, keepdims=True))
    scores = merit + taste + rng.normal(0, 0.8, (cases, jurors, 3)) + shift * minority[:, None] * sign
    return scored(np.clip(np.round(scores), 1, 5), side=np.where(minority, "few", "many"))


def found(panel, resamples=99):
    (by,) = panel.jurors.columns
    return losers(audit(panel, rules=["utilitarian"], by=[by], resamples=resamples), ["utilitarian"])["group"].tolist()


def test_planted_losers_are_found(scored, chosen):
    rng = np.random.default_rng(1)
    complete = [found(dense(rng, scored, shift=2.0, cases=4)) for _ in range(10)]
    assert sum("few" in groups for groups in complete) >= 9
    some = [found(sparse(rng, chosen, shift=0.9)) for _ in range(6)]
    assert sum("x" in groups for groups in some) >= 5
    # Where one group always stands against the others, these are split more often than lots: found, if at all, next.
    assert all(groups[0] == "x" for groups in some if groups)


def test_where_nobody_loses_losers_are_seldom_found(scored, chosen):
    # A share of 0.05 or less of 60 is more than 8 with a probability below 0.003, and of 20 more than 4 below 0.003.
    rng = np.random.default_rng(2)
    assert sum(bool(found(dense(rng, scored))) for _ in range(60)) <= 8
    assert sum(bool(found(sparse(rng, chosen))) for _ in range(20)) <= 4


def test_noise_alone_is_what_lots_lose(chosen):
    rng = np.random.default_rng(3)
    table = audit(sparse(rng, chosen, cases=80), rules=["utilitarian"], by=["group"], resamples=99).groups
    assert table["share_lost"].mean() == pytest.approx(table["share_lost_by_lot"].mean(), abs=0.05)
    assert (table["share_lost_by_lot"] > 0.03).all()


def test_intervals_cover_all_groups_together(scored):
    """Welfare under a winner that is certain is a mean of jurors: its truth is known."""
    rng, hits, runs = np.random.default_rng(4), 0, 60
    truth = {"x": 4.0, "y": 3.0}
    side = np.repeat(["x", "y"], [30, 15])
    for _ in range(runs):
        liked = np.array([truth[name] for name in side]) + rng.normal(0, 0.6, 45)
        scores = np.stack([liked, np.full(45, 0.0)], axis=1)[None]
        table = audit(scored(scores, side=side), rules=["utilitarian"], by=["side"], resamples=199).groups
        inside = (table["welfare_low"] <= table["group"].map(truth)) & (
            table["group"].map(truth) <= table["welfare_high"]
        )
        hits += bool(inside.all())
    # Of 60, a coverage of 0.95 is 51 or fewer with a probability below 0.005.
    assert hits >= 52


def test_juries_and_cases_are_both_drawn(scored):
    rng = np.random.default_rng(5)
    side = np.repeat(["x", "y"], 12)
    alike = np.broadcast_to(rng.integers(1, 6, (1, 24, 1)), (6, 24, 2)) - np.array([0, 1])
    jurors_only = audit(scored(alike, side=side), rules=["utilitarian"], by=["side"]).groups
    one = audit(scored(alike[:1], side=side), rules=["utilitarian"], by=["side"]).groups
    width = jurors_only["welfare_high"] - jurors_only["welfare_low"]
    assert width.to_numpy() == pytest.approx((one["welfare_high"] - one["welfare_low"]).to_numpy(), rel=0.25)
    cases_only = np.broadcast_to(rng.integers(1, 6, (6, 1, 1)), (6, 24, 2)) - np.array([0, 1])
    table = audit(scored(cases_only, side=side), rules=["utilitarian"], by=["side"]).groups
    values = cases_only[:, 0, 0]
    exact = 2 * 2.571 * values.std(ddof=1) / np.sqrt(6)
    # both groups move together, so the band of two is the t interval of one
    assert (table["welfare_high"] - table["welfare_low"]).to_numpy() == pytest.approx(np.full(2, exact), rel=0.15)
