"""Age bands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping


def in_bands(ages: pd.Series, bands: Mapping[str, tuple[int, int | None]]) -> pd.Series:
    """Return the band of each age; ages below the first band have none."""
    ends = [low for low, _ in bands.values()]
    return pd.cut(ages, [*ends, 200], right=False, labels=list(bands))
