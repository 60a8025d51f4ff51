"""Measures of pluralism: how far answers are from a population's, and how many of its views they hold."""

from __future__ import annotations

from jury.metrics.answers import Answers, Item
from jury.metrics.changes import Change, changes, model_changes
from jury.metrics.distances import entropy, jensen_shannon_distance, total_variation, wasserstein
from jury.metrics.distributional import Distributional, GroupFit, distributional
from jury.metrics.nearest import GroupDistance, NearestGroup, group_distances, nearest_groups
from jury.metrics.overton import overton_score

__all__ = [
    "Answers",
    "Change",
    "Distributional",
    "GroupDistance",
    "GroupFit",
    "Item",
    "NearestGroup",
    "changes",
    "distributional",
    "entropy",
    "group_distances",
    "jensen_shannon_distance",
    "model_changes",
    "nearest_groups",
    "overton_score",
    "total_variation",
    "wasserstein",
]
