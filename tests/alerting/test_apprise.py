"""Apprise, the optional extra: against a real receiver, and kept from everything that the guard refuses."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from tests.alerting.servers import hook, reply
from tests.alerting.test_contact_points import FIRING, RESOLVED, Post, outbound_sender

from vedette.alerting.contact_points.registry import schemas
from vedette.alerting.document import Integration
from vedette.alerting.secret_options import check_contact_point
from vedette.alerting.sending import described
from vedette.errors import BadData, Unavailable
from vedette.outbound.apprise_process import Watch
from vedette.outbound.guard import Guard
from vedette.outbound.settings import OutboundSettings
from vedette.server.notification_templates import NotificationTemplates

pytest.importorskip("apprise", reason="Apprise is not installed: pip install 'vedette[apprise]'")


def spec(url: str) -> dict[str, Any]:
    """A contact point."""
    return {"integrations": [{"type": "apprise", "options": {"url": url}}]}


async def test_notifications_arrive_by_whatever_the_url_names() -> None:
    """With title, text and whether it is good news; templates of one's own count."""
    post = Post()
    async with hook() as it:
        url = f"json://127.0.0.1:{it.port}/hook"
        await post.send("apprise", url=url)
        await post.send("apprise", RESOLVED, url=url, title="{{ .Status }}!", text="{{ .GroupLabels.alertname }}")
        first, second = (json.loads(body) for _, _, body in it.requests)
    post.sender.close()
    assert (first["title"], first["type"]) == ("[FIRING:1] Down", "failure")
    assert FIRING.url in first["message"]
    assert (second["title"], second["type"]) == ("resolved!", "success")
    assert second["message"].startswith("Down")


async def test_failures_are_tried_again_and_told_without_secrets() -> None:
    """Apprise says what went wrong; what stands in its URL is not told."""
    post = Post()
    async with hook() as it:
        it.answers = [reply(503)]
        with pytest.raises(Unavailable, match="Apprise could not send it"):
            await post.send("apprise", url=f"json://127.0.0.1:{it.port}/hook")
    with pytest.raises(Unavailable) as raised:
        await post.send("apprise", url="json://ann:s3cr3tpassw0rd@127.0.0.1:1/tok3ntok3n")
    post.sender.close()
    assert "s3cr3tpassw0rd" not in raised.value.message
    assert "tok3ntok3n" not in raised.value.message
    prepared = post.requests.prepare(Integration(type="apprise", options={"url": "json://h/tok3ntok3n"}), FIRING)
    integration = Integration(type="apprise", options={"url": "json://h/tok3ntok3n"})
    assert "tok3ntok3n" not in json.dumps(described(prepared.request, post.requests.secrets_of(integration)))


MAIL = "mailto://127.0.0.1:{}?from=a@example.org&to=b@example.org&smtp=127.0.0.1&mode=insecure"


@pytest.mark.parametrize("place", ["json://127.0.0.1:{}/hook", "json://localhost:{}/hook", MAIL])
async def test_the_guard_judges_what_apprise_connects_to(place: str) -> None:
    """Addresses and names, whatever is spoken to them; nothing arrives."""
    post = Post()
    post.sender = outbound_sender(OutboundSettings())
    async with hook() as it:
        with pytest.raises(BadData, match="may not be asked for webhook"):
            await post.send("apprise", url=place.format(it.port))
        assert it.requests == []
    post.sender.close()


async def test_redirects_are_judged_as_well() -> None:
    """An address that may be asked cannot send Apprise to one that may not."""
    post = Post()
    post.sender = outbound_sender(OutboundSettings(allow_networks=("127.0.0.1/32",)))
    async with hook() as it:
        it.answers = [reply(307, b"", "Location: http://127.0.0.2:9/")]
        with pytest.raises(BadData, match=r"127\.0\.0\.2"):
            await post.send("apprise", url=f"json://127.0.0.1:{it.port}/hook")
    post.sender.close()


@pytest.mark.parametrize("url", ["nope://x", "no url", "syslog://", "dbus://", "json://"])
def test_urls_are_checked_before_they_are_kept(url: str) -> None:
    """What Apprise does not know, and what is for the screens of desks."""
    with pytest.raises(BadData, match=r"integrations\[0\]\.url"):
        check_contact_point(spec(url), NotificationTemplates())


def test_without_the_extra_it_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """And who asks for it all the same is told what to install."""
    assert "apprise" in [kind["type"] for kind in schemas()]
    monkeypatch.setitem(sys.modules, "apprise", None)
    assert "apprise" not in [kind["type"] for kind in schemas()]
    with pytest.raises(BadData, match=r"vedette\[apprise\]"):
        check_contact_point(spec("json://example.org/"), NotificationTemplates())


@pytest.mark.parametrize(
    ("event", "given"),
    [
        ("subprocess.Popen", ("/bin/sh", ["sh"], None, None)),
        ("os.system", (b"true",)),
        ("os.posix_spawn", ("/bin/true", [], {})),
        ("os.exec", ("/bin/true", [], {})),
        ("socket.connect", (None, "/run/docker.sock")),
        ("socket.connect", (None, ("10.0.0.1", 80))),
        ("socket.connect", (None, ("fe80::1", 80, 0, 0))),
        ("socket.connect", (None, ("0x7f.1", 80))),
        ("socket.sendto", (None, ("169.254.169.254", 80))),
        ("socket.bind", (None, ("0.0.0.0", 80))),
        ("socket.getaddrinfo", ("localhost", 80, 0, 0, 0)),
        ("socket.getaddrinfo", (b"127.0.0.1", 80, 0, 0, 0)),
        ("open", (tempfile.gettempdir() + "/x", "r", 0)),
        ("open", (os.__file__, "w", 0)),
        ("open", (os.__file__, None, os.O_RDWR)),
        ("open", (b"/etc/../root/.ssh/id_rsa", "r", 0)),
    ],
)
def test_apprise_does_nothing_but_ask_addresses_that_it_may(event: str, given: tuple[Any, ...]) -> None:
    """No programs, no files of others, no sockets of the machine; what was refused is kept."""
    watch = Watch(Guard(OutboundSettings()))
    with pytest.raises(PermissionError):
        watch(event, given)
    assert watch.refusal


def test_what_it_needs_it_may() -> None:
    """Public addresses, those of names that are listed, its own modules, the certificates of the system."""
    lead = {"hooks.internal": "10.1.2.3", "example.org": "93.184.215.14"}
    guard = Guard(OutboundSettings(allow_hosts=("hooks.internal",)), lambda name: [(2, lead[name])])  # type: ignore[list-item]
    watch = Watch(guard)
    for event, given in (
        ("socket.getaddrinfo", ("hooks.internal", 443, 0, 0, 0)),
        ("socket.connect", (None, ("10.1.2.3", 443))),
        ("socket.connect", (None, ("93.184.215.14", 443))),
        ("open", (os.__file__, "r", 0)),
        ("open", (str(Path("/etc/hosts")), "rb", os.O_RDONLY)),
        ("open", (os.devnull, "w", os.O_RDWR)),
        ("open", (3, "r", 0)),
        ("import", ("json", None, None, None, None)),
    ):
        watch(event, given)
    assert watch.refusal == ""
