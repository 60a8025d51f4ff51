"""What the package raises when its input cannot be used.

::

    ValueError
    └── AggregatorError
        ├── ProfileError    ballots, weights, labels or groups that do not fit together
        ├── ReadError       a file of ballots that cannot be read: its name, the line and the fault
        └── RuleError       an unknown rule or parameter, or a rule that cannot read this profile

Every message is one line and names the field, the value and the remedy.
"""

from __future__ import annotations

__all__ = ["AggregatorError", "ProfileError", "ReadError", "RuleError"]


class AggregatorError(ValueError):
    """Input that the package cannot use; the base of everything raised here."""


class ProfileError(AggregatorError):
    """Ballots, weights, labels or groups that do not fit together."""


class ReadError(AggregatorError):
    """A file of ballots that cannot be read; the message names the file, the line and the fault."""


class RuleError(AggregatorError):
    """An unknown rule or parameter, or a rule that cannot read the profile it was given."""
