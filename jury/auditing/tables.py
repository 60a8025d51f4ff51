"""The tables of an audit, from the figures of its cases and of what might have been."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aggregators.minority import sigma_inequity
from aggregators.power import Power, WeightedGame, banzhaf, shapley_shubik
from jury.auditing.intervals import Deviations, Together, deviations, exact_share, p_values, together
from jury.auditing.lots import Lots
from jury.auditing.membership import Groups
from jury.auditing.redrawing import mean_over_cases

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]

GROUP_COLUMNS = (
    *("attribute", "group", "jurors", "few", "weight_share", "voice", "rule"),
    *("welfare", "welfare_low", "welfare_high", "regret", "regret_low", "regret_high", "regret_by_lot"),
    *("cases", "cases_lost", "share_lost", "share_lost_low", "share_lost_high", "share_lost_by_lot", "lost_redrawn"),
    *("p_value", "loses_more"),
    *("gain", "gain_low", "gain_high", "pivotal_cases", "held_back_cases", "contested", "contested_won", "owed"),
)


#: Cases from which on a share of them says more than a mean of welfare.
MANY = 10
_NEVER_NEGATIVE = {"regret", "price"}


@dataclass(frozen=True, eq=False)
class Evidence:
    """All that the tables are made of.

    Attributes
    ----------
    groups : Groups
    rules : tuple of r str
    figures : Mapping
        Each figure with the cases as first axis.
    jurors, cases : Mapping
        The same, means over cases, under drawings of jurors and of cases; empty where there are none.
    lots : Lots
    counts : Mapping of str to (g, r) arrays
        ``pivotal_cases``, ``held_back_cases``, ``contested``, ``contested_won``, ``owed``.
    voice : (g,) array
        Mean share of the weight of those who gave an opinion.
    level : float
    """

    groups: Groups
    rules: tuple[str, ...]
    figures: Mapping[str, FloatArray]
    jurors: Mapping[str, FloatArray]
    cases: Mapping[str, FloatArray]
    lots: Lots
    counts: Mapping[str, NDArray[np.int64]]
    voice: FloatArray
    level: float

    def deviations(self, name: str, jurors: FloatArray) -> Deviations | None:
        """Return how a figure deviates when jurors and cases are redrawn; `jurors` of equal weight are behind it."""
        values = self.figures[name]
        known = (~np.isnan(values)).sum(axis=0).astype(float)
        behind = np.broadcast_to(jurors, known.shape).astype(float)
        return deviations((self.jurors.get(name), behind), (self.cases.get(name), known))


def group_table(given: Evidence) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return `Audit.groups`, and how many figures the intervals and p-values of each column cover."""
    import pandas as pd

    groups, rules, figures = given.groups, given.rules, given.figures
    lost = figures["lost"]
    cases = (~np.isnan(lost)).sum(axis=0)
    means = {name: mean_over_cases(figures[name]) for name in ("welfare", "regret", "lost", "gain")}
    among = np.broadcast_to(~groups.few[:, None], cases.shape)
    reference = np.abs(figures["gain"]).max(axis=0, initial=0.0, where=~np.isnan(figures["gain"])) > 0
    spans: dict[str, Together] = {}
    for name in means:
        found = given.deviations(name, groups.effective[:, None])
        spans[name] = together(means[name], found, among & (reference | (name != "gain")), level=given.level)
    p_value, tested = _chances(given, means, among)
    comparisons = {
        "welfare": spans["welfare"].comparisons,
        "regret": spans["regret"].comparisons,
        "share_lost": spans["lost"].comparisons,
        "gain": spans["gain"].comparisons,
        "p_value": tested,
    }
    by_lot = {name: _mean_of_draws(given.lots.figures.get(name), cases.shape) for name in ("regret", "lost")}
    redrawn = _mean_of_draws(given.jurors.get("lost"), cases.shape)
    # Ties everywhere cost regret and no case: where losses are told by cases, regret alone makes no loser.
    shown = "lost" if _many(given) else "regret"
    above = means[shown] > by_lot[shown]
    rows: list[dict[str, Any]] = []
    for g in range(len(groups)):
        for r, rule in enumerate(rules):
            if not cases[g, r]:
                continue
            low, high = spans["lost"].low[g, r], spans["lost"].high[g, r]
            hits = float(np.nansum(lost[:, g, r]))
            if np.isnan(low) and among[g, r] and cases[g, r] > 1 and given.cases:
                family = max(1, comparisons["share_lost"], int(among.sum()))
                low, high = exact_share(hits, int(cases[g, r]), 1 - (1 - given.level) / family)
            rows.append(
                {
                    "attribute": groups.attributes[g],
                    "group": groups.labels[g],
                    "jurors": int(groups.jurors[g]),
                    "few": bool(groups.few[g]),
                    "weight_share": float(groups.weight_share[g]),
                    "voice": float(given.voice[g]),
                    "rule": rule,
                    **_spanned("welfare", means["welfare"], spans["welfare"], (g, r)),
                    **_spanned("regret", means["regret"], spans["regret"], (g, r)),
                    "regret_by_lot": by_lot["regret"][g, r],
                    "cases": int(cases[g, r]),
                    "cases_lost": int(hits),
                    "share_lost": means["lost"][g, r],
                    "share_lost_low": max(low, 0.0),
                    "share_lost_high": min(high, 1.0),
                    "share_lost_by_lot": by_lot["lost"][g, r],
                    "lost_redrawn": redrawn[g, r],
                    "p_value": p_value[g, r],
                    "loses_more": bool(p_value[g, r] <= 1 - given.level and above[g, r]),
                    **_spanned("gain", means["gain"], spans["gain"], (g, r)),
                    **{name: int(count[g, r]) for name, count in given.counts.items()},
                }
            )
    return pd.DataFrame(rows, columns=list(GROUP_COLUMNS)), comparisons


