"""CREHate: hate ratings of posts by raters of five countries (Lee et al. 2024, arXiv:2308.16705)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from jury.elicitation import modes
from jury.errors import StudyError
from jury.panel import Panel
from jury.panels.base import Builder, one_of, panel_reader
from jury.tables import read_csv

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read_crehate", "read_crehate_labels"]

_ANSWERS = ("not hate", "hate")
_COLUMNS = ("ID", "annotator_id", "annotation")
_LABEL = "_Hate"


@panel_reader("crehate")
def read_crehate(
    paths: Sequence[Path],
    *,
    dont_know: Literal["no_opinion", "half"] = "no_opinion",
    repeats: Literal["all", "first"] = "all",
) -> Panel:
    """CREHate, raw annotations: who rated which post 0 (not hate), 1 (hate) or 2 (I don't know).

    Parameters
    ----------
    paths : sequence of one Path
    dont_know : {"no_opinion", "half"}
        What "I don't know" is: an answer without an opinion, or half a vote for each answer. With ``half`` answers are
        scores from 0 to 1, for nobody chose a half.
    repeats : {"all", "first"}
        19 pairs of rater and post occur twice: whether the second rating is a replicate, or left out.

    Notes
    -----
    Attributes that raters wrote themselves, which the file marks with ``Other``, are one level, ``Other``.
    """
    one_of("crehate", "dont_know", dont_know, ("no_opinion", "half"))
    one_of("crehate", "repeats", repeats, ("all", "first"))
    path = paths[0]
    table = read_csv(path)
    for name in _COLUMNS:
        if name not in table.columns:
            raise StudyError(f"{path}: no column {name!r}; columns: {', '.join(table.columns)}")
    if repeats == "first":
        table = table.drop_duplicates(["ID", "annotator_id"])
    wrong = ~table["annotation"].isin(["0", "1", "2"])
    if wrong.any():
        row = int(np.argmax(wrong))
        raise StudyError(f"{path}, data row {row + 1}: annotation={table['annotation'].iloc[row]!r} is not 0, 1 or 2")
    mode = (
        modes["score"].model_validate({"scale": (0, 1)}) if dont_know == "half" else modes["choose"].model_validate({})
    )
    builder = Builder(path.name, mode)
    for post in table["ID"].unique():
        builder.case(str(post), str(post), _ANSWERS)
    attributes = [name for name in table.columns if name not in _COLUMNS]
    people = table.drop_duplicates("annotator_id").set_index("annotator_id")[attributes]
    for rater, stated in zip(people.index, people.to_dict("records"), strict=True):
        builder.rater(str(rater), {str(name): _stated(value) for name, value in stated.items()})
    for post, rater, said in table[list(_COLUMNS)].itertuples(index=False):
        builder.rating(builder.rater(str(rater)), str(post), _answer(int(said), dont_know))
    return builder.panel()


def _answer(said: int, dont_know: str) -> dict[str, object]:
    if dont_know == "half":
        hate = said if said < 2 else 0.5
        return {"scores": {"not hate": 1.0 - hate, "hate": float(hate)}}
    return {"choice": None if said == 2 else _ANSWERS[said]}


def _stated(value: object) -> object:
    if not isinstance(value, str):
        return None  # an empty cell
    return "Other" if value.startswith("Other") else value


@panel_reader("crehate-labels")
def read_crehate_labels(paths: Sequence[Path]) -> Panel:
    """CREHate, published labels: what each country's raters decided on each post; the countries are the jurors."""
    path = paths[0]
    table = read_csv(path)
    countries = [name for name in table.columns if name.endswith(_LABEL)]
    if not countries or not {"ID", "Text"} <= set(table.columns):
        raise StudyError(f"{path}: needs columns ID, Text and labels of countries such as Australia{_LABEL}")
    builder = Builder(path.name)
    for name in countries:
        country = name.removesuffix(_LABEL).replace("_", " ")
        builder.rater(country, {"country": country})
    for post, text in zip(table["ID"].astype(str), table["Text"].fillna("").astype(str), strict=True):
        builder.case(post, text, _ANSWERS)
    for juror, name in enumerate(countries):
        _label(builder, path, table, juror, name)
    return builder.panel()


def _label(builder: Builder, path: Path, table: pd.DataFrame, juror: int, column: str) -> None:
    for row, (post, said) in enumerate(zip(table["ID"].astype(str), table[column], strict=True)):
        if said != said:
            continue
        code = str(said).removesuffix(".0")
        if code not in ("0", "1"):
            raise StudyError(f"{path}, data row {row + 1}: {column}={said!r} is not 0 (not hate) or 1 (hate)")
        builder.rating(juror, post, {"choice": _ANSWERS[int(code)]})
