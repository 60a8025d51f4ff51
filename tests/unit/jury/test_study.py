"""Studies: copies with changes, the fingerprint, the JSON Schema."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

import jury.study
from jury import Study, StudyError
from jury.study import built_in_studies, study_schema

SCHEMA_FILE = Path(jury.study.__file__).parent / "study.schema.json"


def test_changed_replaces_and_checks_again(make_study):
    study = make_study(groups=["race"])
    copy = study.changed(seed=9, model={"name": "null/uniform"}, elicitation="choose")
    assert (copy.seed, copy.model.name, copy.elicitation.mode) == (9, "null/uniform", "choose")
    assert copy.groups == ("race",)
    assert copy.cases == study.cases
    assert study.seed == 1
    with pytest.raises(StudyError, match=r"^jurors\.n: .*not 0$"):
        study.changed(jurors=0)
    with pytest.raises(StudyError, match=r"^rules: no rule named 'nahs'"):
        study.changed(rules=["nahs"])
    with pytest.raises(StudyError, match=r"^nonsense: "):
        study.changed(nonsense=1)


@pytest.mark.parametrize("mode", ["score", {"mode": "score", "scale": [0, 9], "replicates": 3}, "choose"])
def test_a_study_survives_its_record(mode, make_study):
    study = make_study(elicitation=mode, rules=["nash"], model={"name": "planted/hash", "options": {"noise": 0.5}})
    again = Study.restore(json.loads(json.dumps(study.model_dump(mode="json"))))
    assert again == study
    assert again.fingerprint(again.cases) == study.fingerprint(study.cases)


def test_a_record_that_cannot_be_read_says_so():
    with pytest.raises(StudyError, match="recorded study cannot be read"):
        Study.restore({"name": "x"})


ASKED_OTHERWISE = {
    "seed": {"seed": 2},
    "jurors": {"jurors": 9},
    "design": {"jurors": {"n": 8, "design": "systematic"}},
    "persona": {"persona": {"attributes": ["race"]}},
    "nothing told": {"persona": {"attributes": []}},
    "style": {"persona": "second-person"},
    "order told": {"persona": {"order": "seeded"}},
    "wording": {"persona": {"wording": "seeded"}},
    "locale": {"persona": {"locale": "de"}},
    "mode": {"elicitation": "choose"},
    "scale": {"elicitation": {"scale": [0, 9]}},
    "anchors": {"elicitation": {"anchors": ["low", "high"]}},
    "replicates": {"elicitation": {"replicates": 2}},
    "order": {"elicitation": {"order": "fixed"}},
    "readout": {"elicitation": {"readout": "logprobs"}},
    "model": {"model": "null/uniform"},
    "temperature": {"model": {"name": "planted/hash", "temperature": 0.5}},
    "tokens": {"model": {"name": "planted/hash", "max_tokens": 5}},
    "options": {"model": {"name": "planted/hash", "options": {"noise": 0.1}}},
    "population": {"population": {"source": "us-adults", "weight": "w"}},
}
CONCLUDED_OTHERWISE = {
    "rules": {"rules": ["nash"]},
    "groups": {"groups": ["race"]},
    "description": {"description": "other words"},
    "name": {"name": "other"},
    "patience": {"model": {"name": "planted/hash", "timeout": 1}},
    "in a block": {"jurors": {"n": 8}},
}


@pytest.mark.parametrize("change", ASKED_OTHERWISE)
def test_fingerprint_changes_with_what_is_asked(change, make_study):
    study, other = make_study(), make_study(**ASKED_OTHERWISE[change])
    assert study.fingerprint(study.cases) != other.fingerprint(other.cases)


@pytest.mark.parametrize("change", CONCLUDED_OTHERWISE)
def test_fingerprint_does_not_change_with_what_is_concluded(change, make_study):
    study, other = make_study(), make_study(**CONCLUDED_OTHERWISE[change])
    assert study.fingerprint(study.cases) == other.fingerprint(other.cases)


def test_fingerprint_sees_the_cases_themselves(make_study):
    study = make_study()
    first, second = study.cases
    reworded = first.model_copy(update={"prompt": "What about the minimum wage, then?"})
    marks = {study.fingerprint(cases) for cases in [(first, second), (second, first), (first,), (reworded, second)]}
    assert len(marks) == 4


def test_the_schema_file_is_current():
    written = SCHEMA_FILE.read_text(encoding="utf-8")
    expected = json.dumps(study_schema(), indent=2, ensure_ascii=False) + "\n"
    assert written == expected, "write study_schema() into it again, as above"


SHORT = {"name": "s", "cases": [{"id": "a", "prompt": "p", "alternatives": ["x", {"id": "y", "text": "why"}]}]}
VALID = [
    SHORT,
    SHORT | {"population": "us-adults", "jurors": 5, "model": "planted/hash", "persona": "profile"},
    SHORT | {"elicitation": "choose"},
    SHORT | {"elicitation": {"mode": "score", "scale": [0, 10]}},
    {"name": "s", "cases": {"file": "cases.jsonl"}},
    {"name": "s", "cases": {"items": "all"}},
    {"name": "s", "cases": {"items": ["natenvir"]}},
]
INVALID = [
    {},
    {"name": "s"},
    SHORT | {"nonsense": 1},
    SHORT | {"jurors": "many"},
    SHORT | {"jurors": {"n": 0}},
    SHORT | {"name": "a b"},
    SHORT | {"elicitation": "scor"},
    SHORT | {"elicitation": {"mode": "score", "scal": [1, 5]}},
    SHORT | {"elicitation": {"mode": "choose", "scale": [1, 5]}},
    SHORT | {"seed": -1},
    {"name": "s", "cases": [{"id": "a", "prompt": "p", "alternatives": []}]},
    {"name": "s", "cases": [{"id": "a", "prompt": "p", "alternatives": [True, False]}]},
    {"name": "s", "cases": [{"id": "a", "alternatives": ["x"]}]},
]


@pytest.fixture(scope="module")
def validator():
    schema = study_schema()
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


@pytest.mark.parametrize("name", built_in_studies())
def test_the_schema_takes_the_built_in_studies(name, validator):
    document = yaml.safe_load((jury.study.BUILT_IN / f"{name}.yaml").read_text(encoding="utf-8"))
    validator.validate(document)
    Study.load(name)


@pytest.mark.parametrize("document", VALID, ids=str)
def test_the_schema_takes_what_a_study_takes(document, validator):
    validator.validate(document)
    Study.model_validate(document)


@pytest.mark.parametrize("document", INVALID, ids=str)
def test_the_schema_refuses_what_a_study_refuses(document, validator):
    assert list(validator.iter_errors(document))
    with pytest.raises(ValueError, match="validation error"):
        Study.model_validate(document)
