"""What a benchmark is: a card, and a way to a page. One a file of this package, found by walking it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import ValidationError

from aggregators.registry import Registry
from jury.backends import split_model_name
from jury.benchmarks.card import Card
from jury.benchmarks.page import Page
from jury.elicitation.reading import TokenVariants
from jury.errors import JuryError, ModelError
from jury.model_block import ModelBlock
from jury.progress import Progress, Report

__all__ = ["Benchmark", "Engine", "Settings", "benchmarks", "named_model"]


def _silent(_: Progress) -> None:
    pass


@dataclass(frozen=True)
class Engine:
    """How live models are reached; none of it changes what is asked.

    Attributes
    ----------
    out : Path or None
        Folder of the run files. Those that are there are gone on with, so that the same command resumes.
    max_cost : float or None
        US dollars, over all runs of the page together.
    max_connections : int or None
    report : callable
        Called with `Progress`.
    """

    out: Path | None = None
    max_cost: float | None = None
    max_connections: int | None = None
    report: Report = field(default=_silent)


@dataclass(frozen=True)
class Settings:
    """What is to be measured of whom.

    Attributes
    ----------
    models : tuple of ModelBlock
        Models that are asked live; none for a page on stored answers alone.
    data : Path or None
    groups : tuple of str
        Groups to show, and to steer to; by default those that the benchmark names.
    pairs : tuple of (str, str)
        Models to compare as before and after; by default the benchmark's own pairs.
    questions : int or None
        Ask and use only so many, drawn by the seed; by default all.
    steer : bool
        Whether live models are asked again as a member of each group.
    repetitions : int
        How often each question is asked.
    shots : int
        In-context questions with random answers before each question; 0 to 3.
    token_variants : {"logsumexp", "legacy_sum"}
        How spellings of an option are pooled in log-probabilities.
    base : float
        Of the logarithm in the Jensen-Shannon distance.
    population, jurors :
        Who judges outputs, and how many of them.
    judge : ModelBlock or None
        The model that plays these jurors; by default the first of `models`.
    seed : int
    engine : Engine
    """

    models: tuple[ModelBlock, ...] = ()
    data: Path | None = None
    groups: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    questions: int | None = None
    steer: bool = False
    repetitions: int = 5
    shots: int = 3
    token_variants: TokenVariants = "logsumexp"  # noqa: S105 - no password
    base: float = 2.0
    population: str = "us-adults"
    jurors: int = 12
    judge: ModelBlock | None = None
    seed: int = 0
    engine: Engine = field(default_factory=Engine)

    def __post_init__(self) -> None:
        limits = {"questions": (1, None), "repetitions": (1, None), "shots": (0, 3), "jurors": (2, None)}
        for name, (least, most) in limits.items():
            value = getattr(self, name)
            if value is not None and (value < least or (most is not None and value > most)):
                bounds = f"{least} or more" if most is None else f"{least} to {most}"
                raise JuryError(f"{name}={value}: give {bounds}")
        if not self.base > 1:
            raise JuryError(f"base={self.base}: give a base of logarithms above 1, such as 2")
        names = [model.known_as for model in self.models]
        repeated = next((name for name in names if names.count(name) > 1), None)
        if repeated is not None:
            raise JuryError(f"model {repeated!r} is named twice; name each once")

    def changed(self, **changes: object) -> Settings:
        """Return a copy with some attributes replaced."""
        return replace(self, **changes)  # type: ignore[arg-type] # checked at run time


#: Providers of models to which a benchmark's address goes: with several models, all others have their own.
ADDRESSED = ("openai-compatible",)


def named_model(name: str, base_url: str | None = None) -> ModelBlock:
    """Return the model ``provider/name``; `base_url` goes to providers that take one.

    Raises
    ------
    ModelError
        If there is no such provider, or the address holds what it must not.

    Examples
    --------
    >>> named_model("null/uniform").known_as
    'null/uniform'
    """
    provider, _ = split_model_name(name)
    try:
        return ModelBlock(name=name, base_url=base_url if provider in ADDRESSED else None)
    except ValidationError as error:
        fault = error.errors()[0]
        raise ModelError(f"model {name!r}: base_url: {fault['msg'].removeprefix('Value error, ')}") from None


class Benchmark(ABC):
    """A registered benchmark."""

    card: Card

    @abstractmethod
    def run(self, settings: Settings) -> Page:
        """Measure models.

        Raises
        ------
        DataError
            If its data is missing or malformed.
        JuryError
            If a model cannot be asked, or a setting does not fit.
        """


benchmarks: Registry[Benchmark] = Registry("benchmark", "jury.benchmarks")
