"""The HTTP skeleton: readiness, errors, limits, headers, origins and the page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette import errors
from vedette.http import policy
from vedette.http.app import Application
from vedette.http.gate import OpenGate
from vedette.http.page import Page
from vedette.http.routes import health, page
from vedette.http.settings import HttpSettings

FAILURES: dict[str, Exception] = {
    "bad": errors.BadData("line 3: no value"),
    "syntax": errors.QuerySyntax("unexpected end", start=2, end=5),
    "limit": errors.LimitExceeded("too many", limit="query.max_series", value=10),
    "body": errors.LimitExceeded("too large", limit="ingest.max_body", value=10),
    "busy": errors.TooBusy("later", limit="query.concurrency", value=20, retry_after_s=3),
    "missing": errors.NotFound("no such thing"),
    "conflict": errors.Conflict("changed"),
    "timeout": errors.Timeout("too long"),
    "cancelled": errors.Cancelled("killed"),
    "unsupported": errors.Unsupported("native histograms"),
    "unavailable": errors.Unavailable("disk full"),
    "corruption": errors.Corruption("block 7: checksum"),
    "bug": ZeroDivisionError("secret inside"),
}


async def fail(request: Request) -> Response:
    """Raise what the query names."""
    raise FAILURES[request.query_params["with"]]


async def echo(request: Request) -> Response:
    """The body's length."""
    return Response(str(len(await request.body())))


def make_app(monkeypatch: pytest.MonkeyPatch, folder: Path, **settings: object) -> tuple[Application, list[BaseRoute]]:
    """An application with routes that fail and echo."""
    routes = [Route("/fail", fail), Route("/echo", echo, methods=["POST"])]
    for key in [("GET", "/fail"), ("POST", "/echo")]:
        monkeypatch.setitem(policy.POLICY, key, policy.Open.PUBLIC)
    app = Application(HttpSettings(**settings), CollectorRegistry())  # type: ignore[arg-type]  # typed by the callers
    files = Page(folder)
    app.open([*routes, *page.routes(files)], OpenGate(), page.fallback(files))
    return app, [*routes]


