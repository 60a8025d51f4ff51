"""England and Wales: from the census table of the Office for National Statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from personas.derivations.bands import in_bands

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ENGLAND_WALES_BANDS = {
    "18-24": (18, 24), "25-34": (25, 34), "35-44": (35, 44), "45-54": (45, 54), "55-64": (55, 64), "65-74": (65, 74),
    "75+": (75, None),
}  # fmt: skip


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
            counts = wide[column].groupby(in_bands(ages, ENGLAND_WALES_BANDS), observed=True).sum()
            rows += [(str(band), sex, ethnicity, int(count)) for band, count in counts.items()]
    return _sorted(rows, ["age", "sex", "ethnicity", "count"], ENGLAND_WALES_BANDS)


def _sorted(
    rows: list[tuple[str, str, str, int]], columns: list[str], bands: Mapping[str, tuple[int, int | None]]
) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns)
    frame["age"] = pd.Categorical(frame["age"], list(bands), ordered=True)
    return frame.sort_values(columns[:-1], ignore_index=True)
