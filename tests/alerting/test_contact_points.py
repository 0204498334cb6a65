"""Each way to reach people, against real servers that take, fail, hang and redirect."""

from __future__ import annotations

import asyncio
import email
import email.policy
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from prometheus_client import CollectorRegistry
from tests.alerting.servers import hook, postbox, reply

from vedette.alerting.contact_points.registry import schemas
from vedette.alerting.document import Integration
from vedette.alerting.notification import Notification, NotifiedAlert
from vedette.alerting.secret_options import check_contact_point
from vedette.alerting.sending import OutboundSender, Requests, described
from vedette.alerting.settings import AlertingSettings
from vedette.auth.instance_key import InstanceKey
from vedette.clock import FakeClock
from vedette.errors import BadData, Timeout, TooBusy, Unavailable
from vedette.outbound.apprise import AppriseClient
from vedette.outbound.client import Outbound
from vedette.outbound.guard import Guard
from vedette.outbound.mail import MailClient
from vedette.outbound.settings import OutboundSettings
from vedette.server.notification_templates import NotificationTemplates

NOW_MS = 1_700_000_000_000
EVIL = "<!channel> & <https://evil.example|click>\r\nBcc: all@example.org"
FIRING = Notification(
    id="key1",
    project="default",
    receiver="ops",
    reason="firing",
    group_key='main:{alertname="Down"}',
    group_id="group1",
    group_labels={"alertname": "Down"},
    common_labels={"alertname": "Down", "severity": "critical", "instance": "db1"},
    common_annotations={"summary": EVIL},
    alerts=(
        NotifiedAlert(
            "f1",
            True,
            {"alertname": "Down", "severity": "critical", "instance": "db1"},
            {"summary": EVIL},
            NOW_MS - 1000,
        ),
    ),
    firing=1,
    resolved=0,
    created_ms=NOW_MS,
    url="https://vedette.example/alerts?group=group1",
)
RESOLVED = msgspec.structs.replace(FIRING, reason="resolved", firing=0, resolved=1)
ACKED = msgspec.structs.replace(FIRING, reason="acknowledged", by="ann", note="on it")


def outbound_sender(guarded: OutboundSettings) -> OutboundSender:
    """Over guarded clients."""
    guard = Guard(guarded)
    outbound = Outbound(guarded, guard, CollectorRegistry())
    return OutboundSender(outbound, MailClient(guarded, guard), AppriseClient(guarded))


class Post:
    """Sends through the guarded clients; this machine may be asked."""

    def __init__(self, **settings: Any) -> None:
        guarded = OutboundSettings(allow_networks=("127.0.0.0/8",), timeout_s=settings.pop("timeout_s", 5.0))
        self.sender = outbound_sender(guarded)
        key = InstanceKey(bytes(range(32)))
        self.requests = Requests(AlertingSettings(**settings), NotificationTemplates(), FakeClock(NOW_MS), lambda: key)

    async def send(self, kind: str, notification: Notification = FIRING, thread: str = "", **options: Any) -> str:
        """Send it; what the conversation is called then, or the remark."""
        check_contact_point({"integrations": [{"type": kind, "options": options}]}, NotificationTemplates())
        prepared = self.requests.prepare(Integration(type=kind, options=options), notification, thread)
        sent = await self.sender.send(prepared)
        return sent.thread or sent.remark


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    """A way out."""
    it = Post()
    yield it
    it.sender.close()


async def test_webhooks_speak_alertmanagers_json_and_are_signed(post: Post) -> None:
    """The body is version 4; key and signature let the receiver know what it has, and from whom."""
    async with hook() as it:
        await post.send("webhook", url=it.url, hmac_secret="s3cret", authorization="Bearer t", headers={"X-A": "b"})
        ((line, headers, body),) = it.requests
    assert line == "POST /hook HTTP/1.1"
    assert (headers["idempotency-key"], headers["authorization"], headers["x-a"]) == ("key1", "Bearer t", "b")
    time_s, signature = (part.partition("=")[2] for part in headers["x-vedette-signature"].split(","))
    assert signature == hmac.new(b"s3cret", time_s.encode() + b"." + body, hashlib.sha256).hexdigest()
    said = json.loads(body)
    assert (said["version"], said["status"], said["receiver"], said["truncatedAlerts"]) == ("4", "firing", "ops", 0)
    assert said["alerts"][0]["startsAt"] == "2023-11-14T22:13:19.000Z"
    assert said["alerts"][0]["endsAt"] == "0001-01-01T00:00:00Z"


