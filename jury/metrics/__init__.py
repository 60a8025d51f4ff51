"""Measures of pluralism: how far answers are from a population's, and how many of its views they hold."""

from __future__ import annotations

from jury.metrics.answers import Answers, Item
from jury.metrics.changes import Change, changes, model_changes
from jury.metrics.distances import entropy, jensen_shannon_distance, total_variation, wasserstein
from jury.metrics.distributional import Distributional, GroupFit, distributional
from jury.metrics.isoelastic_path import IsoelasticPath, Reign, isoelastic_path
from jury.metrics.jury_ballots import Judged
from jury.metrics.jury_pluralistic import GroupChoice, JuryPluralistic, Leaderboard, jury_pluralistic
from jury.metrics.nearest import GroupDistance, NearestGroup, group_distances, nearest_groups
from jury.metrics.overton import overton_score

__all__ = [
    "Answers",
    "Change",
    "Distributional",
    "GroupChoice",
    "GroupDistance",
    "GroupFit",
    "IsoelasticPath",
    "Item",
    "Judged",
    "JuryPluralistic",
    "Leaderboard",
    "NearestGroup",
    "Reign",
    "changes",
    "distributional",
    "entropy",
    "group_distances",
    "isoelastic_path",
    "jensen_shannon_distance",
    "jury_pluralistic",
    "model_changes",
    "nearest_groups",
    "overton_score",
    "total_variation",
    "wasserstein",
]
