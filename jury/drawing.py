"""Drawing the jury of a study, and what readers of its answers must know about how it was drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from jury.study import Study
from jury.study_blocks import JurorsBlock
from personas import PersonaError, Population, Sample, coverage_warnings
from personas.groups import attribute_names

EQUAL = 1.0005
"""A design effect below this is that of equal weights, up to rounding."""

MODEL = "model"
"""What jurors are grouped by when several models share a jury."""


@dataclass(frozen=True)
class Drawn:
    """How a jury was drawn.

    Attributes
    ----------
    design : str
        The design, in words.
    jurors : int
    effective_size : float
        Kish's: how many equally weighted jurors tell as much.
    design_effect : float
        By how much the jurors' weights multiply the variance of a mean; 1 for equal weights.
    warnings : tuple of str
        Groups of the population that have no juror, or one only, and a design without known probabilities.
    """

    design: str
    jurors: int
    effective_size: float
    design_effect: float
    warnings: tuple[str, ...] = ()

    @classmethod
    def read(cls, record: Mapping[str, Any] | None) -> Drawn | None:
        """Return what a run file recorded; None for one of before this was recorded."""
        return None if record is None else cls(**{**record, "warnings": tuple(record["warnings"])})

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return asdict(self) | {"warnings": list(self.warnings)}

    def caveats(self) -> tuple[str, ...]:
        """Return what is to be said where results are read; nothing for a jury of equal weights that covers all groups.

        Examples
        --------
        >>> for line in Drawn("100 jurors, pps", 100, 76.3, 1.31).caveats():
        ...     print(line)
        Weights: design effect 1.31, so that 100 jurors tell as much as 76.3 of equal weight (Kish).
        """
        if self.design_effect < EQUAL:
            return self.warnings
        size = (
            f"Weights: design effect {self.design_effect:.2f}, so that {self.jurors} jurors tell as much as"
            f" {self.effective_size:.1f} of equal weight (Kish)."
        )
        return (size, *self.warnings)


def draw_sample(study: Study, population: Population) -> Sample:
    """Draw the jurors of `study`, not yet put into words.

    Raises
    ------
    StudyError
        For a group, design, attribute or level that the population does not have, or a jury that cannot be drawn so,
        with the line and key where the study is a file.
    """
    block = study.jurors
    allocation: Any = block.allocation  # a dict takes any key of its own kind, a Mapping of objects takes any
    at_least: Any = block.at_least
    rng = np.random.default_rng(np.random.SeedSequence(study.seed, spawn_key=(0,)))
    try:
        # Slips that would otherwise come to light when everything has been asked and paid for.
        for by in study.groups:
            attribute_names(by, _known(study, population), "groups")
    except PersonaError as error:
        raise study.fault(("groups",), str(error).removeprefix("groups: ")) from None
    try:
        return population.sample(
            block.n,
            rng,
            design=block.design,
            by=block.by,
            allocation=allocation,
            size=block.size,
            at_least=at_least,
            replace=block.replace,
        )
    except PersonaError as error:
        field, colon, rest = str(error).partition(": ")
        if colon and field in JurorsBlock.model_fields:
            raise study.fault(("jurors", field), rest) from None
        raise study.fault(("jurors",), str(error)) from None


def describe_draw(study: Study, population: Population, sample: Sample) -> Drawn:
    """Return how `sample` was drawn, with what it lacks of the groups that the study reports."""
    # Which model plays a juror is no matter of the population.
    of_people = [by for by in study.groups if MODEL not in attribute_names(by, _known(study, population))]
    found = dict.fromkeys((*sample.warnings, *coverage_warnings(population, sample, of_people)))
    return Drawn(sample.design, len(sample), sample.effective_size, sample.design_effect, tuple(found))


def _known(study: Study, population: Population) -> tuple[str, ...]:
    """Return what jurors can be grouped by: their attributes and, of several models, the one that plays them."""
    return (*population.attributes, MODEL) if len(study.models) > 1 else population.attributes
