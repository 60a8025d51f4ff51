"""Text from models and files as a terminal may show it: all of it visible, none of it obeyed."""

from __future__ import annotations

#: Invisible, but words of Persian and Hindi and many emoji are spelt with them.
_JOINERS = "\u200c\u200d"


def plain(text: str) -> str:
    r"""Return `text` on one line, without escape sequences, overrides of direction and the like.

    Examples
    --------
    >>> plain("red\x1b[31m\nnext line")
    'red�[31m next line'
    """
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character.isprintable() or character in _JOINERS:
        return character
    return " " if character.isspace() else "�"
