"""A variant of a case is asked with the draws of its original: same orders, labels and seeds, pair by pair."""

import pytest

from jury import Study, StudyError, simulate
from jury.store import reading

CASES = [
    {"id": "tax", "prompt": "Taxes?", "alternatives": ["more", "less", "flat"]},
    {"id": "wage", "prompt": "Wages?", "alternatives": ["raise", "keep", "abolish"]},
    {"id": "wage again", "prompt": "Wages??", "alternatives": ["raise", "keep", "abolish"], "variant_of": "wage"},
]


def drawn(run):
    with reading(run.path) as store:
        rows = [dict(row) for row in store.ballot_rows()]
    return {(row["case_id"], row["juror_id"]): (row["seed"], row["shown"], row["labels"]) for row in rows}


@pytest.mark.parametrize("order", ["counterbalanced", "random"])
def test_it_is_asked_with_the_draws_of_its_original(order, make_study, tmp_path):
    elicitation = {"mode": "score", "order": order, "labels": "varied"}
    study = make_study(cases=CASES, elicitation=elicitation, model={"name": "planted/hash", "options": {"noise": 0.2}})
    run = simulate(study, out=tmp_path / "r.sqlite")
    found = drawn(run)
    for juror in range(8):
        assert found["wage", juror] == found["wage again", juror]
        assert found["wage", juror] != found["tax", juror]
    assert (run.profile("wage").values == run.profile("wage again").values).all(), "also what made-up jurors hold"
    alone = simulate(make_study(cases=CASES[:2], elicitation=elicitation), out=tmp_path / "alone.sqlite")
    assert drawn(alone) == {key: value for key, value in found.items() if key[0] != "wage again"}


def test_the_run_file_keeps_it(make_study, tmp_path):
    run = simulate(make_study(cases=CASES), out=tmp_path / "r.sqlite")
    with reading(run.path) as store:
        assert [case.variant_of for case in store.cases()] == [None, None, "wage"]


def test_a_study_without_variants_keeps_its_fingerprint(make_study):
    study = make_study(cases=CASES[:2])
    cases = study.load_cases(study.load_population())
    text = str([case.model_dump(exclude={"variant_of"}) for case in cases])
    assert "variant_of" not in text
    varied = make_study(cases=[*CASES[:2], CASES[1] | {"id": "tax again", "alternatives": CASES[0]["alternatives"],
                                                        "variant_of": "tax"}])  # fmt: skip
    assert varied.fingerprint(varied.cases[:2]) == study.fingerprint(cases)
    assert varied.fingerprint(varied.cases) != study.fingerprint(cases)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"variant_of": "rent"}, "case 'wage again': variant_of: 'rent' is no case of this study"),
        ({"variant_of": "wage again"}, "'wage again' is a variant itself"),
        ({"variant_of": "tax"}, "'tax' has other alternatives"),
    ],
)
def test_what_is_wrong_with_it_is_told_before_anything_is_asked(changes, words, make_study, tmp_path):
    study: Study = make_study(cases=[*CASES[:2], CASES[2] | changes])
    with pytest.raises(StudyError, match=words):
        simulate(study, out=tmp_path / "r.sqlite")
    assert not list(tmp_path.iterdir())
