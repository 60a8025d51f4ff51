"""Whether a run goes on: told by the lock of the process that writes it, never by the clock."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

State = Literal["going on", "complete", "incomplete"]


def being_written(path: Path) -> bool:
    """Return whether a process is writing the run at `path`.

    Notes
    -----
    A killed writer leaves its lock file behind, but no lock on it. The lock is tried, shared where the system has
    shared locks, and given back at once; writers wait longer for it than that takes.
    """
    lock = lock_of(path)
    try:
        import fcntl
    except ImportError:  # Windows
        return lock.exists() and _held_elsewhere(lock)
    try:
        handle = os.open(lock, os.O_RDONLY | os.O_NONBLOCK)  # a pipe of that name is not waited for
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def lock_of(path: Path) -> Path:
    """Return the lock file of the run at `path`, which its writer makes, or empties, when it begins."""
    return path.with_name(f".{path.name}.lock")


def _held_elsewhere(lock: Path) -> bool:
    trial = FileLock(lock, timeout=0)
    try:
        trial.acquire()
    except (Timeout, OSError):
        return True
    trial.release()
    return False
