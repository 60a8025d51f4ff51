"""Populations: weighted personas with the source they came from."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from personas.coverage import coverage
from personas.errors import PopulationError
from personas.groups import By, Condition, attribute_names, factor, where
from personas.persona import Persona, plain
from personas.provenance import Source
from personas.weights import checked, kish

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from personas.codebook import Item
    from personas.designs import Allocation
    from personas.drawing import AtLeast
    from personas.samples import Sample, Samples

_BLOCK = 2048  # personas that are held at a time


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
        If ids repeat, lengths differ, names of columns are not text or repeat, `unit` or `unprompted` is of no known
        kind, or weights are negative, not finite or all zero.

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
        object.__setattr__(self, "weights", checked(self.weights, len(self.frame)))
        self._check_columns()
        for field_, values in (("answers", self.answers), ("narratives", self.narratives)):
            if values is not None and len(values) != len(self):
                raise PopulationError(
                    f"{field_}: {len(values)} for {len(self)} personas: give one for each, empty where there is none"
                )
        if self.unit not in ("person", "cell"):
            raise PopulationError(f"unit: {self.unit!r} is not known: use person or cell")
        if repeated := self.frame.index[self.frame.index.duplicated()].unique().tolist():
            raise PopulationError(f"id: {repeated[0]!r} is given to several personas: make ids unique")

    def _check_columns(self) -> None:
        columns = self.frame.columns
        if odd := [name for name in columns if not isinstance(name, str)]:
            raise PopulationError(f"frame: column {odd[0]!r} has no text for a name: rename it to {str(odd[0])!r}")
        if twice := columns[columns.duplicated()].tolist():
            raise PopulationError(f"frame: two columns are named {twice[0]!r}: rename one")
        if unknown := sorted(self.unprompted - set(columns)):
            raise PopulationError(f"unprompted: unknown attribute {unknown[0]!r}; known: {', '.join(columns)}")

    def __len__(self) -> int:
        return len(self.frame)

    def __iter__(self) -> Iterator[Persona]:
        for start in range(0, len(self), _BLOCK):
            rows = slice(start, start + _BLOCK)
            block = self.frame.iloc[rows]
            columns = [plain(block.iloc[:, position].tolist()) for position in range(block.shape[1])]
            weights = self.weights[rows].tolist()
            for row, (identifier, weight) in enumerate(zip(block.index.tolist(), weights, strict=True)):
                attributes = dict(zip(self.attributes, (column[row] for column in columns), strict=True))
                narrative = None if self.narratives is None else self.narratives[start + row]
                yield Persona(str(identifier), attributes, weight, narrative, self.unprompted)

    def _repr_html_(self) -> str:
        from personas.notebook import population_html

        return population_html(self)

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
        return kish(self.weights)

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
        from personas.drawing import Terms, draw

        return draw(self, Terms(n, design, by, allocation, size, at_least, replace), rng)

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
        from personas.drawing import Terms, draw_many

        return draw_many(self, count, Terms(n, design, by, allocation, size, at_least, replace), rng)
