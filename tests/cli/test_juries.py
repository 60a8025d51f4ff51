"""What is known of a jury is told wherever its answers are read."""


def told(text):
    """The lines under the last heading, unwrapped."""
    return " ".join(text.partition("How far to trust this")[2].split())


def caveats(text):
    return [line for line in told(text).split(". ") if line.startswith(("Weights: ", "No juror", "One juror"))]


def test_what_a_jury_lacks_is_told_with_its_results(here, write_study):
    study = write_study(
        jurors={"n": 6, "design": "stratified", "by": ["race"], "allocation": "equal"}, groups=["age", "race"]
    )
    done = here("simulate", study, "--out", "a.sqlite")
    assert done.code == 0
    words = told(done.out)
    assert "Weights: design effect 1.98" in words
    assert "so that 6 jurors tell as much as 3.0 of" in words
    assert "One juror only, so that nothing tells how its members differ, from 6 groups of race" in words
    assert "groups of age" in words
    audited = here("audit", "a.sqlite")
    assert caveats(done.out) == caveats(audited.out) != []
    for document in (here("audit", "a.sqlite", "-o", "json").json, here("simulate", study, "-o", "json").json):
        assert document["jury"]["design"] == "6 jurors, stratified, by race, equal, with replacement"
        assert document["jury"]["jurors"] == 6
        assert document["jury"]["design_effect"] > 1.9
        assert any(warning.startswith("One juror only") for warning in document["jury"]["warnings"])


def test_a_dry_run_tells_it_before_anything_is_paid_for(here, write_study):
    study = write_study(jurors={"n": 3}, groups=["race"])
    done = here("simulate", study, "--dry-run")
    assert "Jury: 3 jurors, srs, with replacement, from us-adults" in done.out
    assert "Warning: No juror from " in done.out
    assert here("simulate", study, "--dry-run", "-o", "json").json["warnings"]


def test_equal_weights_and_groups_that_are_all_there_need_no_words(here, write_study):
    study = write_study(jurors={"n": 40, "design": "stratified", "by": ["sex"]}, groups=["sex"])
    words = told(here("simulate", study, "--out", "a.sqlite").out)
    assert "design effect" not in words
    assert "No juror" not in words
