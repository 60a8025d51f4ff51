"""How long a report takes to make, how large it is, and how soon and smoothly a browser shows it.

Of jurors of ``planted/hash`` who score the four alternatives of the built-in study on so many cases. The browser is
Debian's Chromium, headless; without one the last columns are left out.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from jury import Study, simulate
from jury.report import Options, page
from jury.run import Run

_FRAMES = 120
_SCROLL = """async (frames) => {
  const list = document.querySelector('.virtual'), found = [];
  let last = performance.now();
  for (let frame = 0; frame < frames; frame += 1) {
    list.scrollTop += 700;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    found.push(now - last);
    last = now;
  }
  return found;
}"""
_SLIDE = """(moves) => {
  const slider = document.getElementById('alpha-slider'), start = performance.now();
  for (let move = 0; move < moves; move += 1) {
    slider.value = (move + 0.37) / moves;
    slider.dispatchEvent(new Event('input'));
  }
  return (performance.now() - start) / moves;
}"""


def main(words: Sequence[str]) -> int:
    """Print a row for each number of ballots."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks reports", description=__doc__)
    parser.add_argument("--ballots", type=int, nargs="+", default=[60, 1_000, 10_000])
    parser.add_argument("--cases", type=int, default=4)
    given = parser.parse_args(words)
    print("| ballots | made in s | MB | opened in s | frame ms, median | 95 % within | slider ms a move |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for ballots in given.ballots:
            run = _run(max(1, ballots // given.cases), given.cases, Path(folder) / f"{ballots}.sqlite")
            start = time.perf_counter()
            text = page(run, Options())
            made = time.perf_counter() - start
            path = Path(folder) / f"{ballots}.html"
            path.write_text(text, encoding="utf-8")
            cells = [f"{ballots:,}", f"{made:.1f}", f"{len(text.encode()) / 1e6:.1f}", *_shown(path)]
            print(f"| {' | '.join(cells)} |")
    return 0


def _run(jurors: int, many: int, path: Path) -> Run:
    study = Study.load("minimum-wage").model_dump(mode="json", by_alias=True)
    cases = [{**study["cases"][0], "id": f"case-{number}"} for number in range(many)]
    model = {"name": "planted/hash", "options": {"noise": 0.2}}
    changed = study | {"cases": cases, "model": model, "jurors": {"n": jurors}}
    return simulate(Study.model_validate(changed), out=path, cache=False)


def _shown(path: Path) -> list[str]:
    chromium = shutil.which("chromium")
    if chromium is None:
        return ["", "", "", ""]
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": 1440, "height": 900})
        start = time.perf_counter()
        tab.goto(path.as_uri())
        tab.wait_for_selector("html[data-ready]", state="attached")
        opened = time.perf_counter() - start
        frames = sorted(tab.evaluate(_SCROLL, _FRAMES))
        slide = tab.evaluate(_SLIDE, 20)
        browser.close()
    within = frames[round(0.95 * (len(frames) - 1))]
    return [f"{opened:.2f}", f"{statistics.median(frames):.0f}", f"{within:.0f}", f"{slide:.0f}"]
