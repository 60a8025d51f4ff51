"""What a topology is: of the people in a room, the pairs of one who hears and one who is heard."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SerializeAsAny, model_validator

from aggregators.registry import Registry
from jury.deliberation.naming import read_named, words_of

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["Room", "Ties", "Topology", "TopologyBlock", "everybody", "read_topology", "topologies"]

IntArray: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Room:
    """The people among whom a network is drawn.

    Attributes
    ----------
    names : tuple of n str
    labels : (n,) array of str or None
        The group of each, by the attribute that the topology asks for; None where it asks for none.
    """

    names: tuple[str, ...]
    labels: NDArray[np.str_] | None = None

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True, eq=False)
class Ties:
    """Who hears whom.

    Attributes
    ----------
    hears, heard : (t,) int arrays
        One tie a place: the juror who hears, and the one who is heard.
    weight : (t,) float array
        How much each tie counts beside the others of the same juror.
    """

    hears: IntArray
    heard: IntArray
    weight: NDArray[np.float64]

    @classmethod
    def of(cls, hears: Sequence[int] | IntArray, heard: Sequence[int] | IntArray) -> Ties:
        """Return ties that all count alike."""
        return cls(np.asarray(hears, dtype=np.intp), np.asarray(heard, dtype=np.intp), np.ones(len(hears)))

    @classmethod
    def mutual(cls, one: Sequence[int] | IntArray, other: Sequence[int] | IntArray) -> Ties:
        """Return ties by which both of a pair hear each other."""
        return cls.of(np.concatenate([one, other]), np.concatenate([other, one]))

    def matrix(self, people: int) -> sparse.csr_array:
        """Return the (n, n) matrix of weights, entry (i, j) where i hears j; ties of the same pair add up."""
        from scipy import sparse

        return sparse.coo_array((self.weight, (self.hears, self.heard)), shape=(people, people)).tocsr()


class Topology(BaseModel, ABC):
    """Who hears whom; subclasses add their own settings.

    Notes
    -----
    With `homophily` h each tie to somebody of another group is moved, with probability h, to a random member of one's
    own group; one that is heard already then counts for more. Of a share s of ties within groups, s + h (1 - s) are
    left on average, so that h is Coleman's index of inbreeding homophily: 0 leaves the network as it is, 1 leaves no
    tie between groups but those of people who have nobody of their own group.

    References
    ----------
    Coleman (1958), Relational analysis, Human Organization 17. Currarini, Jackson and Pin (2009), An economic model of
    friendship, Econometrica 77.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: Whether the ties are drawn by lot, before homophily.
    chance: ClassVar[bool] = True

    kind: str
    homophily: float = Field(
        default=0.0, ge=0, le=1, description="Share of the ties to other groups that is moved to one's own; needs by."
    )
    by: str | None = Field(
        default=None, description="The attribute, or crossing of attributes, whose groups homophily is about."
    )

    @model_validator(mode="after")
    def _of_what(self) -> Topology:
        if self.homophily > 0 and self.by is None:
            raise ValueError("homophily needs groups: add by, for instance by=race")
        return self

    def check(self, everybody: Room) -> None:
        """Raise `StudyError` if the settings fit nobody among all who may come into a room."""

    @abstractmethod
    def draw(self, room: Room, rng: np.random.Generator) -> Ties:
        """Return the ties of a room before any is moved; who is alone in it hears nobody."""

    def by_lot(self) -> bool:
        """Tell whether two drawings can differ."""
        return self.homophily > 0 or self.chance

    def words(self) -> str:
        """Return the topology as it is written, with its settings.

        Examples
        --------
        >>> read_topology("small-world:homophily=0.5,by=race").words()
        'small-world:k=4,p=0.1,homophily=0.5,by=race'
        """
        return words_of(self, ("homophily", "by"))


topologies: Registry[type[Topology]] = Registry("topology", "jury.deliberation.topologies")


def read_topology(value: str | Mapping[str, Any] | Topology) -> Topology:
    """Return a topology from ``"small-world:k=4,p=0.1"``, or from a mapping with ``kind`` and its settings.

    Raises
    ------
    StudyError
        For one that is not known, or settings that it does not take.

    Examples
    --------
    >>> read_topology("small-world:k=4,p=0.2").p
    0.2
    >>> read_topology({"kind": "two-blocs", "by": "race"}).kind
    'two-blocs'
    """
    return value if isinstance(value, Topology) else read_named(topologies, value, "topology")


def _checked(value: Any) -> Topology:  # noqa: ANN401 - raw input
    if not isinstance(value, str | Mapping | Topology):
        raise ValueError("expected the name of a topology, or a mapping with kind")  # noqa: TRY004 - pydantic reads it
    return read_topology(value)  # whose StudyError is a ValueError


TopologyBlock = Annotated[
    SerializeAsAny[Topology], BeforeValidator(_checked, json_schema_input_type=str | dict[str, Any])
]
"""A topology as a field of a pydantic model: text or a mapping in files, a `Topology` once read."""


def everybody(people: int) -> Ties:
    """Return the ties of people who all hear each other."""
    hears, heard = np.nonzero(~np.eye(people, dtype=np.bool_))
    return Ties.of(hears, heard)
