"""The jury-pluralistic benchmark: which model a jury is best served by, under which notion of fairness.

No single welfare function is right, so every leaderboard names its own, and `isoelastic_path` goes through a family.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from aggregators.resampling import bootstrap_weights
from jury.errors import MeasureError
from jury.estimates import LEVEL, Estimate, drawn_estimate
from jury.metrics.jury_ballots import Judged, prompt_mean, scored

FloatArray = NDArray[np.float64]
Resample = Literal["both", "prompts", "jurors"]

__all__ = ["GroupChoice", "JuryPluralistic", "Leaderboard", "Resample", "jury_pluralistic"]

_EQUAL = 1e-9  # of the larger of two scores: as near as this they tie


@dataclass(frozen=True)
class GroupChoice:
    """What one group of jurors would have chosen, and what it has instead.

    Attributes
    ----------
    attribute, group : str
    jurors : int
    choice : tuple of str
        The models that the same welfare function puts first when only the group counts, every tied one.
    welfare : float
        Of the group under the jury's winners, mean over prompts; higher is better.
    regret : Estimate
        Its welfare under its choice less that, 0 is none. The interval is of that difference, the models held fixed:
        a choice made on the same data makes regret look larger than it is.
    loses : bool
        Whether none of its choice is among the jury's winners.
    """

    attribute: str
    group: str
    jurors: int
    choice: tuple[str, ...]
    welfare: float
    regret: Estimate
    loses: bool


@dataclass(frozen=True, eq=False)
class Leaderboard:
    """Models in the order of one welfare function.

    Attributes
    ----------
    rule : str
    models : tuple of str
        As given; the order of the arrays.
    scores : Mapping
        Model -> `Estimate` of its welfare, mean over prompts, best first; higher is better.
    winners : tuple of str
        Every tied one.
    behind : Mapping
        Model -> `Estimate` of its score less the first winner's, paired: 0 or negative.
    beats : ndarray of shape (m, m)
        Probability over resamples that the model of the row scores higher than that of the column, ties half;
        0.5 on the diagonal.
    first : Mapping
        Model -> share of resamples in which it is first, tied ones sharing.
    groups : tuple of GroupChoice
    measure : {"welfare", "share of prompts won"}
        What the scores are: the second for rules that give winners only, tied ones sharing a prompt. Then they tell how
        often a model is best and not by how much; welfare and regret of groups are such shares too.
    """

    rule: str
    models: tuple[str, ...]
    scores: Mapping[str, Estimate]
    winners: tuple[str, ...]
    behind: Mapping[str, Estimate]
    beats: FloatArray
    first: Mapping[str, float]
    groups: tuple[GroupChoice, ...]
    measure: Literal["welfare", "share of prompts won"] = "welfare"

    def to_dict(self) -> dict[str, Any]:
        """Return the leaderboard as plain JSON types."""
        return {
            "rule": self.rule,
            "measure": self.measure,
            "scores": {model: score.to_dict() for model, score in self.scores.items()},
            "winners": list(self.winners),
            "behind": {model: gap.to_dict() for model, gap in self.behind.items()},
            "models": list(self.models),
            "beats": self.beats.tolist(),
            "first": dict(self.first),
            "groups": [
                {name: getattr(group, name) for name in GroupChoice.__dataclass_fields__}
                | {
                    "choice": list(group.choice),
                    "welfare": None if np.isnan(group.welfare) else group.welfare,
                    "regret": group.regret.to_dict(),
                }
                for group in self.groups
            ],
        }


@dataclass(frozen=True, eq=False)
class JuryPluralistic:
    """Leaderboards of models by what a jury makes of their outputs.

    Attributes
    ----------
    boards : Mapping
        Rule -> `Leaderboard`.
    prompts, jurors : int
        Behind every figure.
    left_out : tuple of int
        Prompts on which some model was judged by nobody, or that have no weight; they are in no figure.
    resample : {"both", "prompts", "jurors"}
        What the intervals take for a sample.
    agree : bool
        Whether all rules have the same winners.
    """

    boards: Mapping[str, Leaderboard]
    prompts: int
    jurors: int
    left_out: tuple[int, ...]
    resample: Resample

    @property
    def agree(self) -> bool:
        """Whether all rules have the same winners."""
        return len({frozenset(board.winners) for board in self.boards.values()}) <= 1

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON types."""
        return {
            "prompts": self.prompts,
            "jurors": self.jurors,
            "left_out": list(self.left_out),
            "resample": self.resample,
            "agree": self.agree,
            "boards": [board.to_dict() for board in self.boards.values()],
        }


