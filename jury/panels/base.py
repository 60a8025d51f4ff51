"""The registry of readers of annotator-level data, and what they share."""

from __future__ import annotations

import difflib
import gzip
import inspect
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ValidationError

from aggregators.registry import Registry
from jury.cases import Alternative, Case
from jury.elicitation import Mode, Vote, modes
from jury.errors import StudyError
from jury.panel import Panel

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Builder", "Reader", "panel_reader", "read_json", "read_panel", "readers"]


@dataclass(frozen=True)
class Reader:
    """How one kind of data set is read.

    Attributes
    ----------
    name : str
    function : callable
        Takes the files, and options by keyword.
    several : bool
        Whether a data set may come in several files.
    """

    name: str
    function: Callable[..., Panel]
    several: bool = False

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return inspect.cleandoc(self.function.__doc__ or "").partition("\n")[0]

    @property
    def options(self) -> tuple[str, ...]:
        """Names of the options, all keywords."""
        found = inspect.signature(self.function).parameters.items()
        return tuple(name for name, each in found if each.kind is each.KEYWORD_ONLY)


readers: Registry[Reader] = Registry("kind of panel", "jury.panels")


def panel_reader(name: str, *, several: bool = False) -> Callable[[Callable[..., Panel]], Callable[..., Panel]]:
    """Register a function ``(paths, *, options) -> Panel`` as the reader of a kind of data set."""

    def decorate(function: Callable[..., Panel]) -> Callable[..., Panel]:
        readers.add(name, Reader(name, function, several))
        return function

    return decorate


def read_panel(
    paths: str | Path | Sequence[str | Path],
    kind: str,
    **options: Any,  # noqa: ANN401 - whatever the reader takes
) -> Panel:
    """Read annotator-level data as a panel.

    Parameters
    ----------
    paths : str, Path or a sequence of them
        Gzip is accepted.
    kind : str
        One of `readers`: ``table`` (any long table), ``polis``, ``lewidi``, ``crehate`` and ``crehate-labels``.
    **options
        Of the reader; its docstring says which.

    Returns
    -------
    Panel
        With everything that a simulated run has: cases, raters with attributes, answers, denominators. Who did not rate
        an item has no ballot on it; an answer without an opinion is a ballot without one.

    Raises
    ------
    UnknownName
        For a kind that is not known.
    StudyError
        For an option that the reader does not have, and for what it cannot read, naming file and place.
    """
    reader = readers[kind]
    several = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
    if not several or (len(several) > 1 and not reader.several):
        raise StudyError(f"{kind}: reads one file or folder, not {len(several)}; read each by itself")
    for name in options:
        if name not in reader.options:
            near = difflib.get_close_matches(name, reader.options, n=1)
            hint = f"; did you mean {near[0]!r}" if near else ""
            raise StudyError(f"{kind}: no option {name!r}{hint}; options: {', '.join(reader.options) or 'none'}")
    for path in several:
        if not path.exists():
            raise StudyError(f"{path}: no such file or folder")
    return reader.function(several, **options)


def read_json(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """Read a JSON file, gzip accepted; raises `StudyError` naming the fault."""
    try:
        raw = path.read_bytes()
        return json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise StudyError(f"{path}: cannot be read as JSON: {' '.join(str(error).split())}") from None


def one_of(kind: str, name: str, value: object, allowed: Sequence[str]) -> None:
    """Raise `StudyError` unless an option has one of the values allowed."""
    if value not in allowed:
        raise StudyError(f"{kind}: {name}={value!r} is not known; use {' or '.join(allowed)}")


@dataclass
class Builder:
    """A panel in the making: items and ratings as a file gives them.

    Attributes
    ----------
    name : str
        Of the panel, and of the file in messages.
    mode : Mode
        How raters were asked.
    """

    name: str
    mode: Mode = field(default_factory=lambda: modes["choose"].model_validate({}))

    def __post_init__(self) -> None:
        self._cases: dict[str, Case] = {}
        self._raters: dict[str, int] = {}
        self._attributes: list[dict[str, Any]] = []
        self._votes: dict[str, list[Vote]] = {}
        self._times: Counter[tuple[int, str]] = Counter()

    @cached_property
    def _alternatives(self) -> dict[tuple[str, ...], tuple[Alternative, ...]]:
        return {}

    def case(self, id: str, prompt: str, alternatives: Iterable[str]) -> None:  # noqa: A002 - a case's own word
        """Add an item; raises `StudyError` for one that cannot be used, or that is there already."""
        if id in self._cases:
            raise StudyError(f"{self.name}: item {id!r} is given twice; ids must differ")
        names = tuple(alternatives)
        try:
            if names not in self._alternatives:
                self._alternatives[names] = tuple(Alternative(id=name, text=name) for name in names)
            self._cases[id] = Case(id=id, prompt=prompt.strip() or id, alternatives=self._alternatives[names])
        except ValidationError as error:
            fault = error.errors()[0]
            raise StudyError(f"{self.name}: item {id!r}: {fault['msg']}; recode it") from None

    def rater(self, name: str, attributes: Mapping[str, Any] | None = None) -> int:
        """Return the row of a rater, who is added when first named."""
        if name not in self._raters:
            self._raters[name] = len(self._raters)
            self._attributes.append(dict(attributes or {}))
        return self._raters[name]

    def rating(self, rater: int, case: str, values: Mapping[str, Any]) -> None:
        """Add what a rater said of an item, as the mode keeps it; a second time is a replicate."""
        vote = Vote(rater, values, replicate=self._times[rater, case])
        self._times[rater, case] += 1
        self._votes.setdefault(case, []).append(vote)

    def panel(self) -> Panel:
        """Return the panel; raises `StudyError` if nobody said anything."""
        if not self._votes:
            raise StudyError(f"{self.name}: holds no ratings")
        asked = sum(map(len, self._votes.values()))
        return Panel(
            self.name,
            self.mode,
            tuple(self._cases.values()),
            self._people(),
            np.ones(len(self._raters)),
            self._votes,
            Counter(answered=asked),
            asked,
        )

    def _people(self) -> pd.DataFrame:
        import pandas as pd

        index = pd.Index(list(self._raters), name="rater")
        return pd.DataFrame(self._attributes, index=index).astype(object)
