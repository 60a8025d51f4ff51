"""The first screen answers five questions at any width; bars and marks survive narrow and plain terminals."""

import io
import os
import re

import numpy as np
import pytest
from rich.console import Console

from aggregators import decide
from cli.output import labelled, show
from cli.plain import READABLE
from cli.progress import working
from cli.sparks import BARS, spark
from jury import open_run
from jury.auditing.answers import spread_of


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_first_screen_says_who_what_who_lost_and_how_far_to_trust(here, finished, monkeypatch, width):
    # The width is set after `here` has cleared it, by asking the size of the terminal.
    monkeypatch.setattr("cli.output.shutil.get_terminal_size", lambda *_: os.terminal_size((width, 24)))
    done = here("audit", finished)
    lines = done.out.splitlines()
    assert max(map(len, lines)) <= min(width, 100)
    screen = lines[:24]
    labels = [line[:10].strip() for line in screen if line[:10].strip() in ("Asked", "Decided", "Who lost", "Trust")]
    assert labels == ["Asked", "Decided", "Who lost", "Trust"]
    told = " ".join(" ".join(screen).split())
    assert "20 simulated jurors" in told
    assert "40 of 40 ballots answered" in told
    assert "A simulated jury is not people." in told


def test_bars_are_the_weight_of_the_scores(finished):
    panel = open_run(finished).panel()
    spread = spread_of(panel, "wage")
    values = panel.utilities("wage").values
    expected = [[np.mean(values[:, place] == score) for score in range(1, 6)] for place in range(3)]
    assert np.allclose(spread.shares, expected)
    assert np.allclose(spread.shares @ np.arange(1, 6), decide(panel.utilities("wage"), "utilitarian").scores), (
        "their mean is the utilitarian welfare"
    )


def test_bars_rise_with_the_share():
    assert spark([0, 0.001, 0.5, 1], most=1) == f"·{BARS[0]}{BARS[3]}{BARS[7]}"
    heights = [BARS.index(bar) for bar in spark(np.linspace(0.01, 1, 30).tolist(), most=1)]
    assert heights == sorted(heights)
    assert (heights[0], heights[-1]) == (0, 7)


def test_a_terminal_without_the_marks_gets_others_one_for_one():
    text = f"{BARS} · – … ─ é"
    stream = io.BytesIO()
    writer = io.TextIOWrapper(stream, encoding="ascii", errors=READABLE)
    writer.write(text)
    writer.flush()
    shown = stream.getvalue().decode()
    assert len(shown) == len(text)
    assert len(set(shown[:8])) == 8, "heights stay apart"
    assert shown.endswith(" . - ~ - ?")


def test_a_spare_column_goes_where_there_is_no_room():
    for width, there in ((24, True), (20, False)):
        out = Console(file=io.StringIO(), width=width, color_system=None)
        show(out, "", ["name", "number", "spare"], [["one", "1.000", "▁▂▃"]], spare=True)
        assert ("▁▂▃" in out.file.getvalue()) is there


def test_labels_hold_hostile_text():
    out = Console(file=io.StringIO(), width=50, color_system=None)
    labelled(out, "Decided", ["\x1b[2J[bold]park[/bold]\u202e wins " + "x" * 120])
    text = out.file.getvalue()
    assert "[bold]park[/bold]" in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert max(map(len, text.splitlines())) <= 50


def test_colours_only_repeat_what_marks_say(monkeypatch):
    out = Console(file=io.StringIO(), width=60, force_terminal=True, color_system="standard")
    show(out, "", ["name", "score"], [["a *", "1.000 *"], ["b", "0.500 !"]])
    text = out.file.getvalue()
    assert "\x1b[1m1.000 *" in text
    assert "\x1b[1;35m0.500 !" in text
    assert "\x1b[1ma *" not in text, "names are not what won"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("no_color", "kind"), [("", "xterm-256color"), ("1", "xterm-256color"), ("", "dumb"), ("1", "dumb")]
)
def test_who_waits_at_a_terminal_is_told_what_for(monkeypatch, no_color, kind):
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", kind)
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    with working("Deciding anew"):
        pass
    shown = stream.getvalue()
    if no_color or kind == "dumb":
        assert shown == "Deciding anew ...\n"
    else:
        assert "Deciding anew" in shown
        assert "0:00:00" in shown
        assert re.search(r"\x1b\[\d*;?3\dm", shown)


def test_who_reads_a_pipe_is_told_nothing(capsys):
    with working("Deciding anew"):
        pass
    assert capsys.readouterr() == ("", "")
