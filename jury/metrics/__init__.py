"""Measures of pluralism: how far answers are from a population's, and how many of its views they hold."""

from __future__ import annotations

from jury.metrics.answers import Answers, Item
from jury.metrics.clustering import Clustering, best_kmeans, kmeans, silhouette
from jury.metrics.coverage import Coverage, judged_coverage, rated_coverage
from jury.metrics.distances import entropy, jensen_shannon_distance, total_variation, wasserstein
from jury.metrics.distributional_fit import Distributional, GroupFit, distributional
from jury.metrics.dominance import dominates, front, hypervolume
from jury.metrics.isoelastic_family import IsoelasticPath, Reign, isoelastic_path
from jury.metrics.jury_ballots import Judged
from jury.metrics.jury_leaderboards import GroupChoice, JuryPluralistic, Leaderboard, jury_pluralistic
from jury.metrics.nearest import GroupDistance, NearestGroup, group_distances, nearest_groups
from jury.metrics.overton_models import Overton, OvertonModel, overton, overton_score
from jury.metrics.paired_changes import Change, changes, model_changes
from jury.metrics.pareto_report import ParetoModel, ParetoReport, pareto
from jury.metrics.steerability import answer_profile, steerability_index
from jury.metrics.steerable import SteeredGroup, Steering, steering
from jury.metrics.steered_personas import PersonaMatrix, persona_matrix
from jury.metrics.tradeoff import Monotonicity, SteeredTo, Tradeoff, TradeoffSteering
from jury.metrics.tradeoff_family import tradeoff_steering
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
    "Monotonicity",
    "NearestGroup",
    "Overton",
    "OvertonModel",
    "ParetoModel",
    "ParetoReport",
    "PersonaMatrix",
    "Reign",
    "SteeredGroup",
    "SteeredTo",
    "Steering",
    "Tradeoff",
    "TradeoffSteering",
    "Viewpoints",
    "answer_profile",
    "best_kmeans",
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
    "persona_matrix",
    "rated_coverage",
    "silhouette",
    "steerability_index",
    "steering",
    "total_variation",
    "tradeoff_steering",
    "wasserstein",
]
