"""What the page tells is what the run files hold."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from urllib.parse import quote

import numpy as np
import pytest
from scipy import stats

from aggregators import decide
from jury import open_run
from jury.view import ballots

CASE = "tax & more/less"  # of the runs in conftest


def test_every_run_is_listed_and_every_fault_told(view, folder):
    found = {run["file"]: run for run in view.api("runs")["runs"]}
    assert set(found) == {"one.sqlite", "other.sqlite", "garbage.sqlite", "cut.sqlite", "damaged.sqlite"}
    for name in ("garbage.sqlite", "cut.sqlite", "damaged.sqlite"):
        assert found[name]["problem"], name
        assert str(folder) not in found[name]["problem"]
        key = found[name]["key"]
        assert view.api(f"run/{key}")["problem"]
        assert view.api(f"run/{key}/verdict")["why"]
        assert view.get(f"/run/{key}").status == 409
        answer = view.get(f"/api/run/{key}/ballots")
        assert (answer.status, answer.json) == (409, {"error": found[name]["problem"]})
    one = found["one.sqlite"]
    assert (one["state"], one["jurors"], one["asked"], one["counts"]["answered"]) == ("complete", 20, 40, 40)
    assert one["cost_usd"] == 0


def test_a_verdict_is_that_of_the_audit(view, folder):
    run = open_run(folder / "one.sqlite")
    found = view.api(f"run/{view.key('one.sqlite')}/verdict")
    for case in found["cases"]:
        for rule in run.study.rule_names():
            assert case["rules"][rule]["winners"] == list(decide(run.profile(case["case"]), rule).winners)
    assert found["answered"] == 40


def test_the_report_is_the_one_that_is_written_to_a_file(view, folder):
    from jury.report import page

    answer = view.get(f"/run/{view.key('one.sqlite')}")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    before, around, after = re.split(r'(<style>\.around .*?</style><div class="around".*?</div>)', answer.body)
    assert before + after == page(open_run(folder / "one.sqlite"))
    assert 'href="/"' in around


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({}, lambda row: True),
        ({"case": CASE}, lambda row: row["case"] == CASE),
        ({"status": "answered"}, lambda row: True),
        ({"status": "failed"}, lambda row: False),
        ({"juror": "j001"}, lambda row: row["juror"].startswith("j001")),
        ({"juror": '"Female"'}, lambda row: row["persona.sex"] == "Female"),
        ({"juror": "FEMALE", "case": "wage"}, lambda row: row["persona.sex"] == "Female" and row["case"] == "wage"),
        ({"q": "100%_LESS"}, lambda row: row["case"] == CASE),
        ({"q": "100%less"}, lambda row: False),
        ({"q": "'; DROP TABLE ballot; --"}, lambda row: False),
    ],
)
def test_filters_pick_what_they_say(view, folder, query, wanted):
    rows = open_run(folder / "one.sqlite").ballots().to_dict("records")
    found = view.api(f"run/{view.key('one.sqlite')}/ballots", **query)
    expected = [(row["juror"], row["case"]) for row in rows if wanted(row)]
    assert [(each["juror"], each["case"]) for each in found["ballots"]] == expected
    assert found["matching"] == len(expected)


def test_pages_follow_each_other_without_gap_or_repetition(folder, monkeypatch):
    monkeypatch.setattr(ballots, "PAGE", 7)
    monkeypatch.setattr(ballots, "COUNTED", 30)
    path, seen = folder / "one.sqlite", []
    for number in range(1, 8):
        found = ballots.ballot_page(path, ballots.Filter(), number)
        assert (found["matching"], found["more"], found["page"]) == (30, True, number)
        seen += [(each["juror"], each["case"]) for each in found["ballots"]]
    rows = open_run(path).ballots()
    assert seen == list(zip(rows["juror"], rows["case"], strict=True))


@pytest.mark.parametrize("page", ["0", "-1", "x", "1.5", "99999999999999999999", "9" * 5000, "\u0663"])
def test_a_page_that_is_none_is_told(view, page):
    answer = view.get(f"/api/run/{view.key('one.sqlite')}/ballots?page={quote(page)}")
    assert answer.status == 400
    assert answer.json["error"].endswith("give a number from 1")


def test_an_overlong_condition_is_told(view):
    answer = view.get(f"/api/run/{view.key('one.sqlite')}/ballots?q={'a' * 1001}")
    assert (answer.status, answer.json["error"]) == (400, "q: 1,001 characters; search for at most 1,000")


def test_an_endless_search_is_given_up(folder, monkeypatch):
    monkeypatch.setattr(ballots, "_SECONDS", -1.0)
    monkeypatch.setattr(ballots, "_STEPS", 10)
    with pytest.raises(ballots.RunError, match="narrow it"):
        ballots.ballot_page(folder / "one.sqlite", ballots.Filter(text="nowhere"), 1)


def test_a_ballot_has_its_prompt_and_its_raw_reply(view, folder):
    run = open_run(folder / "one.sqlite")
    key = view.key("one.sqlite")
    row = view.api(f"run/{key}/ballots", case=CASE)["ballots"][3]
    found = view.api(f"run/{key}/ballot", **row["key"])
    (juror,) = (each for each in run.jurors if each.name == row["juror"])
    stored = run.ballots().set_index(["juror", "case"]).loc[(row["juror"], CASE)]
    assert found["exact"] is True
    (reply,) = found["replies"]
    assert reply["text"] == stored["text"]
    assert [message["role"] for message in reply["messages"]] == ["system", "user"]
    assert reply["messages"][0]["text"] == juror.text
    assert "What about taxes?" in reply["messages"][1]["text"]
    assert found["attributes"] == juror.attributes
    assert found["answer"]["scores"] == stored["scores"]
    assert view.get(f"/api/run/{key}/ballot?juror_id=999").status == 404


def test_two_runs_are_compared_juror_by_juror(view, folder):
    first, second = (open_run(folder / name) for name in ("one.sqlite", "other.sqlite"))
    found = view.api("compare", a=view.key("one.sqlite"), b=view.key("other.sqlite"))
    assert [side["model"] for side in found["sides"]] == ["planted/hash", "null/uniform"]
    comparison = found["comparison"]
    assert comparison["jurors"] == 20
    assert ["model.name", "planted/hash", "null/uniform"] in comparison["settings"]
    moved = [each for each in comparison["moved"] if not each["attribute"]]
    assert [(each["case"], each["alternative"]) for each in moved] == [
        (case.id, name) for case in first.panel().cases for name in case.alternative_ids
    ]
    total = len(comparison["moved"])
    for each in moved:
        start, end = (_scores(run, each["case"], each["alternative"]) for run in (first, second))
        peer = stats.ttest_rel(end, start).confidence_interval(1 - 0.05 / total)
        assert each["difference"]["value"] == pytest.approx(np.mean(end - start))
        assert (each["difference"]["low"], each["difference"]["high"]) == pytest.approx((peer.low, peer.high))
        assert each["difference"]["comparisons"] == total


def _scores(run, case, alternative):
    rows = run.ballots()
    return np.array([scores[alternative] for scores in rows[rows["case"] == case]["scores"]], dtype=float)


def test_a_comparison_follows_both_runs(folder, make_run, tmp_path):
    from jury.view.comparing import compared
    from jury.view.remembered import Remembered

    for name in ("one.sqlite", "other.sqlite"):
        shutil.copy(folder / name, tmp_path / name)
    known = Remembered(9)
    before = compared(tmp_path / "one.sqlite", tmp_path / "other.sqlite", known)["comparison"]
    (tmp_path / "other.sqlite").unlink()
    make_run(tmp_path / "other.sqlite", seed=2)
    after = compared(tmp_path / "one.sqlite", tmp_path / "other.sqlite", known)["comparison"]
    assert before["moved"]
    assert (after["moved"], after["why"]) == ([], "the runs have no jurors in common")


def test_what_has_nothing_in_common_is_not_paired(folder, make_run, tmp_path):
    from jury.comparison import compare_runs

    one = open_run(folder / "one.sqlite")
    other = make_run(tmp_path / "seed.sqlite", seed=2)
    assert compare_runs(one, other).why == "the runs have no jurors in common"
    asked = [{"id": "wage", "prompt": "What about it?", "alternatives": ["raise", "keep", "abolish"]}]
    found = compare_runs(one, make_run(tmp_path / "cases.sqlite", cases=asked))
    assert (found.why, found.only_first) == ("the runs have no case in common", ("wage", CASE))
    found = compare_runs(one, make_run(tmp_path / "mode.sqlite", elicitation="approve"))
    assert found.why.startswith("utilities mean different things")
    assert not found.moved


def test_a_run_is_seen_as_it_grows_is_stopped_and_leaves_its_lock(tmp_path, viewing, small_study):
    import yaml

    (tmp_path / "study.yaml").write_text(yaml.safe_dump(small_study | {"jurors": 400}), encoding="utf-8")
    (tmp_path / "slow.py").write_text(SLOW, encoding="utf-8")
    (tmp_path / "runs").mkdir()
    path = tmp_path / "runs" / "run.sqlite"
    with viewing(tmp_path / "runs") as view:
        assert view.api("runs")["runs"] == []
        with subprocess.Popen([sys.executable, "slow.py"], cwd=tmp_path, stderr=subprocess.DEVNULL) as writer:
            try:
                seen = [run for run in _until(lambda: view.api("runs")["runs"]) if run["stored"]]
                seen = seen or _until(lambda: [run for run in view.api("runs")["runs"] if run["stored"]])
                assert seen[0]["state"] == "going on"
                assert seen[0]["asked"] == 800
                key = seen[0]["key"]
                before = view.api(f"run/{key}")["stored"]
                later = _until(lambda: (now := view.api(f"run/{key}")) and now["stored"] > before + 2 and now)
                assert later["latest"]["rate"] > 0
                assert later["latest"]["ballots"][0]["answer"]
                verdict = view.api(f"run/{key}/verdict")
                assert 0 < verdict["answered"] < 800
                assert view.get(f"/run/{key}").status == 200
            finally:
                writer.send_signal(signal.SIGKILL)
        assert path.with_name(".run.sqlite.lock").exists(), "a killed writer leaves its lock file behind"
        stopped = _until(lambda: (now := view.api(f"run/{key}")) and now["state"] != "going on" and now)
        assert (stopped["state"], stopped["missing"]) == ("incomplete", 800 - stopped["stored"])


#: A planted run, slowed down so that it can be watched.
SLOW = """
import asyncio
from jury import Study, simulate
from jury.backends import planted
ask = planted.PlantedBackend.ask
async def slowly(self, request):
    await asyncio.sleep(0.2)
    return await ask(self, request)
