"""Backends, one a file: every way to put a question to a model, real or synthetic."""

from __future__ import annotations

from jury.backends.base import Backend, Form, ModelSpec, Question, Readout, Reply, Request, Usage, backends
from jury.errors import ModelError

__all__ = [
    "Backend",
    "Form",
    "ModelSpec",
    "Question",
    "Readout",
    "Reply",
    "Request",
    "Usage",
    "backends",
    "open_backend",
    "split_model_name",
]


def split_model_name(model: str) -> tuple[str, str]:
    """Split ``provider/name`` at its first slash and check the provider.

    Examples
    --------
    >>> split_model_name("openai-compatible/org/model-7b")
    ('openai-compatible', 'org/model-7b')

    Raises
    ------
    ModelError
        If there is no slash, no name, or no such provider.
    """
    provider, slash, name = model.partition("/")
    if not slash or not name:
        raise ModelError(
            f"model {model!r} is not of the form provider/name, for instance openai/gpt-5-mini; "
            f"providers: {', '.join(backends)}"
        )
    if provider not in backends:
        raise ModelError(f"model {model!r}: no provider {provider!r}; providers: {', '.join(backends)}")
    return provider, name


def open_backend(spec: ModelSpec) -> Backend:
    """Open the backend of `spec`; raises `ModelError` when the model cannot be used."""
    return backends[spec.provider](spec)
