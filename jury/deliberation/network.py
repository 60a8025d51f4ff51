"""Who hears whom in the rounds of a run, and how much more of one than of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jury.deliberation.block import DeliberationBlock
from jury.drawing import MODEL
from jury.records import Juror

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Everybody", "Network", "who_hears_whom"]

_NETWORK = 2  # a stream of the study's seed


@dataclass(frozen=True, slots=True)
class Everybody(Sequence[tuple[int, ...]]):
    """By juror, all others: never listed for all jurors at once, which would take the square of their number."""

    jurors: int

    def __len__(self) -> int:
        return self.jurors

    def __getitem__(self, juror: Any) -> Any:  # noqa: ANN401 - slices are nobody's question
        return (*range(juror), *range(juror + 1, self.jurors))


@dataclass(frozen=True, eq=False)
class Network:
    """Whom each juror hears.

    Attributes
    ----------
    heard : sequence of tuple of int
        By juror, ascending.
    weights : sequence of arrays, or None
        By juror, how much each of those counts beside the others, as a topology with homophily or a file has it; None
        where all count alike.
    """

    heard: Sequence[tuple[int, ...]]
    weights: Sequence[NDArray[np.float64]] | None = None

    def drawn(self, juror: int, speaking: Sequence[int], rng: np.random.Generator) -> list[int]:
        """Return those who are `speaking`, of whom the juror hears, by lot: who counts for more comes earlier."""
        order = rng.permutation(len(speaking))
        if self.weights is not None:
            weight = dict(zip(self.heard[juror], self.weights[juror].tolist(), strict=True))
            # First in order of exponential times with these rates: drawn one by one, in proportion to weights.
            times = rng.exponential(size=len(speaking)) / [weight[other] for other in speaking]
            order = np.argsort(times)
        return [speaking[index] for index in order]


def who_hears_whom(block: DeliberationBlock, jurors: Sequence[Juror], seed: int) -> Network:
    """Return whom each of the jurors hears; raises `StudyError` for a topology that does not fit the jury."""
    if not block.heard:
        return Network([()] * len(jurors))
    if block.topology.kind == "complete" and not block.topology.homophily:
        return Network(Everybody(len(jurors)))
    from jury.deliberation.topology import ties_of

    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_NETWORK,)))
    ties = ties_of(block.topology, _people(jurors), rng)
    ties.eliminate_zeros()
    ties.sort_indices()
    parts = [slice(start, end) for start, end in zip(ties.indptr[:-1], ties.indptr[1:], strict=True)]
    heard = [tuple(ties.indices[part].tolist()) for part in parts]
    alike = all(len(ties.data[part]) == 0 or np.ptp(ties.data[part]) == 0 for part in parts)
    return Network(heard, None if alike else [ties.data[part] for part in parts])


def _people(jurors: Sequence[Juror]) -> pd.DataFrame:
    """Return the jurors' attributes; of several models, the juror's own is one, as in a panel."""
    import pandas as pd

    several = len({juror.model for juror in jurors}) > 1
    rows = [{**juror.attributes, MODEL: juror.model} if several else juror.attributes for juror in jurors]
    return pd.DataFrame(rows, index=pd.Index([juror.name for juror in jurors], name="juror"))
