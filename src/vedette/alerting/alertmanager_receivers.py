"""Receivers of an `alertmanager.yml` as contact points; what has no counterpart here is told, never passed over."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any, Final

from vedette.alerting.templates import Templates
from vedette.config.yaml_section import Section
from vedette.errors import BadData

_OUR_TEXT: Final = "the text is made here"
_IN_FILES: Final = "secrets in files are not read; enter it in the contact point"
_HTTP: Final = "requests leave by outbound.*; authorization of webhooks is taken over"
_SLACK_LOOK: Final = (
    *("username", "color", "title_link", "pretext", "short_fields", "footer", "fallback", "callback_id"),
    *("icon_emoji", "icon_url", "image_url", "thumb_url", "link_names", "message_text"),
)
_SLACK_LISTS: Final = ("fields", "actions", "mrkdwn_in")
_PAGERDUTY_LOOK: Final = ("client", "client_url", "class", "severity", "details", "images", "links", "source")
_TELL_RESOLVED: Final = ("webhook", "pagerduty")
"""Types for which Alertmanager tells the end unless that is switched off; for the others it must be switched on."""
_NO_COUNTERPART: Final = (
    *("opsgenie", "victorops", "pushover", "wechat", "sns", "telegram", "webex", "discord", "msteams", "msteamsv2"),
    *("jira", "rocketchat", "incidentio", "mattermost"),
)


class Globals:
    """What receivers inherit."""

    def __init__(self, section: Section) -> None:
        self.slack_url = section.text("slack_api_url")
        self.slack_token = section.text("slack_app_token")
        self.slack_app_url = section.text("slack_app_url")
        self.pagerduty_url = section.text("pagerduty_url")
        self.server = section.text("smtp_smarthost")
        self.sender = section.text("smtp_from")
        self.username = section.text("smtp_auth_username")
        self.password = section.text("smtp_auth_password")
        self.starttls = section.boolean("smtp_require_tls", True)
        section.ignore({"resolve_timeout": "set alerting.resolve_timeout", "smtp_hello": "mail servers are told none"})
        section.ignore(dict.fromkeys(("http_config", "smtp_tls_config"), _HTTP))
        files = ("slack_api_url_file", "slack_app_token_file", "smtp_auth_password_file")
        section.ignore(dict.fromkeys(files, _IN_FILES))
        others = [
            *(
                "opsgenie_api_url",
                "opsgenie_api_key",
                "opsgenie_api_key_file",
                "victorops_api_url",
                "victorops_api_key",
            ),
            *(
                "victorops_api_key_file",
                "wechat_api_url",
                "wechat_api_secret",
                "wechat_api_corp_id",
                "telegram_api_url",
            ),
            *("telegram_bot_token", "webex_api_url", "jira_api_url", "smtp_auth_secret", "smtp_auth_identity"),
            *("smtp_auth_secret_file", "rocketchat_api_url", "rocketchat_token", "rocketchat_token_id"),
        ]
        section.ignore(dict.fromkeys(others, "there is no counterpart here"))
        section.finish()


class Receivers:
    """Reads them one by one."""

    def __init__(self, inherited: Globals, templates: Templates) -> None:
        self._globals = inherited
        self._templates = templates
        self._kinds: Mapping[str, Callable[[Section], dict[str, Any]]] = {
            "slack": self._slack,
            "email": self._email,
            "pagerduty": self._pagerduty,
            "webhook": self._webhook,
        }

    def read(self, section: Section) -> tuple[str, list[dict[str, Any]]]:
        """Name and integrations; one that has none left rings the bell of the page."""
        name = section.required_text("name")
        found: list[dict[str, Any]] = []
        for kind, make in self._kinds.items():
            for part in section.sections(f"{kind}_configs", f"{name}: {kind}_config"):
                send_resolved = part.boolean("send_resolved", kind in _TELL_RESOLVED)
                options = {key: value for key, value in make(part).items() if value not in ("", None, {})}
                integration = {"type": kind, "options": options, "send_resolved": send_resolved}
                part.ignore({"timeout": "see outbound.timeout"})
                part.finish()
                found.append(integration)
        section.ignore({f"{kind}_configs": "there is no such type of contact point" for kind in _NO_COUNTERPART})
        section.finish()
        if not found:
            found = [{"type": "in_dashboard", "options": {}}]
        return name, found

    def _slack(self, part: Section) -> dict[str, Any]:
        part.ignore(dict.fromkeys((*_SLACK_LOOK, *_SLACK_LISTS), _OUR_TEXT))
        part.ignore({"api_url_file": _IN_FILES, "app_token_file": _IN_FILES, "http_config": _HTTP})
        token = part.text("app_token", self._globals.slack_token)
        options = {
            "title": self._template(part, "title"),
            "text": self._template(part, "text"),
        }
        url, channel = part.text("api_url", self._globals.slack_url), part.text("channel")
        app_url = part.text("app_url", self._globals.slack_app_url)
        if token:
            return {**options, "token": token, "channel": channel, "api_url": app_url}
        if channel:
            part.findings.warn(part.node, f"{part.name}: channel has no effect: an incoming webhook writes to its own")
        if not url:
            part.findings.error(part.node, f"{part.name}: no api_url, and no slack_api_url in global")
        return {**options, "webhook_url": url}

    def _email(self, part: Section) -> dict[str, Any]:
        inherited = self._globals
        part.ignore({"tls_config": _HTTP, "auth_password_file": _IN_FILES, "hello": "mail servers are told none"})
        part.ignore(dict.fromkeys(("auth_secret", "auth_identity", "threading"), "there is no counterpart here"))
        headers = part.text_map("headers")
        subject = next((value for name, value in headers.items() if name.lower() == "subject"), "")
        for name in headers:
            if name.lower() != "subject":
                part.findings.warn(part.node, f"{part.name}: header {name} has no effect: headers are made here")
        for key in ("html", "text"):
            if part.has(key) and key == "html":
                part.findings.warn(part.node, f"{part.name}: html has no effect: {_OUR_TEXT}")
        part.text("html")
        server = part.text("smarthost", inherited.server)
        password = part.text("auth_password", inherited.password)
        starttls = part.boolean("require_tls", inherited.starttls)
        is_implicit = server.endswith(":465") or part.text("implicit_tls") == "true"
        tls = "tls" if is_implicit else ("starttls" if starttls else "none")
        if password and tls == "none":
            part.findings.warn(part.node, f"{part.name}: STARTTLS is switched on, for there is a password")
            tls = "starttls"
        return {
            "to": [address.strip() for address in part.required_text("to").split(",") if address.strip()],
            "sender": part.text("from", inherited.sender),
            "server": server,
            "username": part.text("auth_username", inherited.username),
            "password": password,
            "tls": tls,
            "subject": self._checked(part, "subject", subject),
            "text": self._template(part, "text"),
        }

    def _pagerduty(self, part: Section) -> dict[str, Any]:
        part.ignore(dict.fromkeys(_PAGERDUTY_LOOK, _OUR_TEXT))
        part.ignore({"routing_key_file": _IN_FILES, "service_key_file": _IN_FILES, "http_config": _HTTP})
        key = part.text("routing_key")
        if not key and part.has("service_key"):
            part.findings.warn(part.node, f"{part.name}: service_key is taken for the key of the Events API v2")
        key = key or part.text("service_key")
        part.text("service_key")
        if not key:
            part.findings.error(part.node, f"{part.name}: no routing_key")
        return {
            "routing_key": key,
            "api_url": part.text("url", self._globals.pagerduty_url),
            "summary": self._template(part, "description"),
            "component": part.text("component"),
            "group": part.text("group"),
        }

    def _webhook(self, part: Section) -> dict[str, Any]:
        part.ignore({"url_file": _IN_FILES, "max_alerts": "set alerting.max_alerts_per_notification"})
        part.ignore({"payload": _OUR_TEXT})
        options: dict[str, Any] = {"url": part.required_text("url")}
        http = part.section("http_config")
        if http is not None:
            options["authorization"] = _authorization(http)
        return options

    def _template(self, part: Section, key: str) -> str:
        return self._checked(part, key, part.text(key))

    def _checked(self, part: Section, key: str, text: str) -> str:
        """A template that is one here, too; Alertmanager's own defaults are ours anyway."""
        if "{{" in text and "template " in text:
            part.findings.warn(part.node, f"{part.name}: {key} is left out: named templates are not taken over")
            return ""
        try:
            self._templates.check(text)
        except BadData as error:
            part.findings.warn(part.node, f"{part.name}: {key} is left out: {error.message}")
            return ""
        return text


def _authorization(http: Section) -> str:
    """The header's value, where the configuration has it in itself."""
    found = ""
    basic = http.section("basic_auth")
    if basic is not None:
        pair = f"{basic.text('username')}:{basic.text('password')}"
        found = "Basic " + base64.b64encode(pair.encode()).decode()
        basic.ignore({"password_file": _IN_FILES, "username_file": _IN_FILES})
        basic.finish()
    bearer = http.section("authorization")
    if bearer is not None:
        found = f"{bearer.text('type', 'Bearer')} {bearer.text('credentials')}"
        bearer.ignore({"credentials_file": _IN_FILES})
        bearer.finish()
    token = http.text("bearer_token")
    names = ("bearer_token_file", "oauth2", "tls_config", "follow_redirects", "enable_http2", "http_headers")
    http.ignore(dict.fromkeys((*names, "proxy_url", "no_proxy", "proxy_from_environment"), _HTTP))
    http.finish()
    return f"Bearer {token}" if token else found
