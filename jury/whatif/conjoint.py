"""Policy packages: alternatives built from attributes, by a design from which each attribute's effect can be told."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from jury.cases import Case
from jury.errors import MeasureError

if TYPE_CHECKING:
    import pandas as pd


__all__ = [
    "Design",
    "aliases",
    "check_design",
    "contrasts",
    "d_efficiency",
    "design_packages",
    "packages_shown",
    "read_packages",
]

Design = Literal["full", "fractional", "balanced"]
FloatArray = NDArray[np.float64]

_CANDIDATES = 20_000
_STARTS = 8
_TRIES = 200
_GAIN = 1e-9


def design_packages(
    attributes: Mapping[str, Sequence[str]],
    rng: np.random.Generator,
    *,
    kind: Design = "full",
    size: int | None = None,
) -> pd.DataFrame:
    """Return packages, each a level of every attribute.

    Parameters
    ----------
    attributes : mapping of name to levels
        At least two levels each; the first is what effects are measured against.
    rng : Generator
    kind : {"full", "fractional", "balanced"}
        Every combination; `size` of them that are D-optimal for the attributes' own effects (found by exchange, so
        nearly so: see `d_efficiency`); or `size` at random in which every level stands equally often, give or take one.
    size : int, optional
        Number of packages, for the last two.

    Returns
    -------
    DataFrame
        One row a package, called p1, p2, ...; one column an attribute.

    Raises
    ------
    MeasureError
        If there are too few levels, too few packages to tell the effects, or more than there are.

    References
    ----------
    Fedorov (1972), Theory of Optimal Experiments. Hainmueller, Hopkins and Yamamoto (2014), Causal inference in
    conjoint analysis, Political Analysis 22.

    Examples
    --------
    >>> levels = {"wage": ["7.25", "12", "15"], "credit": ["no", "yes"], "phase": ["now", "5 years"]}
    >>> design_packages(levels, np.random.default_rng(0)).shape
    (12, 3)
    >>> half = design_packages(levels, np.random.default_rng(0), kind="fractional", size=6)
    >>> half["wage"].value_counts().tolist(), round(d_efficiency(half, levels), 2)
    ([2, 2, 2], 0.98)
    """
    check_design(attributes, kind, size)
    names = list(attributes)
    if kind == "balanced":
        rows = _balanced(attributes, int(size or 0), rng)
    else:
        rows = [list(row) for row in itertools.product(*attributes.values())]
        if kind == "fractional":
            chosen = _d_optimal(contrasts(rows, attributes), int(size or 0), rng)
            rows = [rows[place] for place in sorted(chosen)]
    return _named(rows, names)


def d_efficiency(packages: pd.DataFrame, attributes: Mapping[str, Sequence[str]]) -> float:
    """Return how well a design tells the attributes' own effects, from 0 (not at all) to 1 (as an orthogonal one).

    Parameters
    ----------
    packages : DataFrame
        As `design_packages` returns it.
    attributes : mapping of name to levels
    """
    coded = contrasts(packages[list(attributes)].to_numpy().tolist(), attributes)
    sign, log = np.linalg.slogdet(coded.T @ coded / len(coded))
    return float(np.exp(log / coded.shape[1])) if sign > 0 else 0.0


def aliases(packages: pd.DataFrame, attributes: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return which effects of single attributes take in what two others do together.

    A design that is not full tells the attributes' own effects on the assumption that no two work otherwise together
    than apart; where two do, the third attribute's effect is off by this share of it.

    Parameters
    ----------
    packages : DataFrame
        As `design_packages` returns it.
    attributes : mapping of name to levels

    Returns
    -------
    DataFrame
        One row an attribute and pair of others: ``attribute, first, second, share`` (the largest element of the alias
        matrix in orthonormal contrasts; lower is better, 0 is none, 1 as much as the effect of its own), the largest
        first; those of 0 are left out.

    References
    ----------
    Box, Hunter and Hunter (2005), Statistics for Experimenters, chapters 6 and 7.

    Examples
    --------
    >>> levels = {"a": ["0", "1"], "b": ["0", "1"], "c": ["0", "1"]}
    >>> half = design_packages(levels, np.random.default_rng(0), kind="fractional", size=4)
    >>> aliases(half, levels).round(2).values.tolist()
    [['c', 'a', 'b', 1.0], ['b', 'a', 'c', 1.0], ['a', 'b', 'c', 1.0]]
    >>> aliases(design_packages(levels, np.random.default_rng(0)), levels).empty
    True
    """
    import pandas as pd

    rows = packages[list(attributes)].to_numpy().tolist()
    coded = contrasts(rows, attributes)
    ends = np.cumsum([1, *(len(levels) - 1 for levels in attributes.values())])
    block = {name: slice(*ends[place : place + 2]) for place, name in enumerate(attributes)}
    solve = np.linalg.pinv(coded)
    found = []
    for first, second in itertools.combinations(attributes, 2):
        both = coded[:, block[first], None] * coded[:, None, block[second]]
        share = np.abs(solve @ both.reshape(len(rows), -1)).max(axis=1)
        others = (name for name in attributes if name not in (first, second))
        found += [(name, first, second, float(share[block[name]].max())) for name in others]
    table = pd.DataFrame(found, columns=["attribute", "first", "second", "share"])
    kept = table[table["share"] > _GAIN]
    order = (
        kept["share"].round(9).sort_values(ascending=False, kind="stable").index
    )  # rounding must not order what ties
    return kept.loc[order].reset_index(drop=True)


