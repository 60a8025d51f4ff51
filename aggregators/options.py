"""Parameters that take one of a few words."""

from __future__ import annotations

from aggregators.errors import RuleError

__all__ = ["one_of"]


def one_of(rule: str, name: str, value: str, options: tuple[str, ...]) -> str:
    """Return `value`, or refuse it with the words that the parameter `name` of `rule` takes."""
    if value not in options:
        raise RuleError(f"{name}={value!r} of {rule!r} is not an option; choose one of: {', '.join(options)}")
    return value
