"""Benchmarks of pluralism, one a file: how pluralistic a model is, in each of the six senses of Sorensen et al. (2024).

Data is never shipped: a path names it, or the Hugging Face hub.
"""

from __future__ import annotations

from jury.benchmarks.base import Benchmark, Engine, Settings, benchmarks, named_model
from jury.benchmarks.card import SENSES, Card
from jury.benchmarks.page import Finding, Page, Table

__all__ = ["SENSES", "Benchmark", "Card", "Engine", "Finding", "Page", "Settings", "Table", "benchmarks", "named_model"]
