"""A registry that finds its entries by walking a package.

Adding a rule, a backend or a persona source means adding one file: the file registers itself with a
decorator, and the registry imports every module of its home package the first time somebody asks for a
name. Plugins of other distributions are found next, through the entry-point group ``jury.plugins``.

This module belongs to no layer: every package may import it.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.metadata
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

Entry = TypeVar("Entry")

PLUGIN_GROUP = "jury.plugins"


class UnknownName(KeyError):
    """A name that no entry carries; the message lists the known names and the nearest one."""

    def __str__(self) -> str:
        return str(self.args[0])  # KeyError would print the message's repr


class Registry(Mapping[str, Entry], Generic[Entry]):
    """Named entries of one kind, discovered on first use.

    Parameters
    ----------
    noun : str
        What one entry is called in messages, for instance ``"rule"``.
    *homes : str
        Dotted names of the packages whose modules register the built-in entries.

    Notes
    -----
    Iteration is over canonical names in alphabetical order; aliases resolve in ``[]`` and ``in`` only.
    """

    def __init__(self, noun: str, *homes: str) -> None:
        self.noun = noun
        self.homes = homes
        self._entries: dict[str, Entry] = {}
        self._aliases: dict[str, str] = {}
        self._discovered = False

    def add(self, name: str, entry: Entry, aliases: tuple[str, ...] = ()) -> Entry:
        """Register `entry` under `name` and `aliases`; a name that is taken is a programming error."""
        for key in (name, *aliases):
            if key in self._entries or key in self._aliases:
                raise ValueError(f"{self.noun} {key!r} is registered twice")
        self._entries[name] = entry
        self._aliases.update(dict.fromkeys(aliases, name))
        return entry

    def register(self, name: str, *, aliases: tuple[str, ...] = ()) -> Callable[[Entry], Entry]:
        """Return a decorator that registers what it decorates and hands it back unchanged."""

        def decorate(entry: Entry) -> Entry:
            return self.add(name, entry, aliases)

        return decorate

    def canonical(self, name: str) -> str:
        """Return the canonical name behind `name`, which may be an alias.

        Raises
        ------
        UnknownName
            If nothing is registered under `name`.
        """
        self._discover()
        if name in self._entries:
            return name
        if name in self._aliases:
            return self._aliases[name]
        near = difflib.get_close_matches(name, [*self._entries, *self._aliases], n=1)
        hint = f"; did you mean {near[0]!r}" if near else ""
        raise UnknownName(f"no {self.noun} named {name!r}{hint}. Known: {', '.join(self)}")

    def aliases(self, name: str) -> tuple[str, ...]:
        """Return the other names of the entry `name`, in alphabetical order."""
        target = self.canonical(name)
        return tuple(sorted(alias for alias, canonical in self._aliases.items() if canonical == target))

    def __getitem__(self, name: str) -> Entry:
        return self._entries[self.canonical(name)]

    def __contains__(self, name: object) -> bool:
        self._discover()
        return name in self._entries or name in self._aliases

    def __iter__(self) -> Iterator[str]:
        self._discover()
        return iter(sorted(self._entries))

    def __len__(self) -> int:
        self._discover()
        return len(self._entries)

    def _discover(self) -> None:
        if self._discovered:
            return
        self._discovered = True  # before the imports: a module that asks for a name must not start again
        for home in self.homes:
            package = importlib.import_module(home)
            for module in pkgutil.walk_packages(package.__path__, prefix=f"{home}."):
                importlib.import_module(module.name)
        for plugin in importlib.metadata.entry_points(group=PLUGIN_GROUP):
            plugin.load()