def _many(given: Evidence) -> bool:
    return len(given.figures["lost"]) >= MANY


def _chances(given: Evidence, means: Mapping[str, FloatArray], among: NDArray[np.bool_]) -> tuple[FloatArray, int]:
    """Return p-values of losing more than lots, and the number of figures that they are adjusted for.

    By regret and, of many cases, by the share lost too: regret tells camps that are always the same ones, the share
    tells groups that lose by a little and often. The smaller one, adjusted for both, counts.
    """
    dealt = given.lots.figures
    if not dealt:
        return np.full(among.shape, np.nan), 0
    names = ("regret", "lost") if _many(given) else ("regret",)
    found = p_values(
        np.stack([means[name] for name in names]),
        np.stack([dealt[name] for name in names], axis=1),
        np.broadcast_to(among, (len(names), *among.shape)),
    )
    known = ~np.isnan(found)
    least = np.where(known, found, np.inf).min(axis=0)
    return np.where(np.isfinite(least), least, np.nan), int(known.sum())


def gap_table(groups: pd.DataFrame) -> pd.DataFrame:
    """Return `Audit.gaps` from `Audit.groups`."""
    import pandas as pd

    rows = []
    for (attribute, rule), part in groups.groupby(["attribute", "rule"], sort=False):
        heard = part.dropna(subset=["welfare"])
        if heard.empty:
            continue
        welfare = heard["welfare"].to_numpy()
        worst, best = heard.iloc[int(welfare.argmin())], heard.iloc[int(welfare.argmax())]
        rows.append(
            {
                "attribute": attribute,
                "rule": rule,
                "worst_group": worst["group"],
                "worst_welfare": worst["welfare"],
                "best_group": best["group"],
                "best_welfare": best["welfare"],
                "gap": best["welfare"] - worst["welfare"],
            }
        )
    columns = ["attribute", "rule", "worst_group", "worst_welfare", "best_group", "best_welfare", "gap"]
    return pd.DataFrame(rows, columns=columns)


def price_table(given: Evidence, differs: Mapping[str, int]) -> pd.DataFrame:
    """Return `Audit.prices`: what each rule costs the jury as a whole."""
    import pandas as pd

    values = mean_over_cases(given.figures["price"])
    cases = (~np.isnan(given.figures["price"])).sum(axis=0)
    everybody = given.groups.worth(np.ones((1, len(given.groups.weights)), dtype=np.bool_))
    found = given.deviations("price", everybody[0])
    span = together(values, found, np.ones(len(given.rules), dtype=np.bool_), level=given.level)
    rows = [
        {"rule": rule, **_spanned("price", values, span, (r,)), "cases": int(cases[r]), "differs": differs[rule]}
        for r, rule in enumerate(given.rules)
        if cases[r]
    ]
    return pd.DataFrame(rows, columns=["rule", "price", "price_low", "price_high", "cases", "differs"])


