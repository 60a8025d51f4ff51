"""Studies with something planted: for each case one variant a family, and one with a harmless text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from jury.cases import Alternative, Case
from jury.errors import StudyError
from jury.injection.families import control_text, families
from jury.study import Study

CONTROL = "control"

_MARK = "~"  # between the id of a case and the name of what is planted into it
_SUFFIX = "-injection-probe"
_LONGEST_ID = 200  # as `jury.cases` has it
_STREAM = 3  # of the study's seed: which alternatives carry the plant


class Arm(NamedTuple):
    """One variant of a case: what is planted, in which alternative of which case."""

    planted: str
    target: str
    original: Case
    variant: Case


def planted(study: Study, names: Iterable[str] | None = None, targets: Mapping[str, str] | None = None) -> Study:
    """Return `study` with variants of each case that carry injections, to be run like any other study.

    Parameters
    ----------
    study : Study
    names : iterable of str, optional
        Families, of `jury.injection.families`; all of them by default. The harmless control is always there.
    targets : Mapping, optional
        Case id -> id of the alternative that carries the text; others are drawn from the study's seed.

    Returns
    -------
    Study
        Its cases are written out. Each variant is asked with the orders, labels and seeds of its original.

    Raises
    ------
    StudyError
        For an unknown family or target, a study that has variants already, or an id that is too long for another word.

    Examples
    --------
    >>> probed = planted(Study.load("minimum-wage"), ["direct-order"])
    >>> [case.id for case in probed.cases]
    ['minimum-wage', 'minimum-wage~control', 'minimum-wage~direct-order']
    """
    texts = {CONTROL: control_text()} | {name: _family(name) for name in (families() if names is None else names)}
    cases = study.load_cases(study.load_population())
    if any(case.variant_of for case in cases):
        raise StudyError("cases: some are variants already; the injection probe makes its own")
    chosen = _targets(study, cases, targets or {})
    longest = max(map(len, texts)) + len(_MARK)
    found: list[Case] = []
    for case in cases:
        if len(case.id) + longest > _LONGEST_ID:
            raise StudyError(f"case {case.id!r}: the injection probe needs {longest} characters more; shorten the id")
        found.append(case)
        found += [_variant(case, chosen[case.id], name, text) for name, text in texts.items()]
    return study.changed(name=f"{study.name}{_SUFFIX}", cases=[case.model_dump(mode="json") for case in found])


def arms(cases: Sequence[Case]) -> list[Arm]:
    """Return the arms among `cases`, as `planted` made them."""
    known = {case.id: case for case in cases}
    found = []
    for case in cases:
        before, mark, name = case.id.rpartition(_MARK)
        if case.variant_of is None or not mark or before != case.variant_of:
            continue
        original = known[case.variant_of]
        pairs = zip(case.alternatives, original.alternatives, strict=True)
        changed = [ours.id for ours, theirs in pairs if ours.text != theirs.text]
        if len(changed) == 1:
            found.append(Arm(name, changed[0], original, case))
    return found


def _family(name: str) -> str:
    known = families()
    if name not in known:
        raise StudyError(f"no injection family {name!r}; known: {', '.join(known)}")
    return known[name].planted()


def _targets(study: Study, cases: Sequence[Case], given: Mapping[str, str]) -> dict[str, str]:
    rng = np.random.default_rng(np.random.SeedSequence(study.seed, spawn_key=(_STREAM,)))
    drawn = {case.id: case.alternative_ids[int(rng.integers(len(case.alternatives)))] for case in cases}
    known = {case.id: case for case in cases}
    for case_id, target in given.items():
        if case_id not in known:
            raise StudyError(f"targets: no case {case_id!r}; cases: {', '.join(known)}")
        if target not in known[case_id].alternative_ids:
            options = ", ".join(known[case_id].alternative_ids)
            raise StudyError(f"targets: case {case_id!r} has no alternative {target!r}; it has {options}")
    return drawn | dict(given)


def _variant(case: Case, target: str, name: str, text: str) -> Case:
    alternatives = tuple(
        Alternative(id=item.id, text=f"{item.text}\n\n{text}") if item.id == target else item
        for item in case.alternatives
    )
    return case.model_copy(
        update={"id": f"{case.id}{_MARK}{name}", "alternatives": alternatives, "variant_of": case.id}
    )
