"""Shares as a line of bars that fits a cell of a table."""

from __future__ import annotations

from collections.abc import Sequence

#: From the least share that is shown to the greatest; terminals without them get marks of plain ASCII, see `cli.plain`.
BARS = "▁▂▃▄▅▆▇█"


def spark(shares: Sequence[float], most: float) -> str:
    """Return a bar a share, the height relative to `most`; a dot for nothing.

    Examples
    --------
    >>> spark([0.0, 0.25, 0.5, 0.01], most=0.5)
    '·▄█▁'
    """
    return "".join(BARS[max(0, round(share / most * len(BARS)) - 1)] if share > 0 else "·" for share in shares)
