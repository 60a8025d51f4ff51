"""How sure results are: which jurors were drawn, what the model sampled, how it was asked, which cases were put."""

from __future__ import annotations

from jury.uncertainty.components import Components, InseparableError, variance_components
from jury.uncertainty.crossed import CrossedMean, crossed_bootstrap, crossed_mean, product_weights
from jury.uncertainty.effective import effective_size
from jury.uncertainty.flips import Flip, Flips, verdict_flips
from jury.uncertainty.responses import Responses, responses
from jury.uncertainty.simultaneous import simultaneous
from jury.uncertainty.size import EffectiveSize, Mix
from jury.uncertainty.sources import Source, Sources, sources

__all__ = [
    "Components",
    "CrossedMean",
    "EffectiveSize",
    "Flip",
    "Flips",
    "InseparableError",
    "Mix",
    "Responses",
    "Source",
    "Sources",
    "crossed_bootstrap",
    "crossed_mean",
    "effective_size",
    "product_weights",
    "responses",
    "simultaneous",
    "sources",
    "variance_components",
    "verdict_flips",
]
