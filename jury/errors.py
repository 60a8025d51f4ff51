"""What can go wrong when a jury is asked.

::

    JuryError                 everything below; the command line prints it in one line and exits 1
    ├── StudyError            a study file, a table of cases or of ratings that cannot be used
    ├── ModelError            a model that cannot be used at all: unknown, no key, no such readout
    ├── RunError              a run file that cannot be opened, resumed or read
    ├── MeasureError          numbers that a measure cannot take: shapes, labels, parameters
    ├── DataError             a benchmark's data that is missing or malformed
    └── RequestError          one request came to nothing: its ballot is kept as failed
        └── TransientError    ... and asking again may help (rate limits, time-outs, a server's fault)
"""

from __future__ import annotations


class JuryError(Exception):
    """Base of every error that `jury` raises on purpose."""


class StudyError(JuryError, ValueError):
    """A study, or a file that it names, is not usable; the message names file, line, key and remedy."""


class ModelError(JuryError):
    """A model cannot be used at all, so the run does not start, or stops."""


class RunError(JuryError):
    """A run file cannot be opened, resumed or read."""


class MeasureError(JuryError, ValueError):
    """Numbers that a measure cannot take; the message names the argument, what it holds and the remedy."""


class DataError(JuryError, ValueError):
    """A benchmark's data is missing or malformed; the message names file and line, or how to get it."""


class RequestError(JuryError):
    """One request came to nothing; the ballot that needed it is stored as failed."""


class TransientError(RequestError):
    """A request that may succeed when it is made again.

    Parameters
    ----------
    message : str
    retry_after : float, optional
        Seconds that the server asked to wait.
    overloaded : bool
        The server said that too much was asked of it: fewer requests at once will help.
    maybe_billed : bool
        The request may have been worked on although no usable answer came, so it may be on the bill.
    """

    def __init__(
        self,
        message: str,
        retry_after: float | None = None,
        *,
        overloaded: bool = False,
        maybe_billed: bool = False,
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.overloaded = overloaded
        self.maybe_billed = maybe_billed
