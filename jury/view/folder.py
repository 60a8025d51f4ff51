"""The runs that may be looked at: the files of one folder, addressed by a digest of their names."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from jury.errors import RunError
from jury.resuming import SUFFIX
from jury.store import reading

_MAGIC = b"SQLite format 3\x00"


@dataclass(frozen=True)
class Folder:
    """A folder of run files, or a single one.

    Attributes
    ----------
    root : Path
        The folder; nothing outside it is ever opened.
    only : str or None
        Name of the one file that may be looked at.
    """

    root: Path
    only: str | None = None

    @classmethod
    def of(cls, path: Path) -> Folder:
        """Return the folder at `path`, or the one file; raises `RunError` if there is neither, or it is no run."""
        if path.is_dir():
            return cls(path.resolve())
        if path.is_file():
            with reading(path):
                pass
            return cls(path.resolve().parent, path.resolve().name)
        raise RunError(f"{path}: no such folder or run; name a folder of runs, or make a run with `jury simulate`")

    def runs(self) -> dict[str, Path]:
        """Return the files that are, or should be, runs: key -> path, the newest first."""
        found = []
        try:
            paths = list(self.root.iterdir())
        except OSError as error:
            raise RunError(f"the folder cannot be read any more ({error.strerror})") from None
        for path in paths:
            if path.name.startswith(".") or (self.only is not None and path.name != self.only):
                continue
            with suppress(OSError):  # it may be gone by now
                if self._holds(path):
                    found.append((path.stat().st_mtime, path))
        return {_key(path): path for _, path in sorted(found, reverse=True)}

    def _holds(self, path: Path) -> bool:
        """Return whether a file lies in the folder, where a link may lead anywhere, and is, or should be, a run."""
        return path.resolve().parent == self.root and path.is_file() and (path.suffix == SUFFIX or _is_sqlite(path))

    def path(self, key: str) -> Path | None:
        """Return the file of a key, None if there is none."""
        return self.runs().get(key)


def _key(path: Path) -> str:
    return hashlib.sha256(path.name.encode(errors="surrogateescape")).hexdigest()[:16]


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC
