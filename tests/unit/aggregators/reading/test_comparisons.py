"""Files of comparisons, one row each."""

import numpy as np
import pytest

from aggregators import Comparisons, Rankings, ReadError, Utilities
from aggregators.reading import format_of, load, read

DUELS = """voter,winner,loser,tie,weight,shown
ann,tea,milk,,2,1st
ann,tea,rum,1,2,2nd
bob,rum,tea,0,0.5,1st
ann,tea,milk,,2,1st
"""


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "duels.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_one_row_is_one_comparison(file):
    loaded = load(file(DUELS))
    assert (loaded.format, loaded.lines) == ("comparisons-csv", (2, 4))
    assert loaded.profile == Comparisons.from_triples(
        [("ann", "tea", "milk"), ("bob", "rum", "tea"), ("ann", "tea", "milk")],
        [("ann", "tea", "rum")],
        weights=[2, 0.5],
    )
    assert Comparisons.read(file(DUELS)) == loaded.profile


def test_names_of_columns(file):
    path = file("w;loser;winner;who\n3;a;b;x\n")
    assert format_of(path) == "comparisons-csv"
    found = read(path, weight="w", voter="who")
    assert found.weights.tolist() == [3]
    assert found.wins[0].tolist() == [[0, 0], [1, 0]]
    assert read(path, voter="who").weights.tolist() == [1]  # a column that is not called "weight" is not taken for one


def test_tables_with_alternatives_of_other_names_are_no_comparisons(file):
    assert format_of(file("winner,runner-up\n1,2\n")) == "csv"


def test_rankings_compare(tmp_path):
    path = tmp_path / "ranks.csv"
    path.write_text("a,b,c\n1,2,\n", encoding="utf-8")
    assert np.array_equal(Rankings.read(path).to_comparisons().wins, [[[0, 1, 1], [0, 0, 1], [0, 0, 0]]])
    ranked = tmp_path / "ranked.csv"
    ranked.write_text("Rank 1,Rank 2\na,b\n", encoding="utf-8")
    assert Comparisons.read(ranked) == Comparisons.from_triples([(0, "a", "b")])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("voter,winner,loser\n", "holds no comparisons"),
        ("winner,loser\na,b\n", "line 1: no column 'voter'; columns: winner, loser"),
        ("voter,winner,loser\nx,,b\n", "line 2, data row 1: winner=(empty) names nobody"),
        ("voter,winner,loser\n,a,b\n", "line 2, data row 1: voter=(empty) names nobody"),
        ("voter,winner,loser\nx,a,b\nx,b,b\n", "line 3, data row 2: loser='b' is the winner too"),
        ("voter,winner,loser,tie\nx,a,b,?\n", "line 2, data row 1: tie='?' is neither 1, for a tie, nor 0 or empty"),
        ("voter,winner,loser,weight\nx,a,b,1\nx,b,c,2\n", "line 3, data row 2: weight='2' is not what the same voter"),
        ("voter,winner,loser,weight\nx,a,b,-1\n", "weight='-1' is not a weight"),
        ("voter,winner,loser,weight\nx,a,b,0\n", "column 'weight': all weights are 0"),
    ],
)
def test_malformed_files(file, text, says):
    with pytest.raises(ReadError) as caught:
        read(file(text))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("wanted", [Utilities, Rankings])
def test_nothing_else_is_made_of_them_unasked(file, wanted):
    with pytest.raises(ReadError, match=r"holds comparisons, from which no .* follow"):
        read(file(DUELS), wanted)
