"""How sure results are: which jurors were drawn, what the model sampled, how it was asked, which cases were put."""

from __future__ import annotations

from jury.uncertainty.components import Components, InseparableError, variance_components
from jury.uncertainty.crossed import CrossedMean, crossed_bootstrap, crossed_mean, product_weights
from jury.uncertainty.responses import Responses, responses
from jury.uncertainty.simultaneous import simultaneous

__all__ = [
    "Components",
    "CrossedMean",
    "InseparableError",
    "Responses",
    "crossed_bootstrap",
    "crossed_mean",
    "product_weights",
    "responses",
    "simultaneous",
    "variance_components",
]
