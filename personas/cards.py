"""Population cards: who is described, who is not, from where, and within which limits, as Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from personas.groups import NOT_STATED, attribute_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from personas.population import Population

TINY = 5
"""Fewer people than this tell little about a group."""

_LONGEST = 25  # levels of an attribute that are listed one by one


def card(population: Population, by: Iterable[str] = ()) -> str:
    """Return a population card.

    Parameters
    ----------
    population : Population
        What is described.
    by : iterable of str
        Crossings, such as ``"race & sex"``, to be shown beside the single attributes.

    Returns
    -------
    str
        Markdown. Every figure is computed from the population's own rows and weights, or is in its source.

    Raises
    ------
    PopulationError
        For an unknown attribute in `by`.

    References
    ----------
    Gebru, T. et al. (2021). Datasheets for datasets. Communications of the ACM 64(12).

    Examples
    --------
    >>> from personas import load_population
    >>> print(card(load_population("us-adults")).splitlines()[0])
    # US adults by age, sex, and race or ethnicity
    """
    source = population.source
    crossings = list(by)
    lines = [f"# {_plain(source.title)}", "", f"Population `{population.name}`.", ""]
    lines += ["## Who is described", "", _plain(source.universe or _MISSING), ""]
    lines += _bullets(_size(population))
    lines += ["", "## Who is not", "", *_bullets(_absent(population))]
    lines += ["", "## Source", "", "| | |", "|---|---|"]
    for label, value in (
        ("Citation", source.citation),
        ("Year", source.year),
        ("Licence", source.licence),
        ("Published at", source.url),
    ):
        lines.append(f"| {label} | {_plain(str(value)) if value is not None else 'not stated'} |")
    lines += ["", "## Limits", "", *_bullets([*map(_plain, source.notes), *_limits(population)])]
    lines += ["", "## Margins", "", "Weighted shares; effective sizes are Kish's.", ""]
    for names in [*((name,) for name in population.attributes), *((crossing,) for crossing in crossings)]:
        lines += _margin(population, names[0])
    if population.items:
        lines += ["## Questions that they answered", ""]
        lines += _bullets(f"`{name}`: {_plain(item.text)}" for name, item in population.items.items())
        lines += ["", "Answers are kept apart from attributes, so that no prompt can leak them.", ""]
    return "\n".join(lines).rstrip() + "\n"


_MISSING = "The source does not say whom it describes."


def tiny_levels(population: Population) -> list[tuple[str, str, int]]:
    """Return (attribute, level, people) of the levels that fewer than `TINY` people have; none of tables of cells."""
    if population.unit == "cell":
        return []
    found = []
    for name in population.attributes:
        table = population.groups(name)
        if len(table) > _LONGEST or is_number(population, name):
            continue
        small = table[(table["n"] < TINY) & (table[name] != NOT_STATED)]
        found += [(name, str(level), int(n)) for level, n in zip(small[name], small["n"], strict=True)]
    return found


def _size(population: Population) -> Iterable[str]:
    rows = f"{len(population):,} {'people' if population.unit == 'person' else 'cells'}"
    yield f"{rows}, each with a weight; the weights add to {population.weights.sum():,.6g}."
    if population.unit == "person":
        yield (
            f"Kish's effective size is {population.effective_size:,.1f} and the design effect of the weights"
            f" {population.design_effect:.3f}."
        )
    else:
        yield "A row is a cell that describes many people, so that effective sizes say nothing about a sample."
    yield f"Described by {_listed(population.prompt_attributes)}."
    if population.unprompted:
        hidden = [name for name in population.attributes if name in population.unprompted]
        yield f"Only to group by, and never in prompts: {_listed(hidden)}."
    if population.narratives is not None:
        told = sum(1 for narrative in population.narratives if narrative)
        yield f"{told:,} of them have a narrative."


def _absent(population: Population) -> Iterable[str]:
    yield "Everybody outside of the universe above."
    yield f"Anything that is not one of {len(population.attributes)} attributes is not described, and is not known."
    for name in population.attributes:
        share = float(population.margins(name).get(NOT_STATED, 0.0))
        if share > 0:
            yield f"`{name}` is not stated by {share:.1%}."


def _limits(population: Population) -> Iterable[str]:
    for name, level, n in tiny_levels(population):
        yield f"`{name}`: only {n} {'person has' if n == 1 else 'people have'} the level {_plain(level)}."
    yield (
        "Jurors drawn from this population are simulated. A model that plays a described person is not that person:"
        " compare with answers of people before anything is concluded (`jury validate`)."
    )


def _margin(population: Population, by: str) -> list[str]:
    table = population.groups(by)
    names = attribute_names(by, population.attributes)
    title = " and ".join(population.labels.get(name) or name for name in names)
    if (number := number_summary(population, by)) is not None:
        return [f"### {_plain(title)}", "", number, ""]
    if len(table) > max(_LONGEST, 200 if len(names) > 1 else 0):
        return [f"### {_plain(title)}", "", f"{len(table)} levels.", ""]
    people = population.unit == "person"
    head = ["level", "share", *(["people", "effective size"] if people else [])]
    lines = [f"### {_plain(title)}", "", f"| {' | '.join(head)} |", "|---|" + "---:|" * (len(head) - 1)]
    for row in table.to_dict("records"):
        level = _plain(" & ".join(str(row[name]) for name in names))
        cells = [level, f"{row['share']:.1%}", *([f"{row['n']:,}", f"{row['effective_size']:,.1f}"] if people else [])]
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, ""]


def is_number(population: Population, name: str) -> bool:
    """Return whether an attribute holds numbers, which have no levels."""
    import pandas as pd

    column: Any = population.frame.get(name)
    return column is not None and pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def number_summary(population: Population, name: str) -> str | None:
    """Return the range, mean and quartiles of an attribute of many numbers, weighted; None for any other."""
    import numpy as np

    if not is_number(population, name) or population.frame[name].nunique() <= _LONGEST:
        return None
    values = population.frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
    stated = ~np.isnan(values)
    weights = population.weights[stated]
    at = np.quantile(values[stated], [0.25, 0.5, 0.75], weights=weights, method="inverted_cdf")
    mean = np.average(values[stated], weights=weights)
    return (
        f"A number from {values[stated].min():g} to {values[stated].max():g}; mean {mean:.4g}, quartiles"
        f" {at[0]:.4g}, {at[1]:.4g} and {at[2]:.4g} (weighted)."
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "nothing"


def _bullets(texts: Iterable[str]) -> list[str]:
    return [f"- {text}" for text in texts]


def _plain(text: str) -> str:
    """Return text as one line that Markdown does not take for a table, a tag or emphasis."""
    return re.sub(r"([|<*`\\])", r"\\\1", " ".join(text.split()))
