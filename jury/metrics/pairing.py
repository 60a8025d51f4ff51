"""A model's answers and a group's on the same question, brought over the same options and measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jury.metrics.answers import Answers, Item, Spread
from jury.metrics.baselines import Distances, majority, noise_floor, shuffled, uniform
from jury.metrics.distances import entropy, jensen_shannon_distance, total_variation, wasserstein

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]

__all__ = ["DISTANCES", "measured_pairs", "paired"]

#: The distances, in the order of the columns.
DISTANCES = ("js", "tv", "wasserstein")

#: Why a question is in no distance.
NOT_ASKED = "the model was not asked"
NO_ANSWER = "the model gave no opinion"
NOBODY = "nobody of the group gave an opinion"
ONE_OPTION = "one option is no choice"


def paired(item: Item, model: Answers | None, people: Answers) -> dict[str, Any] | str:
    """Return both sides over the same opinions, or why they cannot be compared."""
    if model is None:
        return NOT_ASKED
    ours, theirs = Spread.of(item, model), Spread.of(item, people)
    if not ours.answered:
        return NO_ANSWER
    if not theirs.answered:
        return NOBODY
    extra = sorted({name for side in (ours, theirs) for name, share in side.weights.items() if share > 0})
    options = [*item.opinions, *(name for name in extra if name not in item.opinions)]
    if len(options) < 2:
        return ONE_OPTION
    return {
        "options": len(options),
        "people": np.nan if people.count is None else people.count,
        "draws": np.inf if model.count is None else model.count,
        "ours": [ours.weights.get(name, 0.0) for name in options],
        "theirs": [theirs.weights.get(name, 0.0) for name in options],
        "placed": not (ours.unplaced or theirs.unplaced),
        "refusal_model": ours.refusal,
        "refusal_people": theirs.refusal,
        "label_mass": np.nan if model.label_mass is None else model.label_mass,
    }


def measured_pairs(
    rows: list[dict[str, Any]], known: Mapping[str, Item], base: float, draws: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Return what was `paired`, each with its distances, baselines and entropies; see `Distributional.pairs`."""
    import pandas as pd

    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in ("question", "group", "options", "people")}
    sizes = np.array(columns["options"], dtype=np.int64)
    ours, theirs = (_padded([row[side] for row in rows], sizes) for side in ("ours", "theirs"))
    places = _places(rows, known, ours.shape[1])
    distances, every = _distances(places, base), np.arange(len(rows))
    counts, model_counts = (np.array([row[name] for row in rows], dtype=float) for name in ("people", "draws"))
    even = uniform(sizes, ours.shape[1])
    compared = {
        "": distances(ours, theirs, every),
        "_floor": noise_floor(theirs, counts, model_counts, distances, draws, rng) if rows else np.empty((3, 0)),
        "_uniform": distances(even, theirs, every),
        "_shuffled": shuffled(ours, theirs, sizes, distances, draws, rng) if rows else np.empty((3, 0)),
        "_majority": distances(majority(theirs), theirs, every),
    }
    for suffix, found in compared.items():
        for name, values in zip(DISTANCES, found, strict=True):
            columns[f"{name}{suffix}"] = values
    columns["alignment"] = 1 - columns["wasserstein"] / (places[:, -1] - places[:, 0])
    columns["entropy_model"] = np.asarray(entropy(ours))
    columns["entropy_people"] = np.asarray(entropy(theirs))
    for name in ("refusal_model", "refusal_people", "label_mass"):
        columns[name] = np.array([row[name] for row in rows], dtype=float)
    return pd.DataFrame(columns)


def _distances(places: FloatArray, base: float) -> Distances:
    def measured(p: FloatArray, q: FloatArray, rows: NDArray[np.int64]) -> FloatArray:
        where = places[rows].reshape(len(rows), *(1,) * (p.ndim - 2), places.shape[1])
        steps = wasserstein(p, q, np.nan_to_num(where))
        return np.stack(
            [
                np.asarray(jensen_shannon_distance(p, q, base=base)),
                np.asarray(total_variation(p, q)),
                np.where(np.isnan(where[..., 0]), np.nan, steps),
            ]
        )

    return measured


def _padded(weights: list[list[float]], sizes: NDArray[np.int64]) -> FloatArray:
    found = np.zeros((len(weights), int(sizes.max(initial=1))))
    for row, given in enumerate(weights):
        found[row, : len(given)] = np.array(given) / sum(given)
    return found


def _places(rows: list[dict[str, Any]], known: Mapping[str, Item], width: int) -> FloatArray:
    """Return where the options of each row lie, the last place repeated; NaN where they have no order."""
    places = np.full((len(rows), width), np.nan)
    for row, pair in enumerate(rows):
        item = known[pair["question"]]
        if item.ordinal and pair["placed"]:
            own = np.arange(pair["options"], dtype=float) if item.positions is None else np.array(item.positions)
            places[row] = own[np.minimum(np.arange(width), len(own) - 1)]
    return places
