"""`jury simulate` and money, time and trouble: the cache of replies, prices, limits, several models, outages."""

import re
import shlex
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def words(server):
    """The model of a loopback server, as options."""
    return ("--model", "openai-compatible/x", "--model-base-url", server.url)


def test_a_second_run_takes_its_replies_from_the_cache_and_says_so(jury, write_study, server, words, reply_cache):
    study = write_study()
    first = jury("simulate", study, *words, "--price", 1, 10, "--out", "a.sqlite", "-o", "json")
    assert first.code == 0, first.err
    assert server.asked == 16
    assert first.json["cost_usd"] > 0
    second = jury("simulate", study, *words, "--price", 1, 10, "--out", "b.sqlite", "-o", "json")
    assert server.asked == 16
    assert second.err.endswith("What it took: 16 replies from the cache, at no cost.\n")
    assert (second.json["cost_usd"], second.json["effort"]["cached"]) == (0, 16)
    assert second.json["outcomes"] == first.json["outcomes"]
    third = jury("simulate", study, *words, "--no-cache", "--out", "c.sqlite")
    assert third.code == 0, third.err
    assert server.asked == 32
    info = jury("cache", "info", "-o", "json").json
    assert info == {"path": str(reply_cache), "bytes": info["bytes"], "replies": {"openai-compatible/x": 16}}
    assert f"{reply_cache}: 16 replies, " in jury("cache", "info").out.replace("\n", "")
    assert jury("cache", "clear", "--older-than", 1).err == "Forgotten: 0 replies.\n"
    assert jury("cache", "clear").err == "Forgotten: 16 replies.\n"
    assert jury("cache", "info", "-o", "json").json["replies"] == {}


def test_several_models_share_a_jury(jury, write_study):
    done = jury("simulate", write_study(), "--model", "planted/hash", "--model", "null/uniform", "--out", "a.sqlite")
    assert done.code == 0, done.err
    assert "played by planted/hash + null/uniform" in " ".join(done.out.split()[:40])
    assert "which model answers " in " ".join(done.out.split())
    audited = jury("audit", "a.sqlite", "--by", "model", "-o", "json").json
    assert {group["group"] for group in audited["groups"]} == {"planted/hash", "null/uniform"}
    resumed = jury(
        *("simulate", write_study(), "--model", "planted/hash", "--model", "null/uniform"),
        *("--resume", "--out", "a.sqlite", "-o", "json"),
    )
    assert (resumed.code, resumed.json["effort"]["requests"]) == (0, 0)


def test_a_dry_run_estimates_tokens_cost_and_time(jury, write_study, words):
    shown = jury("simulate", write_study(), *words, "--price", 1, 10, "--dry-run", "--max-rpm", 60, "-o", "json").json
    assert 1000 < shown["input_tokens"] < 20_000
    assert shown["output_tokens"] == 16 * 60
    assert shown["expected_cost"] == pytest.approx(
        (shown["input_tokens"] + 10 * shown["output_tokens"]) / 1e6, rel=0.01
    )
    assert shown["expected_cost"] < shown["cost"]
    assert shown["seconds"] == pytest.approx(max(16 * 2 / 16, 16 * 60 / 60))
    text = " ".join(jury("simulate", write_study(), *words, "--price", 1, 10, "--dry-run").out.split())
    assert re.search(r"Tokens: about [\d,]+ read and 960 written\.", text)
    assert re.search(r"Estimated cost: about \$0\.\d+, at most \$0\.\d+\. Estimated time: about 0:02\.", text)
    assert "Assumed: answers of 60 tokens; 4 bytes a token; 2 s a request (assumed: no earlier reply" in text
    unpriced = " ".join(jury("simulate", write_study(), *words, "--dry-run").out.split())
    assert "Estimated cost: unknown (no listed price; --price gives one)." in unpriced


def test_limits_a_minute_are_kept(jury, write_study, words, tmp_path):
    done = jury("simulate", write_study(), *words, "--jurors", 2, "--max-rpm", 120, "--out", "a.sqlite", "-o", "json")
    assert done.code == 0, done.err
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        (times,) = zip(*connection.execute("SELECT answered_at FROM ballot ORDER BY 1"), strict=True)
    connection.close()
    assert len(times) == 4
    seconds = [float(time[17:23]) for time in times]
    assert (seconds[-1] - seconds[0]) % 60 >= 1.0  # four at two a second take 1.5, give or take


def test_a_server_that_is_not_there_is_given_up_and_can_be_resumed(jury, write_study, server, words):
    away = [*words[:3], "http://127.0.0.1:9/v1"]
    done = jury("simulate", write_study(), *away, "--patience", 10, "--out", "a.sqlite")
    assert done.code == 1
    assert "16 of 16 ballots are missing: the model kept failing (" in done.error
    assert "no request has succeeded yet, for " in done.error
    assert "provider down, probing (" in done.err
    program, *again = shlex.split(done.error[done.error.index("jury simulate") :])
    assert program == "jury"
    assert again[again.index("--patience") + 1] == "10.0"
    again[again.index("http://127.0.0.1:9/v1")] = server.url
    assert jury(*again).code == 0
    assert server.asked == 16


@pytest.mark.parametrize(
    "wrong",
    [["--price", "1"], ["--price", "-1", "2"], ["--max-rpm", "0"], ["--hedge", "2"], ["--patience", "x"]],
)
def test_misuse_ends_with_2(here, wrong):
    done = here("simulate", *wrong)
    assert (done.code, done.out) == (2, "")


@pytest.mark.skipif(not (ROOT / "benchmarks").is_dir(), reason="the benchmarks are in a checkout only")
def test_a_short_fault_campaign_loses_nothing():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "faults", "--runs", "3", "--jobs", "2", "--seed", "7"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = {line[:27].strip(): line[27:].split()[0] for line in done.stdout.splitlines()}
    assert int(found["faults injected"]) > 5
    assert int(found["processes"]) > 3
    for none in ("ballots lost", "ballots asked again", "processes that crashed"):
        assert found[none] == "0"
    for none in ("budget overshoot", "billed, not admitted"):
        assert found[none] == "0.0000"
