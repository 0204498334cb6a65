"""Settings of alerting, each with what it changes."""

from __future__ import annotations

import pytest
from tests.alerting.test_contact_points import FIRING, Post
from tests.alerting.world import NOW_MS, AlertWorld

from vedette.alerting.contact_points.kind import MailRequest
from vedette.alerting.document import Integration
from vedette.alerting.settings import AlertingSettings
from vedette.errors import LimitExceeded
from vedette.http.routes.alertmanager import _read_alerts


def test_notifications_link_to_the_servers_address(alerts: AlertWorld) -> None:
    """`external_url` stands before the page of the group; a slash at its end is none too many."""
    alerts.settings = AlertingSettings(external_url="https://v.example/sub/")
    world = alerts.twin()
    world.say({"alertname": "A"})
    (letter,) = world.pass_s(1)
    assert letter.url == f"https://v.example/sub/alerts?project=default&group={letter.group_id}"
    world.close()


def test_alerts_are_limited_by_project(alerts: AlertWorld) -> None:
    """`max_alerts`: all of a request or none of it, and what is there can still be said again."""
    alerts.settings = AlertingSettings(max_alerts=2)
    world = alerts.twin()
    world.say({"alertname": "A"})
    with pytest.raises(LimitExceeded, match="max_alerts"):
        world.say({"alertname": "B"}, {"alertname": "C"})
    world.say({"alertname": "A"}, {"alertname": "B"})
    assert len(list(world.alerting.book.every())) == 2
    world.close()


def test_a_notification_lists_so_many(alerts: AlertWorld) -> None:
    """`max_alerts_per_notification`; the others are counted."""
    alerts.settings = AlertingSettings(max_alerts_per_notification=2)
    world = alerts.twin()
    world.say(*({"alertname": "A", "host": str(number)} for number in range(5)))
    (letter,) = world.pass_s(1)
    assert (len(letter.alerts), letter.firing, letter.truncated) == (2, 5, 3)
    world.close()


def test_alerts_without_an_end_are_believed_for_a_while() -> None:
    """`resolve_timeout`, counted from when they were said."""
    timeout_ms = AlertingSettings(resolve_timeout_ms=60_000).resolve_timeout_ms
    (alert,), problems = _read_alerts(b'[{"labels": {"a": "b"}}]', "default", NOW_MS, timeout_ms)
    assert (alert.ends_ms, problems) == (NOW_MS + 60_000, [])


async def test_the_settings_mail_server_is_signed_in_to() -> None:
    """With its own user, which contact points with a server of their own never send there."""
    post = Post(smtp_server="mail.example:465", smtp_from="v@example.org", smtp_tls="tls", smtp_username="u",
                smtp_password="s3cret")  # fmt: skip
    own = post.requests.prepare(Integration(type="email", options={"to": ["a@example.org"]}), FIRING).request
    other = Integration(type="email", options={"to": ["a@example.org"], "server": "evil.example"})
    theirs = post.requests.prepare(other, FIRING).request
    assert isinstance(own, MailRequest)
    assert isinstance(theirs, MailRequest)
    assert (own.host, own.port, own.tls, own.username, own.password) == ("mail.example", 465, "tls", "u", "s3cret")
    assert (theirs.host, theirs.username, theirs.password, theirs.is_trusted) == ("evil.example", "", "", False)
    post.sender.close()