async def test_webhooks_may_have_a_body_of_their_own(post: Post) -> None:
    """In the language of the rules' annotations, over Alertmanager's names; nothing else is within its reach."""
    body = '{"t": "{{ .GroupLabels.alertname | toLower }}", "n": {{ len .Alerts }}, "x": "{{ .Alerts.__class__ }}"}'
    async with hook() as it:
        with pytest.raises(BadData):
            await post.send("webhook", url=it.url, body=body)
        await post.send("webhook", url=it.url, body=body.replace("{{ .Alerts.__class__ }}", "{{ .Nothing }}"))
        assert json.loads(it.requests[0][2]) == {"t": "down", "n": 1, "x": ""}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (reply(503), Unavailable),
        (reply(429, b"", "Retry-After: 7"), TooBusy),
        (reply(404), BadData),
        (reply(302, b"", "Location: http://127.0.0.1:1/"), BadData),
        (b"nonsense", Exception),
    ],
)
async def test_answers_say_whether_to_try_again(post: Post, answer: bytes, error: type[Exception]) -> None:
    """Servers that fail may take it later, those that refuse never; redirects are not followed."""
    async with hook() as it:
        it.answers = [answer]
        with pytest.raises(error):
            await post.send("webhook", url=it.url)
        assert len(it.requests) == 1


async def test_who_hangs_is_given_up() -> None:
    """After the client's time, to be tried again."""
    post = Post(timeout_s=0.3)
    async with hook() as it:
        it.hang = True
        with pytest.raises(Timeout):
            await post.send("webhook", url=it.url)
    with pytest.raises(Unavailable):
        await post.send("webhook", url="http://127.0.0.1:1/")
    post.sender.close()


async def test_private_addresses_are_refused() -> None:
    """Whoever types in an address cannot reach what only this machine can, by HTTP or mail."""
    guarded = OutboundSettings()
    post = Post()
    post.sender = outbound_sender(guarded)
    for options in ({"url": "http://169.254.169.254/latest"}, {"url": "http://127.0.0.1:9/"}):
        with pytest.raises(BadData, match="may not be asked"):
            await post.send("webhook", **options)
    with pytest.raises(BadData, match="may not be asked"):
        await post.send("email", to=["a@example.org"], server="127.0.0.1:25", sender="v@example.org", tls="none")


async def test_slack_gets_blocks_in_which_labels_mention_nobody(post: Post) -> None:
    """An incoming webhook; the mention that its owner wrote is the only one."""
    async with hook() as it:
        await post.send("slack", webhook_url=it.url, mention="<!here>")
        message = json.loads(it.requests[0][2])
    (attachment,) = message["attachments"]
    header, section, actions = attachment["blocks"]
    assert header["text"]["text"] == "[FIRING:1] Down"
    assert section["text"]["text"].startswith("<!here>\n&lt;!channel&gt; &amp; &lt;https")
    assert actions["elements"][0]["url"] == FIRING.url


async def test_slack_bots_answer_in_the_thread_of_the_group(post: Post) -> None:
    """The first message opens it; refusals that Slack wraps into status 200 are heard."""
    async with hook() as it:
        it.answers = [reply(200, b'{"ok": true, "ts": "17.5"}'), reply(200, b'{"ok": true, "ts": "18.0"}')]
        options = {"token": "xoxb", "channel": "#ops", "api_url": it.url}
        assert await post.send("slack", **options) == "17.5"
        assert await post.send("slack", RESOLVED, "17.5", **options) == "17.5"
        first, second = (json.loads(body) for _, _, body in it.requests)
        assert it.requests[0][1]["authorization"] == "Bearer xoxb"
        assert ("thread_ts" in first, second["thread_ts"], second["reply_broadcast"]) == (False, "17.5", True)
        it.answers = [reply(200, b'{"ok": false, "error": "ratelimited"}'), reply(200, b'{"ok": false, "error": "x"}')]
        with pytest.raises(Unavailable):
            await post.send("slack", **options)
        with pytest.raises(BadData, match="Slack refused: x"):
            await post.send("slack", **options)


async def test_pagerduty_gets_an_incident_for_each_group(post: Post) -> None:
    """Trigger, acknowledge and resolve share the group's key."""
    async with hook() as it:
        for notification in (FIRING, ACKED, RESOLVED):
            await post.send("pagerduty", notification, routing_key="r", api_url=it.url)
        events = [json.loads(body) for _, _, body in it.requests]
    assert [event["event_action"] for event in events] == ["trigger", "acknowledge", "resolve"]
    assert {event["dedup_key"] for event in events} == {"group1"}
    payload = events[0]["payload"]
    assert (payload["severity"], payload["source"], payload["class"]) == ("critical", "db1", "Down")


