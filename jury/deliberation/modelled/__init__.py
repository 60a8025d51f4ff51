"""Stored answers go through a model of opinion change: `deliberate`, and what comes out of it."""

from jury.deliberation.modelled.deliberated import CAVEAT, Deliberation
from jury.deliberation.modelled.deliberating import deliberate

__all__ = ["CAVEAT", "Deliberation", "deliberate"]
