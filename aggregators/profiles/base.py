"""What all kinds of ballots have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, NoReturn, ParamSpec, Self, TypeVar

import numpy as np

from aggregators.errors import ProfileError
from aggregators.profiles.checking import Groups, checked_alternatives, checked_groups, frozen_weights, named

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Given = ParamSpec("Given")
Made = TypeVar("Made")


class Profile:
    """What all kinds of ballots have in common.

    Attributes
    ----------
    weights : (n,) float array
        Non-negative, with a positive total.
    alternatives : tuple of m str
        Labels, in the order of the columns.
    groups : mapping of str to (n,) str array
        Attribute -> each voter's label.
    """

    weights: NDArray[np.float64]
    alternatives: tuple[str, ...]
    groups: Mapping[str, NDArray[np.str_]]

    _matrix_name: ClassVar[str]
    _derived: dict[Any, Any]

    def _settle(
        self,
        shape: tuple[int, ...],
        weights: ArrayLike | None,
        alternatives: Sequence[object] | None,
        groups: Groups | None,
    ) -> None:
        voters, columns = shape
        self._keep(
            weights=frozen_weights(weights, voters),
            alternatives=checked_alternatives(alternatives, columns),
            groups=checked_groups(groups, voters),
            _derived={},
        )

    def _keep(self, **settled: object) -> None:
        self.__dict__.update(settled)

    @property
    def _matrix(self) -> NDArray[Any]:
        matrix: NDArray[Any] = getattr(self, self._matrix_name)
        return matrix

    @property
    def n_voters(self) -> int:
        """Number of voters n, at least 1."""
        return len(self.weights)

    @property
    def n_alternatives(self) -> int:
        """Number of alternatives m, at least 1."""
        return len(self.alternatives)

    @property
    def opinions(self) -> NDArray[np.bool_]:
        """(n, m) mask of who gave an opinion on what."""
        raise NotImplementedError

    @property
    def complete(self) -> bool:
        """Whether everybody gave an opinion on everything."""
        raise NotImplementedError

    def derived(
        self, make: Callable[Concatenate[Self, Given], Made], *args: Given.args, **kwargs: Given.kwargs
    ) -> Made:
        """Return ``make(self, ...)``, computed once for these ballots however often they are weighted anew.

        Parameters
        ----------
        make : callable
            A named function of the ballots, never of their weights; its result is not to be changed.
        *args, **kwargs
            Further arguments, which must be hashable.
        """
        key = (make, args, *kwargs.items())
        if key not in self._derived:
            self._derived[key] = make(self, *args, **kwargs)
        found: Made = self._derived[key]
        return found

    def with_weights(self, weights: ArrayLike) -> Self:
        """Return the same ballots under other `weights`, shape (n,)."""
        return self._twin(weights=frozen_weights(weights, self.n_voters))

    def with_groups(self, groups: Groups | None) -> Self:
        """Return the same ballots with other `groups` of the voters."""
        return self._twin(groups=checked_groups(groups, self.n_voters))

    def _twin(self, **changed: object) -> Self:
        """Return the same ballots, and what was derived of them, with other weights or groups."""
        twin = object.__new__(type(self))
        twin._keep(**self.__dict__ | changed)
        return twin

    def select(self, voters: ArrayLike) -> Self:
        """Return the ballots of some voters, with their weights and groups.

        Parameters
        ----------
        voters : (n,) bool array or (k,) int array
            A mask, or indices in the order wanted; an index may recur.

        Raises
        ------
        ProfileError
            If they are no such array, name a voter who is not there, or leave nobody with a weight.
        """
        chosen = checked_voters(voters, self.n_voters)
        groups = {name: labels[chosen] for name, labels in self.groups.items()}
        return type(self)(self._matrix[chosen], self.weights[chosen], self.alternatives, groups)  # type: ignore[call-arg]

    def restrict(self, alternatives: Sequence[str]) -> Self:
        """Return the ballots on some alternatives only, in the order given."""
        alternatives = named("alternatives", alternatives)
        columns = [self.index(label) for label in alternatives]
        return type(self)(self._matrix[:, columns], self.weights, alternatives, self.groups)  # type: ignore[call-arg]

    def index(self, alternative: str) -> int:
        """Return the column of `alternative`."""
        try:
            return self.alternatives.index(str(alternative))
        except ValueError:
            known = ", ".join(self.alternatives)
            raise ProfileError(f"alternative {alternative!r} is not in this profile; it has: {known}") from None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return (
            self.alternatives == other.alternatives
            and np.array_equal(self._matrix, other._matrix, equal_nan=True)
            and np.array_equal(self.weights, other.weights)
            and self.groups.keys() == other.groups.keys()
            and all(np.array_equal(labels, other.groups[name]) for name, labels in self.groups.items())
        )

    __hash__ = None  # type: ignore[assignment]  # equality is by content, and arrays have no cheap hash

    def __repr__(self) -> str:
        parts = [f"{self.n_voters} voters", _shortened(self.alternatives)]
        if (self.weights != 1).any():
            parts.append(f"total weight {self.weights.sum():g}")
        if missing := int((~self.opinions).sum()):
            parts.append(f"{missing} missing")
        if self.groups:
            parts.append(f"groups by {', '.join(self.groups)}")
        return f"{type(self).__name__}({'; '.join(parts)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._matrix, self.weights, self.alternatives, dict(self.groups))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be changed; make a new profile")


def checked_voters(voters: ArrayLike, many: int) -> NDArray[Any]:
    """Return a mask of `many` voters, or indices of them."""
    try:
        chosen = np.asarray(voters)
    except ValueError:
        raise ProfileError("voters is no array; give a mask of the voters, or their indices") from None
    if chosen.size == 0 or (chosen.dtype == np.bool_ and not chosen.any()):
        raise ProfileError("voters names nobody; give a mask of the voters, or their indices, with at least one")
    if chosen.ndim != 1 or chosen.dtype.kind not in "biu":
        raise ProfileError(f"voters={_brief(voters)} is neither a mask of the voters nor their indices")
    if chosen.dtype == np.bool_:
        if len(chosen) != many:
            raise ProfileError(f"voters is a mask of {len(chosen)}; there are {many} voters")
    elif chosen.min() < -many or chosen.max() >= many:
        wrong = chosen[(chosen < -many) | (chosen >= many)][0]
        raise ProfileError(f"voters names {wrong}; the {many} voters are counted from 0")
    return chosen


def _brief(value: object) -> str:
    text = repr(value).replace("\n", " ")
    return text if len(text) <= 40 else f"{text[:37]}..."


def _shortened(labels: tuple[str, ...], most: int = 6) -> str:
    return ", ".join(labels) if len(labels) <= most else f"{', '.join(labels[:most])}, ... ({len(labels)} in all)"
