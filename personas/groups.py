"""Groups of people: the levels of an attribute, or of several attributes crossed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from personas.errors import PopulationError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from personas.persona import Persona

NOT_STATED = "not stated"
"""The level of people who did not state an attribute, so that the shares of all groups add to 1."""

Condition: TypeAlias = Mapping[str, object | Sequence[object]]
"""Who is meant: for each attribute a level, or several of which one is enough."""

SMALL_TABLE = 1 << 16  # combinations that may be counted one by one however few the people

PREFIX = 4096  # people who are looked at first to tell whether every level has somebody

Codes: TypeAlias = "NDArray[np.signedinteger[Any]]"
"""Positions of groups, of any width."""

By: TypeAlias = str | Sequence[str]
"""Attributes to group by: names, or one string such as ``"race & sex"``."""


@dataclass(frozen=True)
class Factor:
    """People coded into groups.

    Parameters
    ----------
    names : tuple of str
        The attributes that make the groups.
    levels : tuple of tuple of str
        One tuple of values for each group that has anybody, in the order of the attributes' levels.
    codes : (n,) array of int
        The position in `levels` of each person's group.
    """

    names: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    codes: Codes

    @property
    def labels(self) -> tuple[str, ...]:
        """Name of each group, such as ``"race=Black & sex=Female"``."""
        return tuple(label(self.names, level) for level in self.levels)


def label(names: Sequence[str], values: Sequence[object]) -> str:
    """Return the name of the group in which `names` have `values`.

    Examples
    --------
    >>> label(["race", "sex"], ["Black", "Female"])
    'race=Black & sex=Female'
    """
    return " & ".join(f"{name}={readable(value)}" for name, value in zip(names, values, strict=True))


def readable(value: object) -> str:
    """Return `value` as text; 3 and 3.0 are one level, and a moment at midnight is a date."""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        value = int(value)
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return str(value).strip()


def attribute_names(by: By, known: Iterable[str], field: str = "by") -> tuple[str, ...]:
    """Return the attributes that `by` names; `field` is what messages call it.

    Raises
    ------
    PopulationError
        If `by` is empty, repeats a name or names an unknown attribute; the message lists the known ones.

    Examples
    --------
    >>> attribute_names("race & sex", ["age", "race", "sex"])
    ('race', 'sex')
    """
    known = tuple(known)
    if isinstance(by, str):
        names = (by,) if by in known else tuple(part.strip() for part in by.split("&"))  # a name may have an "&" in it
    elif isinstance(by, Iterable):
        names = tuple(by)
    else:
        raise PopulationError(f"{field}: {by!r} names no attribute; known: {', '.join(known) or 'none'}")
    for name in names:
        if name not in known:
            raise PopulationError(f"{field}: unknown attribute {name!r}; known: {', '.join(known) or 'none'}")
    if not names or len(set(names)) < len(names):
        raise PopulationError(f"{field}: {list(names)} must name at least one attribute, each once")
    return names


def factor(people: pd.DataFrame | Iterable[Persona], by: By) -> Factor:
    """Code `people` into the groups that `by` makes.

    Parameters
    ----------
    people : DataFrame or iterable of Persona
        One row a person, one column an attribute; or the personas themselves.
    by : str or sequence of str
        One attribute, or several to cross.

    Returns
    -------
    Factor
        Groups without a person are absent; missing values are a level of their own, ``"not stated"``.

    Raises
    ------
    PopulationError
        For an unknown attribute.
    """
    import pandas as pd

    frame = people if isinstance(people, pd.DataFrame) else _frame(people)
    coded = narrow_factor(frame, by)
    return Factor(coded.names, coded.levels, coded.codes.astype(np.intp, copy=False))


def narrow_factor(frame: pd.DataFrame, by: By) -> Factor:
    """Return what `factor` does, with codes as narrow as they come: numbers made of them need `astype(np.intp)`."""
    return cross([_single(frame[name], name) for name in attribute_names(by, frame.columns)])


def labels(people: pd.DataFrame | Iterable[Persona], by: By) -> NDArray[np.str_]:
    """Return the group of each person, by name.

    Parameters
    ----------
    people : DataFrame or iterable of Persona
        One row a person, one column an attribute; or the personas themselves.
    by : str or sequence of str
        One attribute, or several to cross.

    Returns
    -------
    (n,) array of str

    Raises
    ------
    PopulationError
        For an unknown attribute.

    Examples
    --------
    >>> from personas import Persona
    >>> ann = Persona("a", {"race": "Black", "sex": "Female"})
    >>> bo = Persona("b", {"race": "White", "sex": None})
    >>> labels([ann, bo], by=["race", "sex"]).tolist()
    ['race=Black & sex=Female', 'race=White & sex=not stated']
    """
    coded = factor(people, by)
    return np.asarray(coded.labels, dtype=np.str_)[coded.codes]


def where(frame: pd.DataFrame, condition: Condition) -> NDArray[np.bool_]:
    """Return who meets a condition.

    Parameters
    ----------
    frame : DataFrame
        One row a person, one column an attribute.
    condition : mapping
        For each attribute a level, or several of which one is enough; all attributes must hold. ``"not stated"`` is the
        level of those who did not state it.

    Returns
    -------
    (n,) array of bool

    Raises
    ------
    PopulationError
        For an unknown attribute, or a level that nobody has; the message lists the known ones.

    Examples
    --------
    >>> import pandas as pd
    >>> people = pd.DataFrame({"race": ["Black", "White", "Asian"], "sex": ["Female", "Female", "Male"]})
    >>> where(people, {"race": ["Black", "Asian"], "sex": "Female"}).tolist()
    [True, False, False]
    """
    if not condition:
        raise PopulationError("condition: none given: name an attribute and its level, such as {'race': 'Black'}")
    met = np.ones(len(frame), dtype=np.bool_)
    for name, wanted in condition.items():
        coded = factor(frame, (name,))
        known = [level[0] for level in coded.levels]
        several = wanted if isinstance(wanted, Iterable) and not isinstance(wanted, str) else (wanted,)
        asked = [readable(each) for each in several]
        if not asked:
            raise PopulationError(f"condition: no level of {name} given; known: {', '.join(known)}")
        for level in asked:
            if level not in known:
                raise PopulationError(f"condition: nobody has {name}={level}; known: {', '.join(known)}")
        met &= np.isin(known, asked)[coded.codes]
    return met


def cross(factors: Sequence[Factor]) -> Factor:
    """Return the intersection of `factors`, with only the cells that hold somebody."""
    return reduce(_cross, factors)


def distinct(keys: Codes, size: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the distinct values of whole numbers below `size`, in order, and the position of each key among them.

    Counting is faster than sorting as long as the table of all values is not much larger than the keys.
    """
    if size <= max(4 * keys.size, SMALL_TABLE):
        present = np.bincount(keys, minlength=size) > 0
        return np.flatnonzero(present), (np.cumsum(present) - 1)[keys]
    values, codes = np.unique(keys, return_inverse=True)
    return values, codes.astype(np.intp)


