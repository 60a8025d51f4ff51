"""Readers of benchmarks: real data where it lies beside the repository, small files elsewhere."""

import numpy as np
import pandas as pd
import pytest

from jury.benchmarks import Engine, Settings, benchmarks
from jury.errors import DataError
from jury.model_block import ModelBlock
from jury.panels import read_panel

UNIFORM = (ModelBlock(name="null/uniform"),)


def of(shared_data, folder):
    found = shared_data / folder
    if not found.is_dir():
        pytest.skip(f"needs {folder} beside the repository")
    return found


@pytest.fixture
def wave(tmp_path):
    pd.DataFrame(
        {
            "key": ["SAFE", "GONE", "WORLD"],
            "question": ["How safe?", "Not asked", "Safer?"],
            "references": ["['Very', 'Not', 'Refused']", "['a', 'b']", "['Safer', 'Worse', 'Neither', 'Refused']"],
            "option_ordinal": ["[1.0, 2.0]", "[1, 2]", "[1.0, 2.0, 1.5]"],
        }
    ).to_csv(tmp_path / "info.csv", index=False)
    pd.DataFrame(
        {
            "SAFE": ["Very", "Not", "Not", "Refused"],
            "WORLD": ["Neither", None, "Worse", "Safer"],
            "POLPARTY": ["Democrat", "Republican", "Republican", "Refused"],
            "WEIGHT_W26": [1.0, 1.0, 2.0, 4.0],
        }
    ).to_csv(tmp_path / "responses.csv", index=False)
    return tmp_path


def test_opinionqa_keeps_weights_order_and_refusals(wave):
    survey = benchmarks["opinionqa"].read(Settings(data=wave))
    assert [item.id for item in survey.items] == ["SAFE", "WORLD"]
    safe, world = survey.items
    assert safe.refusals == {"Refused"}
    assert world.options == ("Safer", "Neither", "Worse", "Refused")  # on the authors' scale neither lies between
    assert world.positions == (1.0, 1.5, 2.0)
    everybody = survey.people["everybody"]["SAFE"]
    assert everybody.shares == {"Very": 1.0, "Not": 3.0, "Refused": 4.0}
    assert everybody.count == pytest.approx(8**2 / (1 + 1 + 4 + 16))
    assert survey.people["POLPARTY: Republican"]["SAFE"].shares == {"Very": 0.0, "Not": 3.0, "Refused": 0.0}
    assert "POLPARTY: Refused" not in survey.people


def test_opinionqa_runs_and_leaves_refusals_out_of_distances(wave):
    page = benchmarks["opinionqa"].run(Settings(data=wave, models=UNIFORM, engine=Engine(out=wave / "runs")))
    details = page.finding("distributional").details["models"]["null/uniform"]
    (group,) = [group for group in details["groups"] if group["group"] == "everybody"]
    assert group["figures"]["refusal_people"]["value"] == pytest.approx(np.mean([4 / 8, 0]))
    assert page.finding("jury-pluralistic").measured


def test_a_wave_without_people_is_told(wave):
    (wave / "responses.csv").unlink()
    with pytest.raises(DataError, match=r"no responses\.csv"):
        benchmarks["opinionqa"].read(Settings(data=wave))


def test_gss_shares_are_those_of_the_file(shared_data):
    folder = of(shared_data, "population")
    survey = benchmarks["gss-2018-spending"].read(Settings(data=folder))
    table = pd.read_csv(folder / "gss2018_spending.csv.gz")
    assert len(survey.items) == 18
    democrats = table[table["partyid"] == 0]["natenvir"].dropna()
    found = survey.people["party: strong Democrat"]["natenvir"]
    assert found.shares["too little"] == (democrats == 1).sum()
    assert found.count == len(democrats)


def test_crehate_persons_and_labels_are_those_of_the_readers(shared_data):
    folder = of(shared_data, "crehate")
    survey = benchmarks["crehate-jury"].read(Settings(data=folder))
    panel = read_panel(folder / "raw_annotations_sbic.csv.gz", "crehate", repeats="first")
    assert len(survey.items) == len(panel.cases) == 980
    said = sum(int((~np.isnan(chosen)).sum()) for chosen in survey.persons.answers.values())
    opinions = sum(vote.values["choice"] is not None for votes in panel.votes.values() for vote in votes)
    assert said == opinions
    assert [each.name for each in survey.respondents] == [
        f"label of {country}"
        for country in ("United States", "Australia", "United Kingdom", "South Africa", "Singapore")
    ]
    around = benchmarks["crehate-jury"].read(Settings(data=folder.parent))  # a folder that holds it
    assert [each.name for each in around.respondents] == [each.name for each in survey.respondents]


def test_each_country_is_served_best_by_its_own_label(shared_data):
    folder = of(shared_data, "crehate")
    page = benchmarks["crehate-jury"].run(Settings(data=folder, questions=40))
    board = page.finding("jury-pluralistic").details["boards"][0]
    choices = {group["group"]: group["choice"] for group in board["groups"] if group["attribute"] == "nationality"}
    assert choices["Singapore"] == ["label of Singapore"]
    assert choices["United States"] != ["label of Singapore"]


def test_polis_finds_groups_and_who_speaks_for_them(shared_data):
    folder = of(shared_data, "polis")
    page = benchmarks["polis"].run(Settings(data=folder / "brexit-consensus"))
    details = page.finding("Overton").details
    assert {model["model"] for model in details["models"]} >= {"sequential PAV", "the one with most agreement"}
    assert all(0 <= model["score"]["value"] <= 1 for model in details["models"])
    panel = read_panel(folder / "brexit-consensus", "polis")
    agreed = {case: sum(vote.values["choice"] == "agree" for vote in votes) for case, votes in panel.votes.items()}
    assert details["comments"]["the one with most agreement"] == [max(agreed, key=lambda case: agreed[case])]
    with pytest.raises(DataError, match=r"holds 7 conversations; name one of .*brexit-consensus"):
        benchmarks["polis"].run(Settings(data=shared_data))


def test_mpi_reads_statements_and_people(shared_data):
    folder = of(shared_data, "mpi")
    survey = benchmarks["mpi"].read(Settings(data=folder))
    assert len(survey.items) == 25 + 120
    table = pd.read_csv(folder / "ipip_bfi25_responses.csv.gz")
    assert "Am indifferent to the feelings of others" in survey.texts["A1"]
    assert survey.people["everybody"]["A1"].shares["Very inaccurate"] == (table["A1"] == 1).sum()
    assert survey.people["gender: female"]["O5"].count == table.loc[table["gender"] == 2, "O5"].notna().sum()


def test_habermas_questions_have_both_sides(shared_data):
    folder = of(shared_data, "habermas_questions")
    prompts = benchmarks["habermas-questions"].read(Settings(data=folder))
    assert len(prompts) == 5645
    assert all(len(prompt.sides) == 2 for prompt in prompts)


def test_models_write_and_a_planted_jury_judges_all_senses_of_outputs(shared_data, tmp_path):
    folder = of(shared_data, "habermas_questions")
    page = benchmarks["habermas-questions"].run(
        Settings(
            data=folder,
            models=(ModelBlock(name="planted/hash"), *UNIFORM),
            steer=True,
            questions=4,
            jurors=16,
            engine=Engine(out=tmp_path / "runs"),
        )
    )
    measured = {finding.sense for finding in page.findings if finding.measured}
    assert measured == {"Overton", "steerable", "multi-objective", "trade-off steerable", "jury-pluralistic"}
    assert [run.ballots["answered"] for run in page.runs] == [4, 20, 4, 20, 64, 64]
    assert all(run.lacking == 0 for run in page.runs)
