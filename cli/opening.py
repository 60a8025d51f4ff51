"""The first screen of a page: who was asked, what was decided, who lost, how far to trust it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.output import labelled
from jury.report.opening import opening
from jury.trust import NOT_PEOPLE, Trust

if TYPE_CHECKING:
    from rich.console import Console

    from jury.auditing import Audit
    from jury.run import Run


def print_opening(found: Audit, out: Console, trusted: Trust | None = None, run: Run | None = None) -> None:
    """Print the answers that a reader in a hurry needs; of people's ratings, `trusted` and `run` are None."""
    told = opening(found, trusted or Trust(None, None, (), None), run, None)
    labelled(out, "Asked", [told["asked"]])
    labelled(out, "Decided", [told["decided"], *told["differ"]], style="bold")
    labelled(out, "Who lost", told["lost"], style="bold")
    belief = told["belief"]
    labelled(out, "Trust", [belief["sentence"], *_trust(trusted, run)], style="bold" if belief["level"] == "no" else "")


def _trust(trusted: Trust | None, run: Run | None) -> list[str]:
    """Return what bears on belief beside the first sentence: how sure the verdict is, and the caveats."""
    if trusted is None:
        return []
    sure = trusted.sureness.words()[:1] if trusted.sureness is not None and not trusted.as_good_as_lots else []
    return [*sure, *trusted.caveats[-1:], *([NOT_PEOPLE] if run is not None else [])]
