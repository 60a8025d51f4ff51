"""A file of ballots as numbered lines, whose every fault becomes one line."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aggregators.errors import ReadError

__all__ = ["Source", "opened"]

_GZIP = b"\x1f\x8b"
_QUOTED = re.compile(r'"[^"]*"')


@dataclass
class Source:
    """The text of one file.

    Attributes
    ----------
    path : Path
        For messages, and the name.
    text : str
        Decoded, with the line ends of the file.
    header_line : int
        Where the header of a table stands, once it has been read.
    ballot_lines : list of int
        Where each ballot stands, in the order of the profile; a reader fills it.
    """

    path: Path
    text: str
    header_line: int = 1
    ballot_lines: list[int] = field(default_factory=list)

    def first_line(self) -> str:
        """Return the first line, without its end."""
        return self.text.split("\n", 1)[0].rstrip("\r")

    @property
    def delimiter(self) -> str:
        """What separates the cells of a CSV table: a semicolon or a tab if its header has some and no comma."""
        header = _QUOTED.sub("", self.first_line())
        return "," if "," in header else next((mark for mark in ";\t" if mark in header), ",")

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield the number, from 1, and the text of each line that is not blank."""
        for number, line in enumerate(io.StringIO(self.text, newline=None), start=1):
            if line.strip():
                yield number, line.strip()

    def rows(self, delimiter: str = ",", *, blank: bool = False) -> Iterator[tuple[int, list[str]]]:
        """Yield the number of the first line, and the cells, of each row of a CSV file.

        A blank line is no row; with ``blank=True`` it is one without cells.

        Raises
        ------
        ReadError
            If a row cannot be read, or a quote is never closed and swallows the lines below it.
        """
        taken: list[str] = []

        def feed() -> Iterator[str]:
            for line in io.StringIO(self.text, newline=""):
                taken.append(line)
                yield line

        rows = csv.reader(feed(), delimiter=delimiter)
        try:
            for cells in rows:
                line = rows.line_num - len(taken) + 1
                written = "".join(taken)
                if written.count('"') % 2 and (len(taken) > 1 or _unclosed(written, delimiter)):
                    raise self.fault(
                        line, "a double quote opens a cell and is not closed in this row; close it, or leave it out"
                    )
                taken.clear()
                if cells or blank:
                    yield line, cells
        except csv.Error as error:
            raise self.fault(rows.line_num, f"cannot be read as a table: {error}") from None

    def table(self) -> tuple[list[str], list[tuple[int, list[str]]]]:
        """Return the header of a CSV file and its numbered rows, all as long as the header.

        Blank lines are left out, except between the rows of a table with one column: there they are empty cells.
        """
        header: list[str] = []
        body: list[tuple[int, list[str]]] = []
        blank: list[tuple[int, list[str]]] = []
        for line, cells in self.rows(self.delimiter, blank=True):
            if not header:
                header, self.header_line = cells, line
            elif not cells:
                blank.append((line, [""]))
            elif len(cells) != len(header):
                raise self.fault(
                    line,
                    f"cannot be read as a table: a row of {len(cells)} under a header of {len(header)}; leave a cell "
                    "empty where there is nothing, and put text that holds commas in double quotes",
                )
            else:
                body += [*blank, (line, cells)] if len(header) == 1 else [(line, cells)]
                blank.clear()
        if not header:
            raise ReadError(f"{self.path}: cannot be read as a table: there is no header")
        self.ballot_lines = [line for line, _ in body]
        return header, body

    def column(self, header: list[str], name: str) -> int:
        """Return where the column `name` stands in a header.

        Raises
        ------
        ReadError
            If there is none.
        """
        if name not in header:
            raise self.fault(self.header_line, f"no column {name!r}; columns: {', '.join(header)}")
        return header.index(name)

    def fault(self, line: int, what: str) -> ReadError:
        """Return the error for a line."""
        return ReadError(f"{self.path}, line {line}: {what}")


def _unclosed(row: str, delimiter: str) -> bool:
    """Tell whether a row of one line ends within quotes, which the last of a file may."""
    try:
        next(csv.reader([row], delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Read a file whole; gzip is known by its first bytes.

    Raises
    ------
    ReadError
        If it is not there, not UTF-8, or a broken archive.
    """
    try:
        data = path.read_bytes()
        if data.startswith(_GZIP):
            data = gzip.decompress(data)
        text = data.decode().removeprefix("\ufeff")
    except OSError as error:
        words = error.strerror or " ".join(str(error).split())
        raise ReadError(f"{path}: cannot be read as a table: {words}") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ReadError(
            f"{path}, line {line}: cannot be read as a table: the byte 0x{data[error.start]:02x} is not UTF-8; "
            "save the file as text in UTF-8"
        ) from None
    except (EOFError, zlib.error) as error:
        raise ReadError(f"{path}: cannot be read as a table: {' '.join(str(error).split())}") from None
    yield Source(path, text)
