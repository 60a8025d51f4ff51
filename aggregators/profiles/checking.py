"""What every profile checks of what it is given: a table, weights, labels and groups; and how it freezes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import count, islice, product
from string import ascii_lowercase
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from aggregators.errors import ProfileError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

Groups: TypeAlias = Mapping[str, Iterable[object]] | Iterable[object]
"""Attribute -> one label a voter, or a bare sequence of labels for the attribute ``"group"``."""

LARGEST_TOTAL = 1e300
"""What weights may add up to, so that points multiplied by them do not overflow."""


def checked_weights(weights: ArrayLike, voters: int) -> NDArray[np.float64]:
    """Return `weights` as floats after checking them.

    Parameters
    ----------
    weights : (n,) or (b, n) array_like
        Non-negative and finite; each row has a positive, finite total.
    voters : int
        The n to fit.

    Raises
    ------
    ProfileError
        If they do not fit.
    """
    refuse_mask("weights", weights)
    try:
        given = np.asarray(weights, dtype=np.float64)
    except (TypeError, ValueError):
        raise ProfileError("weights is not an array of numbers; give one number a voter") from None
    if given.ndim not in {1, 2} or given.shape[-1] != voters or given.shape[0] == 0:
        raise ProfileError(f"weights has shape {given.shape}; give one weight for each of {voters} voters")
    with np.errstate(over="ignore", invalid="ignore"):
        totals = given @ np.ones(voters)
    if not (given.min() >= 0 and totals.min() > 0 and totals.max() <= LARGEST_TOTAL):  # NaN fails each of them
        wrong = ~(given >= 0) | np.isinf(given)
        if wrong.any():
            where = first(wrong)
            raise ProfileError(f"weights{where} is {given[tuple(where)]}; weights are finite and not negative")
        raise ProfileError(
            f"weights add up to zero or overflow; some voter must count, and the total be {LARGEST_TOTAL:g} at most"
        )
    return given


def frozen_weights(weights: ArrayLike | None, voters: int) -> NDArray[np.float64]:
    """Return `weights` checked and read-only; ones where there are none."""
    settled = np.ones(voters) if weights is None else frozen(checked_weights(weights, voters))
    if settled.ndim != 1:
        raise ProfileError(
            f"weights has shape {settled.shape}; a profile has one a voter, and decide(..., weights=W) takes more"
        )
    settled.flags.writeable = False
    return settled


def checked_matrix(field: str, data: ArrayLike, dtype: type[np.float64] | None) -> NDArray[Any]:
    """Return `data` as a table with at least one row and column; a copy where a `dtype` is asked for.

    A masked entry is NaN where a `dtype` is asked for, and refused otherwise.
    """
    if dtype is None:
        refuse_mask(field, data)
    try:
        if dtype is not None and (masked := _with_mask(data)) is not None:
            data = np.ma.filled(masked.astype(dtype), np.nan)
        matrix: NDArray[Any] = np.asarray(data) if dtype is None else np.array(data, dtype=dtype)
    except (TypeError, ValueError):
        raise ProfileError(f"{field} is not a table of numbers; give one row a voter, rows of one length") from None
    if matrix.ndim != 2:
        raise ProfileError(f"{field} has {matrix.ndim} dimensions; give (voters, alternatives)")
    if 0 in matrix.shape:
        raise ProfileError(f"{field} has shape {matrix.shape}; give at least one voter and one alternative")
    return matrix


def checked_alternatives(labels: Sequence[object] | None, columns: int) -> tuple[str, ...]:
    """Return unique labels, one a column: a, b, c, ... where none are given."""
    if labels is None:
        return tuple(islice(_letters(), columns))
    names = named("alternatives", labels)
    if len(names) != columns:
        raise ProfileError(f"alternatives has {len(names)} labels for {columns} columns; give one a column")
    if len(set(names)) != columns:
        twice = next(name for name in names if names.count(name) > 1)
        raise ProfileError(f"alternatives has {twice!r} twice; labels are unique")
    return names


def checked_groups(groups: Groups | None, voters: int) -> Mapping[str, NDArray[np.str_]]:
    """Return attribute -> one label a voter, read-only."""
    if groups is None:
        groups = {}
    elif not isinstance(groups, Mapping):
        groups = {"group": named("groups", groups)}
    checked: dict[str, NDArray[np.str_]] = {}
    for attribute, labels in groups.items():
        column = np.array(named(f"groups[{attribute!r}]", labels), dtype=np.str_)
        if len(column) != voters:
            raise ProfileError(f"groups[{attribute!r}] has {len(column)} labels for {voters} voters; give one each")
        checked[str(attribute)] = frozen(column)
    return MappingProxyType(checked)


def named(field: str, labels: object) -> tuple[str, ...]:
    """Return labels as strings."""
    if isinstance(labels, str):
        raise ProfileError(f"{field}={labels!r} is one string; give a sequence of labels")
    if not isinstance(labels, Iterable):
        raise ProfileError(f"{field}={labels!r} is no sequence; give a sequence of labels")
    return tuple(map(str, labels))


def refuse_mask(field: str, data: object) -> None:
    """Refuse masked entries, which numpy would otherwise take at the values that they hide."""
    masked = _with_mask(data)
    if masked is not None:
        where = first(np.ma.getmaskarray(masked))
        raise ProfileError(f"{field}{where} is masked; say what it stands for with .filled(...)")


def _with_mask(data: object) -> np.ma.MaskedArray[Any, Any] | None:
    """Return `data`, or the rows that it lists, as a masked array, if an entry is masked."""
    if isinstance(data, list | tuple) and any(isinstance(row, np.ma.MaskedArray) for row in data):
        with suppress(ValueError):  # rows of several lengths, which are refused later
            data = np.ma.stack(data)
    return data if isinstance(data, np.ma.MaskedArray) and np.ma.getmaskarray(data).any() else None


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return `array` itself where nobody can write to it, a read-only copy otherwise."""
    if array.flags.writeable or array.base is not None:
        array = array.copy()
        array.flags.writeable = False
    return array


def first(wrong: NDArray[np.bool_]) -> list[int]:
    """Return the indices of the first true entry, for an error message."""
    return [int(index) for index in np.argwhere(wrong)[0]]


def _letters() -> Iterator[str]:
    """Yield a, b, ..., z, aa, ab, ..."""
    for length in count(1):
        yield from map("".join, product(ascii_lowercase, repeat=length))
