"""Exports of hostile ballots: nothing runs, nothing is lost, nothing is obeyed."""

import csv
import io
import json
import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.plain import plain
from jury.export import write_ballots

STARTS = "=+-@\t\r\n\0＝＋－＠"  # noqa: RUF001 - the wide ones count too

HOSTILE = [
    "=1+1", "=HYPERLINK(\"http://127.0.0.1/\"&A1,\"click\")", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0", "\t=1+1", "\r=1+1", "\n=1+1", "\0=1", "\uff1d1+1", "a\r=1+1", "a\n=1+1", '"=1+1',
    '","=1+1', "a;=1+1", "a;\t@x", 'a";=1+1;"', "a\t=1+1", ';"=1', "<script>alert(1)</script>",
    "\x1b[2J\x1b]0;title\x07",
    "\x9b31m", "\u202eabc", "a\u2028b\u2029c\x85d", "\ufeff=1", "\U000e0041\U000e0042", "'=1",
]  # fmt: skip

texts = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
frames = st.lists(texts, min_size=1, max_size=4).map(
    lambda found: pd.DataFrame({"text": found, "nested": [{text: [text]} for text in found], "n": range(len(found))})
)


def written(frame, style):
    target = io.BytesIO()
    write_ballots(frame, style, target)
    return target.getvalue().decode()


@given(frames)
def test_no_cell_of_a_csv_file_is_a_formula(frame):
    rows = list(csv.reader(io.StringIO(written(frame, "csv"), newline="")))
    assert len(rows) == len(frame) + 1
    assert {len(row) for row in rows} == {3}
    assert not any(cell.startswith(tuple(STARTS)) for row in rows for cell in row)


@given(st.lists(texts.filter(lambda text: not set(text) & set("\r\n")), min_size=1, max_size=4), st.sampled_from(";\t"))
def test_nor_where_lists_are_separated_otherwise(found, separator):
    content = written(pd.DataFrame({"case": "k", "text": found}), "csv")
    for row in csv.reader(io.StringIO(content, newline=""), delimiter=separator):
        assert not any(cell.lstrip(" \"'").startswith(tuple("=+-@")) and cell[:1] != "'" for cell in row), row


@given(st.sampled_from(HOSTILE))
def test_nor_is_the_name_of_a_column(name):
    (head, _) = csv.reader(io.StringIO(written(pd.DataFrame({name: [1]}), "csv"), newline=""))
    assert not head[0].startswith(tuple(STARTS))


@given(frames)
def test_lines_of_json_lose_nothing_and_hold_nothing_that_is_obeyed(frame):
    content = written(frame, "jsonl")
    lines = content.splitlines()
    assert len(lines) == len(frame)
    assert [json.loads(line)["text"] for line in lines] == frame["text"].tolist()
    assert [json.loads(line)["nested"] for line in lines] == frame["nested"].tolist()
    assert all(unicodedata.category(mark) != "Cc" for line in lines for mark in line)
    assert not set(content) & set("\u202e\u2066\x9b\ufeff\U000e0041")


@given(frames)
def test_parquet_loses_nothing(frame):
    pytest.importorskip("pyarrow")
    target = io.BytesIO()
    write_ballots(frame, "parquet", target)
    again = pd.read_parquet(io.BytesIO(target.getvalue()))
    assert again["text"].tolist() == frame["text"].tolist()
    assert [json.loads(text) for text in again["nested"]] == frame["nested"].tolist()


@given(texts | st.text(max_size=30))
def test_a_terminal_is_shown_text_and_obeys_none_of_it(text):
    shown = plain(text)
    assert "\n" not in shown
    assert all(mark.isprintable() or mark in "\u200c\u200d" for mark in shown)
