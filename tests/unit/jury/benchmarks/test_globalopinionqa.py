"""The paper's experiment on stored answers, beside a computation by pandas and SciPy alone."""

import ast
import gzip
import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.spatial.distance import jensenshannon

from jury.benchmarks import Settings, benchmarks
from jury.errors import DataError

PAIRS = [("Llama-2-7b-hf", "Llama-2-7b-chat-hf"), ("Mistral-7B-v0.1", "zephyr-7b-beta")]


@pytest.fixture(scope="module")
def folder(shared_data):
    found = shared_data / "globalopinionqa"
    if not (found / "human_distributions_small.json.gz").is_file():
        pytest.skip("needs the subset of GlobalOpinionQA beside the repository")
    return found


@pytest.fixture(scope="module")
def page(folder):
    return benchmarks["globalopinionqa"].run(Settings(data=folder))


@pytest.fixture(scope="module")
def people(folder):
    with gzip.open(folder / "human_distributions_small.json.gz") as file:
        table = pd.DataFrame(json.load(file))
    table["text"] = table["question"].str.removeprefix("Question: ").str.split("\nOptions:").str[0]
    table["key"] = [(text, *map(str, options)) for text, options in zip(table["text"], table["options"], strict=True)]
    return table


@pytest.fixture(scope="module")
def models(folder):
    found = {}
    for path in (folder / "model_answers").glob("*.csv.gz"):
        table = pd.read_csv(path)
        table = table[table["question"].notna()].copy()
        keys = [
            (text, *map(str, ast.literal_eval(options)))
            for text, options in zip(table["question"], table["options"], strict=True)
        ]
        table = table.assign(key=keys, shares=table["probs"].map(ast.literal_eval))
        found[table["model_id"].iloc[0]] = table.set_index(pd.Series(keys, index=table.index).map("\n".join))
    return found


def distances(people, table, base):
    rows = people.assign(place=people["key"].map("\n".join))
    rows = rows[rows["place"].isin(table.index)]
    shares = table.loc[rows["place"], "shares"]
    js = [jensenshannon(p, q, base) for p, q in zip(shares, rows["gold_distribution"], strict=True)]
    return rows.assign(js=js)


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_changes_by_country_are_those_of_scipy(page, people, models, before, after):
    changes = next(
        change
        for change in page.finding("distributional").details["changes"]
        if (change["before"], change["after"]) == (before, after)
    )
    first, second = (distances(people, models[name], 2) for name in (before, after))
    moved = first.assign(moved=second["js"].to_numpy() - first["js"].to_numpy())
    ours = {change["group"]: change for change in changes["groups"]}
    assert len(ours) == 130
    for country, rows in moved.groupby("attribute"):
        assert ours[country]["difference"]["value"] == pytest.approx(rows["moved"].mean(), abs=1e-12)
        assert ours[country]["difference"]["count"] == len(rows)
        if len(rows) > 1:
            expected = stats.ttest_1samp(rows["moved"], 0).confidence_interval(0.95)
            found = ours[country]["difference"]
            assert (found["low"], found["high"]) == pytest.approx((expected.low, expected.high))


def test_entropies_are_those_of_scipy(page, people, models):
    asked = set(people["key"].map("\n".join))
    found = page.finding("distributional").details["models"]
    for name, table in models.items():
        expected = np.mean([stats.entropy(shares) for place, shares in table["shares"].items() if place in asked])
        assert found[name]["model"]["entropy_model"]["value"] == pytest.approx(expected)


def test_the_stored_similarities_are_reproduced_as_often_as_published(people, models):
    for table in models.values():
        rows = distances(people, table, np.e)
        stored = [table.loc[place, country] for place, country in zip(rows["place"], rows["attribute"], strict=True)]
        assert len(rows) == 5748
        assert int((abs(1 - rows["js"] - stored) < 1e-9).sum()) == 4395


def test_the_table_of_stored_similarities_is_of_those_columns(page, models):
    title = f"From {PAIRS[0][0]} to {PAIRS[0][1]}, by the similarities"
    table = next(table for table in page.finding("distributional").tables if table.title.startswith(title))
    first, second = (models[name] for name in PAIRS[0])
    row = next(row for row in table.rows if row[0] == "distance to Japan")
    asked = first["Japan"] >= 0
    expected = (first["Japan"] - second["Japan"])[asked] / np.sqrt(np.log(2))
    assert row[3].value == pytest.approx(expected.mean())
    assert row[-1] == asked.sum() == 890
    both = [row for row in table.rows if ", on questions asked in " in row[0]]
    assert len({row[0] for row in table.rows}) == len(table.rows)
    assert [row[-1] for row in both] == [740, 740]


def test_nothing_is_left_out_silently(page):
    details = page.finding("distributional").details["models"]["Llama-2-7b-hf"]
    assert sum(group["asked"] for group in details["groups"]) == 5752
    assert sum(group["used"] for group in details["groups"]) == 5748
    assert len(details["left_out"]) == 4


def test_every_pair_is_reported_and_no_direction_is_claimed(page):
    said = [remark for remark in page.finding("distributional").remarks if remark.startswith("From ")]
    assert [remark.split(",")[0] for remark in said] == [f"From {before} to {after}" for before, after in PAIRS]


def test_the_published_file_is_read(tmp_path):
    rows = pd.DataFrame(
        {
            "question": ["Good or bad?", None],
            "selections": ["defaultdict(<class 'list'>, {'Japan': [0.25, 0.75], 'Peru': [0.5, 0.5]})", "{}"],
            "options": ["['Good', 'Bad']", "[]"],
            "source": ["GAS", "GAS"],
        }
    )
    rows.to_csv(tmp_path / "global_opinions.csv", index=False)
    survey = benchmarks["globalopinionqa"].read(Settings(data=tmp_path))
    (item,) = survey.items
    assert item.options == ("Good", "Bad")
    assert survey.people["Japan"][item.id].shares == {"Good": 0.25, "Bad": 0.75}


@pytest.mark.parametrize(
    ("selections", "said"),
    [("{'Japan': [0.5]}", "1 shares for 2 options"), ("{'Japan': [0.5, -1]}", "not a number"), ("[", "cannot be read")],
)
def test_a_fault_in_the_data_is_one_line(tmp_path, selections, said):
    rows = pd.DataFrame({"question": ["q"], "selections": [selections], "options": ["['a', 'b']"]})
    rows.to_csv(tmp_path / "global_opinions.csv", index=False)
    with pytest.raises(DataError, match=said) as caught:
        benchmarks["globalopinionqa"].read(Settings(data=tmp_path))
    assert "\n" not in str(caught.value)
