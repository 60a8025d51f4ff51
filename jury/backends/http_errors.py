"""What a provider's refusals, faults and silences mean for a run: the one place that maps them.

The official SDKs of OpenAI and Anthropic share the names and the shape of their exceptions, so one mapping
serves both. It goes by status code, because servers that only resemble OpenAI's do not name their errors
alike.

==============================================  ==================================================
401, 402, 403, 404, 405, 410, 501, credit used  `ModelError`: no request of this run will succeed
up, a parameter that the model does not take
408, 409, 425, 429, any other 5xx, time-outs,   `TransientError`, with the server's Retry-After
broken connections, answers that are no JSON
redirects                                       `ModelError`: another address than the one given is not asked
every other status (400, 413, 422, ...)         `RequestError`, with the server's own words
==============================================  ==================================================
"""

from __future__ import annotations

import contextlib
import email.utils
import html
import importlib
import json
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jury.backends.address import shown_target
from jury.errors import JuryError, ModelError, RequestError, TransientError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

_TRANSIENT = frozenset({408, 409, 425, 429})
#: 503 and Anthropic's 529 say "overloaded".
_OVERLOADED = frozenset({429, 503, 529})
#: The gateway gave up on the server behind it, which may have done the work.
_BEHIND_A_GATEWAY = frozenset({502, 504, 524})
_NEVER_SENT = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout", "ClientConnectorError", "gaierror"})
_ABOUT_PARAMETERS = frozenset({400, 403, 422})
_NOT_HERE = frozenset({404, 405, 410, 501})
#: A parameter that the model does not take is refused alike in every request.
_UNSUPPORTED = frozenset({"unsupported_parameter", "unsupported_value"})
_QUOTA_CODES = frozenset({"insufficient_quota", "billing_error", "billing_hard_limit_reached"})
#: Anthropic names the parameter at the start of its words only.
_SAMPLING_NAMED = re.compile(r"[`'\"]?(temperature|top_p|top_k)\b")
#: Anthropic reports used-up credit as an ordinary 400, told apart by its words only.
_QUOTA_WORDS = "credit balance is too low"
_LONGEST_WORDS = 300
_PAGE = re.compile(r"\s*<(!doctype|html|\?xml)", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>([^<]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model behind an SDK, as an error message has to name it.

    Attributes
    ----------
    model : str
        ``provider/name``.
    url : str
        Where requests go.
    sdk : module
        The imported ``openai`` or ``anthropic``, for its exception classes.
    key_variable : str
        The environment variable that the key comes from.
    key : str
        The key itself, only so that it can be struck out of whatever a server says.
    timeout : float
        Seconds that one request may take.
    where_to_look : str
        What to check when the server knows no such model or address.
    """

    model: str
    url: str
    sdk: ModuleType
    key_variable: str
    key: str = field(repr=False)
    timeout: float
    where_to_look: str = "check the model's name"


@contextlib.contextmanager
def translated(endpoint: Endpoint) -> Iterator[None]:
    """Turn what the SDK raises inside the block into errors of `jury.errors`.

    The SDK's exception is not shown as the cause: it quotes the server, and servers quote keys.
    """
    sdk = endpoint.sdk
    try:
        yield
    except sdk.APIStatusError as error:
        raise from_status(endpoint, error.status_code, error.body, error.response.headers) from None
    except (TimeoutError, sdk.APITimeoutError) as error:
        raise TransientError(
            f"{endpoint.model}: no complete answer from {endpoint.url} within {endpoint.timeout:g} s",
            maybe_billed=_was_sent(error),
        ) from None
    except (sdk.APIConnectionError, _transport_error(sdk)) as error:
        fault = error.__cause__ or error
        cause = _clean(endpoint, str(fault)) or type(fault).__name__
        raise TransientError(
            f"{endpoint.model}: no connection to {endpoint.url} ({cause})", maybe_billed=_was_sent(error)
        ) from None
    except (sdk.APIResponseValidationError, UnicodeDecodeError):
        raise no_json(endpoint) from None
    except json.JSONDecodeError as error:
        raise no_json(endpoint, error.doc) from None
    except sdk.APIError as error:
        raise RequestError(f"{endpoint.model}: {_clean(endpoint, str(error))}") from None


def garbled(endpoint: Endpoint, problem: str) -> TransientError:
    """Return the error for an answer that arrived with status 200 and cannot be used.

    It is transient: proxies and overloaded servers produce such answers, and the next one may be whole.
    """
    return TransientError(
        f"{endpoint.model}: unusable answer from {endpoint.url}: {_clean(endpoint, problem)}", maybe_billed=True
    )


def no_json(endpoint: Endpoint, text: str = "") -> TransientError:
    """Return the error for an answer that is not JSON; a web page has other reasons than a broken answer."""
    if page := _web_page(text):
        return garbled(
            endpoint, f"it is {page}, as a proxy, a login or a wrong address gives; {endpoint.where_to_look}"
        )
    return garbled(endpoint, "it is not the JSON that was expected")


def _transport_error(sdk: ModuleType) -> type[Exception]:
    """Return what the SDK's HTTP library raises while an answer is read bit by bit, which the SDK hands on as it is."""
    # Not by the module of what the SDK exports: the SDKs give that their own name.
    client = sdk.DefaultAsyncHttpxClient.__mro__[1]
    library = importlib.import_module(client.__module__.partition(".")[0])
    found: type[Exception] = library.TransportError
    return found


def _was_sent(error: BaseException) -> bool:
    """Return whether a broken connection may have carried the request; not when none was ever made."""
    cause: BaseException | None = error.__cause__
    while cause is not None:
        # httpx, httpx2 and aiohttp name these alike and share no class.
        if type(cause).__name__ in _NEVER_SENT:
            return False
        cause = cause.__cause__ or cause.__context__
    return True


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a server asks to wait, or None when it does not say.

    Parameters
    ----------
    headers : Mapping
        With case-insensitive or lower-case keys. ``retry-after-ms`` goes before ``retry-after``, which is
        in seconds or an HTTP date. A date is compared with the server's own ``date``, if it says one: the clock of
        this machine may be wrong.

    Examples
    --------
    >>> retry_after({"retry-after": "1.5"}), retry_after({"retry-after-ms": "250"}), retry_after({})
    (1.5, 0.25, None)
    """
    for name, divisor in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        with contextlib.suppress(KeyError, ValueError):
            seconds = float(headers[name]) / divisor
            return max(seconds, 0.0) if math.isfinite(seconds) else None
    with contextlib.suppress(KeyError, ValueError, OverflowError):
        wished = email.utils.parsedate_to_datetime(headers["retry-after"]).timestamp()
        return max(wished - _now(headers), 0.0)
    return None


def _now(headers: Mapping[str, str]) -> float:
    with contextlib.suppress(KeyError, ValueError, OverflowError):
        return email.utils.parsedate_to_datetime(headers["date"]).timestamp()
    return time.time()


def from_status(endpoint: Endpoint, status: int, body: object, headers: Mapping[str, str]) -> JuryError:
    """Return what an answer with an error status means.

    Parameters
    ----------
    endpoint : Endpoint
    status : int
    body : object
        The parsed body of the answer.
    headers : Mapping
        See `retry_after`.
    """
    details = _details(body)
    words = _clean(endpoint, details["message"])
    if {details["code"], details["type"]} & _QUOTA_CODES or _QUOTA_WORDS in words or status == 402:
        return _no_credit(endpoint, words)
    if status in _ABOUT_PARAMETERS and (refused := _refused_parameter(endpoint, details, words)):
        return refused
    if 300 <= status < 400 and "location" in headers:
        return ModelError(
            f"{endpoint.model}: {endpoint.url} answered {status}, a redirect to {shown_target(headers['location'])}; "
            "redirects are not followed: if that server is the right one, give its address as --model-base-url"
        )
    if status == 401:
        # The server's own words are left out: OpenAI's quote a part of the key.
        return ModelError(
            f"{endpoint.model}: {endpoint.url} does not accept the key in {endpoint.key_variable}; "
            f"set {endpoint.key_variable} to a valid key"
        )
    if status == 403:
        return ModelError(
            f"{endpoint.model}: {endpoint.url} denies access ({words}); "
            f"use another model, or another key in {endpoint.key_variable}"
        )
    if status in _NOT_HERE:
        return ModelError(
            f"{endpoint.model}: {endpoint.url} has no such model or address ({status}: {words}); "
            f"{endpoint.where_to_look}"
        )
    if status in _TRANSIENT or status >= 500:
        return TransientError(
            f"{endpoint.model}: {endpoint.url} answered {status} ({words})",
            retry_after(headers),
            overloaded=status in _OVERLOADED,
            maybe_billed=status in _BEHIND_A_GATEWAY,
        )
    return RequestError(f"{endpoint.model}: {endpoint.url} rejected the request ({status}: {words})")


def _refused_parameter(endpoint: Endpoint, body: dict[str, str], words: str) -> ModelError | None:
    # Some reasoning models refuse log-probabilities with 403 and no code, others with 400.
    if "logprobs" in body["param"] or "logprobs" in words.lower():
        return no_logprobs(endpoint.model, words)
    named = _SAMPLING_NAMED.match(words)
    if body["code"] in _UNSUPPORTED or named:
        parameter = body["param"] or (named.group(1) if named else "a parameter")
        return ModelError(
            f"{endpoint.model}: the model does not take {parameter} as sent ({words}); "
            "leave it out of the study's model settings, or use another model"
        )
    return None


def no_logprobs(model: str, words: str) -> ModelError:
    """Return the error for a model that gives no log-probabilities; it names the alternative."""
    return ModelError(f"{model}: no log-probabilities from this model ({words}); use `readout: sample`")


def _no_credit(endpoint: Endpoint, words: str) -> ModelError:
    return ModelError(
        f"{endpoint.model}: the account behind {endpoint.key_variable} has no credit left ({words}); "
        "add credit, then go on with --resume"
    )


def _details(body: object) -> dict[str, str]:
    """Find message, type, code and param in an error body of any make; what is absent is ``""``."""
    inner = body.get("error", body) if isinstance(body, Mapping) else body
    if not isinstance(inner, Mapping):
        words = str(inner or "no details")
        return {"message": _web_page(words) or words, "type": "", "code": "", "param": ""}
    message = inner.get("message") or inner.get("detail") or "no details"
    return {"message": str(message)} | {name: str(inner.get(name) or "") for name in ("type", "code", "param")}


def _web_page(text: str) -> str:
    """Return what a web page is called, ``""`` for what is none."""
    if not _PAGE.match(text):
        return ""
    title = _TITLE.search(text)
    return f"a web page titled {html.unescape(title.group(1)).strip()!r}" if title else "a web page"


def _clean(endpoint: Endpoint, text: str) -> str:
    """Return `text` on one line, without the key, shortened."""
    if endpoint.key:
        text = text.replace(endpoint.key, f"[{endpoint.key_variable}]")
    text = " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
    return text if len(text) <= _LONGEST_WORDS else text[: _LONGEST_WORDS - 1] + "…"
