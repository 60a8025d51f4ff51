"""Strategies for voters who belong to groups, some of them to a minority."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from aggregators.profiles import Utilities
from aggregators.strategies.profiles import drawn_shape, utilities

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["minority_last", "populations_with_groups"]

_ATTRIBUTES = {"group": ("majority", "minority"), "region": ("north", "south")}


@st.composite
def populations_with_groups(
    draw: st.DrawFn,
    attributes: Mapping[str, Sequence[str]] = _ATTRIBUTES,
    *,
    minority: float = 0.25,
    min_voters: int = 3,
    max_voters: int = 8,
    min_alternatives: int = 1,
    max_alternatives: int = 5,
    low: float = -10.0,
    high: float = 10.0,
    whole: bool = False,
    missing: bool = False,
    weighted: bool = True,
) -> Utilities:
    """Draw utilities of voters who belong to groups.

    Parameters
    ----------
    draw : callable
        Supplied by Hypothesis.
    attributes : mapping of str to sequences of str
        Attribute -> its labels. Of the first attribute, the last label is the minority's.
    minority : float
        Share of the voters who are in the minority, between 0 and 1/2: rounded, but at least one voter and fewer than
        half of them. Which voters they are is drawn.
    min_voters, max_voters, min_alternatives, max_alternatives : int
        Bounds of the shape; at least 3 voters.
    low, high, whole, missing, weighted
        As for `utilities`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from aggregators.strategies import populations_with_groups
    >>> @given(populations_with_groups(minority=0.4))
    ... def test_the_minority_is_smaller(population):
    ...     assert (population.groups["group"] == "minority").mean() < 0.5
    >>> test_the_minority_is_smaller()
    """
    for position, (attribute, labels) in enumerate(attributes.items()):
        if len(labels) < 2 - (position > 0):
            wanted = "labels of a majority and a minority" if position == 0 else "at least one label"
            raise ValueError(f"attributes[{attribute!r}]={labels!r} is too few; give {wanted}")
    n, m = drawn_shape(draw, min_voters, max_voters, min_alternatives, max_alternatives)
    profile = draw(
        utilities(
            min_voters=n,
            max_voters=n,
            min_alternatives=m,
            max_alternatives=m,
            low=low,
            high=high,
            whole=whole,
            missing=missing,
            weighted=weighted,
        )
    )
    groups: dict[str, Iterable[str]] = {}
    for attribute, labels in attributes.items():
        if groups:
            groups[attribute] = [draw(st.sampled_from(labels)) for _ in range(n)]
        else:
            few = minority_last(n, minority).count(True)
            others = [draw(st.sampled_from(labels[:-1])) for _ in range(n - few)]
            groups[attribute] = draw(st.permutations([*others, *[labels[-1]] * few]))
    return Utilities(profile.values, profile.weights, groups=groups)


def minority_last(voters: int, share: float) -> list[bool]:
    """Return who is in the minority: the last ones, a share of all, at least one and fewer than half."""
    if not 0 < share < 0.5:
        raise ValueError(f"minority={share!r} is no minority's share; give one between 0 and 0.5")
    if voters < 3:
        raise ValueError(f"min_voters allows {voters} voters, which have no minority; give at least 3")
    few = min(max(round(share * voters), 1), (voters - 1) // 2)
    return [voter >= voters - few for voter in range(voters)]
