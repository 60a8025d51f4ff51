"""Cases from JSONL and CSV files."""

import json

import pytest

from jury import Study, StudyError
from jury.cases import read_cases

GOOD = {"id": "a", "prompt": "p", "alternatives": ["x", {"id": "y", "text": "why"}]}


def jsonl(*records):
    return "\n".join(record if isinstance(record, str) else json.dumps(record) for record in records)


FAULTS = {
    "syntax": ("c.jsonl", jsonl(GOOD, "{"), "line 2: not JSON"),
    "no object": ("c.jsonl", jsonl(GOOD, "3"), "line 2: case:"),
    "field": ("c.jsonl", jsonl(GOOD, "", {"id": "b", "prompt": "p"}), "line 3: alternatives: Field required"),
    "number": ("c.jsonl", jsonl(GOOD | {"id": 3}), "line 1: id: 3 is not text; put it in quotes"),
    "half a character": ("c.jsonl", jsonl(GOOD | {"prompt": "\ud83d"}), "line 1: prompt: .*valid string"),
    "twice": ("c.jsonl", jsonl(GOOD, "", GOOD), "line 3: id: 'a' is the id of line 1 too"),
    "deep": ("c.jsonl", "[" * 100_000, "line 1: not JSON"),
    "long number": ("c.jsonl", "1" * 5000, "line 1: not JSON"),
    "none": ("c.jsonl", "\n\n", "holds no cases"),
    "columns": ("c.csv", "case,prompt\na,b\n", "line 1: no column alternative, text"),
    "few cells": ("c.csv", "case,prompt,alternative,text\na,p,x\n", "line 2: has not as many cells"),
    "many cells": ("c.csv", "case,prompt,alternative,text\na,p,x,one, two\n", "line 2: has not as many cells"),
    "other prompt": ("c.csv", "case,prompt,alternative,text\na,p,x,1\na,q,y,2\n", "line 3: .*another prompt"),
    "same alternative": ("c.csv", "case,prompt,alternative,text\na,p,x,1\na,,x,2\n", "line 2: .*'x' is given twice"),
    "no text": ("c.csv", "case,prompt,alternative,text\na,p,x,\n", r"line 2: alternatives\.0\.text"),
    "huge cell": ("c.csv", "case,prompt,alternative,text\na,p,x," + "z" * 200_000 + "\n", "line 2: not CSV"),
    "empty": ("c.csv", "", "line 1: no column case"),
    "kind": ("c.txt", "", "not .txt"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_name_the_file_and_the_line(fault, tmp_path):
    name, text, words = FAULTS[fault]
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(StudyError, match=words) as caught:
        read_cases(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "Value error" not in str(caught.value)


@pytest.mark.parametrize("name", ["c.jsonl", "c.csv"])
def test_other_encodings_are_refused(name, tmp_path):
    path = tmp_path / name
    path.write_bytes("case,prompt,alternative,text\na,p,x,Größe\n".encode("latin-1"))
    with pytest.raises(StudyError, match="save it as UTF-8"):
        read_cases(path)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_both_kinds_hold_the_same_cases(mark, tmp_path):
    lines = tmp_path / "c.jsonl"
    lines.write_bytes(mark + jsonl(GOOD, GOOD | {"id": "b"}).encode())
    table = tmp_path / "c.csv"
    rows = 'case,prompt,alternative,text\na,p,x,x\nb,p,x,x\na,,y,why\nb,p,y,"why"\n'
    table.write_bytes(mark + rows.encode())
    assert read_cases(lines) == read_cases(table)
    assert [case.id for case in read_cases(table)] == ["a", "b"]


def test_a_study_finds_its_cases_beside_itself(tmp_path, monkeypatch):
    (tmp_path / "c.jsonl").write_text(jsonl(GOOD))
    (tmp_path / "s.yaml").write_text("name: s\ncases: {file: c.jsonl}\n")
    monkeypatch.chdir("/")
    study = Study.load(tmp_path / "s.yaml")
    population = study.load_population()
    assert study.load_cases(population)[0].text_of("y") == "why"
    assert study.changed(seed=3).load_cases(population) == study.load_cases(population)
    (tmp_path / "c.jsonl").unlink()
    with pytest.raises(StudyError, match=r"no such file; .*relative to the study file"):
        study.load_cases(population)
