"""Slack: incoming webhooks, or the bot API, which tells what becomes of a group in a thread below its first message."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final

import msgspec
from msgspec import Meta, Struct

from vedette.alerting.contact_points.kind import (
    Circumstances,
    HttpRequest,
    Line,
    Reply,
    Secret,
    Template,
    check_status,
    filled,
)
from vedette.alerting.notification import Notification, lines_of, title_of
from vedette.alerting.templates import Templates
from vedette.errors import BadData, Unavailable
from vedette.outbound.url import read_url

_API: Final = "https://slack.com/api/chat.postMessage"
_MAX_HEADER: Final = 150
_MAX_SECTION: Final = 2_900
_COLORS: Final = {"firing": "#d92d20", "resolved": "#12855a", "acknowledged": "#b54708"}
_LATER: Final = frozenset(("ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable"))
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class SlackOptions(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Either `webhook_url`, or `token` of a bot with `channel`."""

    webhook_url: Secret = ""
    token: Secret = ""
    channel: Line = ""
    api_url: Annotated[str, Meta(max_length=2_000, extra_json_schema={"format": "uri"})] = ""
    """Where the bot API is; empty: at Slack."""
    mention: Line = ""
    """Put before the text of what fires, such as `<!here>` or `<@U012AB3CD>`."""
    title: Template = ""
    text: Template = ""


class Slack:
    """A message of blocks."""

    name: ClassVar[str] = "slack"
    title: ClassVar[str] = "Slack"
    options: ClassVar[type[Struct]] = SlackOptions
    secrets: ClassVar[frozenset[str]] = frozenset(("webhook_url", "token"))
    place: ClassVar[frozenset[str]] = frozenset(("api_url",))
    has_digest: ClassVar[bool] = True
    tells_acknowledged: ClassVar[bool] = True

    def check(self, options: SlackOptions, templates: Templates) -> None:
        if bool(options.webhook_url) == bool(options.token):
            raise BadData("options: give either webhook_url, or token and channel")
        if options.token and not options.channel:
            raise BadData("channel: a bot must be told where to write")
        for url in (options.api_url, options.webhook_url):
            if url:
                read_url(url)
        for text in (options.title, options.text):
            templates.check(text)

    def render(self, options: SlackOptions, notification: Notification, circumstances: Circumstances) -> HttpRequest:
        title = filled(circumstances, options.title, notification, title_of(notification))
        text = filled(circumstances, options.text, notification, "\n".join(lines_of(notification)))
        message = _message(options, notification, title, text)
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if not options.token:
            return HttpRequest("POST", options.webhook_url, headers, msgspec.json.encode(message))
        message["channel"] = options.channel
        if circumstances.thread:
            message["thread_ts"] = circumstances.thread
            # The end is for all to see, not only for those who follow the thread.
            message["reply_broadcast"] = notification.status == "resolved"
        headers["Authorization"] = f"Bearer {options.token}"
        return HttpRequest("POST", options.api_url or _API, headers, msgspec.json.encode(message))

    def read(self, reply: Reply, thread: str) -> str:
        check_status(reply, tell_body=True)
        if not reply.body.startswith(b"{"):
            return thread
        try:
            said: dict[str, Any] = msgspec.json.decode(reply.body, type=dict[str, Any])
        except msgspec.MsgspecError:
            raise BadData("Slack answered with something that is no JSON") from None
        if not said.get("ok", True):
            error = str(said.get("error", "no reason"))[:100]
            if error in _LATER:
                raise Unavailable(f"Slack refused for now: {error}")
            raise BadData(f"Slack refused: {error}")
        return thread or str(said.get("ts", ""))


def _message(options: SlackOptions, notification: Notification, title: str, text: str) -> dict[str, Any]:
    state = "acknowledged" if notification.reason == "acknowledged" else notification.status
    mention = f"{options.mention}\n" if options.mention and notification.reason in ("firing", "escalation") else ""
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": title[:_MAX_HEADER] or "Alert"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": (mention + _plain(text))[:_MAX_SECTION] or " "}},
    ]
    if notification.url:
        button = {"type": "plain_text", "text": "Open in Vedette"}
        blocks.append({"type": "actions", "elements": [{"type": "button", "text": button, "url": notification.url}]})
    # The text beside the blocks is what phones and screen readers say.
    return {"text": _plain(title), "attachments": [{"color": _COLORS[state], "blocks": blocks, "fallback": title}]}


def _plain(text: str) -> str:
    """Labels are hostile: none of them mentions anybody or makes a link."""
    return text.translate(_ESCAPES)
