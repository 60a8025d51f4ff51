"""Who judged what: counts by weight, and alternatives left out."""

import numpy as np
import pytest

from aggregators import Approvals, ProfileError, Rankings, Utilities, decide
from aggregators.coverage import FEW, judged_by, judges

NO = float("nan")


def test_voters_count_by_their_weight():
    jury = Utilities([[1, NO, 1], [NO, 2, 1], [NO, NO, 1]], weights=[2, 1, 0.5])
    assert judged_by(jury, voters=2).alternatives == ("a", "c")
    assert judged_by(jury, voters=2.1).alternatives == ("c",)
    assert judged_by(jury, share=2 / 3.5).alternatives == ("a", "c"), "a near-tie is enough"
    assert judged_by(jury, voters=0) is jury
    kept = judged_by(jury, share=1)
    assert (kept.n_voters, kept.weights.tolist()) == (3, [2, 1, 0.5]), "nobody is left out"
    by = judges(decide(jury, "utilitarian"), jury)
    assert (by.winners, by.least, by.total, by.everybody, by.few) == (1, 1, 3.5, False, 0)
    assert str(by) == "1 of 3.50"


def test_winners_whom_few_judged():
    values = np.full((40, 3), NO)
    values[:, 0], values[0, 1], values[:4, 2] = 1, 1, 1
    jury = Utilities(values)
    by = judges(decide(jury, "utilitarian"), jury)
    assert (by.winners, by.few, str(by)) == (3, 1, "1 to 40 (median 4) of 40")
    assert FEW * 40 == 4, "a tenth is not less than a tenth"


def test_a_hung_jury_has_no_winners_to_judge():
    jury = Rankings([[1, 2], [2, 1]])
    by = judges(decide(jury, "majority"), jury)
    assert (by.winners, by.everybody) == (0, True)


def test_what_cannot_be_left_out():
    jury = Utilities([[1, NO], [1, NO]], alternatives=["x", "y"])
    with pytest.raises(ProfileError, match="no alternative was judged by 3 of 2 voters; the most, 2, judged 'x'"):
        judged_by(jury, voters=3)
    with pytest.raises(ProfileError, match=r"share=1\.5; give a share of the voters from 0 to 1"):
        judged_by(jury, share=1.5)
    with pytest.raises(ProfileError, match="approvals do not tell who judged what"):
        judged_by(Approvals([[1, 0]]), voters=1)
    for given in ({}, {"voters": 1, "share": 0.5}):
        with pytest.raises(ProfileError, match="give one of the two"):
            judged_by(jury, **given)
