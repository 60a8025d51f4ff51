"""The planted texts, by family, and how they are written."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from personas.documents import read_document, validate

_FILE = Path(__file__).with_name("families.yaml")
_TAGS = 0xE0000  # where Unicode's tag characters begin, one for each of ASCII


class Family(BaseModel):
    """One kind of injection.

    Attributes
    ----------
    what : str
        What it does, to go after its name.
    source : str
        Who described it.
    text : str
        In plain words.
    written : {"plain", "base64", "tags"}
        How it is written: as it is, in Base64, or in Unicode's unseen tag characters.
    lead : str
        Plain words before it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    what: str
    source: str
    text: str
    written: Literal["plain", "base64", "tags"] = "plain"
    lead: str = ""

    def planted(self) -> str:
        """Return what goes into an alternative."""
        if self.written == "base64":
            body = base64.b64encode(self.text.encode()).decode()
        elif self.written == "tags":
            body = "".join(chr(_TAGS + ord(mark)) for mark in self.text)
        else:
            body = self.text
        return f"{self.lead} {body}" if self.lead else body


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    control: str = Field(min_length=1)
    families: dict[str, Family]


@cache
def _document() -> _Document:
    return validate(_Document, read_document(_FILE), _FILE)


def families() -> dict[str, Family]:
    """Return every family by its name.

    Examples
    --------
    >>> families()["direct-order"].source
    'Perez and Ribeiro (2022), Ignore previous prompt. arXiv:2211.09527'
    """
    return dict(_document().families)


def control_text() -> str:
    """Return the harmless text, about as long as the planted ones."""
    return _document().control
