"""How a study puts its jurors into words, and what the run file records of it."""

import hashlib
import json
import sqlite3

import pytest

from jury import Study, StudyError, open_run, simulate
from jury.plan import draw_jury
from jury.wording import juror_text

WORDS = """
locale: en
styles: {telegram: {each: "{Label} {value} stop", between: " "}}
instruction: "You are: {description} Over."
"""
WRITTEN = """
kind: library
source: {title: Two bakers}
personas:
  - {id: ann, narrative: Ann bakes in {{Leeds}}., attributes: {age: 43, town: Leeds}}
  - {id: bob, narrative: Bob bakes in York., attributes: {age: 51, town: York}}
""".replace("{{Leeds}}", "Leeds")


@pytest.fixture
def study_of(tmp_path):
    """Return a function that writes a study with this persona block into a folder, and loads it."""

    def make(persona, **changes):
        (tmp_path / "words.yaml").write_text(WORDS, encoding="utf-8")
        (tmp_path / "bakers.yaml").write_text(WRITTEN, encoding="utf-8")
        cases = [{"id": "tax", "prompt": "Taxes?", "alternatives": ["more", "less"]}]
        document = {"name": "small", "jurors": 2, "cases": cases, "model": "planted/hash", "persona": persona}
        (tmp_path / "study.yaml").write_text(json.dumps(document | changes), encoding="utf-8")
        return Study.load(tmp_path / "study.yaml")

    return make


def jurors(study):
    return draw_jury(study, study.load_population())


def test_what_a_juror_is_told_by_default_is_what_it_always_was(study_of):
    for juror in jurors(study_of({}, jurors=40)):
        lines = (f"{label}: {juror.attributes[name]}" for label, name in LABELS)
        assert juror.text == juror_text("\n".join(lines))
        assert juror.rendering == {
            "style": "profile",
            "locale": "en",
            "told": ["age", "sex", "race"],
            "wording": [0, 0, 0],
        }


LABELS = [("Age", "age"), ("Sex", "sex"), ("Race or ethnicity", "race")]


def test_a_run_of_before_there_were_templates_can_be_resumed(study_of):
    study = study_of({"style": "second-person", "attributes": ["age"]})
    document = study.model_dump(mode="json", exclude={"name", "rules", "groups", "description", "scenarios", "cases"})
    document["model"] = {"name": "planted/hash", "temperature": None, "max_tokens": 512, "options": {}}
    del document["jurors"]["size"], document["jurors"]["at_least"], document["jurors"]["mix"]
    del document["deliberation"]
    document["persona"] = {"style": "second-person", "attributes": ["age"]}
    document |= {"cases": [case.model_dump(mode="json", exclude={"variant_of"}) for case in study.cases], "jury": []}
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    assert study.fingerprint(study.cases) == hashlib.sha256(text.encode()).hexdigest()


def test_order_and_wording_are_seeded_by_juror_and_recorded(study_of, tmp_path):
    study = study_of({"style": "first-person", "order": "seeded", "wording": "seeded"}, jurors=30)
    first, again = jurors(study), jurors(study)
    assert first == again
    assert len({tuple(juror.rendering["told"]) for juror in first}) == 6
    assert {number for juror in first for number in juror.rendering["wording"]} == {0, 1, 2}
    assert [j.text for j in jurors(study.changed(seed=9))] != [j.text for j in first]
    plain = jurors(study.changed(persona={"style": "first-person"}))
    assert [(j.persona, j.weight) for j in plain] == [(j.persona, j.weight) for j in first]
    run = simulate(study, out=tmp_path / "run.sqlite")
    assert run.jurors == first


def test_a_users_templates_lie_beside_the_study_and_may_hold_the_instruction(study_of):
    juror = jurors(study_of({"style": "telegram", "templates": "words.yaml", "attributes": ["sex"]}))[0]
    assert juror.text == f"You are: Sex {juror.attributes['sex']} stop Over."
    german = jurors(study_of({"locale": "de", "attributes": ["age"]}))[0]
    assert german.text.startswith("Sie nehmen als")
    assert f"Alter: {german.attributes['age']}" in german.text


def test_narratives_are_told_only_when_selected(study_of):
    bakers = {"population": "bakers.yaml"}
    assert not any("bakes" in juror.text for juror in jurors(study_of({}, **bakers)))
    told = jurors(study_of("narrative", **bakers))
    assert {juror.text for juror in told} == {juror_text("Ann bakes in Leeds."), juror_text("Bob bakes in York.")}
    both = jurors(study_of({"attributes": ["age", "narrative"]}, **bakers))
    assert juror_text("Age: 43\n\nAnn bakes in Leeds.") in {juror.text for juror in both}


@pytest.mark.parametrize(
    ("persona", "message"),
    [
        ("rhyme", "persona.style: no persona style named 'rhyme'. Known: first-person, interview, narrative"),
        ("narrative", "persona.attributes: us-adults has no 'narrative'; known: age, sex, race"),
        ({"attributes": ["income"]}, "persona.attributes: us-adults has no 'income'"),
        ({"attributes": ["age", "age"]}, "names one twice"),
        ({"locale": "xx"}, "persona: locale: 'xx' does not come with the package"),
        ({"templates": "none.yaml"}, "persona: none.yaml: cannot be read"),
        ({"style": "narrative", "attributes": ["age"]}, "add 'narrative', or choose another style"),
    ],
)
def test_what_cannot_be_told_is_found_before_anything_is_asked(study_of, persona, message):
    with pytest.raises(StudyError) as caught:
        jurors(study_of(persona))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_runs_of_the_first_format_can_be_read_and_resumed(study_of, make_format, tmp_path):
    path = tmp_path / "run.sqlite"
    study = study_of({})
    before = simulate(study, out=path)
    ballots = before.ballots()
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM reply WHERE juror_id = 0")
        connection.execute("DELETE FROM ballot WHERE juror_id = 0")
    connection.close()
    make_format(path, 1)
    old = open_run(path)
    assert [juror.rendering for juror in old.jurors] == [None, None]
    assert [juror.text for juror in old.jurors] == [juror.text for juror in before.jurors]
    assert simulate(study, out=path, resume=True).ballots()["scores"].tolist() == ballots["scores"].tolist()
