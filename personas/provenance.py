"""Where a population's figures come from."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Source(BaseModel):
    """Where a population's figures come from, so that every number about it can be traced.

    Parameters
    ----------
    title : str
        What the figures are.
    citation : str, optional
        How to cite them.
    year : int, optional
        The year that the figures describe; None where the source does not say.
    licence : str, optional
        Terms under which they may be used.
    universe : str, optional
        Who is described, and so who is not.
    url : str, optional
        Where they are published.
    notes : tuple of str
        What a reader must know: normalisations, assumed independence, weights that are absent or raked.

    Examples
    --------
    >>> Source(title="A survey", year=2018).with_note("equal weights").notes
    ('equal weights',)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    citation: str | None = None
    year: int | None = None
    licence: str | None = None
    universe: str | None = None
    url: str | None = None
    notes: tuple[str, ...] = ()

    def with_note(self, note: str) -> Source:
        """Return a copy with `note` added to the notes."""
        return self.model_copy(update={"notes": (*self.notes, note)})
