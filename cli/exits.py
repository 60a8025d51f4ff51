"""Exit codes, and which errors are the user's to mend: those are said in one line, without a traceback."""

from __future__ import annotations

from cli.plain import plain

DONE, FAILED, USAGE, INCOMPLETE, BUDGET = 0, 1, 2, 3, 4


class CommandFailed(Exception):
    """A command ends with `code`, after saying why in one line (nothing, if the message is empty)."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


def describe(error: Exception) -> str | None:
    """Return the one line that says what went wrong, or None when the error is a fault of ours."""
    from aggregators.errors import AggregatorError
    from aggregators.registry import UnknownName
    from jury.errors import JuryError
    from personas.errors import PersonaError

    if isinstance(error, JuryError | PersonaError | AggregatorError | UnknownName):
        return " ".join(plain(str(error)).split())
    if isinstance(error, OSError):  # a full disk, a folder that is not there
        words = error.strerror or " ".join(str(error).split())
        return plain(words if error.filename is None else f"{error.filename}: {words}")
    return None
