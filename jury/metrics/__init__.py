"""Measures of pluralism: how far answers are from a population's, and how many of its views they hold."""

from __future__ import annotations

from jury.metrics.distances import entropy, jensen_shannon_distance, total_variation, wasserstein
from jury.metrics.overton import overton_score

__all__ = ["entropy", "jensen_shannon_distance", "overton_score", "total_variation", "wasserstein"]