async def test_mails_have_text_and_html_and_no_header_of_a_stranger(post: Post) -> None:
    """Labels cannot add headers or markup; what belongs to a group is one conversation."""
    async with postbox() as it:
        options: dict[str, Any] = {"to": ["ann@example.org", "bob@example.org"], "sender": "vedette@example.org"}
        await post.send(
            "email", server=f"127.0.0.1:{it.port}", tls="none", subject="{{ .CommonAnnotations.summary }}", **options
        )
        ((sender, recipients, raw),) = it.mails
    assert (sender, recipients) == ("vedette@example.org", ["ann@example.org", "bob@example.org"])
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "<!channel> & <https://evil.example|click> Bcc: all@example.org"
    assert mail["Message-ID"] == "<key1@example.org>"
    assert mail["In-Reply-To"] == "<group1@example.org>"
    parts = {part.get_content_type(): part.get_content() for part in mail.iter_parts()}  # type: ignore[attr-defined]
    assert FIRING.url in parts["text/plain"]
    assert "&lt;!channel&gt;" in parts["text/html"]
    assert "<!channel>" not in parts["text/html"]


async def test_mail_servers_that_refuse_or_speak_no_tls(post: Post) -> None:
    """4xx may pass later, 5xx never; without TLS nothing is sent unless that is wanted."""
    async with postbox() as it:
        options: dict[str, Any] = {"to": ["a@example.org", "b@example.org"], "sender": "v@example.org"}
        place = f"127.0.0.1:{it.port}"
        with pytest.raises(BadData, match="STARTTLS"):
            await post.send("email", server=place, **options)
        it.refuse = {"RCPT TO:<B@": "550 unknown"}
        assert await post.send("email", server=place, tls="none", **options) == "refused for b@example.org"
        it.refuse = {"RCPT": "450 later"}
        with pytest.raises(Unavailable):
            await post.send("email", server=place, tls="none", **options)
        it.refuse = {"MAIL": "550 never"}
        with pytest.raises(BadData):
            await post.send("email", server=place, tls="none", **options)
        assert len(it.mails) == 1


async def test_the_operators_mail_server_may_be_near(post: Post) -> None:
    """Where a contact point names none, that of the settings is used, wherever it is."""
    async with postbox() as it:
        own = Post(smtp_server=f"127.0.0.1:{it.port}", smtp_tls="none", smtp_from="v@example.org")
        guarded = OutboundSettings()
        own.sender = outbound_sender(guarded)
        await own.send("email", to=["a@example.org"])
        assert len(it.mails) == 1
    with pytest.raises(BadData, match="smtp_server"):
        await post.send("email", to=["a@example.org"])


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        ("webhook", {"url": "ftp://x"}, "scheme|http"),
        ("webhook", {"url": "http://x", "headers": {"Authorization": "x"}}, "option of its own"),
        ("webhook", {"url": "http://x", "body": "{{ .x "}, "unclosed"),
        ("webhook", {"url": "http://x", "nope": 1}, "nope"),
        ("slack", {}, "either webhook_url"),
        ("slack", {"token": "x"}, "channel"),
        ("pagerduty", {"routing_key": ""}, "routing_key"),
        ("email", {"to": ["x"]}, "length >= 3"),
        ("email", {"to": ["a@b\r\nBcc: c@d"]}, "no address"),
        ("email", {"to": ["a@b.example"], "server": "h:x"}, "host:port"),
        ("email", {"to": ["a@b.example"], "password": "p", "tls": "none"}, "tls"),
        ("pigeon", {}, "none of"),
    ],
)
def test_wrong_options_are_told(kind: str, options: dict[str, Any], words: str) -> None:
    """With the place in the document."""
    with pytest.raises(BadData, match=r"integrations\[0\]") as caught:
        check_contact_point({"integrations": [{"type": kind, "options": options}]}, NotificationTemplates())
    assert any(word in caught.value.message for word in words.split("|"))


async def test_what_is_shown_of_a_request_has_no_secrets(post: Post) -> None:
    """Wherever they stand: in headers, in the address or in the body."""
    for kind, options in (
        ("slack", {"webhook_url": "https://hooks.slack.com/services/T/B/s3cret"}),
        ("pagerduty", {"routing_key": "s3cret"}),
        ("webhook", {"url": "https://x.example/", "authorization": "Bearer s3cret"}),
    ):
        integration = Integration(type=kind, options=options)
        prepared = post.requests.prepare(integration, FIRING)
        found = described(prepared.request, post.requests.secrets_of(integration))
        assert "s3cret" not in json.dumps(found)
        assert "<secret>" in json.dumps(found)


def test_every_kind_describes_its_form() -> None:
    """Secrets are marked, so that a form never shows them."""
    found = {schema["type"]: schema for schema in schemas()}
    assert set(found) == {"in_dashboard", "slack", "email", "pagerduty", "webhook", "apprise"}
    for schema in found.values():
        for name in schema["secrets"]:
            assert schema["schema"]["properties"][name]["writeOnly"] is True


async def test_many_receivers_that_hang_do_not_hold_up_the_loop() -> None:
    """Requests wait side by side."""
    post = Post(timeout_s=0.5)
    async with hook() as it:
        it.hang = True
        done = await asyncio.gather(*(post.send("webhook", url=it.url) for _ in range(20)), return_exceptions=True)
        assert all(isinstance(error, Timeout) for error in done)
    post.sender.close()
