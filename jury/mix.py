"""Which model plays which juror, when a study lists several."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

import numpy as np

from jury.model_block import ModelBlock
from jury.records import Juror
from jury.study import Study
from personas import PersonaError
from personas.groups import attribute_names, label

_STREAM = 2  # of the study's seed; 0 draws the jury, 1 the ballots


def bind_models(study: Study, jurors: Sequence[Juror]) -> tuple[Juror, ...]:
    """Return the jury with every juror bound to one of the study's models.

    ``jurors.mix: split`` binds each juror to the model whose condition the juror meets, and deals the others to the
    models without one, in proportion to their shares, within the strata of the design. ``crossed`` seats every
    persona once for each model, its weight divided among these seats.

    Raises
    ------
    StudyError
        For a condition that nobody can meet, jurors whom no model plays, or shares that have no meaning.
    """
    models = study.models
    if len(models) == 1 and models[0].for_ is None:
        return tuple(replace(juror, model=models[0].known_as) for juror in jurors)
    if study.jurors.mix == "crossed":
        return _crossed(study, jurors)
    conditions = [(model, _condition(study, model, jurors)) for model in models if model.for_ is not None]
    open_to_all = [model for model in models if model.for_ is None]
    bound = [next((model for model, meets in conditions if meets(juror)), None) for juror in jurors]
    rest = [number for number, model in enumerate(bound) if model is None]
    if rest and not open_to_all:
        raise study.fault(
            ("model",), f"no model plays {len(rest)} of {len(jurors)} jurors; list one more model, without `for`"
        )
    if rest:
        strata = [tuple(str(jurors[number].attributes.get(name)) for name in study.jurors.by) for number in rest]
        rng = np.random.default_rng(np.random.SeedSequence(study.seed, spawn_key=(_STREAM,)))
        dealt = deal(strata, [model.share or 1.0 for model in open_to_all], rng)
        for number, chosen in zip(rest, dealt, strict=True):
            bound[number] = open_to_all[chosen]
    return tuple(
        replace(juror, model=model.known_as) for juror, model in zip(jurors, bound, strict=True) if model is not None
    )


def deal(strata: Sequence[Hashable], shares: Sequence[float], rng: np.random.Generator) -> list[int]:
    """Deal people to places of given shares, evenly over all and within each stratum.

    People are taken stratum after stratum, in random order within each, and everybody goes where most is lacking.

    Parameters
    ----------
    strata : sequence of length n
        The stratum of each person.
    shares : sequence of length k
        How large a part each place gets; any positive numbers.
    rng : Generator

    Returns
    -------
    list of int
        The place of each person, from 0 to k - 1.

    Examples
    --------
    >>> dealt = deal(["a"] * 4 + ["b"] * 4, [3, 1], np.random.default_rng(0))
    >>> [sum(dealt[:4]), sum(dealt[4:])]
    [1, 1]
    """
    wanted = np.asarray(shares, dtype=float) / np.sum(shares)
    first = rng.permutation(len(wanted))  # who is served first among those who lack the same
    blocks: dict[Hashable, list[int]] = {}
    for number, stratum in enumerate(strata):
        blocks.setdefault(stratum, []).append(number)
    names = list(blocks)
    places = [0] * len(strata)
    lacking = np.zeros(len(wanted))
    for position in rng.permutation(len(names)):
        for number in rng.permutation(blocks[names[position]]):
            lacking += wanted
            place = int(first[np.argmax(np.round(lacking[first], 9))])
            lacking[place] -= 1.0
            places[number] = place
    return places


def _crossed(study: Study, jurors: Sequence[Juror]) -> tuple[Juror, ...]:
    models = study.models
    meaningless = next((model for model in models if model.for_ is not None or model.share is not None), None)
    if meaningless is not None:
        key = "for" if meaningless.for_ is not None else "share"
        raise study.fault(
            ("model",),
            f"{meaningless.known_as}: `{key}` has no meaning where every persona is asked by every model; "
            f"leave `{key}` out, or set jurors.mix to split",
        )
    return tuple(
        replace(
            juror,
            id=number * len(jurors) + juror.id,
            name=f"{juror.name} by {model.known_as}",
            weight=juror.weight / len(models),
            model=model.known_as,
        )
        for number, model in enumerate(models)
        for juror in jurors
    )


def _condition(study: Study, model: ModelBlock, jurors: Sequence[Juror]) -> Callable[[Juror], bool]:
    """Return whether a juror meets the condition of `model`, such as ``race=Black & sex=Female``."""
    text = str(model.for_)
    pairs = [part.partition("=") for part in text.split(" & ")]
    names = [name.strip() for name, _, _ in pairs]
    if not all(equals and name and value.strip() for name, equals, value in pairs):
        raise study.fault(("model",), f"for: {text!r} is not of the form attribute=level, such as race=Black")
    wanted = " & ".join(f"{name}={value.strip()}" for name, (_, _, value) in zip(names, pairs, strict=True))
    known = jurors[0].attributes if jurors else {}
    try:
        for name in names:
            attribute_names(name, known, "for")
    except PersonaError as error:
        raise study.fault(("model",), str(error)) from None

    def told(juror: Juror) -> str:
        return label(names, [juror.attributes.get(name) for name in names])

    if jurors and not any(told(juror) == wanted for juror in jurors):
        seen = ", ".join(sorted({told(juror) for juror in jurors})[:12])
        raise study.fault(("model",), f"for: no juror of this jury has {text!r}; it has: {seen}")
    return lambda juror: told(juror) == wanted