def client_of(app: Application, base: str = "http://127.0.0.1:9000") -> httpx.AsyncClient:
    """A client that calls the application directly."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base)


@pytest.fixture
async def client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application with default settings and a small page."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text('<meta name="csp-nonce" content="__CSP_NONCE__">page')
    (tmp_path / "assets" / "main-abc123.js").write_text("let a = 1")
    (tmp_path / "assets" / "main-abc123.js.br").write_bytes(b"brotli")
    (tmp_path / "favicon.svg").write_text("<svg/>")
    async with client_of(make_app(monkeypatch, tmp_path, max_body_bytes=1000)[0]) as it:
        yield it


@pytest.mark.parametrize(
    ("failure", "status", "error_type", "code"),
    [
        ("bad", 400, "bad_data", "bad_data"),
        ("syntax", 400, "bad_data", "bad_query"),
        ("limit", 422, "execution", "limit_exceeded"),
        ("body", 413, "bad_data", "limit_exceeded"),
        ("busy", 429, "unavailable", "too_busy"),
        ("missing", 404, "not_found", "not_found"),
        ("conflict", 409, "bad_data", "conflict"),
        ("timeout", 503, "timeout", "timeout"),
        ("cancelled", 503, "canceled", "cancelled"),
        ("unsupported", 422, "execution", "unsupported"),
        ("unavailable", 503, "unavailable", "unavailable"),
        ("corruption", 500, "internal", "corruption"),
        ("bug", 500, "internal", "internal"),
    ],
)
async def test_errors_become_prometheus_answers(
    client: httpx.AsyncClient, failure: str, status: int, error_type: str, code: str
) -> None:
    """Every error of the tree has one status, one Prometheus type and our stable code."""
    answer = await client.get("/fail", params={"with": failure})
    body = answer.json()
    assert (answer.status_code, body["status"], body["errorType"], body["code"]) == (status, "error", error_type, code)
    assert body["request_id"] == answer.headers["x-request-id"]


async def test_errors_carry_their_position_and_limit(client: httpx.AsyncClient) -> None:
    """A syntax error has its span, a limit its name and value, back-pressure its Retry-After."""
    assert (await client.get("/fail?with=syntax")).json()["position"] == {"start": 2, "end": 5}
    assert (await client.get("/fail?with=limit")).json()["limit"] == {"name": "query.max_series", "value": 10}
    assert (await client.get("/fail?with=busy")).headers["retry-after"] == "3"
    assert (await client.get("/fail?with=unavailable")).headers["retry-after"] == "1"


async def test_a_bug_shows_nothing_of_its_inside(client: httpx.AsyncClient) -> None:
    """An unforeseen error tells an id, neither its message nor a stack trace."""
    answer = await client.get("/fail?with=bug")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["x-request-id"] in answer.json()["error"]


async def test_bodies_are_bounded_with_and_without_a_declared_length(client: httpx.AsyncClient) -> None:
    """1000 bytes pass, 1001 do not, whether announced or sent in pieces."""

    async def pieces(count: int) -> AsyncIterator[bytes]:
        for _ in range(count):
            yield b"x" * 100

    assert (await client.post("/echo", content=b"x" * 1000)).text == "1000"
    assert (await client.post("/echo", content=pieces(10))).text == "1000"
    declared = await client.post("/echo", content=b"x" * 1001)
    in_pieces = await client.post("/echo", content=pieces(11))
    assert (declared.status_code, in_pieces.status_code) == (413, 413)
    assert declared.json()["limit"] == {"name": "http.max_body", "value": 1000}


async def test_unknown_paths_and_methods(client: httpx.AsyncClient) -> None:
    """An unknown path is 404, a known one with another method 405 with Allow, in the common shape."""
    missing = await client.post("/nothing")
    wrong = await client.post("/fail")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in wrong.headers["allow"]


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]:9000", "localhost:9000", "192.168.3.4", "v.localhost"])
async def test_own_hosts_are_served(client: httpx.AsyncClient, host: str) -> None:
    """Addresses and local names are this server."""
    assert (await client.get("/", headers={"host": host})).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:9000"])
async def test_foreign_hosts_are_refused(client: httpx.AsyncClient, host: str) -> None:
    """A name that somebody points at this machine does not get answers (DNS rebinding)."""
    assert (await client.get("/", headers={"host": host})).status_code == 421


async def test_foreign_pages_may_not_post(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A request that changes something must come from our own or an allowed origin."""
    app, _ = make_app(monkeypatch, tmp_path, allowed_origins=("https://grafana.example",))
    async with client_of(app) as client:
        for origin, status in (
            ("http://127.0.0.1:9000", 200),
            ("https://grafana.example", 200),
            ("http://evil.example", 403),
            ("http://127.0.0.1:9001", 403),
            ("null", 403),
        ):
            assert (await client.post("/echo", headers={"origin": origin})).status_code == status, origin


