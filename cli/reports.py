"""What is printed of a run and of an audit."""

from __future__ import annotations

import shlex
import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console

from cli.output import count, denominators, dollars, percent, say, show
from jury.auditing import FEW, Audit, audit
from jury.diagnostics import Dealt, Explained, Share, Shuffled, dealt, explained, shuffled
from jury.run import Run

if TYPE_CHECKING:
    from aggregators import Outcome
    from jury.panel import Panel

_CASES_SHOWN = 12
_LOW_MASS = 0.1
_CHANCE = 0.05  # shares of deals by lot above this are called chance


def audit_run(run: Run) -> Audit:
    """Return the audit that a study's own rules and groups make."""
    return audit(run.panel(), rules=run.study.rule_names(), by=run.study.groups)


def run_document(run: Run) -> dict[str, Any]:
    """Return all that is printed of a run, as one JSON document."""
    panel = run.panel()
    document = audit_run(run).to_dict()
    document |= {
        "run": str(run.path),
        "end": run.end,
        "model": run.header.model,
        "readout": run.header.readout,
        "seed": run.header.seed,
        "fingerprint": run.header.fingerprint,
        "jurors": len(run.jurors),
        "effort": run.effort.to_dict(),
        "possible_cost_usd": run.possible_cost(),
        "cost_usd": run.cost(),
    }
    return document | trust_document(panel, run.study.groups)


def trust_document(panel: Panel, by: Sequence[str]) -> dict[str, Any]:
    """Return what answers follow and how they compare with lots, as plain JSON types."""
    shares, verdict = explained(panel), _dealt(panel)
    return {
        "jury": None if panel.drawn is None else panel.drawn.to_dict(),
        "explained": None if shares is None else asdict(shares),
        "alternatives_by_lot": None if verdict is None else asdict(verdict),
        "groups_by_lot": [asdict(found) for found in _shuffles(panel, by)],
    }


def print_run(run: Run, out: Console) -> None:
    """Print what a run decided, who lost, and how far to trust it."""
    header, panel = run.header, run.panel()
    source = header.provenance["population"]
    say(out, f"{header.name}: {len(run.jurors)} simulated jurors, {header.model}", style="bold")
    say(out, f"Population: {source['title']}. Readout: {header.readout}. Seed {header.seed}.")
    if run.study.description:
        say(out, run.study.description)
    found = audit_run(run)
    print_warning(panel, out)
    print_audit(found, out)
    print_trust(panel, out, by=run.study.groups, masses=label_masses(run))
    again = f"jury audit {shlex.quote(str(run.path))}"
    say(out, f"Run file: {run.path} ({dollars(run.cost())}); see also: {again}", wrap=False)


def print_audit(found: Audit, out: Console) -> None:
    """Print what was decided and who lost."""
    if len(found.outcomes) <= 2:
        for case_id, decided in found.outcomes.items():
            _print_case(found, case_id, decided, out)
    else:
        _print_cases(found, out)
    _print_groups(found, out)
    for rule, cases in found.undecided.items():
        say(out, f"{rule} could not decide {count(len(cases), 'case')}: {next(iter(cases.values()))}")
    if found.unanswered:
        say(out, f"Without any answer, and in no figure: {count(len(found.unanswered), 'case')}.")
    say(out, denominators(found.panel.denominators()))
    if unread := found.panel.unread():
        replies = count(unread, "reply", "replies")
        say(out, f"On ballots that count as answered {replies} could not be read, and are in no figure.")


def print_warning(panel: Panel, out: Console) -> None:
    """Say before any figure if the verdict is one that lots could have given."""
    found = _dealt(panel)
    if found is not None and found.share_above > _CHANCE:
        say(out, "Read the end first: this jury tells the alternatives apart no better than lots would.", style="bold")


