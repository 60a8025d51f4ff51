"""Progress of a run on stderr: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from cli.output import animated, diagnostics, dollars

if TYPE_CHECKING:
    from jury.models.embedded import Progress as PullProgress
    from jury.progress import Progress, Report

_EVERY = 10.0  # seconds between lines where there is no terminal


@contextlib.contextmanager
def run_progress() -> Iterator[Report]:
    """Yield a function that shows how far a run is."""
    if not animated():
        yield _Lines()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("Asking"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Bar(*columns, console=diagnostics(), transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda progress: bar.update(
            task, total=progress.total, completed=progress.stored, description=_describe(progress)
        )


@contextlib.contextmanager
def working(words: str) -> Iterator[None]:
    """Show on a terminal that something takes its time, and for how long already."""
    if not animated():
        if sys.stderr.isatty():  # where nothing may move
            click.echo(f"{words} ...", err=True)
        yield
        return
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Bar(*columns, console=diagnostics(), transient=True) as bar:
        bar.add_task(words, total=None)
        yield


@contextlib.contextmanager
def counting(words: str) -> Iterator[Callable[[int, int], None] | None]:
    """Yield a function that shows on a terminal how many of how many are done; elsewhere None."""
    if not animated():
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=diagnostics(), transient=True) as bar:
        task = bar.add_task(words, total=None)
        yield lambda done, total: bar.update(task, total=total, completed=done)


class _Lines:
    """Writes a line at most every ten seconds, one when something holds the run up, and one at the end."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        self._waiting = ""

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        held_up = bool(progress.waiting) and progress.waiting != self._waiting
        self._waiting = progress.waiting
        if now - self._last >= _EVERY or held_up or (progress.stored == progress.total and not progress.waiting):
            self._last = now
            click.echo(f"asked {progress.stored}/{progress.total}: {_describe(progress)}", err=True)


def _describe(progress: Progress) -> str:
    parts = [*filter(None, [progress.step]), f"{progress.rate:.1f}/s", dollars(progress.cost)]
    if progress.stored < progress.total:
        if progress.seconds_left is not None:
            parts.append(f"{clock(progress.seconds_left)} left")
        if progress.limit:
            # More than the limit are in flight right after a server had it lowered.
            more = progress.in_flight > progress.limit
            parts.append(f"{progress.in_flight} {'down to' if more else 'of'} {progress.limit} in flight")
    if progress.waiting:
        parts.append(progress.waiting)
    trouble = [
        f"{progress.counts[name]} {name}" for name in ("refused", "unparsed", "failed") if progress.counts.get(name)
    ]
    return " · ".join([*parts, *trouble])


def clock(seconds: float) -> str:
    """Return a time as minutes and seconds, or hours, minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


class PullLines:
    """Shows the steps of fetching the embedded model, one line a step."""

    def __init__(self) -> None:
        self._step = ""

    def __call__(self, progress: PullProgress) -> None:
        """Write a line when a step begins."""
        if progress.step != self._step:
            self._step = progress.step
            click.echo(f"embedded model: {progress.step} ...", err=True)