def read_packages(path: Path) -> pd.DataFrame:
    """Read packages from CSV: the alternatives' ids, then a column an attribute; raises `MeasureError`."""
    from jury.tables import read_csv

    table = read_csv(path).dropna(how="all")
    if table.shape[1] < 2 or table.isna().any(axis=None):
        raise MeasureError(f"{path}: give the alternatives' ids, then a column an attribute, without empty cells")
    names = table.iloc[:, 0].astype(str)
    if names.duplicated().any():
        raise MeasureError(f"{path}: {names[names.duplicated()].iloc[0]!r} is given twice; ids must differ")
    return table.iloc[:, 1:].astype(str).set_axis(names, axis=0)


def packages_shown(cases: Sequence[Case], attributes: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return the packages that cases show, read from the texts that `jury.whatif.side_by_side.choice_cases` writes.

    Parameters
    ----------
    cases : sequence of Case
    attributes : mapping of name to levels

    Returns
    -------
    DataFrame
        As `design_packages` returns it; alternatives that are no package are left out.

    Examples
    --------
    >>> from jury.whatif.side_by_side import choice_cases
    >>> levels = {"tax": ["low", "high"], "roads": ["old", "new"]}
    >>> packages = design_packages(levels, np.random.default_rng(0))
    >>> cases = choice_cases(packages, "Which?", np.random.default_rng(0))
    >>> packages_shown(cases, levels).loc["p3"].tolist()
    ['high', 'old']
    """
    import pandas as pd

    parts = (f"{re.escape(name)}: ({'|'.join(map(re.escape, levels))})" for name, levels in attributes.items())
    pattern = re.compile("; ".join(parts))
    texts = {each.id: each.text for case in cases for each in case.alternatives}
    ordered = sorted(texts, key=lambda name: (len(name), name))  # p10 after p9
    found = {name: match.groups() for name in ordered if (match := pattern.fullmatch(texts[name]))}
    return pd.DataFrame.from_dict(found, orient="index", columns=list(attributes))


def check_design(attributes: Mapping[str, Sequence[str]], kind: str, size: int | None) -> int:
    """Return the number of packages of a design; raises `MeasureError` where it cannot be."""
    if kind not in get_args(Design):
        raise MeasureError(f"kind={kind!r} is none of {', '.join(get_args(Design))}")
    if not attributes:
        raise MeasureError("attributes is empty; give at least one with two levels")
    for name, levels in attributes.items():
        if len(set(levels)) < 2 or len(set(levels)) < len(levels):
            raise MeasureError(f"attribute {name!r} has levels {list(levels)}; give two or more, all different")
    total = math.prod(len(levels) for levels in attributes.values())
    needed = 1 + sum(len(levels) - 1 for levels in attributes.values())
    if (kind == "full") != (size is None):
        raise MeasureError(f"kind={kind!r} with size={size}; a full design has no size, and the others need one")
    if size is not None and not needed <= size <= total:
        raise MeasureError(f"size={size}; give {needed} (one more than there are effects) to {total} packages")
    if kind != "balanced" and total > _CANDIDATES:
        raise MeasureError(f"attributes make {total} packages, more than {_CANDIDATES}; use kind='balanced'")
    return total if size is None else size


def _named(rows: Sequence[Sequence[str]], names: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    index = pd.Index([f"p{number + 1}" for number in range(len(rows))])
    return pd.DataFrame({name: [row[place] for row in rows] for place, name in enumerate(names)}, index=index)


def contrasts(rows: Sequence[Sequence[str]], attributes: Mapping[str, Sequence[str]]) -> FloatArray:
    """Return the model matrix in orthonormal contrasts, under which an orthogonal design has the identity."""
    blocks = [np.ones((len(rows), 1))]
    for place, levels in enumerate(attributes.values()):
        helmert = np.linalg.qr(np.column_stack([np.ones(len(levels)), np.eye(len(levels))[:, 1:]]))[0][:, 1:]
        codes = [list(levels).index(row[place]) for row in rows]
        blocks.append(helmert[codes] * np.sqrt(len(levels)))
    return np.concatenate(blocks, axis=1)


def _d_optimal(coded: FloatArray, size: int, rng: np.random.Generator) -> list[int]:
    """Return the rows with nearly the greatest determinant: the best of several exchanges from random starts."""
    best, best_log = list(range(size)), -np.inf
    for _ in range(_STARTS):
        chosen = rng.permutation(len(coded))[:size].tolist()
        log = _exchanged(coded, chosen)
        if log > best_log:
            best, best_log = chosen, log
    return best


def _exchanged(coded: FloatArray, chosen: list[int]) -> float:
    """Exchange rows in place as long as that raises the determinant, and return its logarithm."""
    ridge = 1e-8 * np.eye(coded.shape[1])  # so that a poor start has an inverse
    while True:
        inverse = np.linalg.inv(coded[chosen].T @ coded[chosen] + ridge)
        cross = coded @ inverse @ coded[chosen].T
        own = np.einsum("ij,jk,ik->i", coded, inverse, coded)
        inside = own[chosen]
        # Fedorov's factor by which the determinant grows when row j of the design becomes candidate i.
        factor = (1 + own[:, None]) * (1 - inside[None]) + cross**2
        factor[chosen] = 0.0  # each package at most once
        place, out = np.unravel_index(int(factor.argmax()), factor.shape)
        if factor[place, out] <= 1 + _GAIN:
            return float(np.linalg.slogdet(coded[chosen].T @ coded[chosen] + ridge)[1])
        chosen[int(out)] = int(place)


def _balanced(attributes: Mapping[str, Sequence[str]], size: int, rng: np.random.Generator) -> list[list[str]]:
    """Return rows in which levels stand equally often; some tries look for different ones that tell all effects."""
    needed = 1 + sum(len(levels) - 1 for levels in attributes.values())
    best: list[list[str]] = []
    most = (-1, -size)
    for _ in range(_TRIES):
        columns = []
        for levels in attributes.values():
            order = rng.permutation(len(levels))
            column = [levels[order[place % len(levels)]] for place in range(size)]
            columns.append([column[place] for place in rng.permutation(size)])
        rows = [list(row) for row in zip(*columns, strict=True)]
        told = int(np.linalg.matrix_rank(contrasts(rows, attributes)))
        reached = told, len(set(map(tuple, rows))) - size
        if reached > most:
            best, most = rows, reached
        if most == (needed, 0):
            break
    return best
