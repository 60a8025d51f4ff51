"""`jury audit`, `aggregate`, `validate` and `export`: stored runs and tables of people's ballots."""

import csv
import gzip
import io
import json

import pandas as pd
import pytest

RATINGS = """who,item,ans,race,sex,w
a,q1,1,W,F,1
b,q1,1,W,M,1
c,q1,0,B,F,2
d,q1,,B,M,1
a,q2,0,W,F,1
b,q2,1,W,M,1
c,q2,1,B,F,2
d,q2,9,B,M,1
"""
NAMED = ("--rater", "who", "--case", "item", "--answer", "ans")
CHOICE = (*NAMED, "--codes", "0=no,1=yes")


@pytest.fixture
def ratings(tmp_path):
    path = tmp_path / "ratings.csv"
    path.write_text(RATINGS)
    return path


def failed(done, code=1):
    assert done.code == code, done
    assert done.out == ""
    assert len(done.err.splitlines()) == 1, done.err
    return done.error


# --- audit ---------------------------------------------------------------------------------------


def test_an_audit_of_a_run_uses_the_study_and_says_how_far_to_trust_it(jury, finished):
    done = jury("audit", finished)
    assert (done.code, done.err) == (0, "")
    for words in (
        "Who lost, by sex",
        "Who lost, by race & sex",
        "40 asked, 40 answered",
        "A simulated jury is not people",
    ):
        assert words in done.out
    by_race = jury("audit", finished, "--by", "race", "--rule", "borda", "-o", "json").json
    assert by_race["rules"] == ["borda"]
    assert {row["attribute"] for row in by_race["groups"]} == {"race"}


def test_an_audit_of_weighted_choices(jury, ratings):
    words = ("audit", ratings, *CHOICE, "--weight", "w", "--rule", "utilitarian", "--by", "race")
    found = jury(*words, "--by", "race & sex", "-o", "json").json
    # Case q1: a and b (weight 1 each) chose yes, c (weight 2) no; q2: a no, b and c yes; d said nothing that counts.
    assert found["outcomes"]["q1"]["utilitarian"]["winners"] == ["no", "yes"]
    assert found["outcomes"]["q2"]["utilitarian"]["winners"] == ["yes"]
    assert found["outcomes"]["q2"]["utilitarian"]["scores"] == pytest.approx([0.25, 0.75])
    welfare = {row["group"]: row["welfare"] for row in found["groups"]}
    # Tied winners count as their mean: W holds (1/2 + 1/2) / 2, B (1/2 + 1) / 2; a alone lost q2.
    assert welfare["W"] == pytest.approx(0.5)
    assert welfare["B"] == pytest.approx(0.75)
    lost = {row["group"]: row["cases_lost"] for row in found["groups"]}
    assert lost["race=W & sex=F"] == 1
    assert lost["race=B & sex=F"] == lost["race=W & sex=M"] == 0
    counts = found["denominators"]
    assert (counts["asked"], counts["answered"], counts["refused"], counts["no_opinion"]) == (8, 7, 1, 1)
    text = jury(*words)
    assert "1 of the answered without an opinion" in text.out
    assert "simulated" not in text.out


def test_groups_as_units_count_alike(jury, tmp_path):
    rows = ["who,item,alt,ans,party"]
    rows += [f"a{i},q,x,1,big\na{i},q,y,0,big" for i in range(3)] + ["b,q,x,0,small\nb,q,y,2,small"]
    (tmp_path / "t.csv").write_text("\n".join(rows) + "\n")
    words = ("audit", "t.csv", *NAMED, "--alternative", "alt", "--by", "party", "--rule", "utilitarian", "-o", "json")
    by_juror = jury(*words).json["outcomes"]["q"]["utilitarian"]
    by_group = jury(*words, "--unit", "group").json["outcomes"]["q"]["utilitarian"]
    assert (by_juror["winners"], by_juror["scores"]) == (["x"], pytest.approx([0.75, 0.5]))
    assert (by_group["winners"], by_group["scores"]) == (["y"], pytest.approx([0.5, 1.0]))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--rater", "who", "--case", "item", "--answer", "zzz"), "no column 'zzz'; columns: who, item, ans, race"),
        (NAMED, "say what column 'ans' holds"),
        ((*CHOICE, "--by", "shoe"), "unknown attribute 'shoe'; known: race, sex, w"),
        ((*CHOICE, "--rule", "nsh"), "did you mean 'nash'"),
        ((*CHOICE, "--rule", "seqpav"), "elects committees"),
        ((*CHOICE, "--unit", "group"), "give one --by"),
        ((*NAMED, "--codes", "5=no"), "no answer has a code of 5; column 'ans' holds: 0, 1, 9"),
        ((*CHOICE, "--weight", "race"), "column 'race' must hold numbers"),
    ],
)
def test_audit_names_what_is_wrong(here, ratings, words, said):
    assert said in failed(here("audit", ratings, *words))


