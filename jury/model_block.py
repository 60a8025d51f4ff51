"""The part of a study that says which model plays the jurors, or which models share them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator

from jury.backends.base import ModelSpec

DEFAULT_MODEL = "local/smollm2-135m-instruct"


class ModelBlock(BaseModel):
    """Which model plays the jurors."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, serialize_by_alias=True)

    name: str = Field(default=DEFAULT_MODEL, description="provider/name.")
    base_url: str | None = Field(default=None, description="Address of the server, where the provider takes one.")
    temperature: float | None = Field(default=None, ge=0, description="By default the provider's own.")
    max_tokens: int = Field(default=512, ge=1, description="Longest answer, in tokens.")
    timeout: float = Field(default=120.0, gt=0, description="Seconds that one request may take.")
    options: dict[str, Any] = Field(default={}, description="Settings of this backend alone.")
    price: tuple[float, float] | None = Field(
        default=None,
        description="US dollars for a million input tokens, and for a million output tokens, where the price list has "
        "no price or another one.",
    )
    label: str | None = Field(
        default=None, description="What this model is called in results; needed where one model is listed twice."
    )
    share: float | None = Field(
        default=None, gt=0, description="Of several models, how large a part of the jurors this one plays: any number."
    )
    for_: str | None = Field(
        default=None,
        alias="for",
        description='Of several models, whom this one plays: jurors with these attributes, such as "race=Black" or '
        '"race=Black & sex=Female".',
    )

    @field_validator("base_url")
    @classmethod
    def _no_credentials(cls, value: str | None) -> str | None:
        # A run file records the study, and a key must never reach it.
        try:
            parts = urlsplit(value or "")
        except ValueError as error:
            raise ValueError(f"{value!r} is no address ({error}); give one such as http://127.0.0.1:8080/v1") from None
        if "@" in parts.netloc or parts.query:
            raise ValueError("must not hold a user name, a password or a query; a key belongs into the environment")
        return value

    @field_validator("options")
    @classmethod
    def _no_keys(cls, value: dict[str, Any]) -> dict[str, Any]:
        secret = next((name for name in _names(value) if _SECRET.search(name)), None)
        if secret is not None:
            raise ValueError(f"{secret!r} must not be in a study; put the key into the provider's environment variable")
        return value

    @field_validator("price")
    @classmethod
    def _no_negative_price(cls, value: tuple[float, float] | None) -> tuple[float, float] | None:
        if value is not None and not all(0 <= dollars < float("inf") for dollars in value):
            raise ValueError(f"{list(value)} must be two numbers of US dollars for a million tokens, 0 or more")
        return value

    @property
    def known_as(self) -> str:
        """The name by which jurors are bound to this model."""
        return self.label or self.name

    def spec(self) -> ModelSpec:
        """Return what a backend is opened with; raises `ModelError` for a bad name."""
        from jury.backends import split_model_name

        provider, name = split_model_name(self.name)
        rest = self.model_dump(include=_OF_THE_BACKEND)
        return ModelSpec(provider, name, **rest)

    def asked(self) -> dict[str, Any]:
        """Return the settings that decide what comes back, as plain JSON types, those of later versions if set."""
        document = self.model_dump(mode="json", exclude={"timeout", "base_url", "price"})
        return {key: value for key, value in document.items() if key not in _LATER or value is not None}


_OF_THE_BACKEND = {"base_url", "temperature", "max_tokens", "timeout", "options"}
_LATER = {"label", "share", "for"}  # what fingerprints of earlier versions do not have
_SECRET = re.compile(
    r"(^|[-_ ])(api[-_ ]?key|key|authorization|password|secret|token|bearer|credentials?)$", re.IGNORECASE
)
_SEVERAL = TypeAdapter(tuple[ModelBlock, ...])


def read_models(value: Any) -> ModelBlock | tuple[ModelBlock, ...]:  # noqa: ANN401 - raw input
    """Return a model, or several, from names and blocks; told apart here, so that errors speak of what was meant."""
    if isinstance(value, list | tuple):
        models = _SEVERAL.validate_python([{"name": each} if isinstance(each, str) else each for each in value])
        _check_names(models)
        return models[0] if len(models) == 1 and models[0].for_ is None else models
    return ModelBlock.model_validate({"name": value} if isinstance(value, str) else value)


def _check_names(models: tuple[ModelBlock, ...]) -> None:
    if not models:
        raise ValueError("the list is empty; give at least one model")
    names = [model.known_as for model in models]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise ValueError(f"{repeated!r} is listed twice; give each a label of its own")


def _names(value: Any) -> Iterator[str]:  # noqa: ANN401 - raw input
    """Yield every key of a nested mapping."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield str(name)
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)
