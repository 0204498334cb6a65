"""Sessions and keys of a running server end when idle, old, replaced or revoked, and their sockets with them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import pytest
from tests.http.accounts_server import PASSWORD, AccountsServer
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

IDLE_S, LIFETIME_S, ROTATION_S, GRACE_S = 3, 8, 1, 2
AT_MOST_S = 60
LIVE, PUSH = "/ws/metrics/stream", "/api/v1/push"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccountsServer]:
    """A server whose sessions are short."""
    times = {"idle": IDLE_S, "lifetime": LIFETIME_S, "rotation": ROTATION_S, "rotation_grace": GRACE_S}
    settings = [f"auth.session_{name}={seconds}s" for name, seconds in times.items()]
    it = AccountsServer(tmp_path_factory.mktemp("short"), *settings, "http.rates.login_per_s=1000")
    it.start()
    yield it
    it.stop()


class Browser:
    """A new session of the administrator."""

    def __init__(self, server: AccountsServer) -> None:
        self.server = server
        status, headers, answer = server.ask("POST", "/api/v1/session", {"name": "root", "password": PASSWORD}, {})
        assert status == 201
        self.cookie, self.csrf = headers["set-cookie"].partition(";")[0], answer["data"]["csrf"]

    def status(self, path: str = "/api/v1/labels", cookie: str = "") -> int:
        """What a request is answered, by default with this session's cookie."""
        return self.server.ask("GET", path, None, {"cookie": cookie or self.cookie})[0]

    def change(self, method: str, path: str, body: object = None) -> tuple[int, object]:
        """Status and body of a change."""
        status, _, answer = self.server.ask(method, path, body, {"cookie": self.cookie, "x-csrf-token": self.csrf})
        return status, answer

    def socket(self) -> ClientConnection:
        """A live stream, as the page opens it."""
        return opened(self.server, LIVE, {"cookie": self.cookie, "origin": self.server.url})


def opened(server: AccountsServer, path: str, headers: dict[str, str]) -> ClientConnection:
    """A socket. Raises InvalidStatus."""
    return connect(f"ws://127.0.0.1:{server.port}{path}", additional_headers=headers, open_timeout=AT_MOST_S)


def ends(socket: ClientConnection) -> bool:
    """Whether the server closes it before long."""
    deadline_s = time.monotonic() + AT_MOST_S
    try:
        while time.monotonic() < deadline_s:
            socket.recv(timeout=AT_MOST_S)
    except ConnectionClosed:
        return True
    return False


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether it holds before long."""
    deadline_s = time.monotonic() + AT_MOST_S
    while not holds():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(0.2)
    return True


def test_a_session_ends_when_it_is_not_used(server: AccountsServer) -> None:
    """After the idle time without a request, and not before."""
    browser = Browser(server)
    assert browser.status() == 200
    time.sleep(IDLE_S + 0.5)
    assert browser.status() == 401


def test_a_session_that_is_used_ends_when_it_is_old_and_its_stream_with_it(server: AccountsServer) -> None:
    """An open stream is use, so it is not idle; at the end of its life both are over."""
    began_s = time.monotonic()
    browser = Browser(server)
    with browser.socket() as socket:
        assert json.loads(socket.recv())["type"] == "hello"
        assert ends(socket)
    assert time.monotonic() - began_s > IDLE_S
    assert browser.status() == 401


def test_a_token_is_replaced_and_the_old_one_soon_opens_nothing(server: AccountsServer) -> None:
    """Asking who one is brings the new one; requests under way have a moment with the old one."""
    browser = Browser(server)
    time.sleep(ROTATION_S + 0.2)
    _, headers, _ = server.ask("GET", "/api/v1/session", None, {"cookie": browser.cookie})
    new = headers["set-cookie"].partition(";")[0]
    assert new != browser.cookie
    assert "HttpOnly" in headers["set-cookie"]
    assert browser.status(cookie=new) == 200

    def is_dead() -> bool:
        # The session itself is kept from being idle.
        assert browser.status(cookie=new) == 200
        return browser.status() == 401

    assert eventually(is_dead)


def test_a_revoked_session_takes_its_stream_along(server: AccountsServer) -> None:
    """Another session of the same person ends it; a new stream is refused with status 401."""
    browser, other = Browser(server), Browser(server)
    with browser.socket() as socket:
        assert json.loads(socket.recv())["type"] == "hello"
        assert other.change("DELETE", "/api/v1/profile/sessions")[0] == 200
        assert ends(socket)
    with pytest.raises(InvalidStatus) as refused:
        browser.socket()
    assert refused.value.response.status_code == 401


@pytest.mark.parametrize("path", [LIVE, PUSH])
def test_a_revoked_key_takes_its_sockets_along(server: AccountsServer, path: str) -> None:
    """Also the one that has nothing to say at the moment."""
    browser = Browser(server)
    _, made = browser.change("POST", "/api/v1/profile/keys", {"name": "k", "scopes": ["read", "ingest"]})
    assert isinstance(made, dict)
    secret = made["data"]["secret"]
    headers = {"authorization": f"Bearer {secret}"}
    with opened(server, path, headers) as socket:
        if path == PUSH:
            socket.send('[{"name": "a", "value": 1}]')
        assert socket.recv(timeout=AT_MOST_S)
        assert browser.change("DELETE", f"/api/v1/profile/keys/{secret.split('_')[1]}")[0] == 200
        assert ends(socket)
    with pytest.raises(InvalidStatus) as refused:
        opened(server, path, headers)
    assert refused.value.response.status_code == 401