def jury_pluralistic(
    judged: Judged,
    *,
    rng: np.random.Generator,
    rules: Sequence[str] = ("utilitarian", "nash", "maximin"),
    resample: Resample = "both",
    resamples: int = 1000,
    level: float = LEVEL,
) -> JuryPluralistic:
    """Score models by a jury: the mean over prompts of a welfare function of what jurors gave to the model's output.

    Parameters
    ----------
    judged : Judged
    rng : Generator
    rules : sequence of str
        Welfare functions, such as ``"gini"`` or ``"isoelastic:alpha=2"``, and other rules; of those without scores,
        such as ``"leximin"``, models are ranked by the share of prompts on which they win.
    resample : {"both", "prompts", "jurors"}
        What is drawn again for the intervals. ``"both"``: prompts and jurors, each on its own, so that figures speak
        of other prompts and other juries; somewhat too cautious (Owen 2007). The count of an interval is that of the
        scarcer of the two.
    resamples : int
    level : float

    Returns
    -------
    JuryPluralistic

    Raises
    ------
    MeasureError
        If no prompt was judged for all models, or a rule cannot take the utilities (Nash needs them above its
        disagreement point).

    Notes
    -----
    Jurors without an opinion on an output are left out of its welfare, with the weights of the others renormalised.
    All models are compared on the same prompts and the same draws.

    References
    ----------
    Sorensen et al. (2024), A roadmap to pluralistic alignment, arXiv:2402.05070, section 4.3. Owen (2007), The
    pigeonhole bootstrap, Annals of Applied Statistics 1: 386-411.

    Examples
    --------
    >>> judged = Judged([[[9.0, 1.0]], [[4.0, 4.0]]], ["bold", "mild"], groups={"sex": ["f", "m"]})
    >>> found = jury_pluralistic(judged, rng=np.random.default_rng(0))
    >>> {rule: board.winners for rule, board in found.boards.items()}
    {'utilitarian': ('bold',), 'nash': ('mild',), 'maximin': ('mild',)}
    >>> [(group.group, group.choice, round(group.regret.value, 6)) for group in found.boards["nash"].groups]
    [('f', ('bold',), 5.0), ('m', ('mild',), 0.0)]
    """
    if resample not in get_args(Resample):
        raise MeasureError(f"resample={resample!r} must be one of: {', '.join(get_args(Resample))}")
    heard = np.flatnonzero(judged.heard)
    if not heard.size:
        raise MeasureError("utilities: on no prompt was every model judged by somebody")
    jurors = int((judged.weights > 0).sum())
    prompts = judged.prompt_weights[heard]
    drawn = _Draws.of(judged.weights, prompts, resample, resamples, rng)
    return JuryPluralistic(
        boards={rule: _board(judged, rule, drawn, level) for rule in rules},
        prompts=len(heard),
        jurors=jurors,
        left_out=tuple(np.setdiff1d(np.arange(len(judged.prompt_weights)), heard).tolist()),
        resample=resample,
    )


@dataclass(frozen=True, eq=False)
class _Draws:
    """Weights of jurors (b, n) and prompts (b, p) in every resample, the sample itself first."""

    jurors: FloatArray
    prompts: FloatArray
    count: int
    unit: str

    @classmethod
    def of(
        cls, jurors: FloatArray, prompts: FloatArray, resample: Resample, resamples: int, rng: np.random.Generator
    ) -> _Draws:
        both = []
        for weights, fixed in ((jurors, "prompts"), (prompts, "jurors")):
            if resample == fixed:
                drawn = np.tile(weights, (resamples, 1))
            else:
                drawn = np.concatenate(list(bootstrap_weights(len(weights), resamples, rng, weights)))
            both.append(np.concatenate([weights[None], drawn]))
        counts = {"jurors": int((jurors > 0).sum()), "prompts": len(prompts)}
        unit = resample if resample != "both" else min(counts, key=lambda name: (counts[name], name != "prompts"))
        return cls(both[0], both[1], counts[unit], unit)

    def estimate(self, values: FloatArray, level: float) -> Estimate:
        """Return the estimate of a (b,) statistic."""
        return drawn_estimate(float(values[0]), values[1:], self.count, self.unit, level=level)


def _board(judged: Judged, rule: str, drawn: _Draws, level: float) -> Leaderboard:
    scores, by_wins = scored(judged, rule, drawn.jurors)
    means = prompt_mean(scores, drawn.prompts)
    best = means[0].max()
    winners = means[0] >= best - _EQUAL * abs(best)
    order = np.argsort(-means[0], kind="stable")
    leader = int(order[0])
    higher = means[1:, :, None] - means[1:, None, :]
    near = np.abs(higher) <= _EQUAL * np.maximum(np.abs(means[1:, :, None]), np.abs(means[1:, None, :]))
    beats = np.where(near, 0.5, higher > 0)[~np.isnan(higher).any(axis=(1, 2))].mean(axis=0)
    top = near[np.arange(len(near)), means[1:].argmax(axis=1)] & ~np.isnan(means[1:])
    shares = (top / np.maximum(top.sum(axis=1, keepdims=True), 1)).mean(axis=0)
    names = judged.models
    return Leaderboard(
        rule=rule,
        models=names,
        scores={names[m]: drawn.estimate(means[:, m], level) for m in order},
        winners=tuple(name for name, won in zip(names, winners, strict=True) if won),
        behind={names[m]: drawn.estimate(means[:, m] - means[:, leader], level) for m in order},
        beats=beats,
        first={names[m]: float(shares[m]) for m in order},
        groups=tuple(_choices(judged, rule, drawn, winners, level)),
        measure="share of prompts won" if by_wins else "welfare",
    )


def _choices(judged: Judged, rule: str, drawn: _Draws, winners: NDArray[np.bool_], level: float) -> list[GroupChoice]:
    found = []
    for attribute, labels in judged.groups.items():
        for group in np.unique(labels[judged.weights > 0]):
            inside = labels == group
            means = prompt_mean(scored(judged, rule, np.where(inside, drawn.jurors, 0.0))[0], drawn.prompts)
            own = means[0]
            chosen = np.zeros_like(winners) if np.isnan(own).any() else own >= own.max() - _EQUAL * abs(own.max())
            difference = (
                means[:, chosen].mean(axis=1) - means[:, winners].mean(axis=1)
                if chosen.any()
                else np.full(len(means), np.nan)
            )
            found.append(
                GroupChoice(
                    attribute=attribute,
                    group=str(group),
                    jurors=int((inside & (judged.weights > 0)).sum()),
                    choice=tuple(name for name, held in zip(judged.models, chosen, strict=True) if held),
                    welfare=float(own[winners].mean()),
                    regret=drawn.estimate(difference, level),
                    loses=bool(chosen.any() and not (chosen & winners).any()),
                )
            )
    return found
