"""Outcomes as notebooks show them: a small table, everything escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from aggregators.outcome import BatchOutcome, CommitteeOutcome, Outcome

__all__ = ["batch_html", "committees_html", "outcome_html"]

_SHOWN = 60  # rows
_LONGEST = 80  # characters of a name


def outcome_html(outcome: Outcome) -> str:
    """Return an outcome as HTML: the alternatives from the best on, with ranks, scores and who judged them."""
    places = {label: place for place, label in enumerate(outcome.alternatives)}
    tiers = [(rank, label) for rank, tier in enumerate(outcome.ranking, start=1) for label in tier]
    tiers += [(0, label) for label in outcome.unscored]
    rows = [
        [
            str(rank) if rank else "–",
            f"{label[:_LONGEST]}{'…' if len(label) > _LONGEST else ''}",
            "–" if outcome.scores is None else _number(outcome.scores[places[label]]),
            str(int(outcome.answered[places[label]])),
            "wins" if label in outcome.winners else "",
        ]
        for rank, label in tiers[:_SHOWN]
    ]
    said = f"{_called(outcome.rule, outcome.parameters)}: {' = '.join(outcome.winners) or _nobody(outcome)}"
    notes = [f"Higher scores are better. {outcome.asked} voters; answered: those with an opinion on the alternative."]
    if len(tiers) > _SHOWN:
        notes.append(f"The first {_SHOWN} of {len(tiers)} alternatives.")
    return _page(said, ["rank", "alternative", "score", "answered", ""], rows, notes)


def batch_html(outcome: BatchOutcome) -> str:
    """Return the outcomes of many weightings as HTML: the share of them that each alternative wins."""
    shares = sorted(zip(outcome.win_share(), outcome.alternatives, strict=True), key=lambda each: -each[0])
    rows = [[label[:_LONGEST], f"{share:.3f}"] for share, label in shares[:_SHOWN]]
    said = f"{_called(outcome.rule, outcome.parameters)} on {len(outcome.winner_mask)} weightings"
    return _page(said, ["alternative", "share won"], rows, ["Tied winners split one win."])


def committees_html(outcome: CommitteeOutcome) -> str:
    """Return elected committees as HTML, every tied one."""
    rows = [
        [str(place), ", ".join(label[:_LONGEST] for label in outcome.alternatives if label in committee)]
        for place, committee in enumerate(outcome.committees[:_SHOWN], start=1)
    ]
    said = f"{_called(outcome.rule, outcome.parameters)}, {outcome.seats} seats"
    notes = [] if outcome.score is None else [f"Score {outcome.score:.6g}; higher is better."]
    if not outcome.complete:
        notes.append("Other committees may be as good: not all ties were looked for.")
    return _page(said, ["", "committee"], rows, notes)


def _page(said: str, columns: Sequence[str], rows: Sequence[Sequence[str]], notes: Sequence[str]) -> str:
    # No colours of our own: the notebook's theme, light or dark, holds.
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join(f"<tr>{''.join(f'<td>{_isolated(cell)}</td>' for cell in row)}</tr>" for row in rows)
    below = "".join(f"<div><small>{escape(note)}</small></div>" for note in notes)
    return (
        f'<div><div><b>{_isolated(said)}</b></div><table class="dataframe"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>{below}</div>"
    )


def _isolated(text: str) -> str:
    """Return text that cannot be markup, nor turn the direction of what stands beside it."""
    return f"<bdi>{escape(text)}</bdi>"


def _called(rule: str, parameters: Mapping[str, Any]) -> str:
    given = ", ".join(f"{name}={value}" for name, value in parameters.items())
    return f"{rule} ({given})" if given else rule


def _number(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.4g}"


def _nobody(outcome: Outcome) -> str:
    return "hung" if outcome.hung else "nobody answered"
