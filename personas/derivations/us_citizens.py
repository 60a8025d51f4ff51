"""US citizens: from a tabulation of the American Community Survey, and parties from the Cooperative Election Study."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_STATISTICAL_REGIONS = {"North Central": "Midwest"}  # what R calls it, and what the Census Bureau calls it since 1984
_EDUCATION = {
    "No HS": "less than high school",
    "HS": "high school",
    "Some college": "some college or associate degree",
    "4-Year College": "bachelor's degree",
    "Post-grad": "graduate degree",
}
PARTIES = {
    "Democrat or leaning Democrat": (0, 1),
    "Independent": (2,),
    "Republican or leaning Republican": (3, 4),
}


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
         for name, places in PARTIES.items()}
    )  # fmt: skip
    totals = parties.mul(adults, axis=0).groupby(region).sum()
    table_of_shares = totals.div(totals.sum(axis=1), axis=0)
    return {str(name): {str(k): float(v) for k, v in row.items()} for name, row in table_of_shares.iterrows()}
