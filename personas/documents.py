"""Reading YAML documents so that an error can name the line and the key."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from personas.errors import PopulationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Model = TypeVar("Model", bound=BaseModel)
Key = tuple[str | int, ...]

_DEEPEST = 50
_LARGEST = 10_000_000  # bytes: minutes of reading
_SHOWN = 80  # characters of a wrong value
_SAY_ALL = frozenset({"missing", "value_error", "too_short", "too_long"})  # faults whose words need no value
_SWOLLEN, _TIMES = 100_000, 20  # entries with aliases written out, and how often as many as there are


def read_document(path: Path) -> dict[str, Any]:
    """Return the mapping that a YAML file holds.

    Raises
    ------
    PopulationError
        If the file is missing, too large, not YAML, holds something else than a mapping, or gives a key twice; if it
        is nested too deeply, or its aliases would blow it up.

    Notes
    -----
    A document is data: no tag makes an object of it.
    """
    _check_file(path)
    node = _compose(path)
    if not isinstance(node, yaml.MappingNode):
        raise PopulationError(f"{path}: expected a YAML mapping of keys to values")
    try:
        _check_size(node)
        _check_keys(node)
    except PopulationError as error:
        raise PopulationError(f"{path}, {error}") from None
    try:
        document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:  # an unknown tag, a list as a key
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise PopulationError(f"{path}, line {line}: cannot be read: {error.problem}") from None
    except ValueError as error:  # an impossible date
        raise PopulationError(f"{path}: cannot be read: {error}; put the value in quotes") from None
    return document


def validate(model: type[Model], document: object, path: Path, at: tuple[str, ...] = ()) -> Model:
    """Return `document`, which stands at the key `at` of the file `path`, as a `model`.

    Raises
    ------
    PopulationError
        For the first thing that is wrong, with its line and key.
    """
    try:
        return model.model_validate(document)
    except ValidationError as error:
        key, message = first_fault(error)
        key = (*at, *key)
        raise PopulationError(f"{path}, line {line_of(path, key)}: {_dotted(key)}: {message}") from None


def first_fault(error: ValidationError) -> tuple[Key, str]:
    """Return the key of the first thing that is wrong, and in a few words what is.

    Examples
    --------
    >>> from pydantic import BaseModel, ConfigDict
    >>> class Model(BaseModel, extra="forbid"):
    ...     seats: int
    >>> try:
    ...     Model(seats="x" * 500)
    ... except ValidationError as error:
    ...     key, message = first_fault(error)
    >>> key, len(message) < 200
    (('seats',), True)
    """
    first = error.errors()[0]
    key = tuple(part for part in first["loc"] if part != "[key]")
    if first["type"] == "extra_forbidden":
        return key, f"no such key; check its spelling, or leave it and its value {_brief(first['input'])} out"
    message = first["msg"].removeprefix("Value error, ")
    return key, message if first["type"] in _SAY_ALL else f"{message}, not {_brief(first['input'])}"


def _brief(value: object) -> str:
    said = repr(value)
    return said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"


def _compose(path: Path) -> yaml.Node | None:
    try:
        return yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise PopulationError(f"{path}: cannot be read ({error.strerror}): check the path") from None
    except UnicodeDecodeError:
        raise PopulationError(f"{path}: not UTF-8 text: save it as UTF-8") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PopulationError(f"{path}, line {line}: not YAML: {error.problem}") from None
    except RecursionError:
        raise PopulationError(f"{path}: nested deeper than {_DEEPEST} levels") from None
    except yaml.YAMLError as error:  # characters that YAML does not allow
        raise PopulationError(f"{path}: not YAML: {' '.join(str(error).split())}") from None


def _check_file(path: Path) -> None:
    try:
        found = path.stat()
    except OSError:
        return  # said when it is opened
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
        raise PopulationError(f"{path}: not a regular file: name one")
    if found.st_size > _LARGEST:
        raise PopulationError(
            f"{path}: {found.st_size / 1e6:.0f} MB, more than {_LARGEST / 1e6:.0f} MB of YAML: keep data in other "
            "files (cases in .jsonl, people in .csv or .parquet)"
        )


def _check_size(root: yaml.Node) -> None:
    """Refuse a document that its aliases make far larger than it is written, before anything walks through it."""
    sizes: dict[int, int] = {}

    def size(node: yaml.Node, depth: int) -> int:
        if depth > 2 * _DEEPEST:
            raise _too_deep(node)
        if id(node) not in sizes:
            entries = node.value if isinstance(node, yaml.CollectionNode) else ()
            parts = (part for entry in entries for part in (entry if isinstance(entry, tuple) else (entry,)))
            sizes[id(node)] = 1 + sum(size(part, depth + 1) for part in parts)
        return sizes[id(node)]

    total = size(root, 0)
    if total > _SWOLLEN and total > _TIMES * len(sizes):
        raise PopulationError(f"line 1: aliases blow {len(sizes)} entries up to {total:.3g}: write fewer of them")


def _too_deep(node: yaml.Node) -> PopulationError:
    line = node.start_mark.line + 1
    return PopulationError(f"line {line}: nested deeper than {_DEEPEST} levels, or an alias of itself")


def _check_keys(node: yaml.Node) -> None:
    seen: dict[Key, int] = {}
    for key, line in _walk(node):
        if key in seen:
            raise PopulationError(f"line {line}: key {_dotted(key)!r} repeats line {seen[key]}: keep one")
        seen[key] = line


def _walk(node: yaml.Node, prefix: Key = ()) -> Iterator[tuple[Key, int]]:
    """Yield the key and the line of every entry below `node`; a merge key (<<) is not an entry."""
    if len(prefix) > _DEEPEST:
        raise _too_deep(node)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                line = key.start_mark.line + 1
                raise PopulationError(f"line {line}: a key must be a word, not a list or a mapping (quote {{{{...}}}})")
            if key.tag != "tag:yaml.org,2002:merge":
                yield (*prefix, key.value), key.start_mark.line + 1
                yield from _walk(value, (*prefix, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            yield (*prefix, position), value.start_mark.line + 1
            yield from _walk(value, (*prefix, position))


def line_of(path: Path, key: Key) -> int:
    """Return the line of `key`, or of the nearest key above it that the file has."""
    try:
        node = _compose(path)
    except PopulationError:  # gone or changed since it was read
        return 1
    lines = {tuple(map(str, found)): line for found, line in _walk(node)} if node else {}
    parts = tuple(map(str, key))
    return next((lines[parts[:end]] for end in range(len(parts), 0, -1) if parts[:end] in lines), 1)


def _dotted(key: Key) -> str:
    return ".".join(map(str, key)) or "document"
