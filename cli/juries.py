"""Options that say how a jury is drawn from a population, as a study's `jurors` does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.exits import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_NAMED = ("proportional", "equal")


def jury_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options; `jury_terms` reads them."""
    for option in reversed(
        (
            click.option(
                "--design",
                help="srs, stratified, systematic, quota, pps or constrained; by default what the other options need.",
            ),
            click.option("--by", multiple=True, metavar="ATTR", help="Attribute that the design controls; repeatable."),
            click.option(
                "--allocation",
                multiple=True,
                metavar="WAY|LEVEL=N",
                help="Seats of the groups: proportional (default), equal, or relative numbers, such as Black=6;"
                " repeatable. For quotas on several attributes: race:Black=6.",
            ),
            click.option("--size", metavar="ATTR", help="Numbers that chances are proportional to; the design is pps."),
            click.option(
                "--at-least",
                multiple=True,
                metavar="ATTR[:LEVEL]=N",
                help='At least N jurors from each group, or from one: "race & sex=1", "sex:Female=5"; repeatable. The'
                " design is constrained.",
            ),
            click.option(
                "--replace/--no-replace",
                default=None,
                help="Whether a row may sit more than once; by default only cells of a table may.",
            ),
        )
    ):
        function = option(function)
    return function


def jury_terms(
    design: str | None,
    by: tuple[str, ...],
    allocation: tuple[str, ...],
    size: str | None,
    at_least: tuple[str, ...],
    replace: bool | None,
) -> dict[str, Any]:
    """Return the arguments of `Population.sample` that the options say."""
    needed = "constrained" if at_least else "pps" if size else "stratified" if by else "srs"
    return {
        "design": design or needed,
        "by": by,
        "allocation": _allocation(allocation, by),
        "size": size,
        "at_least": _least(at_least),
        "replace": replace,
    }


def _allocation(values: Sequence[str], by: Sequence[str]) -> Any:  # noqa: ANN401 - a name or numbers
    named = [text for text in values if text in _NAMED]
    if len(values) <= 1 and len(named) == len(values):
        return named[0] if named else "proportional"
    found: dict[str, Any] = {}
    for text in values:
        level, equals, number = (part.strip() for part in text.rpartition("="))
        try:
            share = float(number)
        except ValueError:
            equals = ""
        if not equals or not level:
            raise CommandFailed(
                f"--allocation: {text!r} is none of proportional, equal and LEVEL=NUMBER, as in Black=6"
            )
        attribute, colon, inner = (part.strip() for part in level.partition(":"))
        if colon and attribute in by:
            found.setdefault(attribute, {})[inner] = share
        else:
            found[level] = share
    return found


def _least(values: Sequence[str]) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for text in values:
        group, equals, number = (part.strip() for part in text.rpartition("="))
        if not equals or not group or not number.isdigit():
            raise CommandFailed(f"--at-least: {text!r} is no ATTR=NUMBER: write, for instance, race=2 or sex:Female=5")
        attribute, colon, level = (part.strip() for part in group.partition(":"))
        if isinstance(found.get(attribute), dict) != bool(colon) and attribute in found:
            raise CommandFailed(
                f"--at-least: {text!r}: {attribute} has both one number for all groups and one by level"
            )
        if colon:
            found.setdefault(attribute, {})[level] = int(number)
        else:
            found[attribute] = int(number)
    return found or None
