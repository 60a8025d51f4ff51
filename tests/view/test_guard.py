"""Who is let in: the holder of the token, on this host, from this origin, to read."""

import os
import time

import pytest

REFUSED = 403


def test_the_address_with_the_token_gives_a_cookie_and_leads_on(view):
    answer = view.raw(f"/?token={view.token}")
    assert answer.status == 200
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"jury-view-{view.port}={view.token};")
    assert "httponly" in cookie.lower()
    assert "samesite=strict" in cookie.lower()
    assert view.token not in answer.body, "the token does not stay in the page"
    assert "url=/" in answer.body


@pytest.mark.parametrize(
    "path", ["/", "/api/runs", "/assets/view.css", "/?token=", "/?token=wrong", "/api/runs?token=no"]
)
def test_nothing_is_told_without_the_token(view, path):
    answer = view.raw(path)
    assert answer.status == REFUSED
    assert "set-cookie" not in answer.headers
    assert "small" not in answer.body


@pytest.mark.parametrize("given", ["", "wrong", "é"])
def test_nor_with_another_cookie(view, given):
    name = f"jury-view-{view.port}"
    assert view.raw("/api/runs", cookie=f"{name}={given}").status == REFUSED
    assert view.raw("/api/runs", cookie=f"{name}{view.token}").status == REFUSED
    assert view.raw("/api/runs", cookie=f"{name}=x{view.token}").status == REFUSED
    assert view.raw("/api/runs", cookie=f"jury-view={view.token}").status == REFUSED


def test_the_address_that_a_browser_is_started_with_works_one_time(folder, tmp_path, viewing, monkeypatch):
    """What others see in the list of processes is of no use to them once the browser was there."""
    opener = tmp_path / "opener"
    opener.write_text(f'#!/bin/sh\necho "$1" >> {tmp_path}/opened\n', encoding="utf-8")
    opener.chmod(0o755)
    for name in ("xdg-open", "open"):
        (tmp_path / name).symlink_to(opener)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with viewing(folder, "--port", "0") as view:
        assert view.get("/").status == 200
        started = _until(tmp_path / "opened")
        assert view.token not in started
        once = started.partition(f":{view.port}")[2].strip()
        assert "set-cookie" in view.raw(once).headers
        again = view.raw(once)
        assert (again.status, "set-cookie" in again.headers) == (REFUSED, False)
        assert "works one time" in again.body
        assert view.raw("/?once=").status == view.raw("/?once=wrong").status == REFUSED
        assert view.raw(f"/?token={view.token}").status == 200


def _until(path, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not (path.exists() and (text := path.read_text(encoding="utf-8")).endswith("\n")):
        assert time.monotonic() < deadline, "no browser was started"
        time.sleep(0.05)
    return text


def test_the_token_is_no_key_to_other_addresses(view):
    assert view.raw(f"/api/runs?token={view.token}").status == REFUSED


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "evil.example:{port}", "127.0.0.1.evil.example:{port}", None]
)
def test_a_foreign_name_that_leads_here_is_refused(view, host):
    host = host and host.format(port=view.port)
    answers = [view.get("/api/runs", host=host), view.raw(f"/?token={view.token}", host=host)]
    assert all(answer.status in (400, REFUSED) for answer in answers)
    assert all("set-cookie" not in answer.headers for answer in answers)


def test_localhost_is_this_host(view):
    assert view.get("/api/runs", host=f"localhost:{view.port}").status == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:{port}", "http://127.0.0.1:1"])
def test_other_origins_are_refused(view, origin):
    assert view.get("/api/runs", origin=origin.format(port=view.port)).status == REFUSED
    assert view.get("/api/runs", origin=f"http://127.0.0.1:{view.port}").status == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_so_are_requests_that_another_site_makes(view, site):
    assert view.get("/api/runs", sec_fetch_site=site).status == REFUSED
    assert view.get("/api/runs", sec_fetch_site="same-origin").status == 200
    assert view.raw(f"/?token={view.token}", sec_fetch_site=site).status == 200, "a link from a terminal's page"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_nothing_but_reading(view, method):
    answer = view.raw("/api/runs", method=method, cookie=f"jury-view-{view.port}={view.token}")
    assert answer.status == 405
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/api/runs", "/assets/list.js", "/nothing", "/api/run/none"])
def test_every_answer_is_kept_to_itself(view, path):
    for answer in (view.get(path), view.raw(path)):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert "access-control-allow-origin" not in answer.headers
        assert "server" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../app.py", "/assets/..%2fapp.py", "/assets/%2e%2e/app.py", "/assets/%2fetc%2fpasswd",
        "/assets/list.html", "/run/..%2f..%2fsecret.sqlite", "/api/run/../../../etc/passwd", "/api/run/link.sqlite",
        "/api/run/one.sqlite",
        "/api/run/%00", "//etc/passwd",
    ],
)  # fmt: skip
def test_no_path_leads_out(view, path):
    answer = view.get(path)
    assert answer.status == 404
    assert "root:" not in answer.body
