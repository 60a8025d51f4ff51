"""Countries: from the tables of the UN Population Division."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from personas.derivations.bands import in_bands

if TYPE_CHECKING:
    from pathlib import Path

WORLD_BANDS = {
    "20-29": (20, 29), "30-39": (30, 39), "40-49": (40, 49), "50-59": (50, 59), "60-69": (60, 69), "70+": (70, None),
}  # fmt: skip
EU_2020 = (
    40, 56, 100, 191, 196, 203, 208, 233, 246, 250, 276, 300, 348, 372, 380, 428, 440, 442, 470, 528, 616, 620, 642,
    703, 705, 724, 752,
)  # fmt: skip
"""The 27 member states since February 2020, by the UN's numeric country codes."""


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
        sums = table.groupby(["country_code", in_bands(starts, WORLD_BANDS)], observed=True)[str(year)].sum()
        parts.append(sums.rename("count").reset_index().assign(sex=sex))
    people = pd.concat(parts)
    people.columns = pd.Index(["code", "age", "count", "sex"])
    people["region"] = people["code"].map(places["area_name"]).str.title().str.replace(" And The ", " and the ")
    people["country"] = people["code"].map(places["name"])
    people["count"] = (people["count"] * 1000).round().astype(int)
    return people.sort_values(["code", "sex", "age"], ignore_index=True)[
        ["code", "region", "country", "sex", "age", "count"]
    ]