def test_audit_is_told_what_a_file_is(here, ratings, finished, tmp_path):
    assert "name its columns with --rater, --case and --answer" in failed(here("audit", ratings), 2)
    assert "--codes: '0' names no alternative" in failed(here("audit", ratings, *NAMED, "--codes", "0"), 2)
    assert "is a run file" in failed(here("audit", finished, "--rater", "who"), 2)
    (tmp_path / "other.sqlite").write_bytes(b"SQLite format 3\x00" + b"junk" * 50)
    assert "not a run file" in failed(here("audit", "other.sqlite"))


def test_crehate_is_audited_as_it_is(jury, shared_data):
    table = shared_data / "crehate" / "raw_annotations_sbic.csv.gz"
    if not table.is_file():
        pytest.skip(f"needs {table}")
    words = ("--rater", "annotator_id", "--case", "ID", "--answer", "annotation", "--codes", "0=not hate,1=hate")
    found = jury("audit", table, *words, "--by", "nationality", "-o", "json").json
    with gzip.open(table, "rt", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    assert found["denominators"]["asked"] == len(rows)
    assert len(found["outcomes"]) == len({row["ID"] for row in rows})
    assert {row["group"] for row in found["groups"]} == {row["nationality"] for row in rows}


# --- aggregate -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words", "winners"),
    [
        ("a,b,c\n3,2,1\n1,,3\n2,2,2\n", (), {"utilitarian": ["a", "b", "c"], "maximin": ["b"]}),
        ("a,b,w\n1,0,1\n0,1,3\n", ("--weight", "w"), {"utilitarian": ["b"]}),
        ("n,a,b\nx,1,2\ny,1,2\nz,2,1\n", ("--as", "rankings", "--voter", "n"), {"plurality": ["a"], "borda": ["a"]}),
        ("a,b\n1,\n1,2\n2,1\n2,1\n", ("--as", "rankings"), {"plurality": ["a", "b"]}),
        ("a,b\n1,\n1,1\n0,0\n", ("--as", "approvals"), {"approval": ["a"]}),
        ("a,b\n1,1\n", ("--tie-break", "lexicographic", "--rule", "utilitarian"), {"utilitarian": ["a"]}),
    ],
)
def test_tables_are_decided(here, tmp_path, text, words, winners):
    with gzip.open(tmp_path / "t.csv.gz", "wt") as file:
        file.write(text)
    (tmp_path / "t.csv").write_text(text)
    plain, packed = (here("aggregate", name, *words, "-o", "json") for name in ("t.csv", "t.csv.gz"))
    assert plain.code == 0, plain.err
    assert plain.out == packed.out
    found = {outcome["rule"]: outcome["winners"] for outcome in plain.json}
    assert {rule: found[rule] for rule in winners} == winners


