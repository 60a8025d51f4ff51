"""What is in the wheel."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ["aggregators", "cli", "jury", "personas"]


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_exactly_four_packages(names):
    tops = {name.partition("/")[0] for name in names}
    assert sorted(top for top in tops if not top.endswith(".dist-info")) == PACKAGES
    assert len(tops) == 5


def test_all_modules_and_data_files(names):
    expected = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix in {".py", ".yaml", ".csv", ".json", ".typed"}
    }
    assert {f"{package}/py.typed" for package in PACKAGES} <= expected
    assert expected <= set(names)
    assert "jury/studies/minimum-wage.yaml" in names
    assert "personas/data/us-adults.csv" in names
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_nothing_that_does_not_belong(names):
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".sqlite"))]
    assert not [name for name in names if name.startswith("tests/") or "/test_" in name]
