"""How the tables of the built-in populations were made from what statistical offices publish.

The published files are too large to ship; each function turns one of them into the table under ``personas/data``.
Run again, it gives the same table: ``england_wales(path).to_csv("personas/data/england-wales.csv", index=False)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ENGLAND_WALES_BANDS = {
    "18-24": (18, 24), "25-34": (25, 34), "35-44": (35, 44), "45-54": (45, 54), "55-64": (55, 64), "65-74": (65, 74),
    "75+": (75, None),
}  # fmt: skip
WORLD_BANDS = {
    "20-29": (20, 29), "30-39": (30, 39), "40-49": (40, 49), "50-59": (50, 59), "60-69": (60, 69), "70+": (70, None),
}  # fmt: skip
EU_2020 = (
    40, 56, 100, 191, 196, 203, 208, 233, 246, 250, 276, 300, 348, 372, 380, 428, 440, 442, 470, 528, 616, 620, 642,
    703, 705, 724, 752,
)  # fmt: skip
"""The 27 member states since February 2020, by the UN's numeric country codes."""

_STATISTICAL_REGIONS = {"North Central": "Midwest"}  # what R calls it, and what the Census Bureau calls it since 1984
_EDUCATION = {
    "No HS": "less than high school",
    "HS": "high school",
    "Some college": "some college or associate degree",
    "4-Year College": "bachelor's degree",
    "Post-grad": "graduate degree",
}
_PARTIES = {
    "Democrat or leaning Democrat": (0, 1),
    "Independent": (2,),
    "Republican or leaning Republican": (3, 4),
}


def england_wales(path: Path) -> pd.DataFrame:
    """Return adults of England and Wales by age band, sex and ethnic group.

    Parameters
    ----------
    path : Path
        "Age, sex and ethnic group" of the ONS, Census 2021: a row a single year of age (the last is open), columns
        such as ``"White: Irish, Female 2021 (number)"``; ``.csv`` or ``.csv.gz``.

    Returns
    -------
    DataFrame
        Columns age, sex, ethnicity, count (usual residents, rounded to 5 by the ONS before they were added up).
    """
    wide = pd.read_csv(path, encoding="utf-8-sig")
    ages = wide["Age"].astype(str).str.extract(r"(\d+)", expand=False).astype(int)
    rows = []
    for column in wide.columns:
        name, found, _ = str(column).partition(" 2021 (number)")
        if found:
            ethnicity, _, sex = name.rpartition(", ")
            counts = wide[column].groupby(_bands(ages, ENGLAND_WALES_BANDS), observed=True).sum()
            rows += [(str(band), sex, ethnicity, int(count)) for band, count in counts.items()]
    return _sorted(rows, ["age", "sex", "ethnicity", "count"], ENGLAND_WALES_BANDS)


def un_countries(female: Path, male: Path, locations: Path, year: int = 2020) -> pd.DataFrame:
    """Return people aged 20 and over by country, sex and age band.

    Parameters
    ----------
    female, male, locations : Path
        ``popF.txt``, ``popM.txt`` (thousands of people a five-year age group) and ``UNlocations.txt`` of the R package
        wpp2019 of the UN Population Division (github.com/PPgp/wpp2019, commit d0c446d).
    year : int, default 2020
        Column to read.

    Returns
    -------
    DataFrame
        Columns code (numeric country code), region (one of six), country, sex, age, count (people), in the order of
        the codes. Countries of fewer than 90,000 people are not in the source.
    """
    places = pd.read_csv(locations, sep="\t", encoding="latin-1").query("location_type == 4").set_index("country_code")
    parts = []
    for sex, path in (("Female", female), ("Male", male)):
        table = pd.read_csv(path, sep="\t", encoding="latin-1")
        table = table[table["country_code"].isin(places.index)]
        starts = table["age"].str.extract(r"(\d+)", expand=False).astype(int)
        sums = table.groupby(["country_code", _bands(starts, WORLD_BANDS)], observed=True)[str(year)].sum()
        parts.append(sums.rename("count").reset_index().assign(sex=sex))
    people = pd.concat(parts)
    people.columns = pd.Index(["code", "age", "count", "sex"])
    people["region"] = people["code"].map(places["area_name"]).str.title().str.replace(" And The ", " and the ")
    people["country"] = people["code"].map(places["name"])
    people["count"] = (people["count"] * 1000).round().astype(int)
    return people.sort_values(["code", "sex", "age"], ignore_index=True)[
        ["code", "region", "country", "sex", "age", "count"]
    ]


def us_citizens(table: Path, states: Path) -> pd.DataFrame:
    """Return adult US citizens by region, race or ethnicity, sex, age and education.

    Parameters
    ----------
    table, states : Path
        ``poststrat_df.csv`` (American Community Survey, 5-year microdata 2014-2018, by state) and
        ``statelevel_predictors.csv`` (the region of each state) of Lopez-Martin, Phillips and Gelman
        (github.com/JuanLopezMartin/MRPCaseStudy, commit fe2dfef).

    Returns
    -------
    DataFrame
        Columns region, race, sex, age, education, count (people); empty cells are left out.
    """
    people = pd.read_csv(table)
    region = pd.read_csv(states).set_index("state")["region"].replace(_STATISTICAL_REGIONS)
    people = people.assign(
        region=people["state"].map(region),
        race=people["eth"],
        sex=people["male"].map({0.5: "Male", -0.5: "Female"}),
        education=pd.Categorical(people["educ"].map(_EDUCATION), list(_EDUCATION.values()), ordered=True),
    )
    keys = ["region", "race", "sex", "age", "education"]
    sums = people.groupby(keys, observed=True)["n"].sum().rename("count").astype(int).reset_index()
    return sums[sums["count"] > 0].reset_index(drop=True)


def us_parties(table: Path, states: Path, shares: Mapping[str, list[float]]) -> dict[str, dict[str, float]]:
    """Return the party identification of voters, by region.

    Parameters
    ----------
    table, states : Path
        As for `us_citizens`: a state counts in its region as its adult citizens do.
    shares : mapping of state to list of float
        Five shares, from Democrat to Republican: ``distributions.atkinson.regions`` of
        ``ces2020_party_id_by_state.json`` (Cooperative Election Study 2020, tabulated by pref_voting).

    Returns
    -------
    dict
        For each region the share of each party among those who identify with one, lean to one, or neither.
    """
    adults = pd.read_csv(table).groupby("state")["n"].sum()
    region = pd.read_csv(states).set_index("state")["region"].replace(_STATISTICAL_REGIONS)
    parties = pd.DataFrame(
        {name: {state: sum(shares[state][place] for place in places) for state in adults.index}
         for name, places in _PARTIES.items()}
    )  # fmt: skip
    totals = parties.mul(adults, axis=0).groupby(region).sum()
    table_of_shares = totals.div(totals.sum(axis=1), axis=0)
    return {str(name): {str(k): float(v) for k, v in row.items()} for name, row in table_of_shares.iterrows()}


def _bands(ages: pd.Series, bands: Mapping[str, tuple[int, int | None]]) -> pd.Series:
    """Return the band of each age; ages below the first band have none."""
    ends = [low for low, _ in bands.values()]
    return pd.cut(ages, [*ends, 200], right=False, labels=list(bands))


def _sorted(
    rows: list[tuple[str, str, str, int]], columns: list[str], bands: Mapping[str, tuple[int, int | None]]
) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns)
    frame["age"] = pd.Categorical(frame["age"], list(bands), ordered=True)
    return frame.sort_values(columns[:-1], ignore_index=True)
