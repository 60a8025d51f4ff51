"""What ``jury deliberate`` prints for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.output import cell, console, count, denominators, percent, say, show

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from jury.deliberation.modelled.deliberated import Deliberation
    from jury.panel import Panel

__all__ = ["print_change", "print_page"]

_SINGLE = 3  # cases up to which each has tables of its own
_ROWS = 24
_BESIDE = 8  # groups up to which a table shows each beside each


def print_page(found: Deliberation, panel: Panel) -> None:
    """Print what a discussion by a model of opinion change would change."""
    out = console()
    change = found.change
    people = count(change.jurors, "juror")
    say(
        out,
        f"Deliberation of {panel.name}: {people}, {count(change.cases, 'case')}; {found.model_words()} on "
        f"{found.topology.words()}, seed {found.seed}. No model was asked.",
    )
    say(out, denominators(panel.denominators()))
    for sentence in found.words():
        say(out, sentence)
    print_change(out, change, panel)
    _owed(out, found.owed)
    out.print()
    for caution in (*found.cautions, panel.caveat):
        if caution:
            say(out, caution)


def print_change(out: Console, change: Any, panel: Panel, *, brief: bool = False) -> None:  # noqa: ANN401 - Change, imported for types alone
    """Print the tables of a change; `brief` leaves out welfare by group, and how divided the jury is."""
    if change.cases <= _SINGLE:
        for case, part in change.verdicts.groupby("case", sort=False):
            _verdicts(out, panel.case(str(case)).prompt, part)
            if not brief:
                _welfare(out, change.shifts[change.shifts["case"] == case])
    else:
        _by_rule(out, change.by_rule)
    _silencing(out, change.silencing)
    if brief:
        return
    rows = [
        [row["figure"], _ends(row, "before"), _ends(row, "after"), _ends(row, "change", sign=True)]
        for row in _records(change.divisions)
    ]
    show(out, "How divided the jury is (lower is more at one)", ["", "before", "after", "change"], rows)


def _verdicts(out: Console, prompt: str, part: pd.DataFrame) -> None:
    rows = [
        [
            row["rule"],
            _won(row["before"]),
            _won(row["after"]),
            percent(row["differs"]),
            percent(row["before_stable"]),
            percent(row["after_stable"]),
        ]
        for row in _records(part)
    ]
    headings = ["rule", "before", "after", "differs", "stable before", "stable after"]
    show(out, prompt, headings, rows, left=3)


def _welfare(out: Console, part: pd.DataFrame) -> None:
    rows = [
        [_group(row), row["alternative"], row["jurors"], row["before"], row["after"], _ends(row, "shift", sign=True)]
        for row in _records(part)
    ]
    show(
        out,
        "Welfare (higher is better)",
        ["group", "alternative", "jurors", "before", "after", "shift"],
        rows[:_ROWS],
        left=2,
    )
    _more(out, len(rows))


def _by_rule(out: Console, table: pd.DataFrame) -> None:
    rows = [
        [
            row["rule"],
            row["cases"],
            row["changed"],
            _percents(row, "share_changed"),
            percent(row["differs"]),
            row["disagrees_before"],
            row["disagrees_after"],
        ]
        for row in _records(table)
    ]
    first = str(table["rule"].iloc[0]) if len(table) else ""
    headings = ["rule", "cases", "changed", "share", "mean chance", f"unlike {first} before", "after"]
    show(out, "Verdicts that change, by rule", headings, rows)


def _silencing(out: Console, table: pd.DataFrame) -> None:
    rows = [
        [
            _group(row),
            row["jurors"],
            f"{row['yielded']} of {row['minority']}",
            f"{row['left']} of {row['majority']}",
            _points(row, "silencing"),
            _points(row, "growth"),
            _ends(row, "moved"),
        ]
        for row in _records(table)
        if row["jurors"]
    ]
    if not rows:
        return
    headings = ["group", "jurors", "minority yields", "majority leaves", "difference", "majority grows", "moved"]
    show(out, "Who gives way", headings, rows[:_ROWS])
    _more(out, len(rows))


def _owed(out: Console, table: pd.DataFrame) -> None:
    for attribute, part in table.groupby("attribute", sort=False):
        heard = list(dict.fromkeys(part["heard"]))
        if len(heard) > _BESIDE:
            _owed_by_many(out, str(attribute), part)
            continue
        voices = part.drop_duplicates("heard").set_index("heard")["voice"]
        rows: list[list[object]] = [["(voice)", *(percent(float(voices[name])) for name in heard)]]
        for hearing, some in part.groupby("hearing", sort=False):
            shares = some.set_index("heard")["share"]
            rows.append([str(hearing), *(percent(float(shares[name])) for name in heard)])
        show(out, f"Who moved whom, by {attribute}: what final opinions are made of", ["of", *heard], rows[:_ROWS])
        _more(out, len(rows))


def _owed_by_many(out: Console, attribute: str, part: pd.DataFrame) -> None:
    """Print what each of many groups gives everybody, and how much of its own opinions stays its own."""
    records = _records(part)
    own = {row["heard"]: float(row["share"]) for row in records if row["hearing"] == row["heard"]}
    rows = [
        [row["heard"], percent(float(row["voice"])), percent(float(row["share"])), percent(own[row["heard"]])]
        for row in records
        if row["hearing"] == "everybody"
    ]
    headings = ["group", "voice", "share of everybody's", "share of its own"]
    show(out, f"Who moved whom, by {attribute}: what final opinions are made of", headings, rows[:_ROWS])
    _more(out, len(rows))


def _more(out: Console, rows: int) -> None:
    if rows > _ROWS:
        say(out, f"{rows - _ROWS} more rows: -o json has them all.")


def _records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return list(table.to_dict("records"))


def _group(row: dict[Any, Any]) -> str:
    return str(row["group"]) + (" (few)" if row.get("few") else "")


def _won(winners: tuple[str, ...]) -> str:
    return " = ".join(winners) or "no verdict"


def _ends(row: dict[Any, Any], name: str, *, sign: bool = False) -> str:
    # Plus 0: what is rounded to nothing has no sign.
    value, low, high = (round(float(row[f"{name}{end}"]), 2) + 0.0 for end in ("", "_low", "_high"))
    if value != value:
        return cell(value)
    mark = "+" if sign else ""
    return f"{value:{mark}.2f}" if low != low else f"{value:{mark}.2f} [{low:{mark}.2f}, {high:{mark}.2f}]"


def _percents(row: dict[Any, Any], name: str) -> str:
    return _hundredfold(row, name, "")


def _points(row: dict[Any, Any], name: str) -> str:
    return _hundredfold(row, name, "+")


def _hundredfold(row: dict[Any, Any], name: str, mark: str) -> str:
    value, low, high = (round(100 * float(row[f"{name}{end}"]), 0) + 0.0 for end in ("", "_low", "_high"))
    if value != value:
        return cell(value)
    unit = "%" if not mark else ""
    return f"{value:{mark}.0f}{unit}" if low != low else f"{value:{mark}.0f}{unit} [{low:{mark}.0f}, {high:{mark}.0f}]"
