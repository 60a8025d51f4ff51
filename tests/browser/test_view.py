"""`jury view` in a browser: what it lists, what grows, what is compared, every ballot; hostile text is text."""

import contextlib
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from aggregators import decide

HOSTILE = [
    "<script>document.title='taken'</script>", "<img src=x onerror=\"document.title='taken'\">", "\u202egnp.exe\u2066",
    "😀👩‍👩‍👧", "=HYPERLINK(1)", "x" * 190,
]  # fmt: skip
STUDY = {
    "name": "small",
    "description": HOSTILE[0],
    "jurors": 60,
    "groups": ["sex"],
    "model": "planted/hash",
    "seed": 1,
    "cases": [
        {"id": "hostile", "prompt": " ".join(HOSTILE), "alternatives": HOSTILE},
        {"id": "wage", "prompt": "Raise it?", "alternatives": ["yes", "no"]},
    ],
}
VIEWS = [("phone", "dark"), ("tablet", "light"), ("wide", "dark")]


@contextlib.contextmanager
def served(where) -> Iterator[str]:
    words = [sys.executable, "-m", "cli.main", "view", str(where), "--no-browser"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, run_of):
    found = tmp_path_factory.mktemp("view")
    shutil.copy(run_of(STUDY).path, found / "one.sqlite")
    shutil.copy(run_of(STUDY | {"model": "null/uniform"}).path, found / "other.sqlite")
    (found / "garbage.sqlite").write_bytes(b"<script>" * 100)
    return found


@pytest.fixture(scope="module")
def address(folder) -> Iterator[str]:
    with served(folder) as found:
        yield found


def entered(tab, address, width="wide", theme="light"):
    found = tab(address, width, theme)
    found.page.wait_for_selector("#runs li")
    return found


def fits(found):
    # Who leaves a page gives up what it had asked for.
    assert [line for line in found.complaints if "ERR_ABORTED" not in line] == []
    assert found.wide_of_window() <= 0


def sound(found):
    fits(found)
    assert found.page.title() != "taken"
    assert found.page.locator("main script, main img").count() == 0
    assert found.violations() == []


def opened(found, name):
    """Follow the links to a page as a reader would."""
    page = found.page
    if name == "compare":
        for box in page.locator(".pick input").all():
            box.check()
        page.get_by_role("button", name="Compare").click()
        page.wait_for_selector("#found table")
    elif name != "list":
        page.locator("li.run", has_text="one.sqlite").get_by_role("link", name=name).click()
        page.wait_for_selector("#latest table" if name == "Overview" else ".ballot")
    if name == "Ballots":
        page.locator(".ballot button").first.click()
        page.wait_for_selector(".ballot pre")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(("width", "theme"), VIEWS)
@pytest.mark.parametrize("name", ["list", "Overview", "Ballots", "compare"])
def test_every_page_is_sound_at_every_width_and_theme(tab, address, width, theme, name):
    found = entered(tab, address, width, theme)
    opened(found, name)
    sound(found)


def test_the_list_tells_runs_and_faults(tab, address):
    page = entered(tab, address).page
    page.wait_for_selector(".verdict:has-text('Of 2 cases')")
    cards = page.locator("li.run")
    assert cards.count() == 3
    assert "cannot be read" in cards.nth(2).inner_text()
    assert "120 of 120 ballots answered" in cards.nth(0).inner_text()
    assert "?" not in page.url, "the token does not stay in the address"


def test_many_runs_can_be_sifted(tab, folder, tmp_path):
    for number in range(6):
        shutil.copy(folder / ("one.sqlite" if number % 2 else "other.sqlite"), tmp_path / f"run-{number}.sqlite")
    with served(tmp_path) as address:
        page = entered(tab, address).page
        page.get_by_label("Find").fill("NULL/uniform")
        assert page.locator("li.run:visible").count() == 3
        page.get_by_label("Find").fill("run-3 complete")
        assert page.locator("li.run:visible").count() == 1
        page.get_by_label("Find").fill("")
        assert page.locator("li.run:visible").count() == 6


def test_any_ballot_is_three_clicks_away_with_its_prompt(tab, address):
    found = entered(tab, address)
    opened(found, "Ballots")
    prompt, reply = found.page.locator(".ballot pre").nth(1).inner_text(), found.page.locator(".ballot pre").nth(2)
    assert HOSTILE[0] in prompt
    assert "⟨U+202E⟩" in found.page.locator("main").inner_text(), "what turns text round is told"
    assert not set(found.page.locator("main").inner_text()) & set("\u202e\u2066")
    assert reply.inner_text().startswith("{")


def test_ballots_are_filtered_and_paged(tab, address):
    found = entered(tab, address)
    opened(found, "Ballots")
    page = found.page
    assert page.locator("#message").inner_text() == "120 ballots match."
    assert page.locator(".ballot").count() == 50
    assert not page.get_by_label("Round").is_visible(), "these juries did not deliberate"
    page.get_by_role("button", name="Later").click()
    page.wait_for_selector("#pager:has-text('Page 2 of 3')")
    first = page.locator(".ballot h2").first.inner_text()
    page.get_by_label("Case").select_option("wage")
    page.wait_for_selector("#message:has-text('60 ballots match.')")
    assert all("wage" in line for line in page.locator(".ballot h2").all_inner_texts())
    page.get_by_label("Text").fill("no such words")
    page.get_by_role("button", name="Show").click()
    page.wait_for_selector("#message:has-text('0 ballots match.')")
    page.go_back()
    page.wait_for_selector("#message:has-text('60 ballots match.')")
    page.go_back()
    page.wait_for_selector("#pager:has-text('Page 2 of 3')")
    assert page.locator(".ballot h2").first.inner_text() == first


