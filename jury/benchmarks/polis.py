"""``polis``: one conversation, its opinion groups by the votes, and which comments speak for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aggregators import Approvals, elect
from jury.benchmarks.base import Settings, benchmarks
from jury.benchmarks.card import Card
from jury.benchmarks.finding import find
from jury.benchmarks.page import Cell, Finding, Table
from jury.benchmarks.survey import Respondent, Survey
from jury.benchmarks.surveys import SurveyBenchmark
from jury.benchmarks.tallied import Persons, panel_persons, tallied
from jury.errors import DataError
from jury.metrics import Answers, Overton, overton, rated_coverage
from jury.metrics.viewpoints import Viewpoints, opinion_viewpoints
from jury.panels import read_panel

__all__ = ["PolisConversation"]

FloatArray = NDArray[np.float64]

_AGREE, _DISAGREE, _PASS = "agree", "disagree", "pass"
_VALUES = {_AGREE: 1.0, _DISAGREE: -1.0, _PASS: 0.0}
_ASK = "{topic}\n\nSomebody says: {comment}\n\nDo you agree?"
_CHOSEN = 5  # comments that speak for a conversation


class PolisConversation(SurveyBenchmark):
    """Votes of participants on each other's comments."""

    card = Card(
        name="polis",
        title="Polis: a conversation of many, its opinion groups, and who speaks for all of them",
        measures="Whether a model agrees with comments as the groups of a conversation do, and whether the comments "
        "that it agrees with most represent every group.",
        senses=("Overton", "steerable", "distributional", "multi-objective", "trade-off steerable", "jury-pluralistic"),
        source="The Computational Democracy Project, https://compdemocracy.org; Small et al. (2021), Recerca 26(2).",
        licence="CC BY 4.0 with attribution to The Computational Democracy Project",
        obtain="https://github.com/compdemocracy/openData; name the folder of one conversation",
        looks_for=("participants-votes.csv.gz", "participants-votes.csv"),
        faults=(
            "Groups are found in the same votes that are then compared, so that they differ by construction.",
            "Participants chose to take part, and saw some comments only: they are no sample of anybody.",
            "Comments that the moderators took out are left out.",
        ),
    )

    def read(self, settings: Settings) -> Survey:
        """Return the comments, and how the opinion groups voted."""
        place = self._place(settings)
        panel = read_panel(place, "polis", passes="answer")
        topic = _topic(place)
        texts = {case.id: _ASK.format(topic=topic, comment=case.prompt) for case in panel.cases}
        persons = panel_persons(panel, texts, ())
        found = _viewpoints(persons, settings.seed)
        groups = np.array(["" if label < 0 else chr(ord("A") + label) for label in found.labels], dtype=np.str_)
        persons = Persons(persons.items, persons.texts, persons.chosen, {"group": groups}, persons.weights)
        names = [f"group: {chr(ord('A') + place)}" for place in range(found.count)]
        return tallied(
            persons,
            shown=names,
            steering="A person who takes part in a conversation on this topic ({group}).",
            respondents=(_everybody(persons),),
            notes=(_found(found, len(panel.jurors)),),
        )

    def _place(self, settings: Settings) -> Path:
        try:
            place = find(self.card, settings.data)
        except DataError:
            folder = settings.data or Path()
            inside = folder / self.card.name if (folder / self.card.name).is_dir() else folder
            names = sorted(path.parent.name for path in inside.glob("*/participants-votes.csv*"))
            if not names:
                raise
            raise DataError(f"{inside}: holds {len(names)} conversations; name one of {', '.join(names)}") from None
        if place is None or place.is_file():
            raise DataError(f"{self.card.name}: name the folder of one conversation with --data PATH")
        return place

    def overton(self, survey: Survey, plain: Sequence[Respondent], settings: Settings) -> Finding | None:
        """Return which groups are spoken for by the comments that each model agrees with most."""
        votes = _votes(survey)
        labels = survey.persons.groups["group"] if survey.persons is not None else np.empty(0, dtype=np.str_)
        groups = sorted(set(labels) - {"not stated"})
        if not groups:
            return None
        chosen = {f"what {each.name} agrees with most": _most_agreed(survey, each.answers) for each in plain}
        chosen |= _elected(votes)
        held = np.array([groups.index(label) if label in groups else -1 for label in labels])
        coverages = {
            name: [rated_coverage(self.card.name, _spoken_for(votes[:, list(picked)]), held.astype(str), threshold=1.0)]
            for name, picked in chosen.items()
            if picked
        }
        result = overton(coverages, rng=np.random.default_rng(settings.seed))
        names = {name: [survey.items[place].id for place in picked] for name, picked in chosen.items()}
        return Finding("Overton", (_covered(result, groups, names),), (), {**result.to_dict(), "comments": names})


