# ruff: noqa: ANN401, D103 - it runs where our types are not
"""Raking by other libraries, each in a process of its own.

Run as a script by `benchmarks.personas`, perhaps by another Python that has the library: it imports nothing of ours.

    python peers_personas.py LIBRARY INPUT.npz REPEATS

prints one JSON line: processor seconds of each repeat, from a frame of people to their weights; the largest difference
of a weighted share from its target; peak memory.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


def read(path: str) -> tuple[pd.DataFrame, dict[str, dict[str, float]]]:
    """Return people as categories, and the share of each level."""
    data = np.load(path)
    people, targets = {}, {}
    for name in data["names"].tolist():
        shares = data[f"target_{name}"]
        levels = [f"{name}{code}" for code in range(shares.size)]
        people[name] = pd.Categorical.from_codes(data[name], categories=levels)
        targets[name] = dict(zip(levels, shares.tolist(), strict=True))
    return pd.DataFrame(people), targets


def ipfn_frame(people: Any, targets: Any) -> Any:
    """Run ipfn on the frame, one row a person."""
    from ipfn import ipfn

    frame = people.assign(total=1.0)
    margins = [pd.Series(shares).rename_axis(name) * len(frame) for name, shares in targets.items()]
    fitted = ipfn.ipfn(frame, margins, [[name] for name in targets], convergence_rate=1e-10, max_iteration=500)
    return fitted.iteration()["total"].to_numpy()


def ipfn_table(people: Any, targets: Any) -> Any:
    """Run ipfn on the table of cells, which is counted and spread back with numpy: the fastest way of it."""
    from ipfn import ipfn

    codes = [people[name].cat.codes.to_numpy().astype(np.intp) for name in targets]
    shape = tuple(map(len, targets.values()))
    cells = np.ravel_multi_index(codes, shape)
    seed = np.bincount(cells, minlength=int(np.prod(shape))).astype(float).reshape(shape)
    margins = [np.array(list(shares.values())) * len(people) for shares in targets.values()]
    fitted = ipfn.ipfn(
        seed.copy(), margins, [[axis] for axis in range(len(shape))], convergence_rate=1e-10, max_iteration=500
    )
    table = fitted.iteration()
    return np.divide(table, seed, out=np.zeros_like(seed), where=seed > 0).ravel()[cells]


def balance(people: Any, targets: Any) -> Any:
    """Run the rake of balance, against a small frame that has the margins."""
    from balance.weighting_methods.rake import rake

    size = 10_000  # the margins are whole ten-thousandths
    target = pd.DataFrame(
        {
            name: np.repeat(list(shares), np.round(np.array(list(shares.values())) * size).astype(int))
            for name, shares in targets.items()
        }
    )
    sample = people.astype(object)
    fitted = rake(
        sample,
        pd.Series(1.0, index=sample.index),
        target,
        pd.Series(1.0, index=target.index),
        variables=list(targets),
        transformations=None,
        na_action="drop",
        max_iteration=500,
        convergence_rate=1e-10,
        rate_tolerance=1e-12,
        keep_sum_of_weights=False,
    )
    return fitted["weight"].to_numpy()


def samplics(people: Any, targets: Any) -> Any:
    """Run the rake of samplics."""
    from samplics.weighting import SampleWeight

    size = len(people)
    return SampleWeight().rake(
        np.ones(size),
        control={name: {level: share * size for level, share in shares.items()} for name, shares in targets.items()},
        margins={name: people[name].to_numpy().astype(str) for name in targets},
        tol=1e-9,
        ctrl_tol=1e-9,
        max_iter=500,
    )


LIBRARIES: dict[str, Callable[[Any, Any], Any]] = {
    "ipfn, on the frame": ipfn_frame,
    "ipfn, on a table of cells": ipfn_table,
    "balance": balance,
    "samplics": samplics,
}


def off(people: pd.DataFrame, targets: Any, weights: Any) -> float:
    """Return the largest difference of a weighted share from its target."""
    return max(
        float(np.abs(np.bincount(people[name].cat.codes, weights) / weights.sum() - list(shares.values())).max())
        for name, shares in targets.items()
    )


def peak() -> float:
    """Return the most memory that this process has held, in MiB; its parent's, which `getrusage` hands on, left out."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(run: Callable[[Any, Any], Any], path: str, repeats: int) -> dict[str, Any]:
    people, targets = read(path)
    before = peak()
    small = people.iloc[:20_000]
    run(small, targets)  # what is imported or compiled on first use is
    seconds = []
    for _ in range(repeats):
        started = time.process_time()
        weights = run(people, targets)
        seconds.append(time.process_time() - started)
    memory = peak()
    return {"seconds": seconds, "off": off(people, targets, np.asarray(weights)), "memory": memory, "before": before}


def main() -> None:
    library, path, repeats = sys.argv[1:]
    warnings.simplefilter("ignore")
    print(json.dumps(measured(LIBRARIES[library], path, int(repeats))))


if __name__ == "__main__":
    main()
