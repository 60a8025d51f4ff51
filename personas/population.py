"""Populations: weighted personas with the source they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from aggregators.registry import UnknownName
from personas.allocation import per_level
from personas.coverage import coverage, design_warnings, thin_groups
from personas.designs import Allocation, Design, Draw, Least, Request, designs, repeated
from personas.errors import PopulationError, SamplingError
from personas.groups import By, Condition, attribute_names, cross, factor, where
from personas.persona import Persona, Value
from personas.provenance import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from personas.codebook import Item

AtLeast: TypeAlias = Mapping[By, int | Mapping[object, int]]
"""For each attribute, or crossing, how many jurors each group has at least: one number for all or one by level."""


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

    @property
    def design_effect(self) -> float:
        """Kish's design effect of unequal weights, 1 + cv^2: by how much they multiply the variance of a mean.

        The number of rows over `effective_size`; 1 for equal weights. Strata and clusters, which can lower or raise
        the variance too, are not in it.

        References
        ----------
        Kish, L. (1992). Weighting for unequal Pi. Journal of Official Statistics 8(2).
        """
        return len(self) / self.effective_size

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

    def margins(self, by: By) -> pd.Series:
        """Return the share of each level of an attribute, or of several crossed; shares add to 1.

        Parameters
        ----------
        by : str or sequence of str
            One attribute, or several to cross.

        Returns
        -------
        Series
            Indexed by level, or by tuples of levels; `rake` takes it as a target.

        Raises
        ------
        PopulationError
            For an unknown attribute.

        Examples
        --------
        >>> from personas import load_population
        >>> load_population("us-adults").margins("race").round(3).to_dict()["Black"]
        0.104
        >>> load_population("us-adults").margins("race & sex").round(3).to_dict()["Black", "Female"]
        0.055
        """
        names = attribute_names(by, self.attributes)
        return self.groups(names).set_index(list(names) if len(names) > 1 else names[0])["share"]

    def minority(
        self, by: By = (), *, below: float | None = None, condition: Condition | None = None
    ) -> NDArray[np.bool_]:
        """Return who belongs to a minority, by the share of their group or by a named condition.

        Parameters
        ----------
        by : str or sequence of str, optional
            One attribute, or several to cross, whose groups are minorities if their share is `below`.
        below : float, optional
            A share, above 0 and at most 1; smaller groups are minorities.
        condition : mapping, optional
            Instead of both: for each attribute the level, or levels, that members have, such as
            ``{"race": ["Black", "Asian"], "sex": "Female"}``.

        Returns
        -------
        (rows,) array of bool

        Raises
        ------
        PopulationError
            For an unknown attribute or level, with the known ones; or if neither or both kinds are given.

        Examples
        --------
        >>> from personas import load_population
        >>> adults = load_population("us-adults")
        >>> minority = adults.minority("race", below=0.08)
        >>> adults.frame.race[minority].unique().tolist(), round(float(adults.weights[minority].sum()), 3)
        (['Other', 'Asian'], 0.123)
        """
        if condition is not None and not by and below is None:
            return where(self.frame, condition)
        if condition is not None or not by or below is None:
            raise PopulationError("minority: give by and below, such as by='race', below=0.1, or else a condition")
        if not 0 < below <= 1:
            raise PopulationError(f"below: {below} is no share: give a number above 0 and at most 1")
        coded = factor(self.frame, by)
        sums = np.bincount(coded.codes, self.weights, minlength=len(coded.levels))
        small: NDArray[np.bool_] = sums < below * self.weights.sum()
        return small[coded.codes]

    def coverage(self, jury: Population, by: By) -> pd.DataFrame:
        """Return how a jury covers the groups of this population.

        Parameters
        ----------
        jury : Population
            A jury drawn from this population, or any population with the same attributes.
        by : str or sequence of str
            One attribute, or several to cross.

        Returns
        -------
        DataFrame
            One row a group of this population, or of the jury only: a column for each attribute of `by`; `share`, of
            this population; `n`, the jurors in it; `jury_share`, their weighted share; `effective_size`, Kish's, of
            them. ``(table.n == 0).mean()`` is the part of the groups without a juror, and
            ``table.share[table.n == 0].sum()`` the part of the people.

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
        >>> adults.coverage(jury, "race")[["n"]].T.to_dict("records")
        [{'race=White': 10, 'race=Black': 0, 'race=Hispanic': 0, 'race=Mixed': 1, 'race=Other': 1, 'race=Asian': 0}]
        """
        return coverage(self, jury, by)

    def sample(
        self,
        n: int,
        rng: np.random.Generator,
        *,
        design: str = "srs",
        by: By = (),
        allocation: Allocation = "proportional",
        size: str | ArrayLike | None = None,
        at_least: AtLeast | None = None,
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
            A registered sampling design: ``srs``, ``stratified``, ``systematic``, ``quota``, ``pps`` or
            ``constrained``.
        by : str or sequence of str, optional
            Attributes that the design controls.
        allocation : "proportional", "equal" or mapping
            Whether groups sit in proportion to their share or in equal numbers, for stratified and quota; for
            stratified also relative numbers for each level, or tuple of levels, such as ``{"Black": 6, "White": 6}``.
        size : str or (rows,) array_like, optional
            For pps: the attribute, or numbers, that chances are proportional to, beside the base weights.
        at_least : mapping, optional
            For constrained: for each attribute, or crossing such as ``"race & sex"``, how many jurors each group has at
            least: one number for all, or a mapping from levels.
        replace : bool, optional
            Whether a row may be drawn more than once. By default cells may and persons may not.

        Returns
        -------
        Sample
            Jurors in random order, so that the first k of them are a random part of the jury. Weights average
            1 and keep weighted means unbiased for the population, except where `Sample.warnings` says that the design
            is no probability design.

        Raises
        ------
        SamplingError
            If the jury cannot be drawn as asked.
        PopulationError
            For an unknown attribute.
        """
        request, names = self._request(n, rng, by, allocation, size, at_least, replace)
        drawn = _design(design)(request, rng)
        order = rng.permutation(request.n)
        drawn = Draw(drawn.rows[order], drawn.weights[order], drawn.unbiased, drawn.warnings)
        warnings = list(design_warnings(design, drawn))
        controlled = [cross(request.factors)] if names else []
        for cells in (*controlled, *(each for each, _ in request.least)):
            warnings += thin_groups(cells, self.weights, drawn.rows)
        return self._seat(drawn, _described(design, request, names), tuple(warnings))

    def samples(
        self,
        count: int,
        n: int,
        rng: np.random.Generator,
        *,
        design: str = "srs",
        by: By = (),
        allocation: Allocation = "proportional",
        size: str | ArrayLike | None = None,
        at_least: AtLeast | None = None,
        replace: bool | None = None,
    ) -> Samples:
        """Draw `count` juries at once, as arrays; for resampling.

        Parameters
        ----------
        count : int
            Juries, at least 1.
        n, rng, design, by, allocation, size, at_least, replace
            As in `sample`.

        Returns
        -------
        Samples
            Rows and weights of shape (count, n). Juries are independent, and each is distributed as one of `sample`
            in the numbers from each group and the chance of every row; it is not the same jury for the same seed.

        Raises
        ------
        SamplingError
            If the juries cannot be drawn as asked.
        PopulationError
            For an unknown attribute.

        Notes
        -----
        srs, stratified, pps and constrained (on one attribute) are vectorised; other designs are drawn one by one.

        Examples
        --------
        >>> import numpy as np
        >>> from personas import load_population
        >>> adults = load_population("us-adults")
        >>> juries = adults.samples(1000, 12, np.random.default_rng(1), design="stratified", by="race")
        >>> women = (adults.frame.sex == "Female").to_numpy()
        >>> juries.rows.shape, round(float(juries.means(women).mean()), 1)
        ((1000, 12), 0.5)
        """
        from personas.repetition import one_by_one

        count = _count(count, "count", "juries")
        request, names = self._request(n, rng, by, allocation, size, at_least, replace)
        one = _design(design)
        drawn = repeated[design](request, count, rng) if design in repeated else one_by_one(one, request, count, rng)
        scale = request.n / (self.weights.sum() if drawn.unbiased else drawn.weights.mean(axis=1, keepdims=True) * n)
        return Samples(
            self,
            drawn.rows,
            drawn.weights * scale,
            _described(design, request, names),
            drawn.unbiased,
            design_warnings(design, drawn),
        )

    def _request(
        self,
        n: int,
        rng: np.random.Generator,
        by: By,
        allocation: Allocation,
        size: str | ArrayLike | None,
        at_least: AtLeast | None,
        replace: bool | None,
    ) -> tuple[Request, tuple[str, ...]]:
        """Return what a design is asked, checked, and the names of `by`."""
        n = _count(n, "n", "jurors")
        if not isinstance(rng, np.random.Generator):
            raise SamplingError(f"rng: {rng!r} is not a Generator: pass numpy.random.default_rng(seed)")
        if not isinstance(allocation, Mapping) and allocation not in ("proportional", "equal"):
            raise SamplingError(
                f"allocation: {allocation!r} is not known: use proportional, equal, or numbers for each group"
            )
        names = attribute_names(by, self.attributes) if by else ()
        request = Request(
            n,
            self.weights,
            tuple(factor(self.frame, [name]) for name in names),
            allocation,
            self.unit == "cell" if replace is None else replace,
            None if size is None else self._sizes(size),
            tuple(self._least(key, minima) for key, minima in (at_least or {}).items()),
        )
        return request, names

    def _sizes(self, size: str | ArrayLike) -> NDArray[np.float64]:
        try:
            if isinstance(size, str):
                (name,) = attribute_names((size,), self.attributes, field="size")
                sizes = self.frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
            else:
                sizes = np.asarray(size, dtype=np.float64)
        except (TypeError, ValueError) as error:
            if isinstance(error, PopulationError):
                raise
            raise SamplingError(f"size: {size!r} is not of numbers: name an attribute that is") from None
        if sizes.shape != (len(self),) or not np.all(np.isfinite(sizes) & (sizes >= 0)):
            raise SamplingError(
                f"size: {size if isinstance(size, str) else 'the array'} must hold a finite number of at least 0 for"
                f" each of {len(self)} personas: fill in or drop those without"
            )
        return sizes

    def _least(self, by: By, minima: int | Mapping[object, int]) -> Least:
        coded = factor(self.frame, attribute_names(by, self.attributes, field="at_least"))
        if isinstance(minima, Mapping):
            numbers = per_level(minima, coded, "at_least")
        else:
            weighty = np.bincount(coded.codes, self.weights, minlength=len(coded.levels)) > 0
            numbers = np.where(weighty, minima, 0).astype(np.float64)
        if (numbers % 1).any() or (numbers < 0).any():
            raise SamplingError(f"at_least: {minima!r} for {by!r}: give whole numbers of jurors")
        return coded, numbers.astype(np.intp)

    def _seat(self, drawn: Draw, design: str, warnings: tuple[str, ...]) -> Sample:
        """Return the jury of the rows drawn, each under an id of its own."""
        import pandas as pd

        rows = drawn.rows
        width = max(4, len(str(len(rows))))
        ids = pd.Index([f"j{number:0{width}d}" for number in range(1, len(rows) + 1)], name="juror")
        return Sample(
            self.frame.iloc[rows].set_axis(ids, axis=0),
            _average_one(drawn.weights),
            name=self.name,
            source=self.source,
            labels=self.labels,
            items=self.items,
            answers=None if self.answers is None else self.answers.iloc[rows].set_axis(ids, axis=0),
            unprompted=self.unprompted,
            narratives=None if self.narratives is None else [self.narratives[row] for row in rows],
            design=design,
            origin=pd.Series(self.frame.index[rows], index=ids, name="persona"),
            expansion=drawn.weights if drawn.unbiased else None,
            inclusion=self.weights[rows] / drawn.weights if drawn.unbiased else None,
            warnings=warnings,
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
    expansion : (n,) array of float, optional
        How much of the population's weight each juror stands for: sums of it times a value are unbiased for the
        population's weighted totals (Horvitz and Thompson). None where the design is no probability design.
    inclusion : (n,) array of float, optional
        How often each juror's row was expected to be drawn; of a stratified jury, given the numbers from each stratum
        where these are not proportional. Without replacement it is the inclusion probability.
    warnings : tuple of str
        What whoever reads figures about the jury must know: a design without known probabilities, groups of the
        controlled attributes with no juror or with one only.
    """

    design: str
    origin: pd.Series
    expansion: NDArray[np.float64] | None = None
    inclusion: NDArray[np.float64] | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Samples:
    """Many juries drawn from one population, as arrays.

    Parameters
    ----------
    population : Population
        Whom they were drawn from.
    rows : (count, n) array of int
        Positions in the population, in random order within each jury.
    weights : (count, n) array of float
        On the scale on which a juror of an equally weighted jury counts 1. Under a probability design, the mean over
        the n jurors of weight times value is unbiased for the population's weighted mean.
    design : str
        How each was drawn, in words.
    unbiased : bool
        Whether that was a probability design.
    warnings : tuple of str
        What whoever reads figures about the juries must know.
    """

    population: Population
    rows: NDArray[np.intp]
    weights: NDArray[np.float64]
    design: str
    unbiased: bool
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def means(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return the weighted mean of a value over each jury.

        Parameters
        ----------
        values : (rows,) array_like
            The value of each row of the population.

        Returns
        -------
        (count,) array of float
        """
        seated = np.asarray(values, dtype=np.float64)[self.rows]
        return np.asarray((self.weights * seated).sum(axis=1) / self.weights.sum(axis=1))

    def jury(self, number: int) -> Sample:
        """Return one of the juries, counted from 0, as `Population.sample` returns it."""
        scale = self.population.weights.sum() / self.rows.shape[1] if self.unbiased else 1.0
        drawn = Draw(self.rows[number], self.weights[number] * scale, self.unbiased)
        return self.population._seat(drawn, self.design, self.warnings)  # noqa: SLF001 - its other half


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


def _count(n: int, field: str, noun: str) -> int:
    if not isinstance(n, (int, np.integer)) or isinstance(n, bool) or n < 1:
        raise SamplingError(f"{field}: {n!r} {noun} cannot be drawn: give a whole number of at least 1")
    return int(n)


def _design(name: str) -> Design:
    try:
        return designs[name]
    except UnknownName as error:
        raise SamplingError(f"design: {error}") from None


def _described(design: str, request: Request, names: tuple[str, ...]) -> str:
    """Return how a jury is drawn, in words."""
    shared = request.allocation if isinstance(request.allocation, str) else f"allocated {dict(request.allocation)}"
    parts = [
        f"{request.n} jurors",
        design,
        *([f"by {' & '.join(names)}", shared] if names else []),
        *(["by size"] if request.size is not None else []),
        *(f"at least {_minima(each)}" for each in request.least),
        f"{'with' if request.replace else 'without'} replacement",
    ]
    return ", ".join(parts)


def _minima(least: Least) -> str:
    coded, minima = least
    return " and ".join(f"{count} {name}" for name, count in zip(coded.labels, minima.tolist(), strict=True) if count)


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
