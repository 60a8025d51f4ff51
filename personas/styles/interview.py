"""Questions and answers of an interview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from personas.styles import Trait, style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from personas.templates import Teller


@style("interview")
def interview(traits: Sequence[Trait], teller: Teller) -> str:
    """Questions of an interviewer, and the person's answers.

    References
    ----------
    Santurkar, S. et al. (2023). Whose Opinions Do Language Models Reflect? ICML: steers models by question and
    answer ("QA"), by a biography ("BIO") or by a portrait ("PORTRAY").

    Examples
    --------
    >>> from personas import Persona, render
    >>> print(render(Persona("p", {"age": "25-34", "sex": "Female"}), style="interview"))
    Interviewer: How old are you?
    Respondent: 25-34
    Interviewer: Please tell me your sex.
    Respondent: Female
    """
    return teller.tell("interview", traits)
