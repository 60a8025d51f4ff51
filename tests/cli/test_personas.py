"""``jury personas`` as a user meets it."""

import json
import re
import shlex
from pathlib import Path

import pytest

from jury import Study
from jury.drawing import draw_sample

BOOK = """
source: {title: A survey, citation: Doe (2020), year: 2020, licence: CC0, universe: Adults of Utopia}
id: respno
weight: wt
attributes:
  sex: {label: Sex, values: {1: Male, 2: Female}}
  age: {kind: number}
"""


@pytest.fixture
def survey(tmp_path):
    rows = ["respno,wt,sex,age", *(f"{n},{1 + n % 3},{1 + n % 2},{20 + n}" for n in range(1, 40))]
    (tmp_path / "survey.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "book.yaml").write_text(BOOK, encoding="utf-8")
    return ("survey.csv", "--codebook", "book.yaml")


def test_three_commands_lead_from_a_survey_file_to_a_jury(here, survey, tmp_path):
    checked = here("personas", "check", *survey)
    assert (checked.code, checked.err) == (0, "")
    assert "survey.csv can be used: 39 persons" in checked.out

    built = here("personas", "build", *survey, "--to", "us-adults", "--on", "sex", "--out", "people.yaml")
    assert (built.code, built.err) == (0, "")
    assert "Weighted to the margins of us-adults" in built.out
    assert sorted(file.name for file in tmp_path.glob("people.*")) == ["people.csv", "people.md", "people.yaml"]
    shares = here("personas", "show", "people.yaml", "-o", "json").json["margins"]["sex"]
    assert shares == pytest.approx(here("personas", "show", "us-adults", "-o", "json").json["margins"]["sex"])

    drawn = here("personas", "sample", "people.yaml", "-n", 4, "--by", "sex", "--style", "interview")
    assert drawn.code == 0
    assert drawn.out.count("Interviewer: How old are you?") == 4
    assert drawn.out.count("Respondent: Female") == 2


def test_check_fails_with_every_error_and_what_to_do(here, survey, tmp_path):
    (tmp_path / "book.yaml").write_text(BOOK.replace("1: Male, ", "").replace("wt", "w8"), encoding="utf-8")
    done = here("personas", "check", *survey)
    assert done.code == 1
    assert done.err == "Error: survey.csv cannot be used as it is: 2 errors\n"
    assert "Error: attributes.sex: code without words: 1 (19 rows).\n  → put each into words" in done.out
    assert "Error: weight: no column 'w8' in the file." in done.out
    document = here("personas", "check", *survey, "-o", "json")
    assert (document.code, document.err) == (1, "")
    assert document.json["usable"] is False
    assert {each["severity"] for each in document.json["findings"]} == {"error", "note"}
    for nothing in ("none.csv", "nowhere"):
        absent = here("personas", "check", nothing)
        assert (absent.code, absent.out, len(absent.err.splitlines())) == (1, "", 1)


def test_build_as_json_and_what_it_refuses(here, survey):
    words = ("personas", "build", *survey, "--on", "sex", "--out", "p.yaml")
    document = here(*words, "--to", "us-adults", "--bounds", 0.3, 3, "-o", "json").json
    assert document["files"] == ["p.yaml", "p.csv", "p.md"]
    assert document["raking"][0]["target"] == "sex"
    assert document["design_effect"] > 1
    again = here(*words, "--to", "us-adults")
    assert (again.code, len(again.err.splitlines())) == (1, 1)
    assert "exists already" in again.error
    assert "weighting needs both" in here(*words).error
    assert "Error: targets" in here(*words[:-1], "q.yaml", "--to", "england-wales", "--on", "age").error


def test_show_has_sizes_notes_and_bars(here, survey):
    shown = here("personas", "show", *survey).out
    assert "design effect 1.1" in shown
    assert "A number from 21 to 59" in shown
    assert "█" in shown
    assert "A cell describes many people" in here("personas", "show", "us-adults").out
    small = next(line for line in here("personas", "show", "brazil").out.splitlines() if line.startswith("East Asian"))
    assert small.split()[-1] == "0.4%", "few are not nobody"
    assert "independen" in here("personas", "show", "us-citizens-party").out


def test_cards_go_to_stdout_or_a_file(here, survey, tmp_path):
    text = here("personas", "card", *survey, "--by", "sex & age").out
    assert text.startswith("# A survey\n")
    done = here("personas", "card", *survey, "--out", "card.md")
    assert done.out == "card.md\n"
    assert (tmp_path / "card.md").read_text(encoding="utf-8").startswith("# A survey\n")
    assert "unknown attribute 'race'" in here("personas", "card", *survey, "--by", "race").error


def test_samples_show_the_texts_of_a_style(here, survey, tmp_path):
    words = ("personas", "sample", *survey, "-n", 3, "-o", "json")
    plain = here(*words).json
    told = here(*words, "--style", "second-person", "--tell", "sex", "--order", "seeded", "--wording", "seeded").json
    assert [each["id"] for each in told["jurors"]] == [each["id"] for each in plain["jurors"]]
    assert "text" not in plain["jurors"][0]
    for juror in told["jurors"]:
        assert juror["attributes"]["sex"] in juror["text"]
        assert str(juror["attributes"]["age"]) not in juror["text"]
        assert juror["rendering"]["told"] == ["sex"]
    (tmp_path / "words.yaml").write_text(json.dumps({"styles": {"x": {"each": "{label}/{value}"}}}), encoding="utf-8")
    assert "age/" in here("personas", "sample", *survey, "--style", "x", "--templates", "words.yaml").out
    assert "Alter: " in here("personas", "sample", *survey, "--locale", "de").out
    assert "no persona style named 'x'" in here("personas", "sample", *survey, "--style", "x").error
    least = here("personas", "sample", "us-adults", "--at-least", "race=2", "-o", "json").json
    assert least["design"].startswith("12 jurors, constrained")
    assert "--at-least: 'race' is no ATTR=NUMBER" in here("personas", "sample", "us-adults", "--at-least", "race").error


DRAWN = [
    (("--by", "sex", "--allocation", "equal"), "8 jurors, stratified, by sex, equal"),
    (("--by", "sex", "--allocation", "Male=6", "--allocation", "Female=2"), "stratified, by sex, allocated"),
    (("--design", "quota", "--by", "sex", "--by", "race", "--allocation", "sex:Male=6", "--allocation", "sex:Female=2"),
     "8 jurors, quota, by sex & race"),
    (("--at-least", "sex:Male=6"), "8 jurors, constrained, at least 6 sex=Male"),
    (("--at-least", "race & sex:Asian & Female=2"), "at least 2 race=Asian & sex=Female"),
    (("--no-replace",), "8 jurors, srs, without replacement"),
    (("--design", "systematic"), "8 jurors, systematic"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "design"), DRAWN)
def test_every_design_is_at_hand(options, design, here):
    document = here("personas", "sample", "us-adults", "-n", 8, *options, "-o", "json").json
    assert design in document["design"]
    men = sum(juror["attributes"]["sex"] == "Male" for juror in document["jurors"])
    assert "Male=6" not in " ".join(options) or men >= 6
    assert document["effective_size"] * document["design_effect"] == pytest.approx(8)


def test_a_size_gives_chances_and_weights_undo_it(here, survey):
    document = here("personas", "sample", *survey, "-n", 6, "--size", "age", "-o", "json").json
    assert document["design"] == "6 jurors, pps, by size, without replacement"
    products = [juror["weight"] * juror["attributes"]["age"] for juror in document["jurors"]]
    assert products == pytest.approx([products[0]] * 6)  # not of the survey's weights, which the chances had in them


REFUSED = [
    (("--at-least", "race=two"), "'race=two' is no ATTR=NUMBER"),
    (("--at-least", "race:Black=2", "--at-least", "race=1"), "race has both one number for all"),
    (("--at-least", "race:Blak=2"), "no group 'Blak' of race; known: White, Black"),
    (("--at-least", "rac=2"), "at_least: unknown attribute 'rac'; known: age, sex, race"),
    (("--by", "sex", "--allocation", "fair"), "'fair' is none of proportional, equal"),
    (("--by", "sex", "--allocation", "Mail=2"), "no group 'Mail' of sex; known: Male, Female"),
    (("--size", "race"), "size: 'race' is not of numbers"),
    (("--design", "pps"), "size: design 'pps' needs an attribute"),
]


@pytest.mark.parametrize(("options", "words"), REFUSED)
def test_what_cannot_be_drawn_is_one_line(options, words, here):
    done = here("personas", "sample", "us-adults", *options)
    assert (done.code, done.out) == (1, "")
    assert words in done.error


def test_a_jury_says_whom_it_lacks_and_what_its_weights_cost(here):
    lacking = here("personas", "sample", "us-adults", "-n", 3).out
    assert "Effective size 3.0 of 3 (Kish), design effect 1.000." in lacking
    assert "Warning: Nobody from age=" in lacking
    unequal = here("personas", "sample", "us-adults", "-n", 24, "--by", "race", "--allocation", "equal").out
    assert "race=" not in unequal  # all there
    assert float(unequal.partition("design effect ")[2].split()[0].rstrip(".")) > 1.2


def test_the_list_names_styles_keys_and_languages(here):
    listed = here("personas", "list", "-o", "json").json
    assert {each["name"] for each in listed["styles"]} >= {"profile", "interview", "portrait", "narrative"}
    assert all(each["description"].endswith(".") for each in listed["styles"])
    assert listed["locales"] == ["de", "en", "es"]
    assert listed["keys"][0]["name"] == "ipip-bfi25"
    assert "portrait" in here("personas", "list").out


@pytest.mark.parametrize("name", ["list", "show", "check", "build", "card", "sample"])
def test_every_command_has_help(here, name):
    done = here("personas", name, "--help")
    assert done.code == 0
    assert "Usage: jury personas" in done.out


def test_the_help_shows_three_commands_line_by_line(here):
    lines = here("personas", "--help").out.splitlines()
    shown = [line.split()[2] for line in lines if line.startswith("    jury personas")]
    assert shown == ["check", "build", "sample"]
    assert not any(line.endswith("...") for line in lines[lines.index("Commands:") :])


def test_the_page_on_populations_shows_what_the_commands_print(here, shared_data, tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "populations.md").read_text(encoding="utf-8")
    (tmp_path / "gss2018_spending.csv.gz").write_bytes(
        (shared_data / "population/gss2018_spending.csv.gz").read_bytes()
    )
    book = re.search(r"```yaml\n(source:.*?)```", page, re.DOTALL)[1]
    words = re.search(r"```yaml\n(locale: en\n.*?)```", page, re.DOTALL)[1]
    (tmp_path / "gss-book.yaml").write_text(book, encoding="utf-8")
    (tmp_path / "words.yaml").write_text(words, encoding="utf-8")
    shown = re.findall(r"```console\n\$ jury (personas .*?(?:\\\n.*?)?)\n(.*?)```", page, re.DOTALL)
    ours = [(command, output) for command, output in shown if "gss" in command or "us-" in command]
    assert len(ours) == 6
    for number, (command, output) in enumerate(ours):
        if number == 1:
            (tmp_path / "gss-book.yaml").write_text(book.replace("2: Black}", "2: Black, 3: Other}"), encoding="utf-8")
        done = here(*shlex.split(command.replace("\\\n", " ")))
        printed = (done.out + done.err).splitlines()
        expected = output.removesuffix("...\n").splitlines()
        assert [line.rstrip() for line in printed[: len(expected)]] == expected
    card = re.search(r"```markdown\n(.*?)```", page, re.DOTALL)[1]
    assert (tmp_path / "gss.md").read_text(encoding="utf-8").startswith(card)
    notes = re.search(r"```yaml\n(    notes:\n.*?)```", page, re.DOTALL)[1]
    assert notes in (tmp_path / "gss.yaml").read_text(encoding="utf-8")


def test_the_page_on_populations_shows_juries_that_studies_can_draw(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "populations.md").read_text(encoding="utf-8")
    block = re.search(r"```yaml\n(jurors:\n.*?)```", page, re.DOTALL)[1]
    others = re.findall(r"^# or (\{n: .*?\})(?:  .*)?$", block, re.MULTILINE)
    assert len(others) == 3
    others = [other.replace("...", "Black: 2").replace("hectares", "age") for other in others]
    for text in (block, *(f"jurors: {other}\n" for other in others)):
        (tmp_path / "study.yaml").write_text(
            f"name: s\npopulation: us-adults-once\n{text}cases:\n- {{id: a, prompt: p, alternatives: [x, y]}}\n"
        )
        study = Study.load(tmp_path / "study.yaml")
        if study.jurors.design not in ("pps", "stratified"):  # whose column and other groups the page leaves open
            assert len(draw_sample(study, study.load_population())) == 12


def test_a_jury_that_no_memory_holds_is_refused(here, write_study):
    done = here("personas", "sample", "us-adults", "-n", "1000000000")
    assert (done.code, "1000000000 is more than 1,000,000; draw fewer" in done.error) == (2, True)
    study = here("simulate", write_study(), "--jurors", "1000000000", "--dry-run")
    assert (study.code, "less than or equal to 1000000, not 1000000000" in study.error) == (1, True)
