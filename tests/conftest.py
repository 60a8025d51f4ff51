"""Fixtures that every test may use."""

import uuid
from pathlib import Path

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
