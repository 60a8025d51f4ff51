"""Scoring: from answers to a questionnaire to traits and values, as numbers and in words.

A scoring key is a YAML file::

    source: {title: My values questionnaire, citation: ..., year: 2012}
    range: [1, 6]            # the least and the largest answer
    least: 3                 # answers that a score needs
    centre: false            # whether each person's mean over all items is taken off, as for Schwartz's values
    levels: {low: 0.31, average: 0.69, high: 1}  # words, and the share of people up to whom each reaches
    scales:
      agreeableness: {label: Agreeableness, items: [A1, A2, A3], reversed: [A1]}
    codebook: {...}          # optional: what the data file's other columns mean
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from personas.codebook import Codebook, Words
from personas.documents import read_document, validate
from personas.errors import PopulationError
from personas.provenance import Source

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from personas.population import Population

KEYS = Path(__file__).parent / "keys"

LEVELS: Mapping[str, float] = {"low": 0.31, "average": 0.69, "high": 1.0}
"""The levels of a trait, and the share of people up to whom each reaches.

The advice of the International Personality Item Pool (ipip.ori.org, "Interpreting Individual IPIP Scale Scores"):
half a standard deviation around the mean of one's own sample is average, which makes about 31 % low, 38 % average and
31 % high of normally distributed scores. Taken as quantiles here, since scores need not be normal.
"""


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Scale(_Block):
    """The items of one trait; those in `reversed` count the other way round."""

    items: tuple[str, ...] = Field(min_length=1)
    label: str | None = None
    reversed: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Scale:
        if strange := [name for name in self.reversed if name not in self.items]:
            raise ValueError(f"reversed item {strange[0]!r} is not among the items: add it, or mend the name")
        return self


class Key(_Block):
    """A scoring key; the module's docstring shows one.

    Parameters
    ----------
    source : Source
        Where the key comes from.
    scales : mapping of str to Scale
        What is scored; the names are attributes of the scored population.
    range : (low, high)
        The least and the largest answer.
    least : int
        Answers that a score needs; with fewer it is not stated.
    centre : bool
        Whether each person's mean over all items is taken off.
    levels : mapping of str to float
        Words in ascending order, and the share of people up to whom each reaches.
    codebook : Codebook, optional
        What the columns mean, if the key is for one data file.
    """

    source: Source
    scales: dict[str, Scale] = Field(min_length=1)
    range: tuple[float, float]
    least: int = Field(default=1, ge=1)
    centre: bool = False
    levels: dict[Words, float] = Field(default_factory=lambda: dict(LEVELS))
    codebook: Codebook | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Key:
        if self.range[0] >= self.range[1]:
            raise ValueError(f"range {list(self.range)} is not ascending: give the least and the largest answer")
        _check_levels(self.levels)
        return self

    @property
    def items(self) -> tuple[str, ...]:
        """Every item, once."""
        return tuple(dict.fromkeys(item for scale in self.scales.values() for item in scale.items))


@dataclass(frozen=True)
class Cuts:
    """Where the levels of a number begin and end in a population.

    Parameters
    ----------
    words : tuple of str
        Levels in ascending order.
    bounds : tuple of float
        Upper ends of all levels but the last, which belong to them.

    Examples
    --------
    >>> cuts = Cuts.of([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    >>> cuts.bounds, cuts.word(4), cuts.word(7), cuts.word(8)
    ((4.0, 7.0), 'low', 'average', 'high')
    """

    words: tuple[str, ...]
    bounds: tuple[float, ...]

    @classmethod
    def of(cls, values: ArrayLike, weights: ArrayLike | None = None, levels: Mapping[str, float] = LEVELS) -> Cuts:
        """Return the weighted quantiles of `values` at the shares of `levels`.

        Parameters
        ----------
        values : (n,) array_like
            NaN is left out.
        weights : (n,) array_like, optional
            Base weights; by default everybody counts the same.
        levels : mapping of str to float
            Words in ascending order, and the share of people up to whom each reaches; the last is 1.

        Raises
        ------
        PopulationError
            If nobody has a value, or levels are not ascending up to 1.
        """
        try:
            _check_levels(levels)
        except ValueError as error:
            raise PopulationError(f"levels: {error}") from None
        numbers = np.asarray(values, dtype=np.float64)
        counts = np.ones(len(numbers)) if weights is None else np.asarray(weights, dtype=np.float64)
        stated = ~np.isnan(numbers) & (counts > 0)
        if not stated.any():
            raise PopulationError("levels: nobody has a value: choose an attribute that people stated")
        at = list(levels.values())[:-1]
        bounds = np.quantile(numbers[stated], at, weights=counts[stated], method="inverted_cdf")
        return cls(tuple(levels), tuple(bounds.tolist()))

    def word(self, value: float) -> str:
        """Return the level of a value."""
        return self.words[int(np.searchsorted(self.bounds, value, side="left"))]

    def codes(self, values: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the position in `words` of the level of each value, -1 for NaN."""
        return np.where(np.isnan(values), -1, np.searchsorted(self.bounds, values, side="left"))

    def describe(self) -> str:
        """Return the cut-offs in words."""
        ends = [f"{word} up to {bound:.4g}" for word, bound in zip(self.words, self.bounds, strict=False)]
        return ", ".join([*ends, f"{self.words[-1]} above"])


def load_key(spec: str | Path) -> Key:
    """Read a scoring key: a built-in name, or the path of a YAML file.

    Raises
    ------
    PopulationError
        With the line and the key of the first thing that is wrong.

    Examples
    --------
    >>> list(load_key("ipip-bfi25").scales)
    ['openness', 'conscientiousness', 'extraversion', 'agreeableness', 'neuroticism']
    """
    path = KEYS / f"{spec}.yaml" if str(spec) in built_in_keys() else Path(spec)
    if not path.is_file():
        known = ", ".join(built_in_keys())
        raise PopulationError(f"key: {str(spec)!r} is neither a file nor built in; built in: {known}")
    return validate(Key, read_document(path), path)


def built_in_keys() -> tuple[str, ...]:
    """Return the names of the scoring keys that come with the package."""
    return tuple(sorted(path.stem for path in KEYS.glob("*.yaml")))


def scores(frame: pd.DataFrame, key: Key) -> pd.DataFrame:
    """Return the scores of people on the scales of a key.

    Parameters
    ----------
    frame : DataFrame
        One row a person, one column an item, in numbers.
    key : Key
        Which items make which scale.

    Returns
    -------
    DataFrame
        One column a scale: the mean of the answers given, on the scale of the answers and higher is more of the trait;
        NaN where fewer than ``key.least`` (or all, of shorter scales) were given. With ``key.centre``, less the
        person's mean over all items as they were answered, before any is reversed.

    Raises
    ------
    PopulationError
        For an item that is absent, not a number, or outside of the range.
    """
    import pandas as pd

    answers = {item: _answers(frame, item, key) for item in key.items}
    columns = {}
    for name, scale in key.scales.items():
        turned = [sum(key.range) - answers[item] if item in scale.reversed else answers[item] for item in scale.items]
        matrix = np.column_stack(turned)
        given = (~np.isnan(matrix)).sum(axis=1)
        total = np.nansum(matrix, axis=1)
        enough = given >= min(key.least, len(scale.items))
        columns[name] = np.where(enough, total / np.maximum(given, 1), np.nan)
    if key.centre:
        everything = np.column_stack(list(answers.values()))
        given = (~np.isnan(everything)).sum(axis=1)
        own = np.nansum(everything, axis=1) / np.maximum(given, 1)
        columns = {name: column - own for name, column in columns.items()}
    return pd.DataFrame(columns, index=frame.index)


def score(population: Population, key: Key) -> Population:
    """Return a population with the traits of a key in words, in place of the items.

    Parameters
    ----------
    population : Population
        The items are attributes in numbers.
    key : Key
        Which items make which trait, and the words for its levels.

    Returns
    -------
    Population
        Each trait is an attribute with the key's levels, and ``<trait>_score``, which is never in prompts, the number
        behind it. Levels are cut at weighted quantiles of this population; the notes of its source state where.

    Raises
    ------
    PopulationError
        For an item that is absent, not a number, or outside of the range; if nobody answered a scale.
    """
    import pandas as pd

    found = scores(population.frame, key)
    others = population.frame.drop(columns=list(key.items))
    if taken := [name for name in (*found, *(f"{name}_score" for name in found)) if name in others.columns]:
        raise PopulationError(f"key: the population has an attribute {taken[0]!r} already: rename the scale")
    words, notes = {}, []
    for name in key.scales:
        values = found[name].to_numpy()
        cuts = Cuts.of(values, population.weights, key.levels)
        kinds = pd.Index(cuts.words)
        words[name] = pd.Categorical.from_codes(cuts.codes(values), categories=kinds, ordered=True)
        notes.append(f"{key.scales[name].label or name}: {cuts.describe()}")
    shares = ", ".join(f"{word} up to {share:.0%}" for word, share in key.levels.items())
    about = f"Scored with {key.source.title}" + (f" ({key.source.citation})" if key.source.citation else "")
    source = population.source.with_note(
        f"{about.rstrip('.')}: means of the answers from {key.range[0]:g} to {key.range[1]:g}."
    )
    source = source.with_note(
        f"Levels are weighted quantiles of this population ({shares} of the people). {'; '.join(notes)}."
    )
    numbers = {f"{name}_score": found[name] for name in key.scales}
    return replace(
        population,
        frame=others.assign(**words, **numbers),
        source=source,
        labels={**population.labels, **{name: scale.label for name, scale in key.scales.items() if scale.label}},
        unprompted=(population.unprompted - set(key.items)) | set(numbers),
    )


def _answers(frame: pd.DataFrame, item: str, key: Key) -> NDArray[np.float64]:
    if item not in frame.columns:
        raise PopulationError(f"key: no item {item!r}; the population has {', '.join(map(str, frame.columns))}")
    try:
        found: Any = frame[item].to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise PopulationError(f"key: item {item!r} is not of numbers: declare its kind a number") from None
    low, high = key.range
    outside = (found < low) | (found > high)
    if outside.any():
        raise PopulationError(
            f"key: item {item!r} has {found[outside][0]:g}, outside of {low:g} to {high:g}: declare it under missing,"
            " or mend the range"
        )
    return np.asarray(found, dtype=np.float64)


def _check_levels(levels: Mapping[str, float]) -> None:
    shares = list(levels.values())
    if len(shares) < 2 or shares[0] <= 0 or shares[-1] != 1 or any(a >= b for a, b in pairwise(shares)):
        raise ValueError(
            f"levels {dict(levels)} do not ascend from above 0 to 1: give each the share up to which it reaches"
        )
