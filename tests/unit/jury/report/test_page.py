"""The page as a file: nothing fetched, nothing in the data that could end it, the library as it was published."""

import hashlib
import html.parser
import json
import re
from pathlib import Path

import pytest

from jury.panels.base import Builder
from jury.report import Options, page
from jury.report.assets import text_of
from jury.report.methods import entries
from jury.report.rendering import as_json, rendered, script

ASSETS = Path(__file__).parents[4] / "jury" / "report" / "assets"


def panel(name="a survey", answer="yes"):
    builder = Builder(name)
    builder.case("q", "Yes or no?", [answer, "no"])
    for number in range(30):
        rater = builder.rater(f"r{number}", {"side": "ab"[number % 2]})
        builder.rating(rater, "q", {"choice": answer if number % 3 else "no"})
    return builder.panel()


class Elements(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.texts = [], {}

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.texts.setdefault(self.found[-1][0] if self.found else "", []).append(data)


def elements(text):
    parser = Elements()
    parser.feed(text)
    return parser


def test_the_data_of_the_page_is_the_document():
    from jury.report import document

    given = panel()
    parsed = elements(page(given))
    data = next(text for text in parsed.texts["script"] if text.startswith("{"))
    assert json.loads(data) == document(given)


@pytest.mark.parametrize("mark", ["</script>", "<!--", "]]>", "&lt;", "\u2028", "\u2029", "\ud800", "{{style}}", "\\"])
def test_no_text_ends_the_data(mark):
    answer = "yes" if mark == "\ud800" else f"yes{mark}"  # ids of alternatives are whole characters
    parsed = elements(page(panel(name=mark, answer=answer), Options(what_if=False)))
    assert [tag for tag, _ in parsed.found].count("script") == 4
    data = json.loads(next(text for text in parsed.texts["script"] if text.startswith("{")))
    assert data["name"] == mark
    assert data["cases"][0]["alternatives"][0]["id"] == answer


def test_the_page_can_be_written_as_utf_8():
    page(panel(name="\ud83d half of a pair"), Options(what_if=False)).encode()
    assert as_json("\udc00é") == '"\\udc00é"'


def test_only_these_scripts_run_and_nothing_is_fetched():
    text = page(panel())
    parsed = elements(text)
    policy = next(a["content"] for tag, a in parsed.found if tag == "meta" and a.get("http-equiv"))
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy
    scripts = policy.partition("script-src")[2].partition(";")[0]
    assert scripts.count("sha256-") == 3
    assert "unsafe-inline" not in scripts
    outside = [a for _, a in parsed.found if "src" in a or a.get("href", "#")[0] != "#"]
    assert outside == []
    for path in (ASSETS / "css").glob("*.css"):
        assert text_of(f"css/{path.name}") in text
        assert not re.search(r"@import|url\(", path.read_text())


def test_every_placeholder_is_filled():
    found = rendered({"name": "x"})
    assert not re.search(r"\{\{\w+\}\}", found)


@pytest.mark.parametrize(("name", "library"), [("d3.min.js", "d3"), ("plot.umd.min.js", "@observablehq/plot")])
def test_the_charting_library_is_as_published(name, library):
    [row] = [
        line.split("|") for line in (ASSETS / "vendor" / "README.md").read_text().splitlines() if f"| {name} |" in line
    ]
    _, _, package, version, licence, checksum, _ = (cell.strip() for cell in row)
    content = (ASSETS / "vendor" / name).read_bytes()
    assert package == library
    assert hashlib.sha256(content).hexdigest() == checksum
    assert f"v{version} " in content.decode()[:80]
    assert licence.startswith("ISC")
    assert (ASSETS / "vendor" / licence.split("(")[1].rstrip(")")).read_text().startswith("Copyright")


def test_every_module_is_in_the_page_after_what_it_imports():
    places = {
        name: script().index(f'modules["{name}"] = ') for name in (path.stem for path in (ASSETS / "js").glob("*.js"))
    }
    for path in (ASSETS / "js").glob("*.js"):
        text = path.read_text()
        for imported in re.findall(r'from "\./([\w-]+)\.js"', text):
            assert places[imported] < places[path.stem]
        assert "innerHTML" not in text
        assert "insertAdjacentHTML" not in text
    assert not re.search(r"^(import|export) ", script(), re.MULTILINE)


def test_what_the_paragraph_cites_is_in_the_bibtex():
    from jury.report import document

    rules = ("utilitarian", "nash", "maximin", "isoelastic:alpha=2", "plurality", "borda")
    told = document(panel(), Options(rules=rules, by=("side",), what_if=False))["methods"]
    cited = {key.strip() for group in re.findall(r"\[([^\]]*)\]", told["paragraph"]) for key in group.split(";")}
    assert cited == set(re.findall(r"@\w+\{([^,]+),", told["bibtex"]))
    assert {"nash1950", "atkinson1970", "rawls1971", "harsanyi1955", "young1974", "pluralistic-jury"} <= cited
    assert "30 of 30" not in told["paragraph"]
    assert "Of 30 ballots 30 were answered" in told["paragraph"]


def test_the_paragraph_of_a_run_tells_what_was_asked_and_cites_what_the_bibtex_holds(tmp_path):
    from jury import Study, simulate
    from jury.report import document

    study = {
        "name": "told",
        "jurors": {"n": 12, "design": "stratified", "by": ["race"], "allocation": "equal"},
        "cases": [{"id": "q", "prompt": "Which?", "alternatives": ["a", "b"]}],
        "elicitation": {"mode": "score", "replicates": 2, "opinion": 1},
        "deliberation": {"rounds": 1, "hear": 3},
        "model": {"name": "planted/hash"},
    }
    run = simulate(Study.model_validate(study), out=tmp_path / "run.sqlite", cache=False)
    told = document(run, Options(what_if=False))["methods"]
    cited = {key.strip() for group in re.findall(r"\[([^\]]*)\]", told["paragraph"]) for key in group.split(";")}
    assert cited == set(re.findall(r"@\w+\{([^,]+),", told["bibtex"]))
    assert {"kish1965", "bisbee2024", "hesterberg2015"} <= cited
    assert f"design effect of {run.panel().drawn.design_effect:.2f}" in told["paragraph"]
    assert ", 2 times each." in told["paragraph"]
    assert "499 resamples that do not keep the strata [" in told["paragraph"]
    assert "in 1 round heard up to 3 arguments of others" in told["paragraph"]


def test_a_control_is_told_as_one(tmp_path):
    from jury import Study, simulate
    from jury.report import document

    study = {
        "name": "alone",
        "jurors": 4,
        "cases": [{"id": "q", "prompt": "Which?", "alternatives": ["a", "b"]}],
        "elicitation": {"mode": "score", "opinion": 1},
        "deliberation": {"rounds": 1, "hear": 0},
        "model": {"name": "planted/hash"},
    }
    run = simulate(Study.model_validate(study), out=tmp_path / "run.sqlite", cache=False)
    paragraph = document(run, Options(what_if=False))["methods"]["paragraph"]
    assert "answered again in 1 round without having heard anybody, as a control" in paragraph
    assert "heard up to" not in paragraph


def test_every_reference_is_whole():
    for key, entry in entries().items():
        assert entry.count("{") == entry.count("}"), key
        assert re.search(r"year = \{\d{4}\}", entry), key
        assert "title = {" in entry, key
