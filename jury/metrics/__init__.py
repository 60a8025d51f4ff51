"""Measures of pluralism: how far answers are from a population's, how many of its views they hold, and agreement."""

from __future__ import annotations

from jury.metrics.agreement import krippendorff_alpha, krippendorff_estimate
from jury.metrics.distances import entropy, jensen_shannon_distance, total_variation, wasserstein
from jury.metrics.overton import overton_score

__all__ = [
    "entropy",
    "jensen_shannon_distance",
    "krippendorff_alpha",
    "krippendorff_estimate",
    "overton_score",
    "total_variation",
    "wasserstein",
]
