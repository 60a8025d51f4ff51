"""Measures of pluralism: how far answers are from a population's, and how many of its views they hold."""

from __future__ import annotations

from jury.metrics.answers import Answers, Item
from jury.metrics.changes import Change, changes, model_changes
from jury.metrics.coverage import Coverage, judged_coverage, rated_coverage
from jury.metrics.distances import entropy, jensen_shannon_distance, total_variation, wasserstein
from jury.metrics.distributional import Distributional, GroupFit, distributional
from jury.metrics.hypervolume import dominates, front, hypervolume
from jury.metrics.isoelastic_path import IsoelasticPath, Reign, isoelastic_path
from jury.metrics.jury_ballots import Judged
from jury.metrics.jury_pluralistic import GroupChoice, JuryPluralistic, Leaderboard, jury_pluralistic
from jury.metrics.kmeans import Clustering, kmeans, silhouette
from jury.metrics.nearest import GroupDistance, NearestGroup, group_distances, nearest_groups
from jury.metrics.overton import Overton, OvertonModel, overton, overton_score
from jury.metrics.pareto import ParetoModel, ParetoReport, pareto
from jury.metrics.viewpoints import Viewpoints, opinion_map, opinion_viewpoints

__all__ = [
    "Answers",
    "Change",
    "Clustering",
    "Coverage",
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
    "Overton",
    "OvertonModel",
    "ParetoModel",
    "ParetoReport",
    "Reign",
    "Viewpoints",
    "changes",
    "distributional",
    "dominates",
    "entropy",
    "front",
    "group_distances",
    "hypervolume",
    "isoelastic_path",
    "jensen_shannon_distance",
    "judged_coverage",
    "jury_pluralistic",
    "kmeans",
    "model_changes",
    "nearest_groups",
    "opinion_map",
    "opinion_viewpoints",
    "overton",
    "overton_score",
    "pareto",
    "rated_coverage",
    "silhouette",
    "total_variation",
    "wasserstein",
]