planted.PlantedBackend.ask = slowly
simulate(Study.load("study.yaml"), out="runs/run.sqlite", max_connections=2)
"""


def _until(look, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "nothing came"
        time.sleep(0.1)
    return found


def test_one_run_is_shown_alone(folder, viewing):
    with viewing(folder / "one.sqlite") as view:
        assert [run["file"] for run in view.api("runs")["runs"]] == ["one.sqlite"]
        assert f"/run/{view.key('one.sqlite')}/live" in view.raw(f"/?token={view.token}").body


def test_control_c_ends_it_in_peace(folder, viewing):
    with viewing(folder) as view:
        assert view.get("/").status == 200
        view.process.send_signal(signal.SIGINT)
        _, err = view.process.communicate(timeout=10)
        assert view.process.returncode == 0
        assert err.splitlines() == ["Ctrl-C ends it.", "Stopped."]


def _fails(*words, **changes):
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "view", *words],
        capture_output=True, text=True, timeout=60, check=False, env={**os.environ, **changes},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


def test_a_port_in_use_is_one_line(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = _fails(str(folder), "--no-browser", "--port", str(port))
    assert line.startswith(f"Error: --port {port}: cannot be listened on (Address already in use)")
    assert "leave it out" in line


def test_so_are_a_folder_that_is_not_there_a_file_that_is_no_run_and_a_missing_package(tmp_path):
    assert "no such folder or run" in _fails(str(tmp_path / "none"), "--no-browser")
    (tmp_path / "notes.txt").write_text("no run", encoding="utf-8")
    assert "notes.txt: not a run file" in _fails(str(tmp_path / "notes.txt"), "--no-browser")
    (tmp_path / "starlette.py").write_text("raise ImportError('none')", encoding="utf-8")
    line = _fails(str(tmp_path), "--no-browser", PYTHONPATH=str(tmp_path))
    assert line == "Error: the page needs starlette and uvicorn: pip install 'pluralistic-jury[view]'"


def test_answers_are_json_without_what_json_cannot_hold(view):
    answer = view.get(f"/api/compare?a={view.key('one.sqlite')}&b={view.key('other.sqlite')}")
    json.loads(answer.body, parse_constant=lambda name: pytest.fail(name))
