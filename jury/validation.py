"""Simulated jurors beside people: how far their answers are, and how far knowing nothing would be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jury.errors import RunError
from jury.metrics import jensen_shannon_distance, total_variation

if TYPE_CHECKING:
    import pandas as pd

    from jury.cases import Case
    from jury.elicitation import Mode, Vote
    from jury.run import Run
    from personas import Population

FloatArray = NDArray[np.float64]

#: Modes whose answers say how choices spread.
_COMPARED = ("choose", "distribution")

_FLOOR_DRAWS = 400

_EQUAL = 1e-9  # distances as near as this are equal


@dataclass(frozen=True, eq=False)
class Validation:
    """What simulated jurors chose beside what people chose.

    Attributes
    ----------
    humans : str
        Who the people are.
    items : DataFrame
        One row a case that people answered: ``case``; ``people, jurors`` (numbers behind the shares);
        ``human, model`` (shares by alternative); ``tv, js`` (total variation and Jensen-Shannon distance in base
        2, lower is closer); ``tv_uniform, js_uniform`` (the same for an even spread, the null to beat); ``tv_floor``
        (mean total variation of as many draws from the people's own shares as there are jurors: what a perfect model
        that answers once a juror would get; 0 for predicted distributions, which need no luck).
    agreement, by_lot : float
        Weighted share of answers in which a juror chose what the very person had said, and its mean when personas
        are dealt to people by lot; NaN where the people are not the jurors, or the jurors did not choose.
    answers : int
        Number of answers behind `agreement`.
    left_out : tuple of str
        Cases without an answer on either side; they are in no figure.
    """

    humans: str
    items: pd.DataFrame
    agreement: float
    by_lot: float
    answers: int
    left_out: tuple[str, ...]

    @property
    def closer(self) -> int:
        """Number of cases on which the jurors are closer to people than an even spread is."""
        return int((self.items["tv"] < self.items["tv_uniform"] - _EQUAL).sum())

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain JSON types."""
        return {
            "humans": self.humans,
            "items": self.items.to_dict(orient="records"),
            "mean_tv": float(self.items["tv"].mean()),
            "mean_tv_uniform": float(self.items["tv_uniform"].mean()),
            "mean_tv_floor": float(self.items["tv_floor"].mean()),
            "mean_js": float(self.items["js"].mean()),
            "mean_js_uniform": float(self.items["js_uniform"].mean()),
            "closer_than_uniform": self.closer,
            "agreement": self.agreement,
            "agreement_by_lot": self.by_lot,
            "answers": self.answers,
            "left_out": list(self.left_out),
        }


