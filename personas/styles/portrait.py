"""A portrait of what the person values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personas.styles import Trait, style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from personas.templates import Teller


@style("portrait", levels=True)
def portrait(traits: Sequence[Trait], teller: Teller) -> str:
    """Portrait of values: a sentence about each moral foundation, basic value or trait, by its level.

    An attribute is known by its name: ``care``, ``benevolence``, ``openness`` and so on; the template files list
    them and cite the constructs. Its value is a level in words (``low``, ``average``, ``high``), or a number, whose
    level is where it stands in the population (`personas.scoring.Cuts`). Others are told in one plain sentence each.

    References
    ----------
    Schwartz, S. H. et al. (2001). Extending the cross-cultural validity of the theory of basic human values with a
    different method of measurement. Journal of Cross-Cultural Psychology 32(5): describes people by what matters
    to them. The sentences here are our own, not those of any questionnaire.

    Examples
    --------
    >>> from personas import Persona, render
    >>> render(Persona("p", {"age": 43, "loyalty": "high"}), style="portrait")
    "This person's age is 43. Standing by one's own group matters a great deal to this person."
    """
    return teller.tell("portrait", traits, portrayed=True)