def test_ballots_of_a_deliberation_are_told_apart_by_round(tab, tmp_path, run_of):
    talk = {"deliberation": {"rounds": 1, "hear": 2}, "elicitation": {"mode": "score", "opinion": 1}, "jurors": 8}
    shutil.copy(run_of(STUDY | talk | {"cases": STUDY["cases"][1:]}).path, tmp_path / "one.sqlite")
    with served(tmp_path) as address:
        found = entered(tab, address)
        opened(found, "Ballots")
        page = found.page
        assert page.locator("#message").inner_text() == "16 ballots match."
        page.get_by_label("Round").select_option("0")
        page.wait_for_selector("#message:has-text('8 ballots match.')")
        assert all("round 0" in line for line in page.locator(".ballot h2").all_inner_texts())
        page.get_by_label("Round").select_option("1")
        page.wait_for_selector(".ballot h2:has-text('round 1')")
        fits(found)


def test_two_runs_stand_side_by_side(tab, address):
    found = entered(tab, address)
    assert found.page.get_by_role("button", name="Compare").is_disabled()
    opened(found, "compare")
    text = found.page.locator("main").inner_text()
    assert "model.name" in text
    assert "60 jurors sit in both" in text
    assert "cover all" in text


def test_of_many_cases_those_with_other_winners_are_shown_first(tab, tmp_path, run_of):
    cases = [{"id": f"case {number}", "prompt": "?", "alternatives": ["a", "b", "c"]} for number in range(40)]
    study = STUDY | {"cases": cases, "jurors": 30, "rules": ["utilitarian"]}
    runs = [run_of(study | {"model": model}) for model in ("planted/hash", "null/uniform")]
    for run, name in zip(runs, ("one.sqlite", "other.sqlite"), strict=True):
        shutil.copy(run.path, tmp_path / name)
    won = [{case: decide(profile, "utilitarian").winners for case, profile in run.profiles()} for run in runs]
    other = [case for case in won[0] if won[0][case] != won[1][case]]
    assert 0 < len(other) <= 30
    with served(tmp_path) as address:
        found = entered(tab, address)
        opened(found, "compare")
        text = found.page.locator("main").inner_text()
        assert f"Other winners, under one rule at least, in {len(other)} of 40 cases. 30 are shown" in text
        shown = found.page.locator("#found h3").all_inner_texts()
        assert (len(shown), set(shown[: len(other)])) == (30, set(other))
        beyond, total = map(int, re.search(r"(\d+) differences? of (\d+) leave out 0; 200 are shown", text).groups())
        assert total == 3 * 40 * 3, "all jurors and two groups"
        marks = found.page.get_by_role("region", name="Differences").locator("tbody tr .mark").all_inner_texts()
        assert marks == ["!"] * beyond + [""] * (200 - beyond)
        fits(found)


def test_the_report_is_one_click_away(tab, address):
    page = entered(tab, address).page
    page.locator("li.run", has_text="one.sqlite").get_by_role("link", name="Report").click()
    page.wait_for_selector("h1")
    page.get_by_role("link", name="All ballots").click()
    page.wait_for_selector(".ballot")


def test_a_page_on_which_nothing_happens_is_left_alone(tab, address):
    """What is marked stays marked, and nothing is read aloud again."""
    found = entered(tab, address)
    opened(found, "Overview")
    found.page.evaluate("""() => {
        window.changes = 0;
        new MutationObserver(all => { window.changes += all.length; })
            .observe(document.body, {childList: true, subtree: true, characterData: true});
    }""")
    found.page.wait_for_timeout(2500)
    assert found.page.evaluate("window.changes") == 0


def grows(page, stored):
    deadline = time.monotonic() + 15
    while page.locator("progress").evaluate("bar => bar.value") <= stored:
        assert time.monotonic() < deadline, "nothing grew"
        page.wait_for_timeout(100)


def test_a_run_is_seen_to_grow(tab, tmp_path):
    import yaml

    study = STUDY | {"jurors": 300, "cases": STUDY["cases"][1:]}
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(study), encoding="utf-8")
    (tmp_path / "slow.py").write_text(SLOW, encoding="utf-8")
    (tmp_path / "runs").mkdir()
    with served(tmp_path / "runs") as address:
        found = tab(address)
        page = found.page
        page.wait_for_selector("#message:has-text('No runs in')")
        with subprocess.Popen([sys.executable, "slow.py"], cwd=tmp_path, stderr=subprocess.DEVNULL) as writer:
            try:
                page.locator("li.run", has_text="going on").get_by_role("link", name="Live").click()
                page.wait_for_selector("#sentence:has-text('Provisional')")
                stored = page.locator("progress").evaluate("bar => bar.value")
                grows(page, stored)
                assert "a second" in page.locator("#state").inner_text()
                page.get_by_role("link", name="All ballots").focus()
                stored = page.locator("progress").evaluate("bar => bar.value")
                grows(page, stored)
                assert page.evaluate("document.activeElement.textContent") == "All ballots", (
                    "who reads by keyboard stays"
                )
                sound(found)
            finally:
                writer.kill()
        page.wait_for_selector("#state:has-text('incomplete')")
        assert "--resume" in page.locator("#state").inner_text()


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