def print_trust(panel: Panel, out: Console, *, by: Sequence[str], masses: list[float]) -> None:
    """Print what the answers follow, compared with chance, and the caveat of the model."""
    lines = []
    shares = explained(panel)
    if shares is not None:
        lines.append(_explained_words(shares))
    verdict = _dealt(panel)
    if verdict is not None:
        lines.append(_dealt_words(verdict))
    lines += [_shuffled_words(found) for found in _shuffles(panel, by)]
    if masses:
        low = sum(mass < _LOW_MASS for mass in masses)
        lines.append(
            f"Label mass, the probability that the model put on any valid answer: median {np.median(masses):.2f}; "
            f"below {_LOW_MASS} on {low} of {len(masses)} ballots."
        )
    if panel.drawn is not None:
        lines += panel.drawn.caveats()
    if panel.caveat:
        lines.append(panel.caveat)
    lines.append("A simulated jury is not people.")
    if lines:
        out.print()
        say(out, "How far to trust this", style="bold")
        for line in lines:
            say(out, line, indent=2)
        out.print()


def _print_case(found: Audit, case_id: str, decided: dict[str, Outcome], out: Console) -> None:
    case = found.panel.case(case_id)
    out.print()
    say(out, textwrap.shorten(case.prompt, 300), style="bold")
    columns = ["alternative", *(f"{rule}" for rule in decided)]
    rows = []
    for index, name in enumerate(case.alternative_ids):
        cells = [_score(outcome, index, name) for outcome in decided.values()]
        rows.append([name, *cells])
    show(out, "", columns, rows)
    say(out, f"Verdict: {_verdict(decided)}.")
    answered = {int(count) for outcome in decided.values() for count in outcome.answered}
    say(
        out,
        f"* wins (every tied winner is marked). Higher is better: welfare {found.panel.mode.welfare_words}, points for "
        "votes.",
    )
    if len(answered) > 1 and found.panel.mode.mode == "score":
        say(out, f"Alternatives were judged by {min(answered)} to {max(answered)} jurors.")


def _score(outcome: Outcome, index: int, name: str) -> str:
    mark = " *" if name in outcome.winners else "  "
    if outcome.scores is not None:
        score = float(outcome.scores[index])
        return ("–" if np.isnan(score) else f"{score:.3f}") + mark
    rank = next((place for place, tier in enumerate(outcome.ranking, start=1) if name in tier), None)
    return (f"rank {rank}" if rank else "–") + mark


def _verdict(decided: dict[str, Outcome]) -> str:
    by_winner: dict[str, list[str]] = {}
    for rule, outcome in decided.items():
        by_winner.setdefault(_tied(outcome), []).append(rule)
    if len(by_winner) == 1 and len(decided) > 1:
        return f"{next(iter(by_winner))} under every rule"
    return "; ".join(f"{winner} under {', '.join(rules)}" for winner, rules in by_winner.items())


def _tied(outcome: Outcome) -> str:
    return " = ".join(outcome.winners) or "no winner"


def _print_cases(found: Audit, out: Console) -> None:
    rows = [
        [textwrap.shorten(case_id, 40), *(_tied(decided[rule]) if rule in decided else "–" for rule in found.rules)]
        for case_id, decided in list(found.outcomes.items())[:_CASES_SHOWN]
    ]
    more = len(found.outcomes) - len(rows)
    title = "Winners by case" + (f" (first {len(rows)} of {len(found.outcomes)}; all with -o json)" if more else "")
    show(out, title, ["case", *found.rules], rows, left=1 + len(found.rules))
    wins: dict[str, Counter[str]] = {
        rule: Counter(_tied(d[rule]) for d in found.outcomes.values() if rule in d) for rule in found.rules
    }
    labels = list(dict.fromkeys(label for counter in wins.values() for label, _ in counter.most_common()))
    if len(labels) <= _CASES_SHOWN:
        won = [[label, *(wins[rule][label] for rule in found.rules)] for label in labels]
        show(out, "Cases won", ["alternative", *found.rules], won)
    if len(found.rules) > 1:
        differ, total = len(found.disagreements), len(found.outcomes)
        say(out, f"The rules disagree on {differ} of {total} cases ({percent(differ / total)}).")


