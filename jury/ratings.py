"""Tables of human ratings, one row a rating, as panels: the way in for real juries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from pydantic import ValidationError

from jury.cases import Alternative, Case
from jury.elicitation import Mode, Vote, modes
from jury.errors import StudyError
from jury.panel import Panel
from jury.tables import read_csv

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Columns:
    """What the columns of a rating table mean.

    Attributes
    ----------
    rater, case, answer : str
        Who rated what, and how. Other columns are attributes of the rater, if they are the same in all the rows
        of each rater.
    alternative : str or None
        With it, every row is one rater's number for one alternative. Without it, a row is a choice and `codes`
        says which.
    weight : str or None
        Weights of the raters; equal by default.
    codes : Mapping
        Code in the answer column -> alternative chosen. Codes that are not listed are answers without an opinion
        ("don't know").
    """

    rater: str
    case: str
    answer: str
    alternative: str | None = None
    weight: str | None = None
    codes: Mapping[str, str] = field(default_factory=dict)


def read_ratings(path: str | Path, columns: Columns) -> Panel:
    """Read a long table of ratings (CSV, gzip accepted, or Parquet).

    Parameters
    ----------
    path : str or Path
    columns : Columns

    Returns
    -------
    Panel
        Every row is one ballot asked. Rows with an empty answer are counted as refused; a rater who rated a case
        more than once has replicates.

    Raises
    ------
    StudyError
        Naming the column or the row and the fault.
    """
    path = Path(path)
    table = _read(path)
    named = [columns.rater, columns.case, columns.answer, columns.alternative, columns.weight]
    for name in filter(None, named):
        if name not in table.columns:
            raise StudyError(f"{path}: no column {name!r}; columns: {', '.join(table.columns)}")
    for name in filter(None, (columns.rater, columns.case, columns.alternative)):
        if table[name].isna().any():
            row = int(table[name].isna().to_numpy().argmax())
            raise StudyError(f"{path}, data row {row + 1}: column {name!r} is empty; every rating needs one")
    if (columns.alternative is None) == (not columns.codes):
        raise StudyError(
            f"{path}: say what column {columns.answer!r} holds: codes of a choice (--codes 0=no,1=yes) or numbers "
            "for the alternative in another column (--alternative COLUMN)"
        )
    build = _choices if columns.alternative is None else _scores
    return build(path, table, columns)


def _read(path: Path) -> pd.DataFrame:
    import pandas as pd

    if not path.is_file():
        raise StudyError(f"{path}: no such file")
    if path.suffix != ".parquet":
        return read_csv(path)
    try:
        return pd.read_parquet(path).astype(object)
    except (ValueError, OSError, ImportError) as error:
        raise StudyError(f"{path}: cannot be read as a table: {' '.join(str(error).split())}") from None


def _choices(path: Path, table: pd.DataFrame, columns: Columns) -> Panel:
    codes = {_code(code): name.strip() for code, name in columns.codes.items()}
    alternatives = _alternatives(path, dict.fromkeys(codes.values()))
    answers = table[columns.answer].map(lambda value: None if value != value else codes.get(_code(value)))
    if answers.isna().all():
        found = ", ".join(sorted({_code(value) for value in table[columns.answer].dropna()})[:10])
        raise StudyError(
            f"{path}: no answer has a code of {', '.join(codes)}; column {columns.answer!r} holds: {found}"
        )
    jurors, rows = _raters(path, table, columns)
    votes: dict[str, list[Vote]] = {}
    empty = table[columns.answer].isna()
    times: Counter[tuple[int, str]] = Counter()
    for juror, case, answer, skipped in zip(rows, table[columns.case].astype(str), answers, empty, strict=True):
        if not skipped:
            choice = answer if isinstance(answer, str) else None
            votes.setdefault(case, []).append(Vote(juror, {"choice": choice}, replicate=times[juror, case]))
            times[juror, case] += 1
    cases = tuple(_case(path, str(name), alternatives) for name in table[columns.case].unique())
    counts = Counter(answered=int((~empty).sum()), refused=int(empty.sum()))
    return _panel(path, modes["choose"].model_validate({}), cases, jurors, votes, counts, len(table), columns)


def _scores(path: Path, table: pd.DataFrame, columns: Columns) -> Panel:
    import pandas as pd

    numbers = pd.to_numeric(table[columns.answer], errors="coerce")
    wrong = numbers.isna() & table[columns.answer].notna()
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        value = table[columns.answer].iloc[row]
        raise StudyError(
            f"{path}, data row {row + 1}: {columns.answer}={value!r} is not a number; recode it or leave it empty"
        )
    if numbers.isna().all():
        raise StudyError(f"{path}: column {columns.answer!r} is empty throughout")
    jurors, rows = _raters(path, table, columns)
    work = pd.DataFrame(
        {
            "juror": rows,
            "case": table[columns.case].astype(str),
            "alternative": table[columns.alternative].astype(str),
            "score": numbers,
        }
    )
    work["replicate"] = work.groupby(["juror", "case", "alternative"]).cumcount()
    votes: dict[str, list[Vote]] = {}
    counts: Counter[str] = Counter()
    for key, part in work.groupby(["juror", "case", "replicate"], sort=False):
        juror, case, replicate = cast("tuple[int, str, int]", key)
        given = {name: score for name, score in zip(part["alternative"], part["score"], strict=True) if score == score}
        counts["answered" if given else "refused"] += 1
        if given:
            votes.setdefault(case, []).append(Vote(juror, {"scores": given}, replicate=replicate))
    cases = tuple(
        _case(path, str(case), _alternatives(path, part["alternative"].unique()))
        for case, part in work.groupby("case", sort=False)
    )
    low, high = int(np.floor(numbers.min())), int(np.ceil(numbers.max()))
    mode = modes["score"].model_validate({"scale": (low, max(high, low + 1))})
    return _panel(path, mode, cases, jurors, votes, counts, sum(counts.values()), columns)


def _alternatives(path: Path, names: Iterable[str]) -> tuple[Alternative, ...]:
    try:
        return tuple(Alternative(id=name, text=name) for name in names)
    except ValidationError as error:
        raise _unusable(path, "alternative", error) from None


def _case(path: Path, name: str, alternatives: tuple[Alternative, ...]) -> Case:
    try:
        return Case(id=name, prompt=name, alternatives=alternatives)
    except ValidationError as error:
        raise _unusable(path, "case", error) from None


def _unusable(path: Path, what: str, error: ValidationError) -> StudyError:
    fault = error.errors()[0]
    return StudyError(f"{path}: {what} {str(fault['input'])[:60]!r}: {fault['msg']}; recode the column")


def _raters(path: Path, table: pd.DataFrame, columns: Columns) -> tuple[pd.DataFrame, list[int]]:
    """Return one row a rater, by first appearance, and the rater's row for every row of the table.

    A column that differs between the rows of one rater says something about the rating and is no attribute.
    """
    codes, names = table[columns.rater].astype(str).factorize()
    used = {columns.rater, columns.case, columns.answer, columns.alternative}
    values = table.groupby(codes).nunique()
    attributes = [name for name in table.columns if name not in used and values[name].max() <= 1]
    if columns.weight is not None and columns.weight not in attributes:
        rater = names[int(values[columns.weight].to_numpy().argmax())]
        raise StudyError(
            f"{path}: column {columns.weight!r} has several weights for rater {rater!r}; give each rater one"
        )
    raters = table.groupby(codes)[attributes].first() if attributes else table.iloc[: len(names), :0]
    return raters.set_axis(names, axis=0), [int(code) for code in codes]


def _panel(
    path: Path,
    mode: Mode,
    cases: tuple[Case, ...],
    jurors: pd.DataFrame,
    votes: dict[str, list[Vote]],
    counts: Counter[str],
    asked: int,
    columns: Columns,
) -> Panel:
    weights = np.ones(len(jurors))
    if columns.weight is not None:
        import pandas as pd

        weights = pd.to_numeric(jurors[columns.weight], errors="coerce").to_numpy(dtype=float)
        if not np.all(np.isfinite(weights)) or (weights < 0).any():
            raise StudyError(f"{path}: column {columns.weight!r} must hold numbers that are not negative")
        jurors = jurors.drop(columns=columns.weight)
    return Panel(path.name, mode, cases, jurors, weights, votes, counts, asked)


def _code(value: Any) -> str:  # noqa: ANN401 - whatever a cell holds
    """Return a cell as a code: 1, 1.0 and "1" are the same one."""
    text = str(value).strip()
    return text.removesuffix(".0")
