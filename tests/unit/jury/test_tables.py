"""CSV tables as profiles: what a cell means, and which cell is wrong."""

import gzip

import numpy as np
import pytest

from jury.errors import StudyError
from jury.tables import read_csv, read_profile


@pytest.fixture
def table(tmp_path):
    def write(text, name="t.csv"):
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return path

    return write


def test_empty_cells_are_no_opinion_unranked_and_not_approved(table):
    path = table("a,b\n1,\n0,1\n")
    utilities = read_profile(path, "utilities")
    np.testing.assert_array_equal(utilities.values, [[1, np.nan], [0, 1]])
    np.testing.assert_array_equal(read_profile(path, "rankings").ranks, [[1, 0], [0, 1]])
    np.testing.assert_array_equal(read_profile(path, "approvals").matrix, [[True, False], [False, True]])
    assert utilities.alternatives == ("a", "b")


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_voters_are_left_out_and_weights_are_weights(table, name):
    found = read_profile(table("n,a,w\nx,1,2\ny,3,4\n", name), "utilities", weight="w", voter="n")
    assert found.alternatives == ("a",)
    np.testing.assert_array_equal(found.weights, [2, 4])


def test_a_byte_order_mark_quotes_and_empty_lines_are_no_matter(table):
    found = read_profile(table('\ufeff"a, b",c\n\n1,2\n\n'), "utilities")
    assert found.alternatives == ("a, b", "c")
    assert found.n_voters == 1


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
