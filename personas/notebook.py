"""Populations as notebooks show them: where they come from, and the shares of their groups; everything escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from personas.population import Population

__all__ = ["population_html"]

_LEVELS = 6
_ATTRIBUTES = 40
_LONGEST = 60


def population_html(population: Population) -> str:
    """Return a population as HTML: source, size, and the largest groups of every attribute by weight."""
    source = population.source
    rows = "cells" if population.unit == "cell" else "persons"
    facts = [
        f"{len(population)} {rows}, effective size {population.effective_size:.1f}",
        *(f"{name} {value}" for name, value in (("year", source.year), ("licence", source.licence)) if value),
        *([source.universe] if source.universe else []),
    ]
    names = population.attributes[:_ATTRIBUTES]
    body = "".join(
        f"<tr><th><bdi>{escape(_short(name))}</bdi></th><td><bdi>{escape(_levels(population, name))}</bdi></td></tr>"
        for name in names
    )
    left = len(population.attributes) - len(names)
    notes = [*([f"… and {left} more attributes"] if left else []), *source.notes]
    below = "".join(f"<div><small>{escape(note)}</small></div>" for note in notes)
    return (
        f"<div><div><b><bdi>{escape(population.name)}</bdi></b>: <bdi>{escape(source.title)}</bdi></div>"
        f"<div><small>{escape('; '.join(facts))}</small></div>"
        '<table class="dataframe"><thead><tr><th>attribute</th><th>weighted shares</th></tr></thead>'
        f"<tbody>{body}</tbody></table>{below}</div>"
    )


def _levels(population: Population, name: str) -> str:
    shares = population.margins([name]).sort_values(ascending=False)
    told = [f"{_short(str(level))} {100 * share:.0f}%" for level, share in shares.head(_LEVELS).items()]
    left = len(shares) - len(told)
    return ", ".join(told) + (f", and {left} more" if left else "")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
