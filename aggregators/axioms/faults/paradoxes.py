"""The classical paradoxes of rules without a bug, with the smallest sizes that we know from the literature."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PARADOXES", "Paradox"]


@dataclass(frozen=True)
class Paradox:
    """A rule that is known to violate an axiom.

    Attributes
    ----------
    name : str
        What it is called.
    rule, axiom : str
        Who violates what.
    known : tuple of two ints, or None
        Alternatives and voters of the smallest case that we know a source for.
    source : str
        The source, and what the size is the smallest of.
    """

    name: str
    rule: str
    axiom: str
    known: tuple[int, int] | None = None
    source: str = ""


_MINIMAL = "Brandt, Matthäus and Saile (2022), Minimal voting paradoxes: linear orders, no ties before or after"
_ANY_CONDORCET = (
    "Brandt, Geist and Peters (2017), Optimal bounds for the no-show paradox via SAT solving: enough for any Condorcet"
    " rule whose ties are broken"
)

PARADOXES: tuple[Paradox, ...] = (
    Paradox("more support harms", "irv", "monotonicity", (3, 17), f"{_MINIMAL}, two voters change"),
    Paradox("more support harms", "stv", "support-monotonicity"),
    Paradox("spoiler", "plurality", "immunity-to-spoilers", (3, 7), f"{_MINIMAL}, any loser leaves"),
    Paradox("clones", "borda", "clones"),
    Paradox("no show", "irv", "participation", (3, 11), f"{_MINIMAL}, two voters stay away"),
    Paradox("no show", "minimax", "participation", (4, 9), _MINIMAL),
    *(
        Paradox("no show", rule, "participation", (4, 12), _ANY_CONDORCET)
        for rule in (
            "baldwin",
            "benham",
            "black",
            "copeland",
            "kemeny",
            "nanson",
            "ranked_pairs",
            "schulze",
            "split_cycle",
        )
    ),
)
"""What the search must find without being told."""
