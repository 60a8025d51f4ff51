"""Whether a run goes on: told by the lock of the process that writes it, never by the clock."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

State = Literal["going on", "complete", "incomplete"]

#: A writer makes its lock file, or empties it, and locks it right after; so long nobody else may try the lock.
_SETTLING = 1.0


def being_written(path: Path) -> bool:
    """Return whether a process is writing the run at `path`.

    Notes
    -----
    A killed writer leaves its lock file behind, but no lock on it. The lock is tried, shared where the system has
    shared locks, and given back at once; a writer that starts in that very instant would be turned away, so a lock file
    that has just been touched is taken to be in use, and not tried.
    """
    lock = path.with_name(f".{path.name}.lock")
    try:
        age = time.time() - lock.stat().st_mtime
    except OSError:
        return False
    if 0 <= age < _SETTLING:
        return True
    return _held(lock)


def _held(lock: Path) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        return _held_elsewhere(lock)
    try:
        handle = os.open(lock, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _held_elsewhere(lock: Path) -> bool:
    trial = FileLock(lock, timeout=0)
    try:
        trial.acquire()
    except (Timeout, OSError):
        return True
    trial.release()
    return False
