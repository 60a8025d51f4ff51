"""US adults: the tables that count some people twice, what corrects them, and what margins add."""

import json

import pandas as pd
import pytest

from personas import load_population
from personas.derivations import adults_by_region, education_by_age, parties_by_region, us_adults_once
from personas.derivations.us_adults import EVERYBODY, HISPANIC, NOT_HISPANIC_2021, POPULATION_2021, RACES, STATES, WHITE
from personas.loading import BUILT_IN

ENTRIES = 298_477_760  # of the eight tables, adults
ADULTS = 260_836_730  # who live in the United States, by the population estimates


@pytest.fixture(scope="module")
def tables():
    return pd.read_csv(BUILT_IN / "us-census-2022.csv")


@pytest.fixture(scope="module")
def counts(tables):
    return tables[tables["sex"] != "both"].pivot_table(index=["age", "sex"], columns="race", values="count")


def test_the_eight_tables_are_those_behind_us_adults(counts):
    """Adding them up gives the reference table to the last digit, so they are the same figures."""
    merged = {
        "White": [WHITE],
        "Black": ["Black or African American alone"],
        "Hispanic": [HISPANIC],
        "Mixed": ["Two or more races"],
        "Asian": ["Asian alone"],
    }
    known = {EVERYBODY, *(name for names in merged.values() for name in names)}
    merged["Other"] = [name for name in counts.columns if name not in known]
    assert len(merged["Other"]) == 3
    assert counts.drop(columns=EVERYBODY).to_numpy().sum() == ENTRIES
    adults = load_population("us-adults")
    for (age, sex, race), share in zip(adults.frame.itertuples(index=False), adults.weights, strict=True):
        assert counts.loc[(age, sex), merged[race]].sum() / ENTRIES == pytest.approx(share, rel=1e-12)


def test_once_is_made_from_the_tables_and_has_everybody_once(tables, counts):
    made = us_adults_once(tables)
    pd.testing.assert_frame_equal(
        made.astype({"age": "str", "sex": "str", "race": "str"}), pd.read_csv(BUILT_IN / "us-adults-once.csv")
    )
    assert counts[EVERYBODY].sum() == ADULTS
    plain = made.astype({"age": "str", "sex": "str", "race": "str"})
    cells = plain.pivot_table(index=["age", "sex"], columns="race", values="count")
    assert (cells["White"] == counts[WHITE]).all()
    assert (cells["Hispanic"] == counts[HISPANIC]).all()
    assert (cells.sum(axis=1) - counts[EVERYBODY]).abs().max() <= 2  # rounding
    people = load_population("us-adults-once")
    assert people.margins("sex")["Female"] == pytest.approx(counts.xs("Female", level="sex")[EVERYBODY].sum() / ADULTS)


def test_the_estimate_of_who_is_not_hispanic_is_near_what_is_known_of_all_races_together(tables, counts):
    """The one check that could refute it: before scaling, each cell is near the exact number of all others."""
    totals = tables[tables["sex"] == "both"].set_index("race")["count"]
    estimated = sum(
        counts[list(names)].sum(axis=1) * NOT_HISPANIC_2021[race] * POPULATION_2021 / totals[list(names)].sum()
        for race, names in RACES.items()
    )
    left = counts[EVERYBODY] - counts[WHITE] - counts[HISPANIC]
    assert (left / estimated).between(0.945, 1.045).all()
    assert left.sum() / estimated.sum() == pytest.approx(1, abs=1e-4)
    doubled = counts[[name for names in RACES.values() for name in names]].to_numpy().sum()
    assert doubled / left.sum() > 1.6  # what the correction takes away is no detail


def test_extended_keeps_the_joint_table_and_every_margin():
    once, people = load_population("us-adults-once"), load_population("us-adults-extended")
    expected = once.groups("age & sex & race")["share"]
    assert people.groups("age & sex & race")["share"][expected.index].tolist() == pytest.approx(expected.tolist())
    assert people.margins("region").to_dict() == pytest.approx(
        {"Northeast": 45544589 / ADULTS, "Midwest": 53626659 / ADULTS, "South": 100098310 / ADULTS,
         "West": 61567172 / ADULTS}
    )  # fmt: skip
    schooling = people.groups("age & sex & education")["share"]
    old = schooling["age=65+ & sex=Female & education=bachelor's degree or more"]
    assert old / people.groups("age & sex")["share"]["age=65+ & sex=Female"] == pytest.approx(7099841 / 29098554)
    young = schooling["age=18-24 & sex=Male & education=bachelor's degree or more"]
    assert young / people.groups("age & sex")["share"]["age=18-24 & sex=Male"] < 0.1


def test_parties_of_extended_are_those_of_the_survey(shared_data, tmp_path):
    file = shared_data / "population" / "ces2020_party_id_by_state.json"
    shares = json.loads(file.read_text())["distributions"]["atkinson"]["regions"]
    people = load_population("us-adults-extended")
    country = shares["US"]
    expected = [country[0] + country[1], country[2], country[3] + country[4]]
    assert people.margins("party").tolist() == pytest.approx(expected, abs=0.01)  # weighted by adults, not by voters
    rows = [f'{name},"1,000"' for names in STATES.values() for name in names.values()]
    (tmp_path / "states.csv").write_text("\n".join(["state,population", *rows, 'Puerto Rico,"9,000"']))
    alike = parties_by_region(tmp_path / "states.csv", shares)
    west = list(STATES["West"])
    mean = sum(shares[state][2] for state in west) / sum(sum(shares[state]) for state in west)
    assert alike["West"]["Independent"] == pytest.approx(mean)
    assert adults_by_region(tmp_path / "states.csv") == {
        "Northeast": 9000, "Midwest": 12000, "South": 17000, "West": 13000,
    }  # fmt: skip


def test_there_are_fifty_states_and_a_district():
    names = [name for names in STATES.values() for name in names.values()]
    assert len(names) == len(set(names)) == 51


SCHOOLING = [
    ("Population 18 to 24 years", 20),
    ("    Less than high school graduate", 2),
    ("    High school graduate (includes equivalency)", 6),
    ("    Some college or associate's degree", 7),
    ("    Bachelor's degree or higher", 5),
    ("Population 25 years and over", 999),
    *[
        row
        for band, everybody in (("25 to 34 years", 30), ("35 to 44 years", 40), ("45 to 64 years", 50),
                                ("65 years and over", 60))
        for row in ((f"Population {band}", everybody), ("    High school graduate or higher", everybody - 3),
                    ("    Bachelor's degree or higher", 11))
    ],
]  # fmt: skip


def test_schooling_by_age_reads_the_table_of_states(tmp_path):
    columns = [
        f"{name}!!{sex}!!Estimate"
        for names in STATES.values() for name in names.values() for sex in ("Male", "Female")
    ] + ["Puerto Rico!!Male!!Estimate"]  # fmt: skip
    table = pd.DataFrame(
        [[f"{number * 1000:,}"] * len(columns) for _, number in SCHOOLING],
        index=pd.Index([label for label, _ in SCHOOLING], name="Label (Grouping)"),
        columns=columns,
    )
    table.to_csv(tmp_path / "s1501.csv")
    found = education_by_age(tmp_path / "s1501.csv")
    assert list(found) == ["18-24", "25-34", "35-44", "45-54", "55-64", "65+"]
    assert list(found["18-24"]["Male"].values()) == [51 * 2000, 51 * 13000, 51 * 5000]
    assert list(found["65+"]["Female"].values()) == [51 * 3000, 51 * 46000, 51 * 11000]
    assert found["45-54"] == found["55-64"]
