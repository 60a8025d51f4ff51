"""Which part of a prompt stands first: what a provider's prompt cache can save either way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from jury.backends.base import Backend, Layout
from jury.elicitation.order import balanced_latin_square
from jury.plan import Plan

#: English text has about four characters a token: good enough to compare two layouts of the same words.
_CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True, slots=True)
class LayoutChoice:
    """A layout, and what the prompt cache can save with each.

    Attributes
    ----------
    layout : {"persona-first", "case-first"}
    saved : Mapping
        Layout -> input tokens, estimated from characters, with which a prompt begins as an earlier one did. Only
        beginnings long enough for the provider's cache count.
    """

    layout: Layout
    saved: Mapping[Layout, int]

    def words(self) -> str:
        """Return the choice for people."""
        most = self.saved[self.layout]
        why = f"the prompt cache can save some {most:,} input tokens" if most else "no prompt cache saves anything"
        return f"{self.layout} ({why})"


def choose_layout(plan: Plan, backend: Backend) -> LayoutChoice:
    """Return the layout that the study asks for or, for ``auto``, the one of which the prompt cache saves more.

    Parameters
    ----------
    plan : Plan
        Its own layout does not matter.
    backend : Backend
        Its `cached_prefix` is the shortest beginning that is reused at a lower price; where that is None nothing is
        saved, and the persona comes first.
    """
    saved: dict[Layout, int] = {"persona-first": 0, "case-first": 0}
    if backend.cached_prefix is not None and plan.jurors and plan.cases:
        saved = _savings(plan, backend.cached_prefix)
    wanted = plan.mode.layout
    if wanted == "auto":
        wanted = "case-first" if saved["case-first"] > saved["persona-first"] else "persona-first"
    return LayoutChoice(wanted, saved)


def _savings(plan: Plan, least: int) -> dict[Layout, int]:
    tasks = [plan.task(plan.jurors[0], position, 0) for position in range(len(plan.cases))]
    contexts = np.array([_tokens(task.questions[0].context) for task in tasks])
    personas = np.array([_tokens(juror.text) for juror in plan.jurors])
    within = max(len(task.questions) for task in tasks) - 1  # further questions of one ballot
    ballots = plan.mode.replicates
    asked = ballots * (within + 1)
    # What is shown in another order is another text.
    contexts_shown = np.array([min(_orders(plan, len(task.showing.order)), len(personas) * ballots) for task in tasks])
    return {
        "persona-first": _saved(personas, len(contexts) * asked - 1, contexts, ballots * within, least),
        "case-first": _saved(contexts, len(personas) * asked - contexts_shown, personas, ballots * within, least),
    }


def _saved(first: np.ndarray, repeats: int | np.ndarray, second: np.ndarray, within: int, least: int) -> int:
    """Return the tokens of repeated beginnings: of first parts, and within a ballot of both parts."""
    held = first >= least
    alone = np.where(held, first * np.maximum(repeats, 0), 0).sum()
    both = first[:, None] + second[None, :]
    added = np.where(held[:, None], second[None, :], both)
    return int(alone + within * np.where(both >= least, added, 0).sum())


def _orders(plan: Plan, size: int) -> int:
    if not plan.mode.orders_context:
        return 1
    if plan.mode.labels == "varied" or plan.mode.order == "random":
        return len(plan.jurors) * plan.mode.replicates
    return 1 if plan.mode.order == "fixed" else len(balanced_latin_square(size))


def _tokens(text: str) -> int:
    return len(text) // _CHARACTERS_A_TOKEN
