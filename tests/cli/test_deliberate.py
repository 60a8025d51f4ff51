"""`jury deliberate`: stored answers through a model of opinion change, in one command, at no cost."""

import json

import pytest


@pytest.fixture
def run(here, write_study):
    study = write_study(jurors={"n": 30}, groups=["sex"], model="planted/hash")
    assert here("simulate", study, "--out", "a.sqlite").code == 0
    return "a.sqlite"


def test_what_a_stored_run_would_decide_after(here, run, tmp_path):
    file = tmp_path / "paths.svg"
    done = here(
        "deliberate", run, "--topology", "small-world:k=4,p=0.1", "--homophily", "0.8", "--by", "sex", "--resamples",
        "100", "--networks", "3", "--plot", str(file),
    )  # fmt: skip
    assert done.code == 0, done.err
    words = " ".join(done.out.split())
    assert "30 jurors, 2 cases" in words
    assert "No model was asked" in words
    assert "friedkin-johnsen:stubbornness=0.3,self_weight=0.0 on small-world:k=4,p=0.1,homophily=0.8,by=sex" in words
    assert "Over 3 networks drawn, the verdict changes" in words
    assert "Nobody measured stubbornness" in words
    assert "Who moved whom, by sex" in words
    assert "A model of opinion change, not a record of people" in words
    assert "These jurors were made up" in words
    assert "mean opinion" in file.read_text(encoding="utf-8")


def test_the_whole_document(here, run):
    document = here(
        "deliberate", run, "--model", "hegselmann-krause", "--epsilon", "0.4", "--dial", "sex=Male=0.1",
        "--rule", "nash", "--rule", "maximin", "--case", "wage", "-o", "json",
    ).json  # fmt: skip
    assert document["model"] == {"kind": "hegselmann-krause", "rounds": 100, "tolerance": 1e-6, "epsilon": 0.4}
    assert document["own_dials"] == {"sex=Male": 0.1}
    assert [row["rule"] for row in document["change"]["verdicts"]] == ["nash", "maximin"]
    assert {row["case"] for row in document["cases"]} == {"wage"}
    assert [row["group"] for row in document["change"]["silencing"]] == ["everybody", "Female", "Male"]
    json.dumps(document, allow_nan=False)


def test_a_table_of_ratings(here, tmp_path):
    rows = ["who,post,said,town,home"]
    rows += [
        f"r{rater},p{post},{int((rater + post) % 3 == 0)},{'ab'[rater % 2]},home{rater}"
        for rater in range(12)
        for post in range(5)
    ]
    (tmp_path / "t.csv").write_text("\n".join(rows), encoding="utf-8")
    done = here(
        "deliberate", str(tmp_path / "t.csv"), "--rater", "who", "--case-column", "post", "--answer", "said",
        "--codes", "0=no,1=yes", "--model", "degroot", "--by", "town", "--resamples", "50",
    )  # fmt: skip
    assert done.code == 0, done.err
    words = " ".join(done.out.split())
    assert "12 jurors, 5 cases; degroot:self_weight=0.5 on complete" in words
    assert "Verdicts that change, by rule" in words
    assert "Choices are read as 1 for what was chosen" in words
    many = here(
        "deliberate", str(tmp_path / "t.csv"), "--rater", "who", "--case-column", "post", "--answer", "said",
        "--codes", "0=no,1=yes", "--by", "home", "--resamples", "50",
    )  # fmt: skip
    assert many.code == 0, many.err
    assert "share of its own" in many.out


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--homophily", "0.5"], 2, "--homophily needs groups"),
        (["--model", "degroot", "--epsilon", "0.5"], 1, "epsilon"),
        (["--topology", "rang"], 1, "did you mean 'ring'"),
        (["--by", "town"], 1, "town"),
        (["--case", "peace"], 1, "no case 'peace'"),
        (["--dial", "sex=Male=much"], 2, "'much' is no number"),
        (["--dial", "sex=Green=0.5"], 1, "sex has no group 'Green'"),
        (["--plot", "a.gif"], 1, "no format of figures"),
        (["--kind", "poliss"], 1, "polis"),
    ],
)
def test_faults_in_one_line(here, run, options, code, said):
    done = here("deliberate", run, *options)
    assert done.code == code
    assert said in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_a_study_has_no_answers_yet(here, write_study):
    done = here("deliberate", write_study())
    assert done.code == 2
    assert "run `jury simulate` first" in done.err
