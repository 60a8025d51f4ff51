"""The data card: what it says is so; tests/crosscheck reads it with the reference reader."""

import hashlib
import json

import pytest

from jury import Study, simulate
from jury.export import card_path, data_card, write_ballots, write_card
from jury.export.about import facts

CASES = [{"id": "wage", "prompt": "Raise it?", "alternatives": ["yes", "no"]}]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    study = Study.model_validate(
        {"name": "small", "description": "A test.", "jurors": 4, "cases": CASES, "model": "planted/hash", "seed": 1}
    )
    return simulate(study, out=tmp_path_factory.mktemp("card") / "run.sqlite")


@pytest.fixture(scope="module")
def exported(run, tmp_path_factory):
    path = tmp_path_factory.mktemp("card") / "ballots.csv"
    write_ballots(run.ballots(), "csv", path)
    return path


def test_the_card_stands_beside_the_file_and_has_its_checksum(run, exported):
    path = write_card(run, exported, "csv", licence="CC-BY-4.0")
    assert path == card_path(exported)
    assert path.name == "ballots.csv.croissant.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    (file,) = card["distribution"]
    assert file["sha256"] == hashlib.sha256(exported.read_bytes()).hexdigest()
    assert file["contentSize"] == f"{exported.stat().st_size} B"
    assert card["license"] == "CC-BY-4.0"


def test_the_card_says_what_the_ballots_are_and_are_not(run, exported):
    card = data_card(run, exported, "csv")
    source = run.header.provenance["population"]
    for text in (card["description"], card["rai:dataLimitations"]):
        assert "no person was asked" in text
        assert run.panel().caveat in text
    assert "4 asked, 4 answered" in card["description"]
    assert card["isBasedOn"]["name"] == source["title"]
    assert card["isBasedOn"]["license"] == source["licence"]
    assert card["identifier"] == run.header.fingerprint
    assert "license" not in card, "the licence of the ballots is the user's to give"


def test_of_a_deliberation_the_card_tells_all_rounds(tmp_path):
    talk = {"deliberation": {"rounds": 2, "hear": 2}, "elicitation": {"mode": "score", "opinion": 1}}
    study = Study.model_validate({"name": "talk", "jurors": 6, "cases": CASES, "model": "planted/hash", **talk})
    run = simulate(study, out=tmp_path / "run.sqlite")
    path = tmp_path / "ballots.csv"
    write_ballots(run.ballots(), "csv", path)
    card = data_card(run, path, "csv")
    assert "18 asked, 18 answered" in card["description"]
    assert "again in each of 2 round(s), after hearing other jurors" in card["rai:dataCollection"]
    for text in (card["description"], card["rai:dataLimitations"], facts(run)["caveat"]):
        assert "round 0 were given before anybody was heard, those of rounds 1 to 2 after" in text
        assert "These are answers of round" not in text, "the file has those of all rounds"
    assert facts(run)["rounds of deliberation"] == 2


@pytest.mark.parametrize(("style", "lacking"), [("csv", set()), ("jsonl", {"scores"})])
def test_every_column_is_described(run, exported, style, lacking):
    card = data_card(run, exported, style)
    columns = set(run.ballots().columns)
    assert {each["name"] for each in card["variableMeasured"]} == columns
    assert all(len(each["description"]) > 10 for each in card["variableMeasured"])
    (records,) = card["recordSet"]
    assert {field["name"] for field in records["field"]} == columns - lacking


def test_types_are_those_of_the_values(run, exported):
    (records,) = data_card(run, exported, "jsonl")["recordSet"]
    found = {field["name"]: (field["dataType"], field.get("repeated", False)) for field in records["field"]}
    assert found["weight"] == ("sc:Float", False)
    assert found["replicate"] == ("sc:Integer", False)
    assert found["shown"] == ("sc:Text", True)
    assert found["persona.sex"] == ("sc:Text", False)


def test_a_workbook_has_its_columns_told_and_no_way_to_read_them(run, exported):
    card = data_card(run, exported, "xlsx")
    assert "recordSet" not in card
    assert card["variableMeasured"]
