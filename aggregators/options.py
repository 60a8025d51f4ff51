"""Parameters that take one of a few words, or numbers of a certain sort."""

from __future__ import annotations

from numbers import Integral

from aggregators.errors import RuleError

__all__ = ["checked_time_limit", "is_whole", "one_of"]


def one_of(rule: str, name: str, value: str, options: tuple[str, ...]) -> str:
    """Return `value`, or refuse it with the words that the parameter `name` of `rule` takes."""
    if value not in options:
        raise RuleError(f"{name}={value!r} of {rule!r} is not an option; choose one of: {', '.join(options)}")
    return value


def checked_time_limit(rule: str, time_limit: float) -> float:
    """Return `time_limit` in seconds, which may be infinite, or refuse it."""
    if not time_limit > 0:  # nor is NaN
        raise RuleError(f"time_limit={time_limit!r} of {rule!r} is no time; give seconds above 0, or inf for no limit")
    return time_limit


def is_whole(value: object) -> bool:
    """Tell whether a value is a whole number by its type, Python's or numpy's; True and False are none."""
    return isinstance(value, Integral) and not isinstance(value, bool)