def _viewpoints(persons: Persons, seed: int) -> Viewpoints:
    codes = np.array([_VALUES[option] for option in (_AGREE, _DISAGREE, _PASS)])
    columns = [
        np.where(np.isnan(chosen), np.nan, codes[np.nan_to_num(chosen).astype(int)])
        for chosen in persons.chosen.values()
    ]
    return opinion_viewpoints(np.stack(columns, axis=1), rng=np.random.default_rng(seed))


def _found(found: Viewpoints, people: int) -> str:
    best = found.silhouettes.get(found.count, np.nan)
    return (
        f"Opinion groups: {found.count}, by k-means on two principal components, silhouette {best:.2f} (below 0.25 "
        f"groups are hardly apart); {found.left_out} of {people} participants voted too little to be in one."
    )


def _topic(place: Path) -> str:
    path = place / "summary.csv"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    topics = [line.partition(",")[2].strip('"') for line in lines if line.startswith("topic,")]
    return topics[0] if topics else place.name


def _everybody(persons: Persons) -> Respondent:
    """Return the shares of all votes: who answers as the participants do, taken together."""
    name = "all participants together"
    counted = {
        item.id: np.bincount(chosen[~np.isnan(chosen)].astype(int), minlength=len(item.options))
        for item, chosen in zip(persons.items, persons.chosen.values(), strict=True)
    }
    answers = {
        item.id: Answers(dict(zip(item.options, counted[item.id].astype(float).tolist(), strict=True)))
        for item in persons.items
    }
    return Respondent(name, answers, name)


def _votes(survey: Survey) -> FloatArray:
    """Return (participants, comments) 1 for agree, 0 for another vote, NaN for none."""
    if survey.persons is None:
        return np.empty((0, 0))
    columns = []
    for item in survey.items:
        chosen, agree = survey.persons.answers[item.id], item.options.index(_AGREE)
        columns.append(np.where(np.isnan(chosen), np.nan, chosen == agree))
    return np.stack(columns, axis=1)


def _most_agreed(survey: Survey, answers: Mapping[str, Answers]) -> list[int]:
    def share(question: str) -> float:
        given = answers.get(question)
        total = sum(given.shares.values()) if given is not None else 0.0
        return given.shares.get(_AGREE, 0.0) / total if given is not None and total else -1.0

    shares = np.array([share(item.id) for item in survey.items])
    return [int(place) for place in np.argsort(-shares, kind="stable")[:_CHOSEN]]


def _elected(votes: FloatArray) -> dict[str, list[int]]:
    """Return what rules of social choice would pick: the most agreed comments, and proportional ones."""
    approvals = votes == 1
    voters = approvals.any(axis=1)
    most = np.argsort(-approvals.sum(axis=0), kind="stable")
    picked = {
        f"the {_CHOSEN} with most agreement": most[:_CHOSEN].tolist(),
        "the one with most agreement": [int(most[0])],
    }
    outcome = elect(Approvals(approvals[voters]), "seqpav", seats=_CHOSEN, tie_break="lexicographic")
    names = Approvals(approvals[voters]).alternatives
    picked["sequential PAV"] = [list(names).index(name) for name in sorted(outcome.committees[0], key=str)]
    return picked


def _spoken_for(votes: FloatArray) -> FloatArray:
    """Return 1 for who agrees with one of the comments, 0 for who saw some and agrees with none, else NaN."""
    seen = ~np.isnan(votes).all(axis=1)
    return np.where(seen, np.where(np.isnan(votes), 0.0, votes).max(axis=1), np.nan)


def _covered(result: Overton, groups: Sequence[str], names: Mapping[str, Sequence[str]]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (name, model.score.value, model.weighted.value, len(names[name])) for name, model in result.models.items()
    ]
    return Table(
        f"OvertonScore: share of the {len(groups)} opinion groups most of whose members agree with one of the comments "
        "(higher is better)",
        ("comments", "score", "weighted by people", "how many"),
        tuple(rows),
        "One conversation is one question: no interval can be given. Who saw none of the comments does not count.",
    )


benchmarks.add("polis", PolisConversation())
