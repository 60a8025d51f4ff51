"""Text from models and files as a terminal may show it: all of it visible, none of it obeyed."""

from __future__ import annotations

import codecs

#: Invisible, but words of Persian and Hindi and many emoji are spelt with them.
_JOINERS = "\u200c\u200d"

#: What stands for marks that a terminal's encoding lacks, one for one so that tables keep their columns.
_INSTEAD = dict(zip("▁▂▃▄▅▆▇█", "_-=+*%#@", strict=True)) | dict(zip("─–…·→‹", "--~.><", strict=True))

#: Name of the way in which `sys.stdout` deals with what its encoding lacks.
READABLE = "jury-readable"


def _readable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_INSTEAD.get(mark, "?") for mark in lacking), error.end


codecs.register_error(READABLE, _readable)


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
