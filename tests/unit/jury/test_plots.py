"""Figures: what they say, and that one flag writes them for print and for the screen."""

import itertools
import json

import numpy as np
import pytest

from jury.benchmarks import Engine, Settings, benchmarks
from jury.errors import JuryError
from jury.metrics import Judged, isoelastic_path, pareto
from jury.model_block import ModelBlock

pytest.importorskip("matplotlib", reason="needs the extra plots")

from jury.plots import draw, save_all


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plots")
    path = folder / "own.jsonl"
    shares = {"north": {"shares": [0.7, 0.3], "n": 90}, "south": {"shares": [0.2, 0.8], "n": 90}}
    lines = [
        {
            "id": f"q{n}",
            "question": "?",
            "options": ["yes", "no"],
            "people": shares,
            "models": {"base": [0.6, 0.4], "tuned": [1 - n / 100, n / 100]},
        }
        for n in range(9)
    ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return benchmarks["file"].run(
        Settings(
            data=path,
            models=(ModelBlock(name="planted/hash"),),
            steer=True,
            repetitions=2,
            pairs=(("base", "tuned"),),
            engine=Engine(out=folder / "runs"),
        )
    )


def words(figure):
    return " ".join(text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text")))


def test_every_figure_of_a_page_is_written_three_times_and_the_same_again(page, tmp_path):
    wanted = {"entropy", "distances-1", "welfare-by-alpha", "pareto", "steering-1", "trade-off-1"}
    assert set(page.drawings) == wanted
    first = save_all(page.drawings, tmp_path / "a")
    assert {path.name for path in first} == {f"{name}.{end}" for name in wanted for end in ("svg", "pdf", "png")}
    again = save_all(page.drawings, tmp_path / "b")
    for one, other in zip(first, again, strict=True):
        assert one.read_bytes() == other.read_bytes()
    assert "lower is closer" in (tmp_path / "a" / "distances-1.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["entropy", "distances-1", "welfare-by-alpha", "pareto", "steering-1", "trade-off-1"])
def test_a_figure_says_direction_and_denominator(page, name):
    function, arguments = page.drawings[name]
    said = words(draw(function, **arguments))
    assert any(word in said for word in ("higher is better", "lower is closer", "all on one option"))
    assert any(word in said for word in ("questions", "jurors"))


def test_changes_that_are_settled_are_filled(page):
    function, arguments = page.drawings["distances-1"]
    _, right = draw(function, **arguments).axes
    # All questions change alike, but for a little: neither interval holds 0.
    faces = [line.get_markerfacecolor() for line in right.lines if line.get_marker() == "D"]
    assert faces == ["black", "black"]


def test_where_the_winner_changes_is_marked():
    judged = Judged([[[9.0, 1.0]], [[4.0, 4.0]]], ["bold", "mild"])
    path = isoelastic_path(judged, rng=np.random.default_rng(0))
    figure = draw("leaderboard_by_alpha", path=path, what="score")
    dotted = [line for line in figure.axes[0].lines if line.get_linestyle() == ":" and len(line.get_xdata()) == 2]
    assert [line.get_xdata()[0] for line in dotted] == [pytest.approx(0.5 / 1.5)]
    assert "0.50" in words(figure)


def test_a_front_needs_two_objectives():
    report = pareto([[0.5], [0.4]], ["a", "b"], ["one"], reference=[0], rng=np.random.default_rng(0))
    with pytest.raises(JuryError, match="a front needs two"):
        draw("pareto_front", report=report)


def test_long_objectives_are_not_written_over_each_other():
    names = [f"near nationality: {country}" for country in ("Australia", "United Kingdom", "South Africa")]
    report = pareto([[0.5, 0.4, 0.6]], ["a"], names, reference=[0, 0, 0], rng=np.random.default_rng(0))
    figure = draw("pareto_front", report=report)
    figure.canvas.draw()
    boxes = [axes.xaxis.label.get_window_extent() for axes in figure.axes]
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(boxes))


def test_an_unknown_figure_is_told():
    with pytest.raises(JuryError, match="no figure 'x'; known: "):
        draw("x")
