"""The populations that come with the package: their figures, their sources, and what they assume."""

import csv
import json

import pandas as pd
import pytest

from personas import built_in_populations, load_population
from personas.derivations import england_wales, un_countries, us_citizens, us_parties
from personas.documents import read_document
from personas.loading import BUILT_IN

POPULATIONS = built_in_populations()
FROM_MARGINS = [name for name in POPULATIONS if read_document(BUILT_IN / f"{name}.yaml")["kind"] == "marginals"]


@pytest.mark.parametrize("name", POPULATIONS)
def test_they_say_where_they_come_from(name):
    people = load_population(name)
    source = people.source
    assert all([source.title, source.citation, source.year, source.licence, source.universe, source.url, source.notes])
    assert people.name == name
    assert people.unit == "cell"


@pytest.mark.parametrize("name", POPULATIONS)
def test_shares_add_to_one_and_everything_is_stated(name):
    people = load_population(name)
    assert not people.frame.isna().any(axis=None)
    assert (people.weights > 0).all() or name == "us-adults"
    for attribute in people.attributes:
        assert people.margins(attribute).sum() == pytest.approx(1, abs=1e-12)
    assert people.groups(people.prompt_attributes)["share"].sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("name", POPULATIONS)
def test_they_say_what_is_independent(name):
    notes = " ".join(load_population(name).source.notes)
    assert ("assumes independence beyond them" in notes) == (name in FROM_MARGINS)
    assert ("no independence is assumed" in notes) == (name not in FROM_MARGINS)


@pytest.mark.parametrize("name", FROM_MARGINS)
def test_every_margin_has_a_source_and_holds(name):
    people = load_population(name)
    notes = " ".join(people.source.notes)
    for margin in read_document(BUILT_IN / f"{name}.yaml")["margins"]:
        assert margin["source"] in notes
        if "file" in margin or "given" in margin:
            continue
        of = [margin["of"]] if isinstance(margin["of"], str) else margin["of"]
        flat = pd.json_normalize(margin["shares"], sep="|").iloc[0]
        found = people.groups(of)["share"]
        for cell, count in flat.items():
            label = " & ".join(f"{key}={value}" for key, value in zip(of, cell.split("|"), strict=True))
            assert found[label] == pytest.approx(count / flat.sum(), abs=1e-9), label


def test_us_adults_is_the_reference_table(shared_data):
    with (shared_data / "population" / "us_census_age_sex_race.csv").open() as file:
        table = {row["age_category"].removesuffix(" years old"): row for row in csv.DictReader(file)}
    people = load_population("us-adults")
    assert len(people) == 72
    assert people.weights.sum() == pytest.approx(1, abs=1e-12)
    for (age, sex, race), share in zip(people.frame.itertuples(index=False), people.weights, strict=True):
        assert share == float(table[age][f"{race}_{sex}"])
    assert people.margins("age").to_dict() == pytest.approx(
        {age: float(row["All"]) for age, row in table.items() if age != "All Ages"}
    )


def test_england_and_wales_is_made_from_the_reference_table(shared_data):
    path = shared_data / "population" / "uk_census_2021_age_sex_ethnicity.csv.gz"
    made = england_wales(path)
    pd.testing.assert_frame_equal(made.astype({"age": "str"}), pd.read_csv(BUILT_IN / "england-wales.csv"))
    wide = pd.read_csv(path, encoding="utf-8-sig")
    old = wide["Age"].astype(str).str.extract(r"(\d+)", expand=False).astype(int)
    people = load_population("england-wales")
    assert people.groups("ethnicity & sex")["share"]["ethnicity=White: Irish & sex=Female"] == pytest.approx(
        wide.loc[old >= 18, "White: Irish, Female 2021 (number)"].sum() / people.weights.sum()
    )
    numbers = [column for column in wide.columns if column.endswith(" 2021 (number)")]
    assert people.weights.sum() == wide.loc[old >= 18, numbers].to_numpy().sum()
    assert people.margins("ethnic_group").round(3).to_dict() == {
        "Asian": 0.086,
        "Black": 0.037,
        "Mixed": 0.019,
        "White": 0.839,
        "Other": 0.02,
    }


def test_japan_has_everybody_whom_the_census_counted():
    document = read_document(BUILT_IN / "japan.yaml")
    assert sum(document["margins"][1]["shares"].values()) == 126_146_099


def test_india_has_everybody_who_stated_a_religion():
    shares = read_document(BUILT_IN / "india.yaml")["margins"][1]["shares"]
    by_religion = {name: sum(sum(sexes.values()) for sexes in block.values()) for name, block in shares.items()}
    assert by_religion["Hindu"] == 966_257_353
    assert by_religion["Muslim"] == 172_245_158
    assert sum(by_religion.values()) == 1_210_854_977 - 2_867_303
    rural = sum(sum(block["rural area"].values()) for block in shares.values())
    assert rural == 833_748_852 - 1_643_640


