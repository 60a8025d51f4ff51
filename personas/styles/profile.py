"""A short list of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personas.styles import Trait, styles

if TYPE_CHECKING:
    from collections.abc import Sequence


@styles.register("profile")
def profile(traits: Sequence[Trait]) -> str:
    """Write one line a trait.

    Examples
    --------
    >>> print(profile([Trait("Age", "25-34"), Trait("Sex", "Female")]))
    Age: 25-34
    Sex: Female
    """
    return "\n".join(f"{trait.label}: {trait.value}" for trait in traits)
