"""What is said of a run while it goes on and once it has ended."""

import pytest

from cli.progress import _describe, _Lines
from jury.progress import Effort, Progress


@pytest.mark.parametrize(
    ("effort", "words"),
    [
        (Effort(requests=100), ""),
        (Effort(cached=1), "1 reply from the cache, at no cost"),
        (Effort(cached=7, retries=2, outages=1), "7 replies from the cache, at no cost; 2 retries; 1 outage"),
        (Effort(throttled_seconds=12.3, hedged=3), "12 s waited as servers asked; 3 slow requests made twice"),
        (
            Effort(possible_usd=0.00011),
            "up to $0.0002 more may have been billed for requests without an answer",
        ),
        (
            Effort(possible_usd=1.001, remarks=("the cache was not used",)),
            "up to $1.01 more may have been billed for requests without an answer; the cache was not used",
        ),
    ],
)
def test_what_is_out_of_the_ordinary_is_said_and_bounds_are_rounded_up(effort, words):
    assert effort.words() == words
    assert effort.to_dict()["remarks"] == list(effort.remarks)


def progress(**changes):
    known = {"total": 100, "stored": 20, "fresh": 10, "counts": {"answered": 20}, "cost": 0.5, "seconds": 5.0}
    return Progress(**known | changes)


def test_a_line_tells_rate_cost_time_left_and_what_is_in_flight():
    assert _describe(progress(in_flight=7, limit=8)) == "2.0/s · $0.5000 · 0:40 left · 7 of 8 in flight"
    assert _describe(progress(in_flight=7, limit=4)).endswith("7 down to 4 in flight")
    assert _describe(progress(fresh=0)) == "0.0/s · $0.5000"
    assert _describe(progress(stored=100, limit=8)) == "2.0/s · $0.5000"
    trouble = progress(waiting="rate-limited, waiting as asked", counts={"refused": 2, "failed": 1})
    assert _describe(trouble).endswith("rate-limited, waiting as asked · 2 refused · 1 failed")


def test_a_wait_is_told_once_where_there_is_no_terminal(capsys):
    show = _Lines()
    for waiting in ("", "provider down", "provider down", "", "provider down"):
        show(progress(waiting=waiting))
    assert capsys.readouterr().err.count("provider down") == 2
