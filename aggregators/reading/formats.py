"""The formats by name: what a reader is, how one is registered, how one is picked."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from aggregators.errors import AggregatorError, ReadError
from aggregators.profiles import Approvals, Comparisons, Profile, Rankings, Utilities
from aggregators.reading.source import Source, opened
from aggregators.registry import Registry, UnknownName

__all__ = ["Loaded", "Reader", "format_of", "formats", "load", "read", "reader"]

Wanted = TypeVar("Wanted", bound=Profile)


@dataclass(frozen=True, eq=False)
class Loaded:
    """What a file of ballots holds, and where.

    Attributes
    ----------
    profile : Utilities, Rankings, Approvals or Comparisons
        The ballots.
    format : str
        Name of the format.
    lines : tuple of n int
        The line, from 1, on which the ballot of each voter stands.
    """

    profile: Profile
    format: str
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Reader:
    """A registered format.

    Attributes
    ----------
    name : str
        As given to ``format=...``.
    function : callable
        From a `Source`, the kind of profile wanted (or None for the file's own) and options to a profile.
    suffixes : tuple of str
        How names of such files end, before ``.gz``.
    recognises : callable or None
        Tells from the `Source` whether a file is of this format, for suffixes that several share.
    """

    name: str
    function: Callable[..., Profile] = field(repr=False)
    suffixes: tuple[str, ...]
    recognises: Callable[[Source], bool] | None = field(default=None, repr=False)

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return inspect.cleandoc(self.function.__doc__ or "").partition("\n")[0]

    @property
    def options(self) -> tuple[str, ...]:
        """Names of the options that the reader takes."""
        return tuple(
            name for name, each in inspect.signature(self.function).parameters.items() if each.kind is each.KEYWORD_ONLY
        )


_readers: Registry[Reader] = Registry("format", "aggregators.reading")


def reader(
    name: str, *, suffixes: tuple[str, ...], recognises: Callable[[Source], bool] | None = None
) -> Callable[[Callable[..., Profile]], Callable[..., Profile]]:
    """Register a function ``(source, wanted, *, options) -> profile`` as the reader of a format."""

    def decorate(function: Callable[..., Profile]) -> Callable[..., Profile]:
        _readers.add(name, Reader(name, function, suffixes, recognises))
        return function

    return decorate


def formats() -> Mapping[str, Reader]:
    """Return the registered formats by name."""
    return dict(_readers.items())


def read(
    path: str | Path,
    wanted: type[Wanted] | None = None,
    *,
    format: str | None = None,  # noqa: A002 - the word that users of pandas and of the command line know
    **options: Any,  # noqa: ANN401 - whatever the reader takes
) -> Wanted:
    """Read a file of ballots.

    Parameters
    ----------
    path : str or Path
        Gzip is accepted, with the suffix ``.gz`` or without.
    wanted : type, optional
        `Utilities`, `Rankings`, `Approvals` or `Comparisons`. Default: what the file holds.
    format : str, optional
        One of `formats()`. Default: by the suffix and, for ``.csv``, what the file begins with.
    **options
        Options of the reader, such as ``weight="w"`` for the column of weights in a CSV table.

    Raises
    ------
    ReadError
        Naming the file, the line and the fault; if the format is unknown or takes no such option; or if the file
        holds no such ballots.

    Examples
    --------
    >>> from aggregators.reading import read
    >>> read("election.soi")  # doctest: +SKIP
    Rankings(41 voters; ...; total weight 475; 31 missing)
    """
    return load(path, wanted, format=format, **options).profile  # type: ignore[return-value]  # `load` has checked it


def load(
    path: str | Path,
    wanted: type[Profile] | None = None,
    *,
    format: str | None = None,  # noqa: A002 - as in `read`
    **options: Any,  # noqa: ANN401 - whatever the reader takes
) -> Loaded:
    """Read a file of ballots like `read`, and say on which line each of them stands.

    Examples
    --------
    >>> from aggregators.reading import load
    >>> load("election.soi").lines[:3]  # doctest: +SKIP
    (12, 13, 14)
    """
    path = Path(path)
    with opened(path) as source:
        chosen = _picked(path, source) if format is None else _named(format)
        for name in options:
            if name not in chosen.options:
                takes = f"it takes: {', '.join(chosen.options)}" if chosen.options else "it takes none"
                raise ReadError(f"{path}: the format {chosen.name!r} has no option {name!r}; {takes}")
        try:
            profile = chosen.function(source, wanted, **options)
        except ReadError:
            raise
        except AggregatorError as error:
            raise ReadError(f"{path}: {error}") from None
    return Loaded(_as(path, profile, wanted), chosen.name, tuple(source.ballot_lines))


def format_of(path: str | Path) -> str:
    """Return the name of the format that a file seems to have.

    Raises
    ------
    ReadError
        If the file cannot be read, or no format has its suffix.
    """
    with opened(Path(path)) as source:
        return _picked(Path(path), source).name


def _named(name: str) -> Reader:
    try:
        return _readers[name]
    except UnknownName as error:
        raise ReadError(str(error)) from None


def _picked(path: Path, source: Source) -> Reader:
    suffix = (Path(path.stem) if path.suffix.lower() == ".gz" else path).suffix.lower()
    known = [each for each in formats().values() if suffix in each.suffixes]
    for each in known:
        if each.recognises is not None and each.recognises(source):
            return each
    for each in known:
        if each.recognises is None:
            return each
    suffixes = sorted({suffix for each in formats().values() for suffix in each.suffixes})
    raise ReadError(
        f"{path}: no format has the suffix {suffix!r}; name one with format=... Known: {' '.join(suffixes)}"
    )


def _as(path: Path, profile: Profile, wanted: type[Wanted] | None) -> Wanted:
    if wanted is None or isinstance(profile, wanted):
        return profile  # type: ignore[return-value]
    if isinstance(profile, Utilities) and wanted is Rankings:
        return profile.to_rankings()  # type: ignore[return-value]
    if isinstance(profile, Rankings) and wanted is Comparisons:
        return profile.to_comparisons()  # type: ignore[return-value]
    held = {Utilities: "utilities", Rankings: "rankings", Approvals: "approvals", Comparisons: "comparisons"}
    raise ReadError(
        f"{path}: holds {held[type(profile)]}, from which no {held[wanted]} follow; "
        f"read them with {type(profile).__name__}.read"
    )
