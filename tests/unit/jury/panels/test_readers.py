"""Readers of annotator-level data: small files with everything that real ones have, and what they refuse."""

import gzip
import json

import numpy as np
import pytest

from aggregators.registry import UnknownName
from jury import StudyError
from jury.panels import read_panel, readers

VOTES = "participant,group-id,n-comments,n-votes,n-agree,n-disagree,0,1,2\n7,0,1,3,1,1,1,-1,0\n8,,0,1,1,0,1,,\n"
COMMENTS = (
    "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body\n"
    '1,x,0,7,2,0,1,"More, please"\n1,x,1,7,0,1,-1,Spam\n1,x,2,7,0,0,0,Third\n'
)


@pytest.fixture
def conversation(tmp_path):
    folder = tmp_path / "talk"
    folder.mkdir()
    (folder / "participants-votes.csv.gz").write_bytes(gzip.compress(VOTES.encode()))
    (folder / "comments.csv").write_text(COMMENTS)
    return folder


def test_a_polis_conversation(conversation):
    panel = read_panel(conversation, "polis")
    assert [(case.id, case.prompt) for case in panel.cases] == [("0", "More, please"), ("2", "Third")]
    assert panel.jurors.index.tolist() == ["7", "8"]
    assert panel.group_labels("group-id").tolist() == ["0", "not stated"]
    # 8 has not seen comment 2: no ballot; 7 passed: a ballot without an opinion.
    found = panel.denominators()
    assert (found["asked"], found["answered"], found["no_opinion"]) == (3, 3, 1)
    assert panel.profile("0").ranks.tolist() == [[1, 0], [1, 0]]


def test_conventions_of_polis(conversation):
    kept = read_panel(conversation, "polis", moderated="keep", passes="answer")
    assert [case.id for case in kept.cases] == ["0", "1", "2"]
    assert [vote.values["choice"] for vote in kept.votes["2"]] == ["pass"]
    alone = read_panel(conversation / "participants-votes.csv.gz", "polis")
    assert [case.prompt for case in alone.cases] == ["Comment 0", "Comment 1", "Comment 2"]


ITEM = {
    "text": {"post": "Ha", "reply": "Ho"},
    "annotators": "Ann1,Ann7",
    "annotations": {"Ann1": "0", "Ann7": "1"},
    "split": "dev",
    "lang": "en",
    "other_info": {},
}
GROUPED = {
    "text": "Hm",
    "annotators": "Ann1,Ann2",
    "annotations": "0,1",
    "lang": "en",
    "split": "train",
    "other_info": {"annotators group": "g1,g2", "other annotations": {"offensive": "1,1"}},
}


def written(folder, name, document):
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def test_lewidi_with_metadata(tmp_path):
    people = written(tmp_path, "people.json", {"7": {"Age": 30.0, "Gender": "DATA_EXPIRED"}, "9": {"Age": 1.0}})
    items = {"4": ITEM, "5": {**ITEM, "lang": "it", "annotations": {"Ann1": "1", "Ann7": "x"}}}
    path = written(tmp_path, "dev.json", items)
    panel = read_panel(path, "lewidi", metadata=people, codes={"0": "no", "1": "yes"})
    assert [(case.id, case.prompt) for case in panel.cases] == [("dev-4", "Ha\n\nHo"), ("dev-5", "Ha\n\nHo")]
    assert panel.jurors["Age"].tolist()[1] == 30.0
    assert panel.group_labels("Gender").tolist() == ["not stated", "not stated"]
    assert [vote.values["choice"] for vote in panel.votes["dev-5"]] == ["yes", None]
    assert len(read_panel(path, "lewidi", language="it").cases) == 1


def test_lewidi_in_parts_with_groups(tmp_path):
    paths = [written(tmp_path, f"{n}.json", {"1": {**GROUPED, "split": n}}) for n in ("train", "dev")]
    panel = read_panel(paths, "lewidi")
    assert [case.id for case in panel.cases] == ["train-1", "dev-1"]
    assert panel.group_labels("group").tolist() == ["g1", "g2"]
    assert panel.cases[0].alternative_ids == ("0", "1")
    other = read_panel(paths, "lewidi", task="offensive")
    assert [vote.values["choice"] for vote in other.votes["dev-1"]] == ["1", "1"]


RAW = (
    "ID,annotator_id,nationality,religion,annotation\n"
    "SBIC-0,3,Australia,Other_Jedi,0\nSBIC-0,4,Singapore,,2\nSBIC-0,3,Australia,Other_Jedi,1\nSBIC-1,3,Australia,Other_Jedi,1\n"
)


