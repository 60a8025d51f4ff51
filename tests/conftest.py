"""Fixtures that every test may use."""

import asyncio
import selectors
import uuid
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# A loaded machine is slow now and then; how long an example takes is no property of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the reference data beside the repository; a test that needs it skips where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"needs the reference data in {SHARED_DATA}, which is not part of the repository")
    return SHARED_DATA


@pytest.fixture(scope="session")
def _caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("caches")


@pytest.fixture(autouse=True)
def reply_cache(_caches: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test, and the processes that it starts, a cache of replies of its own: never the user's."""
    path = _caches / f"{uuid.uuid4().hex}.sqlite"
    monkeypatch.setenv("JURY_REPLY_CACHE", str(path))
    return path


class _JumpingSelector(selectors.DefaultSelector):
    """Where nothing is ready, time jumps to the next timer; without any timer nothing can ever happen again."""

    loop: "VirtualTime"

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("deadlock: everybody waits for somebody else")
        self.loop.now += timeout
        return super().select(0)


class VirtualTime(asyncio.SelectorEventLoop):
    """An event loop in which waiting takes no time; work for other threads is done at once."""

    def __init__(self) -> None:
        selector = _JumpingSelector()
        selector.loop = self
        self.now = 0.0
        super().__init__(selector)

    def time(self) -> float:
        return self.now

    def run_in_executor(self, _: Any, func: Any, *args: Any) -> Any:
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - handed on
            done.set_exception(error)
        return done


@pytest.fixture
def virtual_time() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Return a function that runs a coroutine in virtual time; one that waits for ever is an error."""

    def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
        with asyncio.Runner(loop_factory=VirtualTime) as runner:
            return runner.run(coroutine)

    return run
