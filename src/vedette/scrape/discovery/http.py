"""Targets from a URL that answers with JSON."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

import orjson

from vedette.config.yaml_section import Section
from vedette.errors import BadData, Unavailable, VedetteError
from vedette.model.duration import print_duration_ms
from vedette.outbound.settings import Purpose
from vedette.outbound.url import read_url
from vedette.scrape.config.http_options import HttpOptions, parse_http_options
from vedette.scrape.discovery.kind import (
    DiscoveryContext,
    DiscoveryKind,
    ParseContext,
    TargetGroup,
    Update,
    parse_groups,
)
from vedette.scrape.shown import shown_url

MAX_ANSWER_BYTES: Final = 64 * 2**20
_TIMEOUT_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class HttpDiscoveryOptions:
    """One http_sd_config."""

    url: str
    refresh_ms: int
    http: HttpOptions


class HttpDiscovery:
    """Asks every refresh interval; a failed round keeps the last good groups."""

    def __init__(self, options: HttpDiscoveryOptions, context: DiscoveryContext) -> None:
        self._options = options
        self._context = context

    async def run(self, update: Update) -> None:
        while True:
            try:
                update(await self.ask())
            except VedetteError as error:
                self._context.failed("http", f"{shown_url(self._options.url)}: {error.message}")
            await asyncio.sleep(self._options.refresh_ms / 1000)

    async def ask(self) -> list[TargetGroup]:
        """One round. Raises VedetteError."""
        url = self._options.url
        answer = await self._context.client.get(
            url,
            self._options.http,
            headers=(
                ("Accept", "application/json"),
                ("X-Prometheus-Refresh-Interval-Seconds", f"{self._options.refresh_ms / 1000:g}"),
            ),
            timeout_s=min(_TIMEOUT_S, max(1.0, self._options.refresh_ms / 1000)),
            max_body_bytes=MAX_ANSWER_BYTES,
            purpose=Purpose.DISCOVERY,
        )
        if answer.status != 200:
            raise Unavailable(f"server returned HTTP status {answer.status}")
        if answer.content_type.partition(";")[0].strip().lower() != "application/json":
            raise BadData(f"unsupported content type {answer.content_type!r}")
        body = await asyncio.to_thread(answer.plain_body, MAX_ANSWER_BYTES)
        try:
            data = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise BadData(f"not valid JSON: {error}") from None
        return parse_groups(data, url, {"__meta_url": url})


def _parse(section: Section, context: ParseContext) -> HttpDiscoveryOptions:
    url = section.required_text("url")
    if url:
        try:
            read_url(url)
        except BadData as error:
            section.error("url", error.message)
    refresh_ms = section.duration_ms("refresh_interval", 60_000)
    if refresh_ms < 1000:
        section.error("refresh_interval", f"refresh_interval {print_duration_ms(refresh_ms)} is less than a second")
    options = HttpDiscoveryOptions(url, refresh_ms, parse_http_options(section, context.folder))
    section.finish()
    return options


def _open(options: HttpDiscoveryOptions, context: DiscoveryContext) -> HttpDiscovery:
    return HttpDiscovery(options, context)


DISCOVERY = DiscoveryKind("http", "http_sd_configs", _parse, _open)