def test_crehate_and_its_conventions(tmp_path):
    path = written(tmp_path, "raw.csv", RAW)
    panel = read_panel(path, "crehate")
    assert panel.jurors["religion"].tolist()[0] == "Other"
    assert panel.denominators()["no_opinion"] == 1
    assert panel.profile("SBIC-0").weights.tolist() == [0.5, 1, 0.5]
    assert len(read_panel(path, "crehate", repeats="first").votes["SBIC-0"]) == 2
    half = read_panel(path, "crehate", dont_know="half").utilities("SBIC-0")
    np.testing.assert_array_equal(half.values, [[0.5, 0.5], [0.5, 0.5]])
    labels = written(tmp_path, "l.csv", "ID,Text,South_Africa_Hate,Singapore_Hate\nx,Words,1,0\ny,,0,\n")
    found = read_panel(labels, "crehate-labels")
    assert found.jurors["country"].tolist() == ["South Africa", "Singapore"]
    assert [case.prompt for case in found.cases] == ["Words", "y"]
    assert len(found.votes["y"]) == 1


def test_any_table_is_one_too(tmp_path):
    path = written(tmp_path, "t.csv", "who,what,said\nann,q,1\n")
    panel = read_panel(path, "table", rater="who", case="what", answer="said", codes={"0": "no", "1": "yes"})
    assert panel.votes["q"][0].values == {"choice": "yes"}


FAULTS = {
    "no item text": ("lewidi", {"1": {"annotators": "a", "annotations": "0"}}, {}, "item '1': has no 'text'"),
    "uneven": ("lewidi", {"1": {**GROUPED, "annotations": "0"}}, {}, "1 annotations for 2 annotators"),
    "twice": ("lewidi", {"1": {**GROUPED, "annotators": "Ann1,Ann1"}}, {}, "2 annotations for 1 annotators"),
    "no JSON": ("lewidi", "{", {}, "cannot be read as JSON"),
    "a list": ("lewidi", "[1]", {}, "is no JSON object of items"),
    "codes": ("lewidi", {"1": ITEM}, {"codes": {"5": "x"}}, "no annotation is one of 5; there are: 0, 1"),
    "language": ("lewidi", {"1": ITEM}, {"language": "fi"}, "holds no items in language 'fi'"),
    "two groups": (
        "lewidi",
        {"1": GROUPED, "2": {**GROUPED, "other_info": {"annotators group": "g2,g2"}}},
        {},
        "annotator 'Ann1' is in 'g1' and 'g2'",
    ),
    "annotation": ("crehate", RAW.replace(",2\n", ",3\n"), {}, "data row 2: annotation='3' is not 0, 1 or 2"),
    "column": ("crehate", "ID,annotation\nx,1\n", {}, "no column 'annotator_id'"),
    "convention": ("crehate", RAW, {"dont_know": "zero"}, "dont_know='zero' is not known; use no_opinion or half"),
    "option": ("crehate", RAW, {"dont_now": "half"}, "no option 'dont_now'; did you mean 'dont_know'"),
    "label": ("crehate-labels", "ID,Text,X_Hate\n1,t,2\n", {}, "X_Hate='2' is not 0"),
    "no labels": ("crehate-labels", "ID,Text\n1,t\n", {}, "needs columns ID, Text and labels"),
    "vote": ("polis", VOTES.replace("-1,0\n", "-1,5\n"), {}, "data row 1: comment 2='5' is not 1"),
    "no polis": ("polis", "a,b\n1,2\n", {}, "name a participants-votes.csv of Polis"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_named_in_one_line(fault, tmp_path):
    kind, document, options, words = FAULTS[fault]
    path = written(tmp_path, "file.csv", document)
    with pytest.raises(StudyError, match=words) as caught:
        read_panel(path, kind, **options)
    assert "\n" not in str(caught.value)


def test_files_and_kinds_that_are_not_there(tmp_path):
    with pytest.raises(StudyError, match="no such file"):
        read_panel(tmp_path / "x", "polis")
    with pytest.raises(StudyError, match=r"holds no participants-votes\.csv"):
        read_panel(tmp_path, "polis")
    with pytest.raises(StudyError, match="reads one file or folder, not 2"):
        read_panel([tmp_path, tmp_path], "polis")
    with pytest.raises(UnknownName, match="did you mean 'crehate'"):
        read_panel(tmp_path, "crehat")


@pytest.mark.parametrize("name", ["crehate", "crehate-labels", "lewidi", "polis", "table"])
def test_every_reader_says_what_it_reads(name):
    assert readers[name].summary.endswith(".")
    for option in readers[name].options:
        assert option in (readers[name].function.__doc__ or "")
