"""The providers in words: what answers, what it needs, whether that is there."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import asdict, dataclass
from typing import Any

from jury.backends.base import backends
from jury.errors import ModelError
from jury.models.embedded import EMBEDDED_MODEL, embedded_model_path


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of model.

    Attributes
    ----------
    model : str
        What to write after ``--model``.
    what, needs : str
        In words.
    ready : bool
        Whether what it needs is there.
    """

    model: str
    what: str
    needs: str
    ready: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as plain JSON types."""
        return asdict(self)


def catalogue() -> list[Entry]:
    """Return the models of every provider; nothing is asked and no key is read, only whether it is set."""
    runtime = importlib.util.find_spec("xllamacpp") is not None
    entries = [
        Entry(
            f"local/{EMBEDDED_MODEL}", "the embedded default (135M parameters)", _embedded_needs(), _embedded_ready()
        ),
        Entry(
            "local/PATH.gguf", "any GGUF file, by llama.cpp in this process", "pip: pluralistic-jury[local]", runtime
        ),
        Entry("openai/NAME", "OpenAI (also --batch)", "OPENAI_API_KEY", "OPENAI_API_KEY" in os.environ),
        Entry("anthropic/NAME", "Anthropic (also --batch)", "ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY" in os.environ),
        Entry(
            "openai-compatible/NAME",
            "vLLM, Ollama, llama.cpp ...",
            "--model-base-url URL (OPENAI_COMPATIBLE_API_KEY)",
            True,
        ),
        Entry("planted/hash, planted/table", "made-up jurors with known utilities", "–", True),
        Entry("null/uniform, null/majority", "baselines that know nothing", "–", True),
    ]
    named = {entry.model.partition("/")[0] for entry in entries}
    plugins = [
        Entry(f"{name}/NAME", "a plugin", "see its documentation", True) for name in backends if name not in named
    ]
    return entries + plugins


def _embedded_needs() -> str:
    return "pip: pluralistic-jury[local]; fetched on first use (93 MB)"


def _embedded_ready() -> bool:
    return embedded_model_path() is not None and runtime_problem() is None


def runtime_problem() -> str | None:
    """Return why local models cannot be run, or None."""
    from jury.backends.local import import_runtime

    try:
        import_runtime()
    except ModelError as error:
        return str(error)
    return None
