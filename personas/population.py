"""Populations: weighted personas with the source they came from."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from aggregators.registry import UnknownName
from personas.designs import Allocation, Request, designs
from personas.errors import PopulationError, SamplingError
from personas.groups import By, attribute_names, factor
from personas.persona import Persona, Value
from personas.provenance import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from personas.codebook import Item


@dataclass(frozen=True, eq=False)
class Population:
    """Weighted personas with the source they came from.

    Parameters
    ----------
    frame : DataFrame
        One row a persona, or a cell of a joint table; one column an attribute, in readable values. The index
        holds the persona ids. Treat it as read-only.
    weights : (rows,) array of float
        Base weights as the source gives them: people, shares or survey weights. Not normalised.
    name : str
        What the population is called.
    source : Source
        Where the figures come from.
    unit : {"person", "cell"}
        Whether a row is one person, who sits on a jury once, or a cell, which describes many.
    labels : mapping of str to str
        What attributes are called in prompts and tables, where that is not their name.
    items : mapping of str to Item
        Questions that the people answered.
    answers : DataFrame, optional
        Their answers in words: one row a persona, one column an item. Never part of a persona.
    narratives : sequence of str or None, optional
        Free text about each persona.
    unprompted : frozenset of str
        Attributes that are there to group by and do not describe a person in prompts.

    Raises
    ------
    PopulationError
        If ids repeat, lengths differ, or weights are negative, not finite or all zero.

    Examples
    --------
    >>> import numpy as np
    >>> from personas import load_population
    >>> population = load_population("us-adults")
    >>> population.attributes, len(population)
    (('age', 'sex', 'race'), 72)
    >>> jury = population.sample(200, np.random.default_rng(1), design="stratified", by=["race"])
    >>> len(jury), jury.effective_size
    (200, 200.0)
    """

    frame: pd.DataFrame
    weights: NDArray[np.float64]
    _: KW_ONLY
    name: str = "population"
    source: Source = field(default_factory=lambda: Source(title="not stated"))
    unit: Literal["person", "cell"] = "person"
    labels: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, Item] = field(default_factory=dict)
    answers: pd.DataFrame | None = None
    narratives: Sequence[str | None] | None = None
    unprompted: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", _checked(self.weights, len(self.frame)))
        if repeated := self.frame.index[self.frame.index.duplicated()].unique().tolist():
            raise PopulationError(f"id: {repeated[0]!r} is given to several personas: make ids unique")

    def __len__(self) -> int:
        return len(self.frame)

    def __iter__(self) -> Iterator[Persona]:
        narratives = self.narratives if self.narratives is not None else [None] * len(self)
        rows = zip(
            self.frame.index,
            self.frame.itertuples(index=False, name=None),
            self.weights,
            narratives,
            strict=True,
        )
        for identifier, values, weight, narrative in rows:
            attributes = dict(zip(self.attributes, map(_plain, values), strict=True))
            yield Persona(str(identifier), attributes, float(weight), narrative)

    @property
    def personas(self) -> list[Persona]:
        """The rows as personas; iterate over the population itself to have them one at a time."""
        return list(self)

    @property
    def attributes(self) -> tuple[str, ...]:
        """Names of the attributes, in order."""
        return tuple(self.frame.columns)

    @property
    def prompt_attributes(self) -> tuple[str, ...]:
        """Names of the attributes that describe a person in prompts, in order."""
        return tuple(name for name in self.attributes if name not in self.unprompted)

    @property
    def effective_size(self) -> float:
        """Kish effective size, (sum w)^2 / sum w^2: how many equally weighted rows carry as much information.

        References
        ----------
        Kish, L. (1965). Survey Sampling. Wiley.
        """
        return _kish(self.weights)

    def groups(self, by: By) -> pd.DataFrame:
        """Return the groups that `by` makes.

        Parameters
        ----------
        by : str or sequence of str
            One attribute, or several to cross, such as ``["race", "sex"]`` or ``"race & sex"``.

        Returns
        -------
        DataFrame
            One row a group that has somebody, indexed by its name (``"race=Black & sex=Female"``): a column
            for each attribute of `by`; `share`, its weight over the whole; `n`, its rows; `effective_size`.
            Those who did not state an attribute are a level of their own, so shares add to 1.

        Raises
        ------
        PopulationError
            For an unknown attribute.

        Examples
        --------
        >>> from personas import load_population
        >>> load_population("us-adults").groups("sex").share.round(3).to_dict()
        {'sex=Male': 0.493, 'sex=Female': 0.507}
        """
        import pandas as pd

        coded = factor(self.frame, by)
        count = len(coded.levels)
        sums = np.bincount(coded.codes, self.weights, minlength=count)
        squares = np.bincount(coded.codes, self.weights**2, minlength=count)
        columns: dict[str, Any] = {
            name: [level[position] for level in coded.levels] for position, name in enumerate(coded.names)
        }
        columns["share"] = sums / self.weights.sum()
        columns["n"] = np.bincount(coded.codes, minlength=count)
        columns["effective_size"] = np.divide(sums**2, squares, out=np.zeros(count), where=squares > 0)
        return pd.DataFrame(columns, index=pd.Index(coded.labels, name="group"))

    def margins(self, attribute: str) -> pd.Series:
        """Return the share of each level of `attribute`; shares add to 1.

        Raises
        ------
        PopulationError
            For an unknown attribute.

        Examples
        --------
        >>> from personas import load_population
        >>> load_population("us-adults").margins("race").round(3).to_dict()["Black"]
        0.104
        """
        table = self.groups([attribute])
        return table.set_index(attribute)["share"]

    def sample(
        self,
        n: int,
        rng: np.random.Generator,
        *,
        design: str = "srs",
        by: By = (),
        allocation: Allocation = "proportional",
        replace: bool | None = None,
    ) -> Sample:
        """Draw a jury.

        Parameters
        ----------
        n : int
            Jurors, at least 1.
        rng : numpy.random.Generator
            The only source of randomness: the same state gives the same jury.
        design : str, default "srs"
            A registered sampling design: ``srs``, ``stratified``, ``systematic`` or ``quota``.
        by : str or sequence of str, optional
            Attributes that the design controls.
        allocation : {"proportional", "equal"}
            Whether groups sit in proportion to their share or in equal numbers; for stratified and quota.
        replace : bool, optional
            Whether a row may be drawn more than once. By default cells may and persons may not.

        Returns
        -------
        Sample
            Jurors in random order, so that the first k of them are a random part of the jury. Weights average
            1 and keep weighted means unbiased for the population, except under ``quota``, which is no probability
            design.

        Raises
        ------
        SamplingError
            If the jury cannot be drawn as asked.
        PopulationError
            For an unknown attribute.
        """
        n = _count(n)
        if not isinstance(rng, np.random.Generator):
            raise SamplingError(f"rng: {rng!r} is not a Generator: pass numpy.random.default_rng(seed)")
        if allocation not in get_args(Allocation):
            raise SamplingError(f"allocation: {allocation!r} is not known: use {' or '.join(get_args(Allocation))}")
        replace = self.unit == "cell" if replace is None else replace
        names = attribute_names(by, self.attributes) if by else ()
        try:
            draw_from = designs[design]
        except UnknownName as error:
            raise SamplingError(f"design: {error}") from None
        factors = tuple(factor(self.frame, [name]) for name in names)
        draw = draw_from(Request(n, self.weights, factors, allocation, replace), rng)
        order = rng.permutation(n)
        parts = [
            design,
            *([f"by {' & '.join(names)}", allocation] if names else []),
            f"{'with' if replace else 'without'} replacement",
        ]
        return self._seat(draw.rows[order], draw.weights[order], f"{n} jurors, {', '.join(parts)}")

    def _seat(self, rows: NDArray[np.intp], weights: NDArray[np.float64], design: str) -> Sample:
        """Return the jury of `rows`, each under an id of its own."""
        import pandas as pd

        width = max(4, len(str(len(rows))))
        ids = pd.Index([f"j{number:0{width}d}" for number in range(1, len(rows) + 1)], name="juror")
        return Sample(
            self.frame.iloc[rows].set_axis(ids, axis=0),
            _average_one(weights),
            name=self.name,
            source=self.source,
            labels=self.labels,
            items=self.items,
            answers=None if self.answers is None else self.answers.iloc[rows].set_axis(ids, axis=0),
            unprompted=self.unprompted,
            narratives=None if self.narratives is None else [self.narratives[row] for row in rows],
            design=design,
            origin=pd.Series(self.frame.index[rows], index=ids, name="persona"),
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class Sample(Population):
    """A jury: personas drawn from a population, each under a juror id of its own.

    It is a population of its own (weights, groups, margins, further samples) that remembers how it was drawn.

    Parameters
    ----------
    design : str
        How it was drawn, in words.
    origin : Series
        The id in the population of the persona behind each juror.
    """

    design: str
    origin: pd.Series


def _checked(weights: ArrayLike, rows: int) -> NDArray[np.float64]:
    checked = np.array(weights, dtype=np.float64)
    if checked.shape != (rows,):
        raise PopulationError(f"weights: shape {checked.shape} for {rows} personas: give one weight a persona")
    bad = np.flatnonzero(~np.isfinite(checked) | (checked < 0))
    if bad.size:
        raise PopulationError(
            f"weights: {checked[bad[0]]} in row {bad[0] + 1} ({bad.size} such): weights are finite and not"
            " negative; drop or mend these rows"
        )
    if not checked.any():
        raise PopulationError(f"weights: all {rows} are zero or absent: somebody must count")
    checked.flags.writeable = False
    return checked


def _count(n: int) -> int:
    if not isinstance(n, (int, np.integer)) or isinstance(n, bool) or n < 1:
        raise SamplingError(f"n: {n!r} jurors cannot be drawn: give a whole number of at least 1")
    return int(n)


def _average_one(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    if np.ptp(weights) <= 1e-12 * weights.max():
        return np.ones(len(weights))  # equal up to rounding: say so exactly
    scale: float = len(weights) / weights.sum()
    return weights * scale


def _kish(weights: NDArray[np.float64]) -> float:
    relative = weights / weights.max()
    return float(relative.sum() ** 2 / np.square(relative).sum())


def _plain(value: Any) -> Value:  # noqa: ANN401 - whatever a column holds
    """Return a cell as a Python value, None where it is missing."""
    import pandas as pd

    if pd.isna(value):
        return None
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, (str, int, float)) else str(value)