def _print_groups(found: Audit, out: Console) -> None:
    if found.groups.empty:
        if found.outcomes:
            say(out, "No groups were asked for: name them under `groups:` or with --by.")
        return
    for attribute, part in found.groups.groupby("attribute", sort=False):
        rules = list(dict.fromkeys(part["rule"]))
        single = len(found.outcomes) == 1
        rows = []
        for group, of_group in part.groupby("group", sort=False):
            by_rule = of_group.set_index("rule")
            jurors = int(of_group["jurors"].iloc[0])
            few = " (few)" if jurors < FEW else ""
            cells = [_fate(by_rule.loc[rule], single=single) if rule in by_rule.index else "–" for rule in rules]
            rows.append([f"{group}{few}", jurors, percent(float(of_group["weight_share"].iloc[0])), *cells])
        what = "welfare under the winner" + (", L: lost" if single else ", cases lost")
        show(out, f"Who lost, by {attribute} ({what})", ["group", "jurors", "share", *rules], rows)
        gaps = found.gaps[found.gaps["attribute"] == attribute]
        worst = "; ".join(f"{row.rule}: {row.worst_group} (gap {row.gap:.3f})" for row in gaps.itertuples())
        say(out, f"Worst off, and its distance to the best off: {worst}.")
    say(out, "A group loses a case when none of its own best alternatives wins.")
    if (found.groups["jurors"] < FEW).any():
        say(out, f"(few): under {FEW} jurors, too few to say anything about the group.")


def _fate(row: Any, *, single: bool) -> str:  # noqa: ANN401 - a row of pandas
    if single:
        return f"{row['welfare']:.3f}{' L' if row['cases_lost'] else '  '}"
    return f"{row['welfare']:.3f}  {percent(row['share_lost'])}"


def _shuffles(panel: Panel, by: Sequence[str]) -> list[Shuffled]:
    rng = np.random.default_rng(0)  # the same lots every time the same run is read
    found = (shuffled(panel, name, rng) for name in by)
    return [item for item in found if item is not None]


def _dealt(panel: Panel) -> Dealt | None:
    return dealt(panel, np.random.default_rng(0))


def _dealt_words(found: Dealt) -> str:
    verdict = (
        "more than chance" if found.share_above <= _CHANCE else "no more than chance: the verdict is as good as a lot"
    )
    return (
        f"The alternatives differ {verdict} (dealt by lot, each juror's own ratings set them as far apart in "
        f"{percent(found.share_above)} of {found.rounds} deals)."
    )


def _explained_words(shares: Explained) -> str:
    words = [f"which alternative it is {_share(shares.alternative)}"]
    if shares.position is not None:
        words.append(f"the position at which it was shown {_share(shares.position)}")
    if shares.label is not None:
        words.append(f"the label that it had {_share(shares.label)}")
    if shares.model is not None:
        words.append(f"which model answers {_share(shares.model)}")
    if shares.juror is not None:
        words.append(f"how generous the juror is {_share(shares.juror)}")
    return (
        f"What the {shares.ratings} ratings follow, as a share of their variation (and what noise would): "
        f"{', '.join(words)}."
    )


def _share(share: Share) -> str:
    return f"{percent(share.found)} ({percent(share.by_chance)})"


def _shuffled_words(found: Shuffled) -> str:
    verdict = (
        "more than chance"
        if found.share_above <= _CHANCE
        else "no more than chance: do not read anything into its groups"
    )
    return (
        f"Groups by {found.by} differ {verdict} (jurors dealt into the same groups by lot differ as much in "
        f"{percent(found.share_above)} of {found.rounds} deals)."
    )


def label_masses(run: Run) -> list[float]:
    """Return the probability that the model put on any valid answer, ballot by ballot, where that was read."""
    masses: list[float] = run.ballots()["label_mass"].dropna().tolist()
    return masses
