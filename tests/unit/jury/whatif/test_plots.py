"""Plots of sweeps and tipping points: what is drawn is what was found."""

import pytest

from jury.errors import MeasureError
from jury.whatif import Draws, sweep, tipping_point

pytest.importorskip("matplotlib", reason="plots are an extra")
QUICK = Draws(resamples=50, panels=20, juries=20, first=200)


def test_a_sweep_s_curve_goes_through_its_chances(choices):
    from jury.plots import draw

    panel = choices({"a": (40, 10), "b": (3, 0), "c": (10, 30)})
    found = sweep(panel, ["share:side=a=0,0.5,1", "rule=majority,unanimity"], draws=QUICK)
    (axes,) = draw("sweep_curves", found=found).axes
    curves = [line for line in axes.get_lines() if len(line.get_xdata()) == 3]
    wanted = found.frame[found.frame["rule"] == "majority"]["chance"]
    assert list(curves[0].get_ydata()) == wanted.tolist()
    assert list(curves[0].get_xdata()) == [0, 0.5, 1]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["rule=majority", "rule=unanimity"]


def test_a_legend_tells_seats_from_shares(choices):
    from jury.plots import draw

    found = sweep(choices({"a": (40, 10), "b": (10, 30)}), ["jurors=3,5", "seats:side=a=0,2"], draws=QUICK)
    (axes,) = draw("sweep_curves", found=found).axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["seats:side=a=0", "seats:side=a=2"]


def test_words_are_drawn_side_by_side(choices):
    from jury.plots import draw

    found = sweep(choices({"a": (40, 20)}), ["rule=majority,supermajority:q=0.9"], draws=QUICK)
    (axes,) = draw("sweep_curves", found=found).axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["majority", "supermajority:q=0.9"]


def test_tipping_points_have_a_row_a_case(choices):
    from jury.plots import draw

    found = tipping_point(choices({"a": (40, 10), "b": (10, 40)}), "share:side=a", rule="majority", resamples=30)
    (axes,) = draw("tipping_points", found=found).axes
    marks = [line.get_xdata()[0] for line in axes.get_lines() if line.get_marker() == "o"]
    assert marks == [found[0].value]


def test_there_must_be_something_to_draw(choices):
    from jury.plots import draw

    panel = choices({"a": (40, 10), "b": (2, 1)})
    with pytest.raises(MeasureError, match="no key has several values"):
        draw("sweep_curves", found=sweep(panel, ["share:side=a=0.5"], draws=QUICK))
    with pytest.raises(MeasureError, match="too few jurors"):
        draw("tipping_points", found=tipping_point(panel, "share:side=b", resamples=5))
