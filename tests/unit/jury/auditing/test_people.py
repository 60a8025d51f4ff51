"""Audits of real raters, against figures that were published or can be counted directly."""

import gzip
import json

import numpy as np
import pytest

from jury.auditing import audit
from jury.auditing.summary import alike
from jury.ratings import Columns, read_ratings


@pytest.fixture(scope="module")
def hs_brexit(shared_data, chosen):
    """952 posts judged by the same six people in two groups of three."""
    rows = []
    for part in ("train", "dev"):
        with gzip.open(shared_data / "hs_brexit" / f"HS-Brexit_{part}.json.gz", "rt", encoding="utf-8") as file:
            rows += [item["annotations"].split(",") for item in json.load(file).values()]
    return chosen(np.array(rows, dtype=float), group=["group1"] * 3 + ["group2"] * 3)


def test_two_equal_groups_and_two_options(hs_brexit):
    """The majorities of the groups differ on 169 of 952; utilitarian, Nash and maximin over groups coincide."""
    found = audit(hs_brexit, rules=["utilitarian", "nash", "maximin"], by=["group"], unit="group", resamples=0)
    assert len(found.outcomes) == 952
    assert alike(found) == [("utilitarian", "nash", "maximin")]
    assert found.groups["contested"].unique().tolist() == [169]
    assert found.prices["price"].tolist() == pytest.approx([0, 0, 0])
    assert found.groups["few"].all()


def test_crehate_by_country(shared_data):
    """Shares lost, counted by hand below; Singapore and South Africa lose more than lots."""
    path = shared_data / "crehate" / "raw_annotations_sbic.csv.gz"
    columns = Columns("annotator_id", "ID", "annotation", codes={"0": "no", "1": "hate"})
    panel = read_ratings(path, columns)
    found = audit(panel, rules=["utilitarian"], by=["nationality"], resamples=199)
    import pandas as pd

    table = pd.read_csv(path)
    table = table[table["annotation"] < 2]
    of_post = table.groupby("ID")["annotation"].mean()
    of_country = table.groupby(["nationality", "ID"])["annotation"].mean()
    for _, row in found.groups.iterrows():
        side = np.sign(of_country[row["group"]] - 0.5)
        lost = (side * np.sign(of_post - 0.5) < 0).sum()
        assert (row["cases"], row["cases_lost"]) == (980, lost)
    assert not found.dealt_whole
    sure = found.groups[found.groups["loses_more"]]["group"].tolist()
    assert sure == ["Singapore", "South Africa"]
    assert found.groups["voice"].to_numpy() == pytest.approx(np.full(5, 0.2), abs=0.02)
    assert found.groups["share_lost_by_lot"].to_numpy() == pytest.approx(np.full(5, 0.09), abs=0.01)