def test_the_table_of_outcomes_shows_ties(jury, tmp_path):
    (tmp_path / "t.csv").write_text("a,b,c\n2,2,1\n")
    done = jury("aggregate", "t.csv", "--rule", "utilitarian")
    assert done.out.startswith("1 voter, 3 alternatives\n")
    assert "a = b    a = b > c" in done.out


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("a,b\n1,x\n", (), "data row 1: b='x' is not a number; name the column of voters with --voter"),
        ("a,b\n1,2\n1,inf\n", (), "data row 2: b='inf' is not finite"),
        ("a,b\n1,2.5\n", ("--as", "rankings"), "data row 1: b='2.5' is not a rank"),
        ("a,b\n1,-1\n", ("--as", "rankings"), "data row 1: b='-1' is not a rank"),
        ("a,b\n1,1e30\n", ("--as", "rankings"), "data row 1: b='1e30' is not a rank"),
        ("a,b\n1,2\n", ("--as", "approvals"), "data row 1: b='2' is neither 0 nor 1"),
        ("a,w\n1,-2\n", ("--weight", "w"), "data row 1: w='-2' is not a weight"),
        ("a,w\n1,\n", ("--weight", "w"), "data row 1: w=(empty) is not a weight"),
        ("a,w\n1,0\n", ("--weight", "w"), "all weights are 0"),
        ("a,b\n1,2\n", ("--weight", "w"), "no column 'w'; columns: a, b"),
        ("a,b\n1,2,3\n4,5,6\n", (), "line 2: cannot be read as a table: a row of 3 under a header of 2"),
        ("a,b\n1,2\n3\n", (), "line 3: cannot be read as a table: a row of 1 under a header of 2"),
        (",a\n0,1\n", (), "line 1: column 1 has no name"),
        ("a,a\n0,1\n", (), "line 1: two columns are called 'a'"),
        ("v\nx\n", ("--voter", "v"), "holds no alternatives"),
        ("a,b\n", (), "holds no voters"),
        ("", (), "cannot be read as a table"),
        ("a,b\n1,2\n", ("--rule", "seqpav"), "elects committees"),
        ("a,b\n1,2\n", ("--rule", "nope"), "no rule named 'nope'"),
        ("a,b\n1,2\n", ("--as", "rankings", "--rule", "nash"), "use a voting rule"),
    ],
)
def test_aggregate_names_row_column_and_value(here, tmp_path, text, words, said):
    (tmp_path / "t.csv").write_text(text)
    assert said in failed(here("aggregate", "t.csv", *words))


def test_a_broken_archive_is_no_interrupt(jury, tmp_path):
    (tmp_path / "t.csv.gz").write_bytes(
        gzip.compress(b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(99)))[:200]
    )
    assert "cannot be read as a table" in failed(jury("aggregate", "t.csv.gz"))


# --- validate ------------------------------------------------------------------------------------


def test_jurors_beside_the_very_people(jury, surveyed):
    found = jury("validate", surveyed, "-o", "json").json
    q1, q2 = found["items"]
    assert q1["human"] == {"yes": 0.75, "no": 0.25}
    assert q2["people"] == 3, "one person was silent"
    # All jurors say the same, so total variation is the share of people who did not say it; of an even spread
    # it is |3/4 - 1/2| on two answers, and nothing where people spread evenly.
    for item in (q1, q2):
        [(said, share)] = [(name, share) for name, share in item["model"].items() if share]
        assert share == 1
        assert item["tv"] == pytest.approx(1 - item["human"][said])
    assert q1["tv_uniform"] == pytest.approx(0.25)
    assert q2["tv_uniform"] == pytest.approx(0)
    assert found["closer_than_uniform"] == (1 if q1["model"]["yes"] and q1["tv"] < 0.25 else 0)
    assert found["answers"] == 7
    text = jury("validate", surveyed)
    assert "null/majority beside the 4 people that the jurors were made from" in text.out
    assert "yes / no " in text.out
    assert "more / same / less" in text.out, "the answers of every case are named where they differ"
    assert "closer than an even spread on 0 of 2" in " ".join(text.out.split())


def test_jurors_beside_another_survey(jury, surveyed):
    folder = surveyed.parent
    words = ("validate", surveyed, "--human", folder / "people.csv")
    found = jury(*words, "--codebook", folder / "book.yaml", "--weight", "wt", "-o", "json").json
    assert found["items"][0]["human"] == pytest.approx({"yes": 5 / 6, "no": 1 / 6})
    assert found["agreement"] is None
    assert "name that of the survey with --codebook" in failed(jury(*words))
    assert "no column 'age'" in failed(jury(*words, "--codebook", "gss-2018"))
    assert "name it with --human" in failed(jury("validate", surveyed, "--weight", "wt"), 2)


def test_the_gate_leads_the_page(jury, surveyed):
    text = jury("validate", surveyed, "--by", "sex", "--ordinal", "--rule", "plurality", "--rule", "borda").out
    assert text.splitlines()[1] == "Do not draw conclusions about groups from this run."
    for words in ("Would they have decided alike?", "plurality", "borda", "Krippendorff's alpha", "independent ones"):
        assert words in text
    found = jury("validate", surveyed, "--by", "sex", "-o", "json").json
    assert next(iter(found)) == "gate"
    assert found["gate"]["open"] is False
    assert found["gate"]["words"][0] == "Do not draw conclusions about groups from this run."


