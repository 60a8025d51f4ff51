"""`jury packages`, `jury budget` and `jury condorcet`: from stored ballots, in one command, at no cost."""

import pandas as pd
import pytest

ATTRIBUTES = {"wage": ["$7", "$12", "$15"], "credit": ["none", "some"]}
PACKAGES = {"prompt": "Which policy is better?", "attributes": ATTRIBUTES, "rounds": 2}


@pytest.fixture
def packages(here, write_study):
    study = write_study(name="study.yaml", jurors={"n": 40}, cases={"packages": PACKAGES})
    assert here("simulate", study, "--out", "a.sqlite").code == 0
    return "a.sqlite"


@pytest.fixture
def ratings(tmp_path):
    """Sixty people: 45 right and 15 wrong on each of four cases, the wrong ones always those of side b."""
    rows = [
        f"r{number},c{case},{'no' if number % 4 == 3 else 'yes'},{'b' if number % 4 == 3 else 'a'}"
        for number in range(60)
        for case in range(4)
    ]
    path = tmp_path / "ratings.csv"
    path.write_text("\n".join(["who,item,said,side", *rows]))
    return (
        path, "--rater", "who", "--case-column", "item", "--answer", "said", "--codes", "yes=yes,no=no",
    )  # fmt: skip


def test_a_study_of_packages_is_shown_run_and_told(here, packages, tmp_path):
    design = here("packages", "study.yaml")
    assert (design.code, "A full design of 6 packages in 6 cases of 2, D-efficiency 100%" in design.out) == (0, True)
    done = here("packages", packages, "--csv", "effects.csv", "--rule", "utilitarian", "--rule", "maximin")
    words = " ".join(done.out.split())
    assert done.code == 0
    assert "40 jurors judged 6 packages, 480 judgements" in words
    assert "wage: $15 instead of $7" in words
    assert "Effects by sex" in words
    assert "an assumption" in words  # the caveat
    assert "These jurors were made up" in words
    effects = pd.read_csv(tmp_path / "effects.csv")
    assert len(effects) == 3 * 3  # three effects, for everybody and two sexes
    assert (effects["low"] < effects["effect"]).all()
    document = here("packages", packages, "-o", "json").json
    assert {row["rule"] for row in document["best"]} == {"utilitarian", "nash", "maximin", "leximin"}
    assert all(0 <= row["chance_low"] <= row["chance"] <= row["chance_high"] <= 1 for row in document["best"])


def test_packages_of_a_study_that_lists_its_cases_are_named_in_a_file(here, packages, tmp_path):
    told = here("packages", packages, "-o", "json").json
    table = pd.DataFrame(told["packages"]).rename(columns={"package": "id"})
    table.to_csv(tmp_path / "p.csv", index=False)
    again = here("packages", packages, "--packages", "p.csv", "-o", "json").json
    assert [row["effect"] for row in again["effects"]] == pytest.approx([row["effect"] for row in told["effects"]])


def test_the_plot_of_effects_writes_a_dollar_as_it_is(here, packages, tmp_path):
    pytest.importorskip("matplotlib", reason="plots are an extra")
    assert here("packages", packages, "--plot", "e.svg").code == 0
    assert (tmp_path / "e.svg").stat().st_size > 5_000


def test_projects_are_funded_from_stored_ballots(here, write_study):
    study = write_study(elicitation={"mode": "approve", "readout": "sample"}, jurors={"n": 30})
    assert here("simulate", study, "--out", "b.sqlite").code == 0
    costs = ("--cost", "raise=40", "--cost", "keep=30", "--cost", "abolish=50")
    done = here("budget", "b.sqlite", "--case", "wage", *costs, "--budget", "70,100", "--rule", "mes", "--csv", "b.csv")
    assert (done.code, "From 70, mes funds" in done.out) == (0, True)
    document = here("budget", "b.sqlite", "--case", "wage", *costs, "--budget", "70", "-o", "json").json
    assert {row["rule"] for row in document["rows"]} >= {"greedy", "mes"}
    for row in document["rows"]:
        assert row["chance_low"] <= row["chance"] <= row["chance_high"]
        assert row["spent"] <= 70
    assert document["caveats"]


def test_juries_beside_the_jury_theorem(here, ratings, tmp_path):
    (tmp_path / "truth.csv").write_text("case,answer\n" + "\n".join(f"c{case},yes" for case in range(4)))
    done = here("condorcet", *ratings, "--truth", "truth.csv", "--seats", "1", "--seats", "5")
    words = " ".join(done.out.split())
    assert (done.code, "A juror is right in 0.75" in words) == (0, True)
    one, five = here(
        "condorcet", *ratings, "--truth", "truth.csv", "--seats", "1", "--seats", "5", "-o", "json"
    ).json["juries"]  # fmt: skip
    assert one["independent"] == pytest.approx(0.75)
    assert five["independent"] == pytest.approx(0.896484375)  # of 5, at least 3 right
    assert abs(five["observed"]["value"] - 0.896484375) < 0.04


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("budget", "--budget", "10"), "give --cost NAME=VALUE for each, or --costs FILE"),
        (("budget", "--budget", "10", "--cost", "yes"), "--cost 'yes': write NAME=VALUE"),
        (("budget", "--budget", "10", "--cost", "yes=x"), "--cost: 'x' is no number"),
        (("budget", "--budget", "ten", "--cost", "yes=1"), "--budget: 'ten' is no number"),
        (("budget", "--budget", "10", "--cost", "yes=1", "--cost", "yes=2"), "'yes' is given twice"),
        (("budget", "--budget", "10", "--cost", "yes=1", "--cost", "no=2"), "has 4 cases; name one with --case"),
        (("condorcet",), "give --right NAME=VALUE for each, or --truth FILE"),
        (("condorcet", "--right", "c0=maybe"), "'maybe' is none of yes, no"),
        (("packages",), "builds no packages; say with --packages FILE"),
    ],
)
def test_what_is_not_said_is_asked_for_in_a_line(here, ratings, words, error):
    done = here(words[0], *ratings, *words[1:])
    assert done.code in (1, 2)
    assert error in done.error
    assert done.out == ""