def test_brazil_by_region_adds_up_to_what_is_published_for_the_country():
    assert sum(read_document(BUILT_IN / "brazil.yaml")["margins"][1]["shares"].values()) == 203_080_756
    people = load_population("brazil")
    published = {"White": 0.435, "Brown": 0.453, "Black": 0.102, "East Asian": 0.004}
    for race, share in published.items():
        assert people.margins("race")[race] == pytest.approx(share, abs=0.001)
    assert people.margins("residence")["urban area"] == pytest.approx(0.874, abs=0.0005)
    north = people.groups("region & race")["share"]["region=North & race=Brown"]
    assert north / people.margins("region")["North"] == pytest.approx(0.672)


def test_countries_are_the_same_in_every_population():
    """The EU and the countries built from margins have the same age and sex as in the table of the world."""
    world = load_population("world")
    cells = world.groups("country & sex & age")["share"] * world.weights.sum()
    europe = load_population("eu")
    ours = europe.groups("country & sex & age")["share"] * europe.weights.sum()
    assert len(europe.margins("country")) == 27
    assert ours.to_dict() == pytest.approx(cells[ours.index].to_dict())
    for name, country in [("japan", "Japan"), ("india", "India"), ("brazil", "Brazil"), ("nigeria", "Nigeria")]:
        shares = load_population(name).groups("sex & age")["share"]
        here = cells[[f"country={country} & {label}" for label in shares.index]]
        assert shares.tolist() == pytest.approx((here / here.sum()).tolist(), abs=1e-9)
    assert len(world.margins("country")) == 201


def test_parties_of_us_citizens_lie_between_those_of_states(shared_data):
    file = shared_data / "population" / "ces2020_party_id_by_state.json"
    country = json.loads(file.read_text())["distributions"]["atkinson"]["regions"]["US"]
    people = load_population("us-citizens-party")
    expected = [country[0] + country[1], country[2], country[3] + country[4]]
    assert people.margins("party").tolist() == pytest.approx(expected, abs=0.01)  # weighted by adults, not by voters
    alone = load_population("us-citizens")
    pd.testing.assert_series_equal(
        people.groups(alone.attributes)["share"].sort_index(), alone.groups(alone.attributes)["share"].sort_index()
    )


def test_derivations_of_small_tables(tmp_path):
    header = "country_code\tname\tage\t2020\n"
    for sex, factor in (("F", 1), ("M", 2)):
        rows = [f"{code}\tX\t{age}\t{n * factor}\n" for code in (1, 900) for age, n in
                (("15-19", 9), ("20-24", 1.5), ("25-29", 2), ("95-99", 3), ("100+", 1))]  # fmt: skip
        (tmp_path / f"pop{sex}.txt").write_text(header + "".join(rows))
    (tmp_path / "places.txt").write_text(
        "name\tcountry_code\tarea_name\tlocation_type\nLand\t1\tLATIN AMERICA AND THE CARIBBEAN\t4\nWorld\t900\t\t1\n"
    )
    made = un_countries(tmp_path / "popF.txt", tmp_path / "popM.txt", tmp_path / "places.txt")
    assert made.values.tolist() == [
        [1, "Latin America and the Caribbean", "Land", "Female", "20-29", 3500],
        [1, "Latin America and the Caribbean", "Land", "Female", "70+", 4000],
        [1, "Latin America and the Caribbean", "Land", "Male", "20-29", 7000],
        [1, "Latin America and the Caribbean", "Land", "Male", "70+", 8000],
    ]
    (tmp_path / "states.csv").write_text(
        "state,repvote,region\nIA,0.5,North Central\nOH,0.5,North Central\nVT,0,Northeast\n"
    )
    (tmp_path / "table.csv").write_text(
        "state,eth,male,age,educ,n\nIA,White,0.5,70+,HS,1\nOH,White,0.5,70+,HS,3\n"
        "VT,Black,-0.5,70+,No HS,2\nVT,Black,-0.5,70+,HS,0\n"
    )
    assert us_citizens(tmp_path / "table.csv", tmp_path / "states.csv").values.tolist() == [
        ["Midwest", "White", "Male", "70+", "high school", 4],
        ["Northeast", "Black", "Female", "70+", "less than high school", 2],
    ]
    shares = {"IA": [1, 0, 0, 0, 0], "OH": [0, 0, 0.2, 0.8, 0], "VT": [0.5, 0.5, 0, 0, 0]}
    parties = us_parties(tmp_path / "table.csv", tmp_path / "states.csv", shares)
    assert list(parties["Midwest"].values()) == pytest.approx([0.25, 0.15, 0.6])
    assert list(parties["Northeast"].values()) == pytest.approx([1, 0, 0])
