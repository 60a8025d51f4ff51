"""Data cards against the reference reader of Croissant: valid, and the records are the ballots."""

from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest

from jury import Study, simulate
from jury.export import write_ballots, write_card

mlcroissant = pytest.importorskip("mlcroissant")

CASES = [
    {"id": "=1+1", "prompt": "Raise it?", "alternatives": ["yes", "no"]},
    {"id": "tax", "prompt": "And taxes?", "alternatives": ["more", "less", "@same"]},
]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("card")
    people = "id,sex,Häufigkeit der Lektüre\n1,Male,=often\n2,Female,never\n"
    (folder / "people.csv").write_text(people, encoding="utf-8")
    document = {"name": "small", "jurors": 2, "cases": CASES, "model": "planted/hash", "seed": 1}
    study = Study.model_validate(document | {"population": str(folder / "people.csv")})
    return simulate(study, out=folder / "run.sqlite")


@pytest.mark.parametrize("style", ["csv", "jsonl", "parquet", "xlsx"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_the_reference_reader_finds_no_fault_and_the_same_ballots(run, tmp_path, style):
    path = tmp_path / f"my ballots.{style}"
    ballots = run.ballots()
    if style == "xlsx":
        path.write_bytes(b"a workbook, which Croissant does not read")
    else:
        write_ballots(ballots, style, path)
    dataset = mlcroissant.Dataset(str(write_card(run, path, style, licence="https://spdx.org/licenses/CC-BY-4.0")))
    issues = dataset.metadata.ctx.issues
    assert not issues.errors
    assert all("citeAs" in warning for warning in issues.warnings)
    if style == "xlsx":
        return
    read = pd.DataFrame(dataset.records("ballots"))
    assert len(read) == len(ballots)
    for name in ballots.columns:
        column = f"ballots/{quote(name)}"
        if column not in read and style == "jsonl":
            assert isinstance(ballots[name].iloc[0], dict)
            continue
        found = [_plain(value) for value in read[column]]
        if isinstance(ballots[name].iloc[0], str):
            assert [text.removeprefix("'") for text in found] == ballots[name].tolist(), name
        elif ballots[name].dtype.kind in "if":
            assert np.allclose(np.array(found, dtype=float), ballots[name].to_numpy(float), equal_nan=True), name


def _plain(value):
    return value.decode() if isinstance(value, bytes) else value
