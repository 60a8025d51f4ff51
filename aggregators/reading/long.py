"""Long tables: one row an opinion, with the voter, the alternative and the value in columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aggregators.errors import ReadError
from aggregators.profiles import Utilities

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["from_long"]


def from_long(frame: pd.DataFrame, *, voter: str, alternative: str, value: str, weight: str | None = None) -> Utilities:
    """Return a pandas table of one row an opinion as utilities.

    Parameters
    ----------
    frame : pandas.DataFrame
        A missing value, like a missing row, is no opinion.
    voter, alternative, value : str
        Columns with who, on what, and how much they like it (higher is better).
    weight : str, optional
        Column with the voter's weight, the same in all rows of a voter.

    Raises
    ------
    ReadError
        Naming the row, from 0, and the column: if a column is not there; if a value is infinite, or a weight no number
        of 0 or more; if a voter rates something twice, or has two weights; if two labels differ only in their type,
        such as 1 and "1".

    Examples
    --------
    >>> import pandas as pd
    >>> from aggregators.reading import from_long
    >>> ratings = pd.DataFrame({"who": ["x", "x", "y"], "what": ["tea", "milk", "tea"], "stars": [4, 2, 5]})
    >>> from_long(ratings, voter="who", alternative="what", value="stars")
    Utilities(2 voters; tea, milk; 1 missing)
    """
    for name in filter(None, (voter, alternative, value, weight)):
        if name not in frame.columns:
            raise ReadError(f"no column {name!r}; columns: {', '.join(map(str, frame.columns))}")
    if frame.empty:
        raise ReadError("the table has no rows; give one an opinion")
    who, voters = _coded(frame, voter)
    what, alternatives = _coded(frame, alternative)
    try:
        numbers = frame[value].to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise ReadError(f"column {value!r} must hold numbers") from None
    if (infinite := np.isinf(numbers)).any():
        at = int(infinite.argmax())
        raise ReadError(f"row {at}: {value!r} is {numbers[at]}; give a finite utility, or none for no opinion")
    cell = who * len(alternatives) + what
    if (row := _repeated(cell)) is not None:
        raise ReadError(
            f"row {row}: {voter}={voters[who[row]]!r} has a second {value!r} for {alternatives[what[row]]!r}; keep one"
        )
    values = np.full((len(voters), len(alternatives)), np.nan)
    values[who, what] = numbers
    weights = None if weight is None else _weights(frame, weight, who, voters)
    return Utilities(values, weights, alternatives)


def _coded(frame: pd.DataFrame, name: str) -> tuple[NDArray[np.intp], list[str]]:
    codes, found = frame[name].factorize()
    if (codes < 0).any():
        raise ReadError(f"row {int(np.flatnonzero(codes < 0)[0])}: {name!r} is empty; every row needs one")
    labels = [str(each) for each in found]
    if len(set(labels)) < len(labels):
        twice = next(place for place, label in enumerate(labels) if label in labels[:place])
        row = int(np.flatnonzero(codes == twice)[0])
        raise ReadError(
            f"row {row}: {name}={found[twice]!r} is also written in another type; write {labels[twice]!r} one way"
        )
    return np.asarray(codes), labels


def _repeated(cell: NDArray[np.intp]) -> int | None:
    """Return the first place that holds what was there before."""
    first = np.unique(cell, return_index=True)[1]
    again = np.ones(len(cell), dtype=np.bool_)
    again[first] = False
    return int(np.flatnonzero(again)[0]) if again.any() else None


def _weights(frame: pd.DataFrame, name: str, who: NDArray[np.intp], voters: list[str]) -> NDArray[np.float64]:
    try:
        given = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise ReadError(f"column {name!r} must hold numbers") from None
    if (wrong := ~(given >= 0) | np.isinf(given)).any():
        row = int(np.flatnonzero(wrong)[0])
        raise ReadError(f"row {row}: {name!r} is {given[row]}; a weight is a finite number, 0 or more")
    if not given.any():
        raise ReadError(f"column {name!r}: all weights are 0; some voter must count")
    weights = np.empty(len(voters))
    weights[who] = given
    if (weights[who] != given).any():
        row = int(np.flatnonzero(weights[who] != given)[0])
        raise ReadError(f"row {row}: {name!r} of voter {voters[who[row]]!r} is not the same number in all rows")
    return weights