def minority_table(given: Evidence) -> pd.DataFrame:
    """Return `Audit.minority_gains`: what each rule gives minorities beyond utilitarian welfare."""
    import pandas as pd

    groups = given.groups
    outside = groups.worth(groups.minorities)
    names = ("minority_gain", "worst_gain")
    means = {name: mean_over_cases(given.figures[name]) for name in names}
    spans = {}
    for name in names:
        found = given.deviations(name, outside[:, None])
        spans[name] = together(means[name], found, np.ones(means[name].shape, dtype=np.bool_), level=given.level)
    rows = [
        {
            "attribute": attribute,
            "rule": rule,
            **{key: value for name in names for key, value in _spanned(name, means[name], spans[name], (a, r)).items()},
        }
        for a, attribute in enumerate(groups.by)
        for r, rule in enumerate(given.rules)
        if not np.isnan(means["minority_gain"][a, r])
    ]
    columns = [f"{name}{end}" for name in names for end in ("", "_low", "_high")]
    return pd.DataFrame(rows, columns=["attribute", "rule", *columns])


def inequity_table(given: Evidence) -> pd.DataFrame:
    """Return `Audit.inequity`: how unequal the shares of cases won are, and how unequal lots make them."""
    import pandas as pd

    won = 1 - mean_over_cases(given.figures["lost"])
    lots = given.lots.figures.get("lost")
    rows = []
    for r, rule in enumerate(given.rules):
        by_lot = float("nan")
        if lots is not None:
            by_lot = float(np.mean([_sigma(given.groups, 1 - deal[:, r]) for deal in lots]))
        rows.append({"rule": rule, "sigma_inequity": _sigma(given.groups, won[:, r]), "by_lot": by_lot})
    return pd.DataFrame(rows, columns=["rule", "sigma_inequity", "by_lot"])


def _sigma(groups: Groups, won: FloatArray) -> float:
    return sigma_inequity({name: won[groups.rows(name)] for name in groups.by})


def power_table(groups: Groups, voice: FloatArray, rng: np.random.Generator) -> pd.DataFrame:
    """Return `Audit.power`: power of the groups by their voice, each voting as one, where a majority decides."""
    import pandas as pd

    columns = ["attribute", "group", "voice"]
    columns += [f"{name}{end}" for name in ("banzhaf", "shapley_shubik") for end in ("", "_low", "_high")]
    rows = []
    for attribute in groups.by:
        places = groups.rows(attribute)
        if not voice[places].any():
            continue
        game = WeightedGame(voice[places], players=[groups.labels[place] for place in places])
        indices: list[Power] = [banzhaf(game, rng=rng), shapley_shubik(game, rng=rng)]
        for player, place in enumerate(places):
            row: dict[str, Any] = {"attribute": attribute, "group": groups.labels[place], "voice": float(voice[place])}
            for index in indices:
                ends = (index.power, index.low, index.high)
                for end, values in zip(("", "_low", "_high"), ends, strict=True):
                    row[f"{index.index}{end}"] = float(values[player])
            rows.append(row)
    return pd.DataFrame(rows, columns=columns)


def scale_table(changed: Mapping[tuple[str, str], Sequence[bool]], level: float) -> pd.DataFrame:
    """Return `Audit.scales` from whether each case's winners changed, by rule and scale."""
    import pandas as pd

    rows = []
    for (rule, scale), cases in changed.items():
        hits = sum(cases)
        low, high = exact_share(hits, len(cases), level) if len(cases) > 1 else (float("nan"), float("nan"))
        share = hits / len(cases) if cases else float("nan")
        rows.append(
            {
                "rule": rule,
                "scale": scale,
                "cases": len(cases),
                "changed": hits,
                "share_changed": share,
                "share_changed_low": low,
                "share_changed_high": high,
            }
        )
    columns = ["rule", "scale", "cases", "changed", "share_changed", "share_changed_low", "share_changed_high"]
    return pd.DataFrame(rows, columns=columns)


def _spanned(name: str, values: FloatArray, span: Together, at: tuple[int, ...]) -> dict[str, float]:
    low = float(span.low[at])
    if name in _NEVER_NEGATIVE:
        low = max(low, 0.0)  # which NaN passes
    return {name: float(values[at]), f"{name}_low": low, f"{name}_high": float(span.high[at])}


def _mean_of_draws(drawn: FloatArray | None, shape: tuple[int, ...]) -> FloatArray:
    return np.full(shape, np.nan) if drawn is None else mean_over_cases(drawn)
