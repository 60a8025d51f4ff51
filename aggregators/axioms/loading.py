"""The rule that a text names: a registered one, or a function in a module or a file."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, cast

from aggregators.axioms.subject import Subject, subject
from aggregators.errors import RuleError
from aggregators.profiles import Approvals, Profile, Rankings, Utilities
from aggregators.rulebook import parse_rule, rules

__all__ = ["READS", "Reads", "load", "registered"]

Reads = Literal["utilities", "rankings", "approvals"]

READS: dict[Reads, type[Profile]] = {"utilities": Utilities, "rankings": Rankings, "approvals": Approvals}


def load(text: str, *, reads: Reads | None = None, folder: str | Path = ".") -> Subject:
    """Return the rule that a text names, ready to be tested. A module or a file is imported, that is, run.

    Parameters
    ----------
    text : str
        A registered rule with its parameters, ``"isoelastic:alpha=2"``; or ``"package.module:function"``; or
        ``"path/to/file.py:function"``.
    reads : {"utilities", "rankings", "approvals"}, optional
        What a function reads, as `aggregators.axioms.subject` takes it.
    folder : str or Path
        Where paths begin and modules are looked for first.

    Raises
    ------
    RuleError
        If there is no such rule, file, module or function, or it cannot be imported; the message says which.

    Examples
    --------
    >>> from aggregators.axioms.loading import load
    >>> load("isoelastic:alpha=2").name
    'isoelastic:alpha=2'
    >>> load("aggregators.axioms.faults.weights:median_that_ignores_weights").name
    'median_that_ignores_weights'
    """
    place, colon, name = text.rpartition(":")
    if not colon and text.endswith(".py"):
        raise RuleError(f"{text} is a file; name a function in it, as in {text}:my_rule")
    if place.endswith(".py"):
        module = _file(Path(folder) / place)
    elif re.fullmatch(r"\w+(\.\w+)*:[^\W\d][\w.]*", text) and not registered(text):
        module = _module(place, Path(folder))
    else:
        return _rule(text, reads)
    found = _attribute(module, place, name)
    return subject(found, reads=None if reads is None else READS[reads])


def _rule(text: str, reads: Reads | None) -> Subject:
    try:
        parse_rule(text)
    except RuleError as error:
        if registered(text):
            raise
        raise RuleError(f"{error}. A function of yours is named module:function or file.py:function") from None
    if reads is not None:
        raise RuleError(
            f"{text}, a registered rule, reads what it reads; reads={reads!r} is for functions, leave it out"
        )
    return subject(text)


def registered(text: str) -> bool:
    """Tell whether a text names a registered rule, whatever parameters follow."""
    name = text.partition(":")[0]
    return name in rules() or any(name in rule.aliases for rule in rules().values())


def _file(path: Path) -> ModuleType:
    if not path.is_file():
        raise RuleError(f"{path} is no file; write path/to/file.py:function")
    _look_in(path.parent)
    name = f"rules in {path.resolve()}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise RuleError(f"{path} cannot be imported; write path/to/file.py:function")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # as dataclasses and pickle ask for
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise RuleError(_reason(str(path), error)) from error
    return module


def _module(name: str, folder: Path) -> ModuleType:
    _look_in(folder)
    importlib.invalidate_caches()
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise RuleError(_reason(name, error)) from error
        raise RuleError(
            f"no rule and no module is named {error.name!r}, in {folder.resolve()} or among what is installed; "
            "write module:function, or path/to/file.py:function"
        ) from None
    except (Exception, SystemExit) as error:
        raise RuleError(_reason(name, error)) from error


def _look_in(folder: Path) -> None:
    where = str(folder.resolve())
    if where not in sys.path:
        sys.path.insert(0, where)


def _reason(name: str, error: BaseException) -> str:
    return f"{name} cannot be imported, it raised {type(error).__name__}: {error}; mend it, or name another"


def _attribute(module: ModuleType, place: str, name: str) -> Callable[..., Any]:
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            own = [
                key
                for key, value in vars(module).items()
                if callable(value) and not key.startswith("_") and getattr(value, "__module__", "") == module.__name__
            ]
            raise RuleError(f"{place} has no {name!r}; it has: {', '.join(own) or 'no function'}")
        found = getattr(found, part)
    if isinstance(found, type) or not callable(found):
        what = "a class" if isinstance(found, type) else "not callable"
        raise RuleError(f"{place}:{name} is {what}; name a function or an instance that can be called")
    return cast("Callable[..., Any]", found)
