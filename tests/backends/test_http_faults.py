"""What both providers' faults become: the same errors, whichever SDK raised them."""

from __future__ import annotations

import asyncio
import email.utils
import json
import time

import pytest

from jury.backends.http_errors import retry_after
from jury.errors import ModelError, RequestError, TransientError


@pytest.fixture(params=["openai/m, responses", "openai/m, chat", "openai-compatible/m, chat", "anthropic/m"])
def service(request, ask, make_request):
    """One of the providers and interfaces: its server, and a function that puts one request to it."""
    model, _, interface = request.param.partition(", ")
    options = {"interface": interface} if interface else {}
    server = request.getfixturevalue(f"{'anthropic' if model.startswith('anthropic') else 'openai'}_server")

    def put(**spec):
        return asyncio.run(ask(model, make_request(), base_url=server.base_url, options=options, **spec))

    server.provider, server.interface, server.put = model.partition("/")[0], interface, put
    return server


def _error(fakes, service, text="words of the server"):
    if service.provider == "anthropic":
        return fakes.anthropic_error("api_error", text)
    return fakes.openai_error(text)


def _whole(fakes, service):
    if service.interface == "responses":
        return fakes.response()
    return fakes.message('{"A": 1}') if service.provider == "anthropic" else fakes.completion()


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 529])
def test_passing_faults_are_transient_and_not_retried_here(service, fakes, status):
    service.then(fakes.send(_error(fakes, service), status, Retry_After="7"))
    with pytest.raises(TransientError, match=f"{status} .*words of the server") as caught:
        service.put()
    assert caught.value.retry_after == 7
    assert len(service.seen) == 1


def test_a_fault_without_a_wish_has_no_retry_after(service, fakes):
    service.then(fakes.send(_error(fakes, service), 500))
    with pytest.raises(TransientError) as caught:
        service.put()
    assert caught.value.retry_after is None


@pytest.mark.parametrize("status", [400, 413, 422, 418])
def test_rejected_requests_carry_the_servers_words(service, fakes, status):
    service.then(fakes.send(_error(fakes, service, "too long " * 100), status))
    with pytest.raises(RequestError, match="too long") as caught:
        service.put()
    assert not isinstance(caught.value, TransientError)
    assert len(str(caught.value)) < 500
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "remedy"),
    [(401, "_API_KEY to a valid key"), (402, "add credit"), (403, "_API_KEY"), (404, "name"), (501, "name")],
)
def test_a_model_that_cannot_be_used_says_what_to_do(service, fakes, status, remedy):
    service.then(fakes.send(_error(fakes, service), status))
    with pytest.raises(ModelError, match=remedy) as caught:
        service.put()
    assert f"{service.provider}/m" in str(caught.value)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_the_key_never_shows(service, fakes, status):
    service.then(fakes.send(_error(fakes, service, f"Incorrect API key provided: {fakes.KEY}."), status))
    with pytest.raises((ModelError, RequestError)) as caught:
        service.put()
    assert fakes.KEY not in str(caught.value)
    assert caught.value.__suppress_context__  # nor in the traceback, where the SDK's error would stand


def test_the_key_is_not_in_what_is_recorded(service, fakes):
    assert fakes.KEY not in str(service.put())


def test_broken_connections_are_transient(service, fakes):
    broken = [fakes.reset, fakes.cut_short(_whole(fakes, service)), fakes.cut_short(_error(fakes, service), 500)]
    for behave in broken:
        service.then(behave)
        with pytest.raises(TransientError, match="no connection"):
            service.put()


def test_answers_that_are_no_json_are_transient(service, fakes):
    half = json.dumps(_whole(fakes, service)).encode()[:-20]
    broken = [
        fakes.send_raw(half),
        fakes.send_raw(b""),
        fakes.send_raw(b'{"choices": [\xff\xfe]}'),
        fakes.send_raw(b"<html>Please log in</html>", kind="text/html"),
    ]
    for behave in broken:
        service.then(behave)
        with pytest.raises(TransientError, match="unusable answer"):
            service.put()


def test_a_proxys_error_page_is_shown_on_one_line(service, fakes):
    page = b"<html>\n<head><title>502 Bad Gateway</title></head>\n</html>"
    service.then(fakes.send_raw(page, 502, kind="text/html"))
    with pytest.raises(TransientError, match="502 Bad Gateway") as caught:
        service.put()
    assert "\n" not in str(caught.value)


def test_a_body_that_drips_runs_into_the_time_out(service, fakes):
    service.then(fakes.drip(_whole(fakes, service)))
    started = time.monotonic()
    with pytest.raises(TransientError, match=r"within 0\.3 s"):
        service.put(timeout=0.3)
    assert time.monotonic() - started < 3


def test_a_quota_that_is_used_up_stops_the_run(openai_server, ask, make_request, fakes):
    body = fakes.openai_error("You exceeded your current quota", code="insufficient_quota")
    openai_server.then(fakes.send(body, 429))
    with pytest.raises(ModelError, match="no credit left"):
        asyncio.run(ask("openai/m", make_request(), base_url=openai_server.base_url))


def test_a_parameter_that_the_model_does_not_take_stops_the_run(openai_server, ask, make_request, fakes):
    words = "Unsupported value: 'temperature' does not support 0.5 with this model."
    openai_server.then(fakes.send(fakes.openai_error(words, "unsupported_value", "temperature"), 400))
    with pytest.raises(ModelError, match="does not take temperature"):
        asyncio.run(ask("openai/m", make_request(), base_url=openai_server.base_url, temperature=0.5))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "12"}, 12.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "later"}, None),
        ({"retry-after": "Mon, 01 Jan 2001 00:00:00 GMT"}, 0.0),
        ({}, None),
    ],
)
def test_retry_after(headers, seconds):
    assert retry_after(headers) == seconds


def test_a_date_is_compared_with_the_servers_own():
    told = {"retry-after": "Mon, 01 Jan 2001 00:02:00 GMT", "date": "Mon, 01 Jan 2001 00:00:30 GMT"}
    assert retry_after(told) == 90
    assert retry_after(told | {"date": "soon"}) == 0


def test_retry_after_as_a_date():
    in_a_minute = email.utils.formatdate(time.time() + 60, usegmt=True)
    assert retry_after({"retry-after": in_a_minute}) == pytest.approx(60, abs=2)
