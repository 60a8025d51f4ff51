"""The way from the SDKs' HTTP client to the network, through aiohttp.

The SDKs' own way is written in Python down to the last byte, and looks at every open connection for each request.
aiohttp parses in C and keeps what is free on a stack: it takes half the processor time a request at 64 in flight, and a
third at 512 (docs/benchmarks.md). The SDKs offer aiohttp too, but take a connection that was never made, or that broke,
for a time-out, and let some of its errors through as they are; whether a request may have been billed hangs on that.

===============================================  ========================
of aiohttp                                       becomes
===============================================  ========================
no address, nobody listening, no TLS             `httpx2.ConnectError`
time-out before there was a connection           `httpx2.ConnectTimeout`
any other time-out                               `httpx2.ReadTimeout`
connection lost                                  `httpx2.ReadError`
anything else: an answer that is not HTTP, or    `httpx2.RemoteProtocolError`
ends too early
===============================================  ========================
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import httpx2
from yarl import URL

#: Seconds that a connection is kept without use, as the SDKs do.
_KEPT = 5.0
#: Bytes of one header: proxies add long ones.
_LONGEST_HEADER = 65_536


class AiohttpTransport(httpx2.AsyncBaseTransport):
    """Sends the requests of one `httpx2.AsyncClient`, over as many connections as there are requests in flight.

    It knows no proxies, cookies or redirects: the last two are the client's.
    """

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request and return the answer, its body still to be read."""
        session = self._session = self._session or _new_session()
        body, headers = _body(request)
        with _mapped():
            answer = await session.request(
                request.method,
                _address(request.url),
                headers=headers,
                data=body,
                allow_redirects=False,
                timeout=_timeout(request.extensions.get("timeout", {})),
            )
        return httpx2.Response(answer.status, headers=answer.raw_headers, stream=_Body(answer), request=request)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


class _Body(httpx2.AsyncByteStream):
    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _mapped():
            async for chunk in self._answer.content.iter_any():
                yield chunk

    async def aclose(self) -> None:
        if self._answer.content.at_eof():
            self._answer.release()
        else:
            self._answer.close()


def _new_session() -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEPT, ssl=httpx2.create_ssl_context())
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        max_line_size=_LONGEST_HEADER,
        max_field_size=_LONGEST_HEADER,
    )


def _address(url: httpx2.URL) -> URL:
    if url.userinfo:  # the client has made a header of it
        url = url.copy_with(userinfo=b"")
    return URL(str(url), encoded=True)


def _body(request: httpx2.Request) -> tuple[Any, list[tuple[str, str]]]:
    headers = request.headers.multi_items()
    try:
        return request.content or None, headers
    except httpx2.RequestNotRead:  # a file that is sent piece by piece
        return request.stream, [(name, value) for name, value in headers if name != "transfer-encoding"]


def _timeout(seconds: dict[str, float | None]) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(sock_connect=seconds.get("connect"), sock_read=seconds.get("read"))


@contextlib.contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except aiohttp.ClientConnectorError as error:
        # Its own words say "ssl:default" of every address, with or without TLS.
        raise httpx2.ConnectError(str(error.os_error)) from error
    except aiohttp.ConnectionTimeoutError as error:
        raise httpx2.ConnectTimeout(str(error)) from error
    except aiohttp.ServerTimeoutError as error:
        raise httpx2.ReadTimeout(str(error)) from error
    except (aiohttp.ClientConnectionError, ConnectionError) as error:
        raise httpx2.ReadError(str(error)) from error
    except (aiohttp.ClientError, aiohttp.http_exceptions.HttpProcessingError) as error:
        raise httpx2.RemoteProtocolError(str(error)) from error
