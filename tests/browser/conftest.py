"""Pages in a real browser: headless Chromium, nothing but this machine reached, every complaint of the console kept."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jury import Study, simulate
from jury.run import Run

WIDTHS = {"phone": 360, "tablet": 820, "wide": 1440}
THEMES = ("light", "dark")

#: Nothing is asked of the network, and nothing of the machine's own profile is read.
_FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Return a headless Chromium, closed with the module: while it is open, this thread has a running event loop."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs the package playwright, of the extra dev")
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None:
        pytest.skip("needs Debian's package chromium, or another Chromium on the path")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=_FLAGS)
        yield opened
        opened.close()


@dataclass
class Tab:
    """A page with what its console complained of."""

    page: Any
    complaints: list[str] = field(default_factory=list)

    def wide_of_window(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        found: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return found

    def violations(self) -> list[str]:
        """Return what axe-core objects to, a line each."""
        axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
        found = axe.Axe().run(self.page).response["violations"]
        return [
            f"{each['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
            for each in found
            for node in each["nodes"]
        ]


@pytest.fixture
def tab(browser: Any) -> Iterator[Callable[..., Tab]]:
    """Return a function that opens an address at a width and in a theme, with every complaint kept."""
    contexts = []

    def opened(address: str, width: str = "wide", theme: str = "light", **options: Any) -> Tab:
        context = browser.new_context(
            viewport={"width": WIDTHS[width], "height": 900}, color_scheme=theme, reduced_motion="reduce", **options
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        found = Tab(context.new_page())
        found.page.on("console", lambda said: said.type in ("error", "warning") and found.complaints.append(said.text))
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.on("requestfailed", lambda asked: found.complaints.append(f"{asked.url}: {asked.failure}"))
        found.page.goto(address)
        return found

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def run_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Run]:
    """Return a function that makes a run of a study, in a thread without an event loop."""

    def made(study: dict[str, Any], **options: Any) -> Run:
        path: Path = tmp_path_factory.mktemp("runs") / "run.sqlite"
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(
                lambda: simulate(Study.model_validate(study), out=path, cache=False, **options)
            ).result()

    return made
