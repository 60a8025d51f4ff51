"""How outcomes, committees and funded projects are printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cli.output import console, count, say, show

if TYPE_CHECKING:
    from aggregators import BudgetOutcome
    from aggregators.coverage import Judges
    from aggregators.outcome import CommitteeOutcome, Outcome
    from aggregators.proportionality import Appraisal, Witness
    from aggregators.reading.pabulib import PabulibElection

_MOST_WINNERS = 10
_MOST_RANKED = 30
_MOST_COMMITTEES = 10
_MOST_LINES = 5
SHORTENED = "Shortened; -o json has all."


def show_outcomes(outcomes: Sequence[Outcome], judged: Sequence[Judges]) -> bool:
    """Print what each rule decided; return whether something was left out."""
    columns = ["rule", "winner", "judged by", "ranking, best first"]
    rows = [
        [outcome.rule, _winner(outcome), str(by) if by.winners else "–", _ranking(outcome)]
        for outcome, by in zip(outcomes, judged, strict=True)
    ]
    if all(by.everybody for by in judged):
        columns, rows = [columns[0], *columns[1::2]], [[row[0], *row[1::2]] for row in rows]
    show(console(), "", columns, rows, left=len(columns))
    return any(len(o.winners) > _MOST_WINNERS or sum(map(len, o.ranking)) > _MOST_RANKED for o in outcomes)


def _winner(outcome: Outcome) -> str:
    if outcome.winners:
        return _joined(outcome.winners, " = ", _MOST_WINNERS)
    if not outcome.hung:
        return "nobody answered"
    if "quota" not in outcome.details or outcome.scores is None:
        return "hung"
    shares = dict(zip(outcome.alternatives, outcome.scores, strict=True))
    first = outcome.ranking[0]
    return (
        f"hung: {_joined(first, ' = ', _MOST_WINNERS)} at {shares[first[0]]:.1%}, quota {outcome.details['quota']:.1%}"
    )


def _joined(labels: Sequence[str], between: str, most: int) -> str:
    more = f"{between}… ({len(labels)} tied)" if len(labels) > most else ""
    return between.join(labels[:most]) + more


def _ranking(outcome: Outcome) -> str:
    tiers, left = [], _MOST_RANKED
    for tier in outcome.ranking:
        tiers.append(" = ".join(tier[:left]))
        left -= len(tier)
        if left <= 0:
            break
    more = sum(map(len, outcome.ranking)) - _MOST_RANKED
    return " > ".join(tiers) + (f" … and {more} more" if more > 0 else "")


def show_committees(outcome: CommitteeOutcome, appraisals: Iterable[Appraisal], lines: Sequence[int]) -> bool:
    """Print the committees of one rule, and how they represent the voters; return whether some were left out."""
    out = console()
    out.print()
    found = len(outcome.committees)
    words = [f"{count(found, 'committee')}{' tied' if found > 1 else ''} for {count(outcome.seats, 'seat')}"]
    if outcome.score is not None:
        words.append(f"score {outcome.score:.6g}")
    if outcome.gap is not None:
        words.append("proven best" if outcome.gap == 0 else f"at most {outcome.gap:.2%} below the best")
    if not outcome.complete:
        words.append("others may tie with it")
    say(out, f"{outcome.rule}: {', '.join(words)}", style="bold")
    for committee in outcome.committees[:_MOST_COMMITTEES]:
        members = [label for label in outcome.alternatives if label in committee]
        empty = outcome.seats - len(members)
        say(out, ", ".join(members) + (f" ({count(empty, 'seat')} empty)" if empty else ""), indent=2)
    if found > _MOST_COMMITTEES:
        say(out, f"… and {found - _MOST_COMMITTEES} more", indent=2)
    rows = [[each.measure, _appraised(each, lines)] for each in appraisals]
    if rows:
        whose = "does the first of them" if found > 1 else "does it"
        show(out, f"Whom {whose} leave unrepresented?", ["measure", "found"], rows, left=2)
    return found > _MOST_COMMITTEES


def _appraised(appraisal: Appraisal, lines: Sequence[int]) -> str:
    if appraisal.undecided is not None:
        return appraisal.undecided
    return "ok: nobody" if appraisal.witness is None else _witnessed(appraisal.witness, lines)


def _witnessed(witness: Witness, lines: Sequence[int]) -> str:
    where = [str(lines[voter]) for voter in witness.voters[:_MOST_LINES]]
    more = ", …" if len(witness.voters) > _MOST_LINES else ""
    who = f"{count(len(witness.voters), 'ballot')} (line{'s' * (len(where) > 1)} {', '.join(where)}{more})"
    owed = f"owed {witness.level} of {count(witness.seats, 'seat')} for {', '.join(witness.alternatives)}"
    return f"{who} with {witness.weight / witness.total:.1%} of the weight: {owed}, got {witness.has}"


def show_funded(outcomes: Sequence[BudgetOutcome], election: PabulibElection) -> None:
    """Print which projects each rule funds, side by side, and what that costs."""
    out = console()
    budget = outcomes[0].budget
    voters, projects = count(election.ballots.n_voters, "voter"), count(len(outcomes[0].projects), "project")
    say(out, f"{voters}, {projects}, {money(budget)} to spend", style="bold")
    rows = []
    for project, cost in zip(outcomes[0].projects, outcomes[0].costs, strict=True):
        marks = [_mark(outcome, project) for outcome in outcomes]
        if any(marks):
            name = election.projects[project].get("name", "")
            votes = election.projects[project].get("votes", "–")
            rows.append([project, name, money(cost), votes, *(mark or "–" for mark in marks)])
    if rows:
        names = [outcome.rule for outcome in outcomes]
        show(out, "", ["project", "name", "cost", "votes", *names], rows, left=2)
        out.print()
    for outcome in outcomes:
        say(out, f"{outcome.rule}: {_spent(outcome)}")
    if idle := len(outcomes[0].projects) - len(rows):
        say(out, f"{idle} of {projects} get nothing{' from any of these rules' if len(outcomes) > 1 else ''}.")


def _mark(outcome: BudgetOutcome, project: str) -> str:
    times = sum(project in chosen for chosen in outcome.funded)
    return "" if not times else "funded" if times == len(outcome.funded) else f"in {times} of {len(outcome.funded)}"


def _spent(outcome: BudgetOutcome) -> str:
    least, most = min(outcome.spent), max(outcome.spent)
    spends = f"spends {money(least)}{'' if least == most else f' to {money(most)}'} of {money(outcome.budget)}"
    ties = f"; {len(outcome.funded)} sets of projects tie" if len(outcome.funded) > 1 else ""
    more = "".join(f"; {name.replace('_', ' ')} {money(value)}" for name, value in outcome.details.items())
    return spends + ties + more


def money(amount: float) -> str:
    """Return an amount with no more decimals than it has."""
    return f"{amount:.0f}" if amount == round(amount) else f"{amount:.2f}"
