"""A file of ballots as numbered lines, whose every fault becomes one line."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aggregators.errors import ReadError

__all__ = ["Source", "opened"]


@dataclass
class Source:
    """The text of one file.

    Attributes
    ----------
    path : Path
        For messages, and the name.
    text : str
        Decoded, with the line ends of the file.
    """

    path: Path
    text: str

    def first_line(self) -> str:
        """Return the first line, without its end."""
        return self.text.split("\n", 1)[0].rstrip("\r")

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield the number, from 1, and the text of each line that is not blank."""
        for number, line in enumerate(io.StringIO(self.text, newline=None), start=1):
            if line.strip():
                yield number, line.strip()

    def rows(self, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
        """Yield the number of the last line, and the cells, of each row of a CSV file that is not blank."""
        rows = csv.reader(io.StringIO(self.text, newline=""), delimiter=delimiter)
        try:
            for cells in rows:
                if cells:
                    yield rows.line_num, cells
        except csv.Error as error:
            raise self.fault(rows.line_num, f"cannot be read as a table: {error}") from None

    def table(self) -> tuple[list[str], list[tuple[int, list[str]]]]:
        """Return the header of a CSV file and its numbered rows, all as long as the header."""
        rows = self.rows()
        _, header = next(rows, (0, []))
        if not header:
            raise ReadError(f"{self.path}: cannot be read as a table: there is no header")
        body = []
        for line, cells in rows:
            if len(cells) != len(header):
                raise self.fault(
                    line,
                    f"cannot be read as a table: a row of {len(cells)} under a header of {len(header)}; leave a cell "
                    "empty where there is nothing, and put text that holds commas in double quotes",
                )
            body.append((line, cells))
        return header, body

    def fault(self, line: int, what: str) -> ReadError:
        """Return the error for a line."""
        return ReadError(f"{self.path}, line {line}: {what}")


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Read a file whole, gzip accepted.

    Raises
    ------
    ReadError
        If it is not there, not UTF-8, or a broken archive.
    """
    try:
        data = path.read_bytes()
        if path.suffix.lower() == ".gz":
            data = gzip.decompress(data)
        text = data.decode("utf-8-sig")
    except OSError as error:
        words = error.strerror or " ".join(str(error).split())
        raise ReadError(f"{path}: cannot be read as a table: {words}") from None
    except (EOFError, zlib.error, UnicodeDecodeError) as error:
        raise ReadError(f"{path}: cannot be read as a table: {' '.join(str(error).split())}") from None
    yield Source(path, text)
