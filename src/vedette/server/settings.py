"""The settings tree: each room owns its part, this file nests them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec

from vedette.alerting.settings import AlertingSettings
from vedette.auth.settings import AuthSettings
from vedette.catalog.settings import CatalogSettings
from vedette.dashboards.settings import DashboardSettings
from vedette.dashboards.sharing.settings import SharingSettings
from vedette.http.settings import HttpSettings
from vedette.ingest.settings import IngestSettings
from vedette.live.settings import LiveSettings
from vedette.outbound.settings import OutboundSettings
from vedette.query.settings import QuerySettings
from vedette.rules.settings import RulesSettings
from vedette.scrape.host.settings import HostSettings
from vedette.scrape.settings import ScrapeSettings
from vedette.telemetry.settings import TelemetrySettings
from vedette.tsdb.settings import TsdbSettings

Workers = Annotated[int, msgspec.Meta(ge=1, le=256)]


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The process as a whole."""

    data: Path = Path("data")
    """Folder of everything that is kept; made when it is missing. One process at a time may use it."""
    min_free_bytes: int = 200 * 2**20
    """Samples are refused while less than this is free on the data's disk; 0 switches that off."""
    ingest_workers: Workers = 2
    """Threads that decode and store what is pushed."""
    query_workers: Workers = 2
    """Threads that evaluate queries."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set."""

    server: ServerSettings = field(default_factory=ServerSettings)
    http: HttpSettings = field(default_factory=HttpSettings)
    auth: AuthSettings = field(default_factory=AuthSettings)
    catalog: CatalogSettings = field(default_factory=CatalogSettings)
    ingest: IngestSettings = field(default_factory=IngestSettings)
    scrape: ScrapeSettings = field(default_factory=ScrapeSettings)
    query: QuerySettings = field(default_factory=QuerySettings)
    rules: RulesSettings = field(default_factory=RulesSettings)
    dashboards: DashboardSettings = field(default_factory=DashboardSettings)
    sharing: SharingSettings = field(default_factory=SharingSettings)
    live: LiveSettings = field(default_factory=LiveSettings)
    alerting: AlertingSettings = field(default_factory=AlertingSettings)
    host: HostSettings = field(default_factory=HostSettings)
    tsdb: TsdbSettings = field(default_factory=TsdbSettings)
    outbound: OutboundSettings = field(default_factory=OutboundSettings)
    telemetry: TelemetrySettings = field(default_factory=TelemetrySettings)