def test_the_gate_and_how_sure_it_is_stand_on_the_page_of_an_audit(jury, surveyed):
    found = jury("audit", surveyed, "--by", "sex", "-o", "json").json["sureness"]
    assert found["gate"]["open"] is False
    assert found["flips_with_other_jurors"]["verdicts"][0]["flips"]["count"] == 300
    assert found["effective_size"] is None, "two cases cannot show how answers vary together"
    text = " ".join(jury("audit", surveyed, "--by", "sex").out.split())
    trust = text[text.index("How far to trust this") :]
    assert trust.startswith("How far to trust this Do not draw conclusions about groups from this run.")
    assert "Had as many other jurors been drawn, the verdict would differ" in trust


def test_a_baseline_to_do_better_than(jury, surveyed):
    text = jury("validate", surveyed, "--baseline", surveyed).out
    assert "Jurors are not shown to be closer to people than the baseline run" in " ".join(text.split())


def test_jurors_beside_a_table_of_ratings(jury, surveyed, tmp_path):
    rows = ["who,what,said,sex", *(f"p{n},q1,{n % 2},Male" for n in range(6)), *(f"p{n},q2,2,Male" for n in range(6))]
    (tmp_path / "people.csv").write_text("\n".join(rows) + "\n")
    words = ("validate", surveyed, "--human", "people.csv", "--rater", "who", "--case", "what", "--answer", "said")
    assert "q1" in failed(jury(*words, "--codes", "0=no,1=yes,2=more"))
    (tmp_path / "people.csv").write_text("\n".join(rows[:7]) + "\n")
    found = jury(*words, "--codes", "1=yes,0=no", "-o", "json").json
    assert found["items"][0]["human"] == {"yes": 0.5, "no": 0.5}
    assert found["left_out"] == ["q2"]
    assert found["same_people"] is False
    assert "name the table's columns" in failed(jury(*words[:6]), 2)
    assert "no kind of panel named 'polls'; did you mean 'polis'" in failed(jury(*words[:4], "--kind", "polls"))
    assert "leave it out with --kind" in failed(jury(*words, "--codebook", "gss-2018"), 2)


def test_strangers_cannot_be_validated(jury, finished):
    assert "the jurors' own survey answers are not known; name a survey" in failed(jury("validate", finished))


# --- export --------------------------------------------------------------------------------------


def test_three_formats_hold_the_same_ballots(jury, finished, tmp_path):
    table = pd.read_csv(io.StringIO(jury("export", finished).out))
    lines = [json.loads(line) for line in jury("export", finished, "--format", "jsonl").out.splitlines()]
    done = jury("export", finished, "--format", "parquet", "--out", "b.parquet")
    assert (done.code, done.out, done.err) == (0, "", "wrote b.parquet\nwrote b.parquet.croissant.json\n")
    columns = pd.read_parquet(tmp_path / "b.parquet")
    assert len(table) == len(lines) == len(columns) == 40
    assert list(table.columns) == list(columns.columns) == list(lines[0])
    for row, line, stored in zip(table.to_dict("records"), lines, columns.to_dict("records"), strict=True):
        assert json.loads(row["scores"]) == json.loads(stored["scores"]) == line["scores"]
        assert row["persona.race"] == stored["persona.race"] == line["persona.race"]
        assert row["weight"] == stored["weight"] == line["weight"]


def test_a_spreadsheet_runs_nothing(jury, write_study):
    attack = "=HYPERLINK(1)"
    study = write_study(cases=[{"id": attack, "prompt": "p", "alternatives": ["@a", "-b"]}])
    assert jury("simulate", study, "--out", "a.sqlite").code == 0
    rows = list(csv.DictReader(io.StringIO(jury("export", "a.sqlite").out)))
    assert {row["case"] for row in rows} == {f"'{attack}"}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    [first, *_] = jury("export", "a.sqlite", "--format", "jsonl").out.splitlines()
    assert json.loads(first)["case"] == attack, "a program gets what was stored"


def test_export_protects_the_run_and_names_what_is_wrong(jury, finished, tmp_path):
    before = finished.read_bytes()
    assert "is the run itself" in failed(jury("export", finished, "--out", finished))
    assert finished.read_bytes() == before
    assert "name a file with --out" in failed(jury("export", finished, "--format", "parquet"))
    for style in ("csv", "jsonl", "parquet"):
        assert "no/x" in failed(jury("export", finished, "--format", style, "--out", "no/x")) or style == "parquet"
    (tmp_path / "t.csv").write_text("a\n1\n")
    assert "not a run file" in failed(jury("export", "t.csv"))
