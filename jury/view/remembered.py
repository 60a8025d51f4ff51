"""What was worked out of run files, kept until they change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any


def signature(path: Path) -> tuple[tuple[int, int], ...]:
    """Return what changes whenever the run file does: times and sizes, its log included."""
    found = []
    for each in (path, path.with_name(f"{path.name}-wal")):
        try:
            stat = each.stat()
        except OSError:
            continue
        found.append((stat.st_mtime_ns, stat.st_size))
    return tuple(found)


class Remembered:
    """Results by run and question, worked out again only when a file has changed.

    Parameters
    ----------
    most : int
        Results that are kept; the one that was longest not asked for goes first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: dict[tuple[Path, str], tuple[object, Any]] = {}
        self._turns: dict[tuple[Path, str], Lock] = {}
        self._lock = Lock()  # requests are answered in threads

    def get(self, path: Path, what: str, look: Callable[[Path], Any], *others: Path) -> Any:  # noqa: ANN401
        """Return ``look(path)``, as it was found before if the file, and `others` that it rests on, are the same.

        Who asks while it is being worked out waits for it.
        """
        key = path, what
        with self._lock:
            turn = self._turns.setdefault(key, Lock())
        with turn:
            now = tuple(map(signature, (path, *others)))
            with self._lock:
                known = self._found.pop(key, None)
                if known is not None:
                    self._found[key] = known
            if known is not None and known[0] == now:
                return known[1]
            found = look(path)
            with self._lock:
                self._keep(key, (now, found))
            return found

    def _keep(self, key: tuple[Path, str], result: tuple[object, Any]) -> None:
        self._found.pop(key, None)
        self._found[key] = result
        while len(self._found) > self._most:
            oldest = next(iter(self._found))
            del self._found[oldest]
            self._turns.pop(oldest, None)
