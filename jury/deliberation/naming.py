"""Things that are named with their settings: ``"small-world:k=4,p=0.1"``, or a mapping with ``kind``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from aggregators.registry import Registry, UnknownName
from jury.errors import StudyError
from personas.documents import first_fault

__all__ = ["read_named", "with_settings", "words_of"]

Named = TypeVar("Named", bound=BaseModel)


def read_named(registry: Registry[type[Named]], value: str | Mapping[str, Any], noun: str) -> Named:
    """Return the entry of a registry that `value` names, with its settings.

    Parameters
    ----------
    registry : Registry
        Of pydantic models with a field ``kind``.
    value : str or mapping
    noun : str
        What it is called in messages.

    Raises
    ------
    StudyError
        For a name that is not known, or settings that it does not take.
    """
    given = _settings(value, noun) if isinstance(value, str) else dict(value)
    kind = str(given.get("kind", "")).strip()
    if not kind:
        raise StudyError(f"{noun}={value!r} names no kind; choose one of: {', '.join(registry)}")
    try:
        found = registry[kind]
    except UnknownName as error:
        raise StudyError(f"{noun}: {error}") from None
    try:
        return found.model_validate(given | {"kind": registry.canonical(kind)})
    except ValidationError as error:
        where, message = first_fault(error)
        at = ".".join(map(str, where))
        takes = ", ".join(name for name in found.model_fields if name != "kind")
        raise StudyError(f"{noun} {kind}: {f'{at}: ' if at else ''}{message} (it takes: {takes})") from None


def with_settings(text: str, settings: Mapping[str, object]) -> str:
    """Return `text` with more settings, those that are None left out.

    Examples
    --------
    >>> with_settings("ring:k=2", {"homophily": 0.5, "by": None})
    'ring:k=2,homophily=0.5'
    """
    told = [f"{name}={value}" for name, value in settings.items() if value is not None]
    return text if not told else f"{text}{',' if ':' in text else ':'}{','.join(told)}"


def words_of(entry: BaseModel, usual: tuple[str, ...] = ()) -> str:
    """Return an entry as it is written, with all its settings but those called `usual` that are as they are by default.

    These come last; what is None is left out.
    """
    fields = type(entry).model_fields
    names = [name for name in fields if name != "kind" and name not in usual]
    names += [name for name in usual if getattr(entry, name) != fields[name].default]
    told = [f"{name}={getattr(entry, name)}" for name in names if getattr(entry, name) is not None]
    kind = str(getattr(entry, "kind", ""))
    return f"{kind}:{','.join(told)}" if told else kind


def _settings(text: str, noun: str) -> dict[str, Any]:
    kind, _, rest = text.partition(":")
    given: dict[str, Any] = {"kind": kind.strip()}
    last = ""
    for pair in filter(None, (part.strip() for part in rest.split(","))):
        name, equals, value = (part.strip() for part in pair.partition("="))
        if equals:
            given[name] = value
            last = name
        elif last:  # names of groups may hold commas
            given[last] = f"{given[last]}, {name}"
        else:
            raise StudyError(f"{noun}={text!r}: {pair!r} sets nothing; write name=value")
    return given
