"""What the package raises when its input cannot be used.

::

    ValueError
    └── AggregatorError
        ├── ProfileError    ballots, weights, labels or groups that do not fit together
        └── RuleError       an unknown rule or parameter, or a rule that cannot read this profile

Every message is one line and names the field, the value and the remedy.
"""

from __future__ import annotations

__all__ = ["AggregatorError", "ProfileError", "RuleError"]


class AggregatorError(ValueError):
    """Input that the package cannot use; the base of everything raised here."""


class ProfileError(AggregatorError):
    """Ballots, weights, labels or groups that do not fit together."""


class RuleError(AggregatorError):
    """An unknown rule or parameter, or a rule that cannot read the profile it was given."""
