"""Addresses of servers: which can be asked, and how they are shown."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jury.errors import ModelError

if TYPE_CHECKING:
    from jury.backends.base import ModelSpec

_SUCH_AS = "give one such as --model-base-url http://127.0.0.1:8080/v1"
#: What the SDKs put behind a base URL, and many a documentation prints with it.
_PATHS = ("/chat/completions", "/responses", "/messages")
_NO_HOST = re.compile(r"[\s%\\]")


#: Providers that run in this process, for which an address means nothing.
_WITHOUT_SERVER = frozenset({"local", "null", "planted"})


def check_address_taken(base_url: str | None, models: Iterable[str], *, takers: Collection[str] = ()) -> None:
    """Raise `ModelError` for an address that was given and that none of the models ``provider/name`` would use.

    Parameters
    ----------
    base_url : str or None
        As it was given; None is always good.
    models : iterable of str
    takers : collection of str
        Providers to which alone it goes; by default all that ask a server.
    """
    names = list(models)
    providers = [name.partition("/")[0] for name in names]
    taken = any(each in takers if takers else each not in _WITHOUT_SERVER for each in providers)
    if base_url is not None and not taken:
        raise ModelError(
            f"--model-base-url {base_url!r} goes to no model: {' and '.join(names) or 'none'} would not ask there; "
            "leave it out, or give --model openai-compatible/NAME"
        )


def check_base_url(spec: ModelSpec) -> str | None:
    """Return the base URL of `spec`; raises `ModelError` when nothing can be asked there."""
    if spec.base_url is not None and (fault := _fault(spec.base_url)):
        raise ModelError(f"{spec.full_name}: base URL {spec.base_url!r} {fault}")
    return spec.base_url


def _fault(url: str) -> str:
    """Return what is wrong with an address and what to do about it, ``""`` for nothing."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"is no address ({error}); {_SUCH_AS}"
    if parts.scheme not in ("http", "https") or url != url.strip():
        return f"does not start with http:// or https://; {_SUCH_AS}"
    if not host or _NO_HOST.search(host):
        return f"names no server; {_SUCH_AS}"
    path = parts.path.rstrip("/")
    surplus = next((end for end in _PATHS if path.endswith(end)), None)
    return f"ends in {surplus}, which is added to it; leave that out" if surplus else ""


def shown_url(url: Any) -> str:  # noqa: ANN401 - the URL class of the SDKs' HTTP library
    """Return where a client sends its requests, without any user name or password in it."""
    return f"{url.scheme}://{url.netloc.decode()}{url.path}".rstrip("/")


def shown_target(location: str) -> str:
    """Return where a redirect leads, without a user name, a password or a query.

    Examples
    --------
    >>> shown_target("https://ann:secret@example.org/login?next=%2F")
    'https://example.org/login'
    """
    try:
        parts = urlsplit(location)
    except ValueError:
        return "another address"
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}" if host else parts.path or "another address"
