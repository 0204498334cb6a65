"""Apprise, for the hundred and more services that have no file of their own here: an optional extra."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final

from msgspec import Meta, Struct

from vedette.alerting.contact_points.kind import AppriseRequest, Circumstances, Reply, Template, filled
from vedette.alerting.notification import Notification, lines_of, title_of
from vedette.alerting.templates import Templates
from vedette.errors import BadData
from vedette.outbound.apprise import check_url, is_installed

_KINDS: Final = {"firing": "failure", "resolved": "success"}
Url = Annotated[str, Meta(min_length=1, max_length=2_000, extra_json_schema={"format": "password", "writeOnly": True})]


class AppriseOptions(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A service is named by its URL, such as `tgram://token/chat`, which holds its secrets, too."""

    url: Url
    title: Template = ""
    text: Template = ""


class Apprise:
    """A message by whatever service the URL names; Apprise knows no keys, so that a second try may come twice."""

    name: ClassVar[str] = "apprise"
    title: ClassVar[str] = "Apprise"
    options: ClassVar[type[Struct]] = AppriseOptions
    secrets: ClassVar[frozenset[str]] = frozenset(("url",))
    place: ClassVar[frozenset[str]] = frozenset()
    has_digest: ClassVar[bool] = True
    tells_acknowledged: ClassVar[bool] = True

    @staticmethod
    def is_available() -> bool:
        """Whether the extra is installed."""
        return is_installed()

    def check(self, options: AppriseOptions, templates: Templates) -> None:
        if "://" not in options.url:
            raise BadData("url: it is no URL of Apprise, such as tgram://token/chat")
        for text in (options.title, options.text):
            templates.check(text)
        check_url(options.url)

    def render(
        self, options: AppriseOptions, notification: Notification, circumstances: Circumstances
    ) -> AppriseRequest:
        is_news = notification.reason in ("acknowledged", "test")
        title = filled(circumstances, options.title, notification, title_of(notification))
        text = filled(circumstances, options.text, notification, "\n".join(lines_of(notification)))
        return AppriseRequest(
            url=options.url,
            title=" ".join(title.split()),
            body=text + (f"\n\n{notification.url}" if notification.url else ""),
            kind="info" if is_news else _KINDS[notification.status],
        )

    def read(self, _reply: Reply, thread: str) -> str:
        return thread
