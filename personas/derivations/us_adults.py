"""US adults, everybody once: from census tables that overlap, and from margins of schooling, region and party."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from personas.derivations.us_citizens import PARTIES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

EVERYBODY, WHITE, HISPANIC = "everybody", "White alone, not Hispanic or Latino", "Hispanic or Latino"
RACES = {
    "Black": ("Black or African American alone",),
    "Asian or Pacific Islander": ("Asian alone", "Native Hawaiian and Other Pacific Islander alone"),
    "American Indian or Alaska Native": ("American Indian and Alaska Native alone",),
    "Two or more races, or other": ("Two or more races", "Some other race alone"),
}
"""Races whose census tables count Hispanic people too, in the groups of `NOT_HISPANIC_2021`."""

POPULATION_2021 = 331_893_745
NOT_HISPANIC_2021 = {
    "Black": 0.11831888244835707,
    "Asian or Pacific Islander": 0.058596364929986856,
    "American Indian or Alaska Native": 0.005272383183961482,
    "Two or more races, or other": 0.048641648850598254,
}
"""Shares of US residents of all ages who are of the race and not Hispanic: American Community Survey 2021, 1-year
estimates, as stored in the R package birdie (github.com/CoryMcCartan/birdie, commit 55ce30c)."""

STATES = {
    "Northeast": {
        "CT": "Connecticut", "ME": "Maine", "MA": "Massachusetts", "NH": "New Hampshire", "RI": "Rhode Island",
        "VT": "Vermont", "NJ": "New Jersey", "NY": "New York", "PA": "Pennsylvania",
    },
    "Midwest": {
        "IL": "Illinois", "IN": "Indiana", "MI": "Michigan", "OH": "Ohio", "WI": "Wisconsin", "IA": "Iowa",
        "KS": "Kansas", "MN": "Minnesota", "MO": "Missouri", "NE": "Nebraska", "ND": "North Dakota",
        "SD": "South Dakota",
    },
    "South": {
        "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia", "MD": "Maryland",
        "NC": "North Carolina", "SC": "South Carolina", "VA": "Virginia", "WV": "West Virginia", "AL": "Alabama",
        "KY": "Kentucky", "MS": "Mississippi", "TN": "Tennessee", "AR": "Arkansas", "LA": "Louisiana",
        "OK": "Oklahoma", "TX": "Texas",
    },
    "West": {
        "AZ": "Arizona", "CO": "Colorado", "ID": "Idaho", "MT": "Montana", "NV": "Nevada", "NM": "New Mexico",
        "UT": "Utah", "WY": "Wyoming", "AK": "Alaska", "CA": "California", "HI": "Hawaii", "OR": "Oregon",
        "WA": "Washington",
    },
}  # fmt: skip
"""The states of each region of the Census Bureau."""

DIPLOMA, DEGREE = "High school graduate or higher", "Bachelor's degree or higher"
_YOUNG = ("High school graduate (includes equivalency)", "Some college or associate's degree")


def us_adults_once(tables: pd.DataFrame) -> pd.DataFrame:
    """Return adults of the United States by age, sex and race or ethnicity, everybody once.

    Parameters
    ----------
    tables : DataFrame
        ``personas/data/us-census-2022.csv``: columns race, sex, age, count, table. Besides adults by age and sex it has
        one row a race for both sexes and all ages.

    Returns
    -------
    DataFrame
        Columns age, sex, race, count (people).

    Notes
    -----
    White people who are not Hispanic, Hispanic people, and everybody are published, so that the number of all others
    is what is left, by age and sex, without any assumption. How these are shared among races is estimated: the part of
    a race that is not Hispanic is taken from people of all ages (`NOT_HISPANIC_2021`) and applied to each cell; the
    four races of a cell are then scaled to add to what is left. That scaling is small (.95 to 1.04, and 1.000 over
    all cells), which is how one can tell that the estimate is good in sum; for a race by itself it cannot be told.
    """
    totals = tables[tables["sex"] == "both"].set_index("race")["count"]
    counts = tables[tables["sex"] != "both"].pivot_table(index=["age", "sex"], columns="race", values="count")
    found = pd.DataFrame({"White": counts[WHITE], "Hispanic": counts[HISPANIC]})
    estimated = pd.DataFrame(
        {
            race: counts[list(names)].sum(axis=1)
            * NOT_HISPANIC_2021[race]
            * POPULATION_2021
            / totals[list(names)].sum()
            for race, names in RACES.items()
        }
    )
    left = counts[EVERYBODY] - counts[WHITE] - counts[HISPANIC]
    found = found.join(estimated.mul(left / estimated.sum(axis=1), axis=0))
    long = found.reset_index().melt(["age", "sex"], var_name="race", value_name="count")
    long["count"] = long["count"].round().astype(int)
    for name, order in (("sex", ["Male", "Female"]), ("race", list(found.columns))):
        long[name] = pd.Categorical(long[name], order, ordered=True)
    return long.sort_values(["age", "sex", "race"], ignore_index=True)[["age", "sex", "race", "count"]]


def adults_by_region(states: Path) -> dict[str, int]:
    """Return adults of each region.

    Parameters
    ----------
    states : Path
        Columns state, population (with thousands separators): residents aged 18 and over on 1 July 2022, Census
        Bureau, SCPRC-EST2022-18+POP, as stored at github.com/aberke/amazon-study, commit da55dc9.
    """
    adults = _adults(states)
    return {region: int(adults[list(names.values())].sum()) for region, names in STATES.items()}


def parties_by_region(states: Path, shares: Mapping[str, list[float]]) -> dict[str, dict[str, float]]:
    """Return the party identification of voters, by region; a state counts as its adults do.

    Parameters
    ----------
    states : Path
        As for `adults_by_region`.
    shares : mapping of state to list of float
        As for `us_parties`.
    """
    adults = _adults(states)
    found = {}
    for region, names in STATES.items():
        voters = {short: adults[name] for short, name in names.items() if short in shares}
        sums = {
            party: sum(voters[short] * sum(shares[short][place] for place in places) for short in voters)
            for party, places in PARTIES.items()
        }
        found[region] = {party: float(number / sum(sums.values())) for party, number in sums.items()}
    return found


def education_by_age(table: Path) -> dict[str, dict[str, dict[str, int]]]:
    """Return adults of the 50 states and the District of Columbia by age, sex and schooling.

    Parameters
    ----------
    table : Path
        Table S1501, "Educational attainment", by state, American Community Survey 2016-2020, 5-year estimates, as
        exported by data.census.gov; stored at github.com/pearl6527/cpsc490, commit 25f335a,
        ``other_data/Education_Attainment/ACS_Education_Attainment_2020_state.csv``.

    Returns
    -------
    dict
        By age and sex: people without a high school diploma, with one and no bachelor's degree, with such a degree. The
        source has people aged 45 to 64 in one band; 45-54 and 55-64 have the same numbers.
    """
    wide = pd.read_csv(table, index_col=0, thousands=",")
    rows = [str(label).strip() for label in wide.index]
    found: dict[str, dict[str, dict[str, int]]] = {}
    for band in ("18 to 24", "25 to 34", "35 to 44", "45 to 64", "65"):
        start = next(place for place, label in enumerate(rows) if label.startswith(f"Population {band} years"))
        found[band] = {sex: _schooling(wide, rows, start, sex) for sex in ("Male", "Female")}
    return {
        "18-24": found["18 to 24"], "25-34": found["25 to 34"], "35-44": found["35 to 44"],
        "45-54": found["45 to 64"], "55-64": found["45 to 64"], "65+": found["65"],
    }  # fmt: skip


def _schooling(wide: pd.DataFrame, rows: list[str], start: int, sex: str) -> dict[str, int]:
    columns = [f"{name}!!{sex}!!Estimate" for names in STATES.values() for name in names.values()]
    block = {label: place for place, label in reversed(list(enumerate(rows[start : start + 6], start)))}

    def people(label: str) -> int:
        return int(sum(int(str(value).replace(",", "")) for value in wide.iloc[block[label]][columns]))

    everybody, degree = people(rows[start]), people(DEGREE)
    diploma = people(DIPLOMA) if DIPLOMA in rows[start : start + 3] else degree + sum(map(people, _YOUNG))
    return {
        "no high school diploma": everybody - diploma,
        "high school diploma": diploma - degree,
        "bachelor's degree or more": degree,
    }


def _adults(states: Path) -> pd.Series:
    return pd.read_csv(states, index_col="state", thousands=",")["population"]