def validate_run(run: Run, people: Population | None = None) -> Validation:
    """Compare a run of choices, or of predicted distributions of them, with what people chose.

    Parameters
    ----------
    run : Run
        Its elicitation mode must be ``choose`` or ``distribution``.
    people : Population, optional
        Whose answers to compare with, with their weights; by default the very persons that the jurors were made
        from, if the population's survey had asked them the same questions.

    Raises
    ------
    RunError
        If the run's mode asks for no choices, or nobody's answers to its cases are known.
    """
    import pandas as pd

    panel = run.panel()
    if panel.mode.mode not in _COMPARED:
        raise RunError(
            f"{run.path}: people chose, and this run's elicitation mode is {panel.mode.mode!r}, which asks for no "
            f"choices; what can be compared are runs of mode {' or '.join(_COMPARED)}"
        )
    answers, weights, who = _people(run, people)
    rows, left_out = [], []
    hits: list[float] = []
    chances: list[float] = []
    masses: list[float] = []
    rng = np.random.default_rng(0)  # the same floor every time the same run is read
    for case in panel.cases:
        said = [person.get(case.id) for person in answers]
        human, n_people = _shares(case, said, weights)
        votes = panel.votes.get(case.id, ())
        model, n_jurors = _model_shares(panel.mode, case, votes, panel.weights)
        if not n_people or not n_jurors:
            left_out.append(case.id)
            continue
        even = np.full(len(human), 1 / len(human))
        rows.append(
            {
                "case": case.id,
                "people": n_people,
                "jurors": n_jurors,
                "human": dict(zip(case.alternative_ids, human.tolist(), strict=True)),
                "model": dict(zip(case.alternative_ids, model.tolist(), strict=True)),
                "tv": total_variation(human, model),
                "js": jensen_shannon_distance(human, model),
                "tv_uniform": total_variation(human, even),
                "js_uniform": jensen_shannon_distance(human, even),
                "tv_floor": 0.0 if panel.mode.mode == "distribution" else _floor(human, n_jurors, rng),
            }
        )
        if people is None and panel.mode.mode == "choose":
            pairs = [
                (said[vote.juror], vote.values["choice"]) for vote in votes if said[vote.juror] in case.alternative_ids
            ]
            mass = [panel.weights[vote.juror] for vote in votes if said[vote.juror] in case.alternative_ids]
            hits += [float(own == chosen) for own, chosen in pairs]
            chances += _chances(pairs, mass)
            masses += mass
    if not rows:
        raise RunError(f"{run.path}: no case has answers of {who}; are they the questions that the survey asked?")
    return Validation(
        humans=who,
        items=pd.DataFrame(rows),
        agreement=float(np.average(hits, weights=masses)) if hits else float("nan"),
        by_lot=float(np.average(chances, weights=masses)) if chances else float("nan"),
        answers=len(hits),
        left_out=tuple(left_out),
    )


def _people(run: Run, people: Population | None) -> tuple[Sequence[Mapping[str, str]], FloatArray, str]:
    if people is not None:
        if people.answers is None:
            raise RunError(f"{people.name}: holds no answers; its codebook needs `items:`")
        answers = [
            {str(k): v for k, v in row.items() if isinstance(v, str)} for row in people.answers.to_dict("records")
        ]
        return answers, people.weights, f"the {len(answers)} people of {people.name}"
    stored = [juror.survey_answers for juror in run.jurors]
    if all(answer is None for answer in stored):
        raise RunError(f"{run.path}: the jurors' own survey answers are not known; name a survey with --human FILE")
    weights = np.array([juror.weight for juror in run.jurors])
    return [answer or {} for answer in stored], weights, f"the {len(stored)} people that the jurors were made from"


def _shares(case: Case, said: Sequence[str | None], weights: FloatArray) -> tuple[FloatArray, int]:
    stated = np.array([[answer == name for name in case.alternative_ids] for answer in said], dtype=float)
    return _normal(weights @ stated), int(stated.sum())


def _model_shares(mode: Mode, case: Case, votes: Sequence[Vote], weights: FloatArray) -> tuple[FloatArray, int]:
    """Return the jurors' shares: their probabilities or predictions where those were read, else what they chose."""
    total, jurors = np.zeros(len(case.alternatives)), set()
    for vote in votes:
        shares = mode.shares_of(vote.values, case)
        if shares is not None:
            total += weights[vote.juror] * np.array(shares)
            jurors.add(vote.juror)
    return _normal(total), len(jurors)


def _normal(weights: FloatArray) -> FloatArray:
    total = weights.sum()
    shares: FloatArray = weights / total if total > 0 else weights
    return shares


def _chances(pairs: Sequence[tuple[str | None, str | None]], weights: Sequence[float]) -> list[float]:
    """Return for each person how often the answers of all jurors, dealt by lot, would hit theirs."""
    shares: defaultdict[str | None, float] = defaultdict(float)
    for (_, choice), weight in zip(pairs, weights, strict=True):
        shares[choice] += weight
    return [shares[own] / sum(weights) for own, _ in pairs]


def _floor(human: FloatArray, jurors: int, rng: np.random.Generator) -> float:
    drawn = rng.multinomial(jurors, human, size=_FLOOR_DRAWS) / jurors
    return float(np.mean(total_variation(human, drawn)))
