"""Tables of human ratings as panels."""

import gzip

import numpy as np
import pytest

from jury import StudyError
from jury.auditing import audit
from jury.ratings import Columns, read_ratings

CHOICES = Columns(rater="who", case="what", answer="said", codes={"0": "no", "1": "yes"})
SCORES = Columns(rater="who", case="what", answer="said", alternative="which", weight="w")


@pytest.fixture
def table(tmp_path):
    def write(text, name="t.csv"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def test_choices(table):
    panel = read_ratings(table("who,what,said,land\nann,q,1,X\nbob,q,0.0,Y\nann,r,,X\ncid,q,7,Y\n"), CHOICES)
    assert panel.denominators() == {
        "asked": 4, "answered": 3, "refused": 1, "unparsed": 0, "failed": 0, "missing": 0, "no_opinion": 1,
    }  # fmt: skip
    assert panel.jurors.index.tolist() == ["ann", "bob", "cid"]
    assert panel.jurors["land"].tolist() == ["X", "Y", "Y"]
    assert [vote.values["choice"] for vote in panel.votes["q"]] == ["yes", "no", None]
    assert "r" not in panel.votes
    assert panel.profile("q", by=["land"]).ranks.tolist() == [[0, 1], [1, 0], [0, 0]]
    assert audit(panel, rules=["plurality"]).unanswered == ("r",)


@pytest.mark.parametrize("codes", [{"1": "yes", "0": "no"}, {"1.0": "yes", "0.0": "no"}, {" 1 ": " yes ", "0": "no"}])
@pytest.mark.parametrize("cells", [("1", "0"), ("1.0", "0.0"), (" 1", "0 ")])
def test_codes_are_read_alike_on_both_sides(codes, cells, table):
    path = table(f"who,what,said\nann,q,{cells[0]}\nbob,q,{cells[1]}\n")
    panel = read_ratings(path, Columns("who", "what", "said", codes=codes))
    assert [vote.values["choice"] for vote in panel.votes["q"]] == ["yes", "no"]


def test_a_rater_with_replicates_has_one_vote(table):
    panel = read_ratings(table("who,what,said\nann,q,1\nann,q,1\nann,q,0\nbob,q,0\n"), CHOICES)
    profile = panel.profile("q")
    assert profile.weights == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1])
    outcome = audit(panel, rules=["plurality"]).outcomes["q"]["plurality"]
    assert dict(zip(outcome.alternatives, outcome.scores, strict=True)) == pytest.approx({"no": 4 / 3, "yes": 2 / 3})


def test_scores(table):
    text = "who,what,which,said,w,land\nann,q,a,1,2,X\nann,q,b,4.5,2,X\nbob,q,a,3,1,Y\nbob,q,b,,1,Y\nbob,r,a,2,1,Y\n"
    panel = read_ratings(table(text + "cid,q,a,,1,Y\n"), SCORES)
    assert panel.mode.scale == (1, 5)
    assert panel.weights.tolist() == [2, 1, 1]
    assert list(panel.jurors.columns) == ["land"]
    assert panel.denominators()["asked"] == 4
    assert (panel.denominators()["answered"], panel.denominators()["refused"]) == (3, 1)
    np.testing.assert_array_equal(panel.profile("q").values, [[1, 4.5], [3, np.nan]])
    scores = audit(panel, rules=["utilitarian"]).outcomes["q"]["utilitarian"].scores
    assert scores == pytest.approx([5 / 3, 4.5])


FAULTS = {
    "column": ("who,what\nann,q\n", CHOICES, "no column 'said'; columns: who, what"),
    "no case": ("who,what,said\nann,q,1\nann,,1\n", CHOICES, "data row 2: column 'what' is empty"),
    "codes": ("who,what,said\nann,q,4\nann,q,5\n", CHOICES, "no answer has a code of 0, 1; column 'said' holds: 4, 5"),
    "neither": ("who,what,said\nann,q,1\n", Columns("who", "what", "said"), "--codes 0=no,1=yes"),
    "no number": ("who,what,which,said,w\nann,q,a,x,1\n", SCORES, "data row 1: said='x' is not a number"),
    "no alternative": ("who,what,which,said,w\nann,q,,3,1\n", SCORES, "data row 1: column 'which' is empty"),
    "nothing": ("who,what,which,said,w\nann,q,a,,1\n", SCORES, "'said' is empty throughout"),
    "weight": ("who,what,which,said,w\nann,q,a,3,-1\n", SCORES, "'w' must hold numbers that are not negative"),
    "no weight": ("who,what,which,said,w\nann,q,a,3,\n", SCORES, "'w' must hold numbers"),
    "long name": (f"who,what,said\nann,{'q' * 300},1\n", CHOICES, "case 'qqq.*at most 200 characters; recode"),
    "nameless code": (
        "who,what,said\nann,q,1\n", Columns("who", "what", "said", codes={"1": ""}), "alternative ''.*at least 1",
    ),
    "empty file": ("", CHOICES, "cannot be read as a table"),
    "uneven": ("a,b\n1,2\n3,4,5\n", CHOICES, "cannot be read as a table"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_named_in_one_line(fault, table):
    text, columns, words = FAULTS[fault]
    path = table(text)
    with pytest.raises(StudyError, match=words) as caught:
        read_ratings(path, columns)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_are_no_tables(tmp_path):
    with pytest.raises(StudyError, match="no such file"):
        read_ratings(tmp_path / "nothing.csv", CHOICES)
    whole = gzip.compress(b"who,what,said\n" + b"ann,q,1\n" * 5000)
    for name, content in {
        "cut.csv.gz": whole[:60],
        "text.csv.gz": b"who",
        "latin.csv": "who,größe\n".encode("latin-1"),
    }.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(StudyError, match="cannot be read as a table"):
            read_ratings(path, CHOICES)
    (tmp_path / "whole.csv.gz").write_bytes(whole)
    assert read_ratings(tmp_path / "whole.csv.gz", CHOICES).asked == 5000


def test_crehate_is_read_as_published(shared_data):
    columns = Columns("annotator_id", "ID", "annotation", codes={"0": "not hate", "1": "hate"})
    panel = read_ratings(shared_data / "crehate" / "raw_annotations_sbic.csv.gz", columns)
    assert panel.denominators()["asked"] == 26_236
    assert len(panel.jurors) == 1017
    assert len(panel.cases) == 980
    assert len(panel.votes) == 980
    assert panel.denominators()["no_opinion"] == 1736  # "I don't know"
    profiles = [panel.utilities(case).values for case in panel.votes]
    # Convention: the mean over cases, each counting alike, of the unweighted share of "hate" among the ratings that
    # say either; a rater's second rating of a case counts like any other.
    assert np.mean([np.nanmean(values[:, 1]) for values in profiles]) == pytest.approx(0.4809, abs=5e-5)


def test_a_group_called_none_is_a_group(tmp_path):
    path = tmp_path / "ratings.csv"
    path.write_text("who,what,said,religion\n1,k,0,None\n2,k,1,Christian\n3,k,1,\n")
    panel = read_ratings(path, Columns("who", "what", "said", codes={"0": "no", "1": "yes"}))
    assert panel.group_labels("religion").tolist() == ["None", "Christian", "not stated"]
