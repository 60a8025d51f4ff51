"""What can go wrong with people and populations.

::

    PersonaError (ValueError)
    ├── PopulationError    a source, codebook, column, attribute or level that cannot be used
    ├── SamplingError      a jury that cannot be drawn as asked
    └── RakingError        targets that the weights cannot meet

Every message is one line that names the field, the value and the remedy.
"""

from __future__ import annotations


class PersonaError(ValueError):
    """Root of every error that this package raises on purpose."""


class PopulationError(PersonaError):
    """A source, codebook, column, attribute or level that cannot be used."""


class SamplingError(PersonaError):
    """A jury that cannot be drawn as asked."""


class RakingError(PersonaError):
    """Targets that the weights cannot meet."""
