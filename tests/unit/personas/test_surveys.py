"""Each survey codebook against the real file: the words must count what plain pandas counts."""

import numpy as np
import pandas as pd
import pytest

from personas import built_in_codebooks, load_codebook, load_population
from personas.groups import readable

FILES = {
    "acs-2012": "population/acs2012_sample.csv.gz",
    "beps-1997": "population/beps_1997_uk.csv.gz",
    "d3code-raters": "d3code_raters/d3-raters.csv.gz",
    "gss-2018": "population/gss2018_spending.csv.gz",
    "wvs-poverty": "population/wvs_poverty_4countries.csv.gz",
}


def test_every_codebook_has_its_file():
    assert set(FILES) == set(built_in_codebooks())


@pytest.mark.parametrize("name", FILES)
def test_codebooks_say_where_data_come_from(name):
    source = load_codebook(name).source
    assert all([source.title, source.citation, source.year, source.licence, source.universe, source.url, source.notes])


def plain(path, book):
    """Return the file as pandas reads it, with a weight of our own and the rows that belong to the population."""
    raw = pd.read_csv(path, keep_default_na=False, na_values=[""])
    raw["our weight"] = np.random.default_rng(3).uniform(0.5, 2, len(raw)).round(3)
    for column, (low, high) in book.keep.items():
        raw = raw[raw[column].between(-np.inf if low is None else low, np.inf if high is None else high)]
    return raw


def counts(column, words, weights):
    """Return weighted counts by word, from the codes."""
    sums = weights.groupby(column).sum()
    found = {}
    for code, total in sums.items():
        word = words[readable(code)]
        found[word] = found.get(word, 0) + total
    return found


@pytest.mark.parametrize("name", FILES)
def test_weighted_counts_are_those_of_the_file(shared_data, tmp_path, name):
    book = load_codebook(name)
    raw = plain(shared_data / FILES[name], book)
    raw.to_parquet(tmp_path / "survey.parquet")
    people = load_population(tmp_path / "survey.parquet", name, weight="our weight")
    assert len(people) == len(raw)
    total = raw["our weight"].sum()
    for attribute, block in book.attributes.items():
        column = raw[block.column or attribute]
        margins = people.margins(attribute) * total
        lost = raw.loc[column.isna(), "our weight"].sum()
        assert margins.get("not stated", 0) == pytest.approx(lost)
        if block.values:
            for word, expected in counts(column, block.values, raw["our weight"]).items():
                assert margins[word] == pytest.approx(expected), word
        elif block.bins:
            for word, (low, high) in block.bins.items():
                inside = column.between(-np.inf if low is None else low, np.inf if high is None else high)
                assert margins[word] == pytest.approx(raw.loc[inside, "our weight"].sum()), word
        elif block.kind == "number":
            numbers = people.frame[attribute].to_numpy(dtype=float, na_value=np.nan)
            np.testing.assert_array_equal(numbers, column.to_numpy(dtype=float))
    for key, item in book.items.items():
        answered = pd.Series(people.weights).groupby(people.answers[key].to_numpy()).sum().to_dict()
        assert answered == pytest.approx(counts(raw[item.column or key], item.options, raw["our weight"]))


@pytest.mark.parametrize("name", FILES)
def test_every_level_occurs(shared_data, name):
    """A level that nobody has is a code that was read wrongly."""
    people = load_population(shared_data / FILES[name], name)
    for attribute in people.attributes:
        column = people.frame[attribute]
        if isinstance(column.dtype, pd.CategoricalDtype):
            assert set(column.cat.categories) == set(column.dropna()), attribute


def test_children_of_the_acs_are_left_out_and_counted(shared_data):
    people = load_population(shared_data / FILES["acs-2012"], "acs-2012")
    assert len(people) == 1561
    assert people.frame["age"].min() == 18
    assert "439 of 2000 rows left out: the population has age of 18 or more." in people.source.notes


def test_votes_are_no_part_of_a_british_voter(shared_data):
    people = load_population(shared_data / FILES["beps-1997"], "beps-1997")
    assert people.prompt_attributes == ("age", "gender")
    assert people.groups("vote")["n"].to_dict() == {
        "vote=Labour": 720,
        "vote=Conservative": 462,
        "vote=Liberal Democrat": 343,
    }


def test_raters_keep_their_values(shared_data):
    people = load_population(shared_data / FILES["d3code-raters"], "d3code-raters")
    assert len(people.margins("country")) == 21
    assert people.frame["care"].mean() == pytest.approx(
        pd.read_csv(shared_data / FILES["d3code-raters"])["care"].mean()
    )
    assert people.labels["care"] == "Moral foundation of care, from 1 to 5"
