"""`sweep`: every scenario against the baseline, from stored ballots alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from jury.auditing.rules import check_rule
from jury.errors import StudyError
from jury.panel import Panel
from jury.whatif.ballots import Heard, heard_cases
from jury.whatif.engine import Bench, Draws
from jury.whatif.grid import Vary, baseline_of, in_common, jury_size, named, scenarios, varied
from jury.whatif.measuring import FIGURES
from jury.whatif.scenario import Scenario
from jury.whatif.support import FEW, Weighting, backing
from jury.whatif.swept import Sweep

if TYPE_CHECKING:
    import pandas as pd

    from jury.run import Run

__all__ = ["Sweep", "sweep"]

_STOPPED = "stopped before it was reached"


def sweep(
    source: Run | Panel,
    vary: Vary = (),
    *,
    baseline: Mapping[str, Any] | Sequence[str] = (),
    scenarios: Mapping[str, Mapping[str, Any]] | None = None,
    together: bool = False,
    rule: str | None = None,
    cases: Sequence[str] | None = None,
    on: Sequence[str] = (),
    few: int = FEW,
    draws: Draws | None = None,
    rng: np.random.Generator | None = None,
    report: Callable[[int, int], None] | None = None,
) -> Sweep:
    """Ask stored ballots what would have been decided under other scenarios. Nothing is asked of any model.

    Parameters
    ----------
    source : Run or Panel
        A stored run, or any panel, of people too.
    vary : mapping of key to values, or sequence of str
        What is varied: ``{"jurors": [6, 12], "seats:race=Black": [0, 1, 2]}`` or the same as lines
        ``"seats:race=Black=0,1,2"``. `jury.whatif.keys` lists the keys.
    baseline : mapping or sequence of str
        What everything is compared with; by default the people as they are, the first rule and the first size of jury;
        of scenarios by name, the rule that all have and the first size of jury, if all have one. Seats are on juries of
        its size where no scenario names one.
    scenarios : mapping of name to mapping of key to value, optional
        Scenarios by name, besides those of `vary`.
    together : bool
        Take the first values of all keys together, then the second ones, rather than every combination.
    rule : str, optional
        What decides where no key says; by default the first rule of the study or of the mode.
    cases : sequence of str, optional
        Some cases only.
    on : sequence of str
        Attributes on which ``population`` is met; by default the panel's groups that the population has.
    few : int
        A scenario that rests on a group of fewer jurors with an opinion is flagged and not answered.
    draws : Draws, optional
        How many bootstraps and juries are drawn.
    rng : Generator, optional
        By default seeded with 0, so that the same question has the same answer.
    report : callable, optional
        Called with cells done and cells in all. An interrupted sweep (Ctrl-C) returns what it has, the rest noted.

    Returns
    -------
    Sweep
        Its ``frame`` has ``scenario, case``, a column a key varied, ``verdict`` (the panel's, or the most frequent one
        of juries drawn; "hung" for none), ``changed`` (whether it is another than the baseline's), ``followed`` (the
        baseline's verdict, which the figures are about), ``chance`` that it is reached when jurors are drawn anew,
        ``lead`` (by how much it is ahead of the best other, or above its quota; whole panels only), ``change`` of
        ``measure`` against the baseline (lead for whole panels, chance for juries), ``flips`` (probability that the
        verdict is another than the baseline's with the same jurors drawn), each with ``_low`` and ``_high`` of 95 %;
        ``together_low`` and ``together_high``, which cover all changes at once; ``heard``, the jurors with an opinion;
        ``behind`` (jurors with an opinion in the smallest group that it rests on), and a ``note`` why there are no
        figures. Missing figures are NaN.

    Raises
    ------
    StudyError, RunError
        For what cannot be asked; one line that names key, value and remedy.

    Notes
    -----
    Scenarios are paired: the same bootstraps of the panel's jurors, and the same lots for juries, in every one. Juries
    are drawn with replacement and by weight, the panel standing for the people it was drawn from. Their intervals come
    from bootstraps of the panel, with the chance of the lots taken out; those of whole panels' leads are percentiles
    over bootstraps, and those of their chances Wilson's, of the number of bootstraps. Simultaneous intervals are max-t.

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap. Romano and Wolf (2005), Exact and approximate
    stepdown methods for multiple hypothesis testing, Journal of the American Statistical Association 100.

    Examples
    --------
    >>> from jury.panels.base import Builder
    >>> builder = Builder("a survey")
    >>> builder.case("q", "Yes or no?", ["yes", "no"])
    >>> for number in range(40):
    ...     rater = builder.rater(f"r{number}", {"side": "ab"[number % 2]})
    ...     builder.rating(rater, "q", {"choice": "yes" if number % 2 == 0 and number >= 8 else "no"})
    >>> panel = builder.panel()
    >>> found = sweep(panel, ["share:side=a=0.25,0.75"], rule="majority")
    >>> found.frame[["share:side=a", "verdict", "changed"]].values.tolist()
    [[0.25, 'no', False], [0.75, 'yes', True]]
    """
    panel, rule = _panel_and_rule(source, rule)
    values = varied(vary)
    cells = _cells(values, scenarios or {}, rule, together, jury_size(baseline))
    if not cells:
        raise StudyError("vary: nothing to vary; give KEY=VALUES, such as jurors=6,12, or scenarios by name")
    against = baseline_of(baseline, values or in_common(cells), rule)
    for each in dict.fromkeys(cell.rule for cell in (*cells, against)):
        check_rule(each)
    keys = tuple(dict.fromkeys(key for cell in cells for key in cell.settings))
    answered = [against, *(cell for cell in cells if not cell.fresh)]
    chosen = draws or Draws()
    found = _Found(keys, answered, chosen)
    heard = heard_cases(panel, cases)
    generator = np.random.default_rng(0) if rng is None else rng
    seeds = generator.bit_generator.seed_seq.spawn(len(heard))  # type: ignore[attr-defined]
    total = len(answered) * len(heard)
    weighting = Weighting(panel, on)
    for one, seed in zip(heard, seeds, strict=True):
        _add_case(found, one, weighting, against, seed, few, report, total)
    frame = found.frame()
    first = frame["scenario_place"] == 0
    del frame["scenario_place"]
    return Sweep(
        frame[~first].reset_index(drop=True),
        frame[first].reset_index(drop=True),
        against,
        tuple(cell for cell in cells if cell.fresh),
        keys,
        found.comparisons,
        chosen,
        panel.caveat,
        not found.stopped,
        weighting.met,
    )


def _panel_and_rule(source: Run | Panel, rule: str | None) -> tuple[Panel, str]:
    if isinstance(source, Panel):
        return source, rule or source.mode.default_rules[0]
    return source.panel(), rule or source.study.rule_names()[0]


def _cells(
    values: Mapping[str, Sequence[Any]],
    by_name: Mapping[str, Mapping[str, Any]],
    rule: str,
    together: bool,
    jurors: int | None,
) -> list[Scenario]:
    grid = scenarios(values, rule, together=together, jurors=jurors) if values else ()
    return [*grid, *named(by_name, rule, jurors=jurors)]


class _Found:
    """Columns in the making."""

    def __init__(self, keys: Sequence[str], cells: Sequence[Scenario], draws: Draws) -> None:
        self.keys, self.cells, self.draws = keys, cells, draws
        self.blocks: list[dict[str, Any]] = []
        self.comparisons = 0
        self.done = 0
        self.stopped = False

    def frame(self) -> pd.DataFrame:
        import pandas as pd

        return pd.concat([pd.DataFrame(block) for block in self.blocks], ignore_index=True)


def _add_case(
    found: _Found,
    heard: Heard,
    weighting: Weighting,
    baseline: Scenario,
    seed: np.random.SeedSequence,
    few: int,
    report: Callable[[int, int], None] | None,
    total: int,
) -> None:
    cells, many = found.cells, len(found.cells)
    backed = _backings(heard, cells, weighting, few)
    composed = dict.fromkeys(
        group for cell in (*cells, baseline) for group, _ in (*cell.shares, *cell.seats, *cell.quotas) if cell.jurors
    )
    least, why = backing(heard, baseline, few)
    seats = max(cell.jurors or 0 for cell in (*cells, baseline))
    figures = {name: np.full(many, np.nan) for name in FIGURES}
    spread = np.full(many, np.nan)
    verdicts = np.full(many, "", dtype=object)
    notes = np.array([note for _, note in backed], dtype=object)
    labels = (*heard.alternatives, "hung")
    block: dict[str, Any] = {
        "scenario_place": np.arange(many),
        "scenario": [cell.name for cell in cells],
        "case": heard.case,
        **{key: [cell.settings.get(key) for cell in cells] for key in found.keys},
    }
    if why:
        notes = np.array([note or f"baseline: {why}" for note in notes], dtype=object)
        followed = base_verdict = ""
        bench = None
    else:
        bench = Bench(heard, weighting, baseline, seed, found.draws, tuple(composed), seats)
        followed, base_verdict = labels[bench.focal], _told(bench.base_winners(), heard)

    def done(number: int) -> None:
        found.done += number
        if report is not None:
            report(found.done, total)

    places = [place for place in range(many) if not notes[place]]
    found.done += many - len(places)
    try:
        for placed in bench.measure(cells, places, done) if bench is not None and not found.stopped else ():
            for name in FIGURES:
                figures[name][placed.places] = placed.measured.figures[name]
            spread[placed.places] = placed.measured.spread
            for place, winners in zip(placed.places, placed.measured.winners, strict=True):
                verdicts[place] = _told(winners, heard)
    except KeyboardInterrupt:
        found.stopped = True
    for place in places:
        if not verdicts[place]:
            notes[place] = _STOPPED if found.stopped else "a bootstrap of the panel has nobody to seat"
    whole = np.array([cell.jurors is None for cell in cells])
    reach = np.where(whole, bench.whole.reach(), bench.seated.reach()) if bench is not None else np.full(many, np.nan)
    found.comparisons += 0 if bench is None else bench.whole.comparisons + bench.seated.comparisons
    block |= {
        "verdict": verdicts,
        "changed": verdicts != base_verdict,
        "followed": followed,
        "measure": np.where(whole, "lead", "chance"),
        **figures,
        "together_low": figures["change"] - reach * spread,
        "together_high": figures["change"] + reach * spread,
        "heard": heard.behind(np.ones(len(heard.rows), dtype=np.bool_)),
        "behind": [min(number, least) for number, _ in backed],
        "note": notes,
    }
    block["changed"] = block["changed"] & (verdicts != "")
    found.blocks.append(block)
    if report is not None:
        report(found.done, total)


def _backings(heard: Heard, cells: Sequence[Scenario], weighting: Weighting, few: int) -> list[tuple[int, str]]:
    """Return `backing` of every cell, asked once for cells that rest on the same groups."""
    known: dict[tuple[object, ...], tuple[int, str]] = {}
    found = []
    for cell in cells:
        left = sum(share for _, share in cell.shares) < 1
        key = cell.groups(), cell.double, tuple(group for group, _ in cell.shares) if left else ()
        if key not in known:
            known[key] = backing(heard, cell, few)
        least, note = known[key]
        if not note and cell.population is not None and isinstance(why := weighting.factors(cell.population), str):
            note = why
        found.append((least, note))
    return found


def _told(winners: np.ndarray, heard: Heard) -> str:
    return " = ".join(heard.alternatives[place] for place in np.flatnonzero(winners)) or "hung"
