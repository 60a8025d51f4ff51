"""The way to the network: what it keeps of HTTP, and what the faults of a connection become."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket

import httpx2
import openai
import pytest

from jury.backends.sdk import http_client
from jury.backends.transport import AiohttpTransport

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


@contextlib.asynccontextmanager
async def serving(answer):
    """Serve `answer(head) -> bytes`, or what it is if it is bytes; gives the address and the list of connections."""
    connections = []

    async def serve(reader, writer):
        connections.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                said = await answer(head, reader) if callable(answer) else answer
                writer.write(said)
                await writer.drain()
                if b"Content-Length" not in said:
                    break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1024)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", connections
    finally:
        server.close()
        await closed(connections)


async def closed(connections):
    for writer in connections:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@contextlib.asynccontextmanager
async def saying(words, *, after=b""):
    """Serve these bytes, after what ends so has been read, and close the connection."""
    connections = []

    async def serve(reader, writer):
        connections.append(writer)
        if after:
            await reader.readuntil(after)
        writer.write(words)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await closed(connections)


def fetched(answer, **options):
    """Return what one request for `answer` gives."""

    async def fetch():
        async with (
            serving(answer) as (address, _),
            httpx2.AsyncClient(transport=AiohttpTransport(), timeout=options.pop("timeout", 5)) as client,
        ):
            return await client.request("POST", f"{address}/path", **{"json": {"a": 1}} | options)

    return asyncio.run(fetch())


def test_every_request_in_flight_has_a_connection_and_keeps_it():
    wanted, waves = 300, 3  # the SDKs' own way keeps 100

    async def run():
        arrived, everybody = 0, asyncio.Event()

        async def answer(head, reader):
            nonlocal arrived
            arrived += 1
            if arrived == wanted:
                everybody.set()
            await asyncio.wait_for(everybody.wait(), 20)
            return OK

        async with serving(answer) as (address, connections), http_client(openai) as client:
            for _ in range(waves):
                await asyncio.gather(*(client.get(address) for _ in range(wanted)))
            return len(connections)

    assert asyncio.run(run()) == wanted


def test_where_there_is_a_proxy_requests_go_through_it(monkeypatch):
    async def run():
        async def answer(head, reader):
            seen.append(head.split(b"\r\n")[0])
            return OK

        seen = []
        async with serving(answer) as (address, _):
            monkeypatch.setenv("HTTP_PROXY", address)
            async with http_client(openai) as client:
                await client.get("http://provider.invalid/v1/models")
        return seen

    assert asyncio.run(run()) == [b"GET http://provider.invalid/v1/models HTTP/1.1"]


def test_compressed_answers_are_unpacked():
    packed = gzip.compress(b'{"b": 2}')
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    assert fetched(head.encode() + packed).json() == {"b": 2}


def test_headers_longer_than_most_servers_send_are_taken():
    long = "x" * 40_000
    answer = fetched(f"HTTP/1.1 200 OK\r\nX-Long: {long}\r\nContent-Length: 2\r\n\r\nhi".encode())
    assert answer.headers["x-long"] == long


def test_what_is_sent_piece_by_piece_arrives_whole():
    async def pieces():
        for number in range(3):
            yield f"piece {number}\n".encode()

    async def answer(head, reader):
        assert b"chunked" in head.lower()
        body = await reader.readuntil(b"0\r\n\r\n")
        return f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body

    got = fetched(answer, json=None, content=pieces()).text
    assert [f"piece {number}" in got for number in range(3)] == [True] * 3


def test_an_address_is_sent_as_it_is_and_its_credentials_as_a_header():
    async def answer(head, reader):
        return f"HTTP/1.1 200 OK\r\nContent-Length: {len(head)}\r\n\r\n".encode() + head

    async def run():
        async with serving(answer) as (address, _), httpx2.AsyncClient(transport=AiohttpTransport()) as client:
            return (await client.get(f"{address.replace('//', '//ann:secret@')}/a%2Fb?c=%20d")).text

    head = asyncio.run(run())
    assert head.startswith("GET /a%2Fb?c=%20d HTTP/1.1\r\n")
    assert "\r\nauthorization: Basic " in head
    assert "secret" not in head


def test_cookies_are_not_kept_by_both():
    async def answer(head, reader):
        assert head.lower().count(b"cookie: a=1") == (b"/second" in head)
        return b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nContent-Length: 0\r\n\r\n"

    async def run():
        async with serving(answer) as (address, _), httpx2.AsyncClient(transport=AiohttpTransport()) as client:
            return [(await client.get(f"{address}/{path}")).status_code for path in ("first", "second")]

    assert asyncio.run(run()) == [200, 200]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", httpx2.ReadError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", httpx2.RemoteProtocolError),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", httpx2.RemoteProtocolError),
        (b"SSH-2.0-OpenSSH\r\n\r\n", httpx2.RemoteProtocolError),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 90_000 + b"\r\n\r\n", httpx2.RemoteProtocolError),
    ],
)
def test_a_bad_answer_is_told_from_a_lost_connection(answer, error):
    async def run():
        async with (
            saying(answer, after=b"\r\n\r\n") as place,
            httpx2.AsyncClient(transport=AiohttpTransport()) as client,
        ):
            await client.get(f"http://{place}")

    with pytest.raises(error) as caught:
        asyncio.run(run())
    assert type(caught.value) is error


def test_nobody_listening_is_no_time_out(unused_port):
    async def run():
        async with httpx2.AsyncClient(transport=AiohttpTransport()) as client:
            await client.get(f"http://127.0.0.1:{unused_port}")

    with pytest.raises(httpx2.ConnectError, match="Connect call failed") as caught:
        asyncio.run(run())
    assert "ssl" not in str(caught.value)


def test_silence_is_a_time_out():
    async def answer(head, reader):
        await asyncio.sleep(1)
        return OK

    with pytest.raises(httpx2.ReadTimeout):
        fetched(answer, timeout=0.1)


def test_no_tls_is_no_connection():
    async def run():
        async with (
            saying(b"HTTP/1.1 400 Bad Request\r\n\r\n") as place,
            httpx2.AsyncClient(transport=AiohttpTransport()) as client,
        ):
            await client.get(f"https://{place}")

    with pytest.raises(httpx2.ConnectError):
        asyncio.run(run())


def test_a_connection_whose_answer_was_not_read_is_not_used_again():
    async def answer(head, reader):
        return b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1_000_000

    async def run():
        async with (
            serving(answer) as (address, connections),
            httpx2.AsyncClient(transport=AiohttpTransport()) as client,
        ):
            async with client.stream("GET", address) as left:
                assert left.status_code == 200
            whole = await client.get(address)
            return len(whole.content), len(connections)

    assert asyncio.run(run()) == (1_000_000, 2)


def test_closing_closes_the_connections():
    async def run():
        async with serving(OK) as (address, _):
            transport = AiohttpTransport()
            client = httpx2.AsyncClient(transport=transport)
            await client.get(address)
            await client.aclose()
            await client.aclose()
        assert transport._session is None

    asyncio.run(run())


@pytest.fixture
def unused_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]