async def test_allowed_pages_can_ask_and_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An allowed origin gets its preflight answered and may read; another one may not."""
    app, _ = make_app(monkeypatch, tmp_path, allowed_origins=("https://grafana.example",))
    async with client_of(app) as client:
        for origin, allowed in (("https://grafana.example", True), ("http://evil.example", False)):
            headers = {"origin": origin, "access-control-request-method": "POST"}
            before = await client.options("/echo", headers=headers)
            answer = await client.get("/", headers={"origin": origin})
            assert (before.headers.get("access-control-allow-origin") == origin) == allowed
            assert (answer.headers.get("access-control-allow-origin") == origin) == allowed


async def test_every_answer_has_security_headers(client: httpx.AsyncClient) -> None:
    """No sniffing, no framing and a policy under which an API answer can do nothing."""
    for path in ("/", "/fail?with=bad", "/nothing", "/assets/main-abc123.js"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]


async def test_the_page_gets_a_fresh_nonce_each_time(client: httpx.AsyncClient) -> None:
    """The nonce of the policy stands in the document and never repeats."""
    seen = set()
    for _ in range(3):
        answer = await client.get("/")
        nonce = answer.text.partition('content="')[2].partition('"')[0]
        assert f"'nonce-{nonce}'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        seen.add(nonce)
    assert len(seen) == 3


async def test_assets_are_cached_for_ever_and_compressed(client: httpx.AsyncClient) -> None:
    """Files named by their content never change; the form the client accepts is sent."""
    answer = await client.get("/assets/main-abc123.js", headers={"accept-encoding": "identity"})
    assert answer.text == "let a = 1"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    async with client.stream("GET", "/assets/main-abc123.js", headers={"accept-encoding": "br, gzip"}) as stream:
        assert stream.headers["content-encoding"] == "br"
        assert b"".join([part async for part in stream.aiter_raw()]) == b"brotli"
    again = await client.get("/favicon.svg")
    unchanged = await client.get("/favicon.svg", headers={"if-none-match": again.headers["etag"]})
    assert (again.headers["cache-control"], unchanged.status_code) == ("no-cache", 304)


async def test_navigation_gets_the_document_and_nothing_else_does(client: httpx.AsyncClient) -> None:
    """A browser that opens /explore gets the page; a missing API path or asset is an error."""
    html = {"accept": "text/html"}
    assert "page" in (await client.get("/explore", headers=html)).text
    assert (await client.get("/explore")).status_code == 404
    assert (await client.get("/api/v1/nothing", headers=html)).status_code == 404
    assert (await client.get("/assets/gone.js", headers=html)).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/../secret", "/assets/../../secret", "/..%2fsecret", "/%2e%2e/secret", "//etc/passwd", "/assets%5c..%5csecret"],
)
async def test_no_path_leaves_the_folder(client: httpx.AsyncClient, tmp_path: Path, path: str) -> None:
    """Only files that were in the folder at start exist; a path is looked up, never opened."""
    (tmp_path.parent / "secret").write_text("secret")
    answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.text != "secret"


async def test_a_page_that_is_not_built_still_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that check GET / for life get 200 without a built page."""
    async with client_of(make_app(monkeypatch, tmp_path / "none")[0]) as client:
        answer = await client.get("/")
        assert answer.status_code == 200
        assert "make page" in answer.text


async def test_before_and_after_only_health_answers() -> None:
    """While starting and stopping: alive, not ready, everything else 503 with the reason."""
    state = {"reason": "starting"}
    app = Application(HttpSettings(), CollectorRegistry(), health.always(lambda: state["reason"]))
    async with client_of(app) as client:
        assert (await client.get("/-/healthy")).status_code == 200
        assert (await client.get("/-/ready")).status_code == 503
        refused = await client.get("/api/v1/query")
        assert (refused.status_code, refused.json()["error"]) == (503, "the server is starting")
        state["reason"] = ""
        app.open([], OpenGate())
        assert (await client.get("/-/ready")).status_code == 200
        app.shut("stopping")
        assert (await client.get("/")).json()["error"] == "the server is stopping"


async def test_requests_are_counted_by_route_and_never_by_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Unknown paths share one counter, so that clients cannot make series without bound."""
    registry = CollectorRegistry()
    monkeypatch.setitem(policy.POLICY, ("GET", "/fail"), policy.Open.PUBLIC)
    app = Application(HttpSettings(), registry)
    app.open([Route("/fail", fail)], OpenGate())
    async with client_of(app) as client:
        await client.get("/fail?with=bad")
        for number in range(5):
            await client.get(f"/nothing/{number}")
    count = registry.get_sample_value
    assert count("vedette_http_requests_total", {"route": "/fail", "method": "GET", "status": "400"}) == 1
    assert count("vedette_http_requests_total", {"route": "", "method": "", "status": "404"}) == 5


def test_a_route_without_policy_is_refused_at_start() -> None:
    """Nothing can be served by accident."""
    with pytest.raises(AssertionError, match="no entry"):
        Application(HttpSettings(), CollectorRegistry()).open([Route("/forgotten", echo)], OpenGate())
