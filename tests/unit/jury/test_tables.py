"""CSV tables as text; `tests/unit/aggregators/reading` has those of ballots."""

import gzip

import numpy as np
import pytest

from jury.errors import StudyError
from jury.tables import read_csv


@pytest.fixture
def table(tmp_path):
    def write(text, name="t.csv"):
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return path

    return write


@pytest.mark.parametrize(
    ("text", "line"), [("a,b\n1,2,3\n4,5,6\n", 2), ("a,b\n1,2\n3\n", 3), ('a,b\n"x\ny",2\n1,2,3\n', 4)]
)
def test_an_uneven_row_is_never_read_under_other_names(table, text, line):
    with pytest.raises(StudyError, match=f"line {line}: cannot be read as a table: a row of"):
        read_csv(table(text))


def test_unreadable_files_are_one_line(table, tmp_path):
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(np.random.default_rng(0).bytes(500))[:300])
    (tmp_path / "bytes.csv").write_bytes(b"a,b\n1,\xff\n")
    for path in (tmp_path / "cut.csv.gz", tmp_path / "bytes.csv", tmp_path / "none.csv", table("")):
        with pytest.raises(StudyError, match="cannot be read as a table") as caught:
            read_csv(path)
        assert "\n" not in str(caught.value)
