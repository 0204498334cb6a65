"""Signing in at a provider of identities over the whole server: what others notice of it, and what is told."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from socket import SHUT_RDWR, create_server, socket
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.http.access_world import WITHOUT_LIMITS, access_world
from tests.oidc_provider import CLIENT_ID, OpenIdProvider

START = "/api/v1/oidc/sso/start"
AT_MOST_S = 30


class Hanging:
    """A provider that takes every connection and says nothing until `hang_up`."""

    def __init__(self) -> None:
        self._listener = create_server(("127.0.0.1", 0))
        self.issuer = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.connections: list[socket] = []
        self.has_come = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                self.connections.append(self._listener.accept()[0])
                self.has_come.set()

    def hang_up(self) -> None:
        """End every connection, and take no more."""
        for end in (self._listener, *self.connections):
            with suppress(OSError):
                end.shutdown(SHUT_RDWR)
            end.close()


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    """One that hangs up at the end at the latest."""
    it = Hanging()
    yield it
    it.hang_up()


def settings(**issuers: str) -> dict[str, Any]:
    """Of a server with these providers."""
    providers = {name: {"issuer": issuer, "client_id": CLIENT_ID} for name, issuer in issuers.items()}
    return {"auth__oidc": providers, "outbound__allow_private": ["oidc"], **WITHOUT_LIMITS}


async def test_a_provider_that_hangs_holds_up_nobody_else(tmp_path: Path, hanging: Hanging) -> None:
    """People with passwords, those who are in, and other providers go on; it is asked once for all who wait for it."""
    sound = OpenIdProvider(lambda: 0)
    async with access_world(tmp_path, **settings(sso=hanging.issuer, sound=sound.issuer)) as world:
        world.user("root", is_instance_admin=True)
        root = await world.browser("root")
        waiting = [asyncio.create_task(world.ask(None, "GET", f"{START}?next=/explore")) for _ in range(12)]
        async with asyncio.timeout(AT_MOST_S):
            await asyncio.to_thread(hanging.has_come.wait)
            assert (await world.ask(None, "GET", "/api/v1/session")).status_code == 200
            assert (await world.ask(root, "GET", "/api/v1/users")).status_code == 200
            assert (await world.browser("root")).name == "root"
            departed = await world.ask(None, "GET", "/api/v1/oidc/sound/start")
            assert departed.headers["location"].startswith(f"{sound.issuer}/authorize?")
            hanging.hang_up()
            answers = await asyncio.gather(*waiting)
        assert {answer.status_code for answer in answers} == {303}
        assert {answer.headers["location"] for answer in answers} == {"/login?problem=oidc_unavailable&next=%2Fexplore"}
        assert len(hanging.connections) == 1
    sound.stop()


async def test_who_does_not_come_back_as_they_went_is_told_by_the_page(tmp_path: Path) -> None:
    """Without the cookie of the beginning nobody is let in; the browser is led to the login, which says so."""
    sound = OpenIdProvider(lambda: 0)
    async with access_world(tmp_path, **settings(sso=sound.issuer)) as world:
        departed = await world.ask(None, "GET", START)
        world.client.cookies.clear()
        brought = sound.agree(departed.headers["location"])
        back = await world.ask(None, "GET", "/api/v1/oidc/sso/callback", params=brought)
        assert (back.status_code, back.headers["location"]) == (303, "/login?problem=oidc_refused")
        assert "vedette_session" not in back.headers.get("set-cookie", "")
        assert (await world.ask(None, "GET", "/api/v1/oidc/nobody/start")).status_code == 404
    sound.stop()


async def test_the_cookie_of_the_way_there_is_for_the_way_back_alone(tmp_path: Path) -> None:
    """No script reads it, it goes nowhere but to the callback, and it is sealed: nothing of the question is in it."""
    sound = OpenIdProvider(lambda: 0)
    async with access_world(tmp_path, **settings(sso=sound.issuer)) as world:
        departed = await world.ask(None, "GET", f"{START}?next=/secret-plans")
        cookie = departed.headers["set-cookie"]
        asked = parse_qs(urlsplit(departed.headers["location"]).query)
        assert {"httponly", "samesite=lax", "path=/api/v1/oidc"} <= {part.strip().lower() for part in cookie.split(";")}
        for told in (asked["state"][0], asked["nonce"][0], "secret-plans"):
            assert told not in cookie
    sound.stop()