def _cross(left: Factor, right: Factor) -> Factor:
    width = max(len(right.levels), 1)
    cells, codes = distinct(left.codes.astype(np.intp) * width + right.codes, len(left.levels) * width)
    levels = tuple(left.levels[cell // width] + right.levels[cell % width] for cell in cells.tolist())
    return Factor(left.names + right.names, levels, codes)


def _single(column: pd.Series, name: str) -> Factor:
    import pandas as pd

    try:
        # What is one already is not copied: a million codes cost more to move than to read.
        held = column.array
        categories = held if isinstance(held, pd.Categorical) else pd.Categorical(column)
    except TypeError:
        raise PopulationError(f"{name}: holds lists: keep one value for each person") from None
    values: dict[str, int] = {}
    places = [values.setdefault(readable(value), len(values)) for value in categories.categories]
    places.append(values.setdefault(NOT_STATED, len(values)))  # where the code is -1
    raw = np.asarray(categories.codes)
    stated = raw.size == 0 or raw.min() >= 0
    if stated and len(values) == len(places) and _all_there(raw, len(places) - 1):
        return Factor((name,), tuple((value,) for value in list(values)[:-1]), raw)
    wide = raw.astype(np.intp)
    counts = np.bincount(wide if stated else np.where(wide < 0, len(places) - 1, wide), minlength=len(places))
    present = np.zeros(len(values), dtype=np.bool_)
    present[np.asarray(places)[np.flatnonzero(counts)]] = True
    renumbered = (np.cumsum(present) - 1)[places]
    levels = tuple((value,) for value, there in zip(values, present.tolist(), strict=True) if there)
    return Factor((name,), levels, renumbered[wide])


def _all_there(codes: Codes, size: int) -> bool:
    """Return whether each of `size` codes occurs; most often the first people tell."""
    head = np.bincount(codes[:PREFIX], minlength=size).astype(np.bool_)
    return bool(head.all() or (codes.size > PREFIX and np.bincount(codes, minlength=size).all()))


def _frame(people: Iterable[Persona]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame([dict(person.attributes) for person in people])
