"""How a jury covers the groups of its population."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from personas.groups import By, attribute_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from personas.designs import Draw
    from personas.groups import Factor
    from personas.population import Population

SHOWN = 5  # groups that a warning names
LEGIBLE = 25  # levels up to which an attribute makes groups that are worth naming


def coverage(population: Population, jury: Population, by: By) -> pd.DataFrame:
    """Return the groups of `population` beside those of `jury`; see `Population.coverage`."""
    import pandas as pd

    names = attribute_names(by, population.attributes)
    ours, theirs = population.groups(names), jury.groups(names)
    index = ours.index.append(theirs.index.difference(ours.index, sort=False))
    ours, theirs = ours.reindex(index), theirs.reindex(index)
    columns = {name: ours[name].fillna(theirs[name]) for name in names}
    columns["share"] = ours["share"].fillna(0.0)
    columns["n"] = theirs["n"].fillna(0).astype(np.intp)
    columns["jury_share"] = theirs["share"].fillna(0.0)
    columns["effective_size"] = theirs["effective_size"].fillna(0.0)
    return pd.DataFrame(columns)


def design_warnings(design: str, drawn: Draw) -> tuple[str, ...]:
    """Return what a reader must know about how a jury was drawn."""
    if drawn.unbiased:
        return drawn.warnings
    first = (
        f"Design {design} is no probability design: the chances of its jurors are not known, and weighted figures other"
        " than the shares of the groups that it controls are not unbiased by design."
    )
    return (first, *drawn.warnings)


def thin_groups(cells: Factor, weights: NDArray[np.float64], rows: NDArray[np.intp]) -> tuple[str, ...]:
    """Return warnings for the groups of a population that have no juror among `rows`, or one only."""
    jurors = np.bincount(cells.codes[rows], minlength=len(cells.levels))
    shares = np.bincount(cells.codes, weights, minlength=len(cells.levels)) / weights.sum()
    return _thin(cells.names, cells.labels, jurors, shares)


def coverage_warnings(population: Population, jury: Population, by: Iterable[By]) -> tuple[str, ...]:
    """Return warnings for the groups of a population that a jury lacks, or has one member of.

    Parameters
    ----------
    population : Population
        Whom the jury was drawn from.
    jury : Population
        The jury.
    by : iterable of str or sequence of str
        The groupings to look at: an attribute each, or several to cross.

    Returns
    -------
    tuple of str
        Sentences; empty where each group has two jurors or more.

    Raises
    ------
    PopulationError
        For an unknown attribute.

    Examples
    --------
    >>> import numpy as np
    >>> from personas import load_population
    >>> adults = load_population("us-adults")
    >>> jury = adults.sample(12, np.random.default_rng(1))
    >>> for warning in coverage_warnings(adults, jury, ["sex", "race"]):
    ...     print(warning)
    No juror from 3 of 6 groups of race, 30.7% of the population: race=Black; race=Hispanic; race=Asian.
    One juror only, so that nothing tells how its members differ, from 2 groups of race: race=Mixed; race=Other.
    """
    found: list[str] = []
    for each in by:
        names = attribute_names(each, population.attributes)
        table = coverage(population, jury, names)
        found += _thin(names, list(table.index), table["n"].to_numpy(), table["share"].to_numpy())
    return tuple(found)


def absent_groups(population: Population, jury: Population, but: Iterable[By] = ()) -> tuple[str, ...]:
    """Return a warning that names the groups of single attributes from which a jury has nobody.

    Parameters
    ----------
    population : Population
        Whom the jury was drawn from.
    jury : Population
        The jury.
    but : iterable of str or sequence of str
        Attributes, or crossings, that are told of elsewhere.

    Returns
    -------
    tuple of str
        One sentence, or none. Numbers, and attributes of more than `LEGIBLE` levels, are left out.

    Examples
    --------
    >>> import numpy as np
    >>> from personas import load_population
    >>> adults = load_population("us-adults")
    >>> absent_groups(adults, adults.sample(12, np.random.default_rng(1)), but=["age"])
    ('Nobody from race=Hispanic (15.0%); race=Black (10.4%); race=Asian (5.3%).',)
    """
    from pandas.api.types import is_numeric_dtype

    told = {name for each in but for name in attribute_names(each, population.attributes)}
    found: dict[str, float] = {}
    for name in population.attributes:
        if name in told or is_numeric_dtype(population.frame[name]):
            continue
        table = coverage(population, jury, (name,))
        if len(table) <= LEGIBLE:
            absent = table["share"][(table["n"] == 0) & (table["share"] > 0)]
            found |= dict(zip(map(str, absent.index), absent.tolist(), strict=True))
    if not found:
        return ()
    groups = [f"{group} ({share:.1%})" for group, share in sorted(found.items(), key=lambda item: -item[1])]
    more = f" and {len(groups) - SHOWN} more" if len(groups) > SHOWN else ""
    return (f"Nobody from {'; '.join(groups[:SHOWN])}{more}.",)


def _thin(
    names: Sequence[str], labels: Sequence[str], jurors: NDArray[np.intp], shares: NDArray[np.float64]
) -> tuple[str, ...]:
    found = []
    none, one = (jurors == 0) & (shares > 0), jurors == 1
    if none.any():
        found.append(
            f"No juror from {none.sum()} of {int((shares > 0).sum())} groups of {' & '.join(names)},"
            f" {shares[none].sum():.1%} of the population: {_named(labels, none)}."
        )
    if one.any():
        found.append(
            f"One juror only, so that nothing tells how its members differ, from"
            f" {one.sum()} {'group' if one.sum() == 1 else 'groups'} of {' & '.join(names)}: {_named(labels, one)}."
        )
    return tuple(found)


def _named(labels: Sequence[str], which: NDArray[np.bool_]) -> str:
    names = [labels[cell] for cell in np.flatnonzero(which).tolist()]
    return "; ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
