"""Packages side by side: which stand in one case, and what comparisons of them can tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from jury.cases import Alternative, Case
from jury.errors import MeasureError, StudyError
from jury.whatif.conjoint import contrasts, d_efficiency, design_packages, packages_shown

if TYPE_CHECKING:
    import pandas as pd

    from jury.elicitation import Mode
    from jury.study import Study
    from jury.study_blocks import PackagesBlock

__all__ = ["check_compared", "choice_cases", "compared_effects", "package_block", "package_cases"]

FloatArray = NDArray[np.float64]

_TRIES = 200


def choice_cases(
    packages: pd.DataFrame, prompt: str, rng: np.random.Generator, *, per_case: int = 2, rounds: int = 1
) -> tuple[Case, ...]:
    """Return cases in which jurors judge packages side by side, each package in as many cases, give or take one.

    Who stands beside whom is drawn by lot, so that comparisons tell all effects if so many cases can.

    Parameters
    ----------
    packages : DataFrame
        As `design_packages` returns it; its index becomes the alternatives' ids.
    prompt : str
        What is asked.
    rng : Generator
        Puts packages together.
    per_case : int
        Alternatives of a case.
    rounds : int
        In how many cases each package stands.

    Examples
    --------
    >>> from jury.whatif.conjoint import design_packages
    >>> packages = design_packages({"tax": ["low", "high"], "roads": ["old", "new"]}, np.random.default_rng(0))
    >>> cases = choice_cases(packages, "Which?", np.random.default_rng(0))
    >>> len(cases), cases[0].alternatives[0].text
    (2, 'tax: high; roads: old')
    """
    if not 2 <= per_case <= len(packages):
        raise MeasureError(f"per_case={per_case}; give 2 to {len(packages)}, the number of packages")
    texts = {
        str(name): "; ".join(f"{attribute}: {level}" for attribute, level in zip(packages.columns, row, strict=True))
        for name, row in zip(packages.index, packages.to_numpy(), strict=True)
    }
    codes = [list(dict.fromkeys(packages[name])) for name in packages.columns]
    coded = contrasts(packages.to_numpy().tolist(), dict(zip(packages.columns, codes, strict=True)))
    cases: list[Case] = []
    for places in _seated_together(coded, per_case, rounds, rng):
        shown = tuple(
            Alternative(id=str(packages.index[place]), text=texts[str(packages.index[place])]) for place in places
        )
        cases.append(Case(id=f"c{len(cases) + 1}", prompt=prompt, alternatives=shown))
    return tuple(cases)


def compared_effects(cases: Sequence[Case], packages: pd.DataFrame) -> tuple[int, int]:
    """Return how many effects can be told from what stands side by side, and how many there are.

    Choices, rankings and shares only compare: of what never differs within a case they say nothing.

    Parameters
    ----------
    cases : sequence of Case
    packages : DataFrame
        Whose alternatives they show.

    Examples
    --------
    >>> from jury.whatif.conjoint import design_packages
    >>> packages = design_packages({"tax": ["low", "high"], "roads": ["old", "new"]}, np.random.default_rng(0))
    >>> compared_effects(choice_cases(packages, "Which?", np.random.default_rng(0)), packages)
    (2, 2)
    """
    levels = {name: list(dict.fromkeys(packages[name])) for name in packages.columns}
    coded = contrasts(packages.to_numpy().tolist(), levels)
    places = {str(name): place for place, name in enumerate(packages.index)}
    shown = [[places[name] for name in case.alternative_ids if name in places] for case in cases]
    return int(np.linalg.matrix_rank(_within(coded, shown))), coded.shape[1] - 1


def package_cases(block: PackagesBlock) -> tuple[Case, ...]:
    """Return the cases of a study's ``cases: {packages: ...}``, the same for the same block."""
    rng = np.random.default_rng(block.seed)
    packages = design_packages(block.attributes, rng, kind=block.design, size=block.size)
    return choice_cases(packages, block.prompt, rng, per_case=block.per_case, rounds=block.rounds)


def check_compared(block: PackagesBlock, cases: Sequence[Case], mode: Mode) -> None:
    """Raise `StudyError` if these packages leave an effect untold, or, where a mode only compares, these cases do."""
    packages = packages_shown(cases, block.attributes)
    if not d_efficiency(packages, block.attributes):
        raise StudyError(
            f"cases.packages.size={block.size}: these {len(packages)} packages cannot tell all effects apart; give a "
            "larger size, another seed, or design: fractional"
        )
    if not mode.relative:
        return
    told, effects = compared_effects(cases, packages)
    if told < effects:
        raise StudyError(
            f"cases.packages.rounds={block.rounds}: mode {mode.mode!r} only compares what stands side by side, and "
            f"{len(cases)} case{'' if len(cases) == 1 else 's'} of {block.per_case} tell {told} of {effects} effects; "
            "give more rounds, a larger size or per_case, or ask for scores"
        )


def package_block(study: Study) -> PackagesBlock | None:
    """Return a study's ``cases: {packages: ...}``, None where its cases come from elsewhere."""
    return None if isinstance(study.cases, tuple) else study.cases.packages


def _seated_together(coded: FloatArray, per_case: int, rounds: int, rng: np.random.Generator) -> list[list[int]]:
    """Return who stands beside whom: by lot, and by lot again as long as comparisons leave an effect untold."""
    many, best, most = len(coded), [[0]], -1
    for _ in range(_TRIES):
        drawn: list[list[int]] = []
        for _ in range(rounds):
            order = rng.permutation(many).tolist()
            order += order[: -many % per_case]  # the last case is filled up with the first packages
            drawn += [order[start : start + per_case] for start in range(0, len(order), per_case)]
        told = int(np.linalg.matrix_rank(_within(coded, drawn)))
        if told > most:
            best, most = drawn, told
        if most >= min(coded.shape[1] - 1, len(drawn) * (per_case - 1)):
            break
    return best


def _within(coded: FloatArray, cases: Sequence[Sequence[int]]) -> FloatArray:
    """Return how packages differ from the average of their case, without the constant."""
    return np.concatenate([coded[list(case), 1:] - coded[list(case), 1:].mean(axis=0) for case in cases])
