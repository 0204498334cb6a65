"""The reference page of our own metrics, written from what a built server registers."""

from __future__ import annotations

import tempfile
from pathlib import Path

from prometheus_client import CollectorRegistry

from vedette.alerting.counters import AlertingCounters
from vedette.auth.counters import AuthCounters
from vedette.clock import SystemClock
from vedette.config.load import load
from vedette.outbound.client import Outbound
from vedette.outbound.guard import Guard
from vedette.outbound.settings import OutboundSettings
from vedette.rules.scheduler import RuleMetrics
from vedette.server.build import build
from vedette.server.certificate import CertificateCounters
from vedette.server.settings import Settings

_HEADER = """# Own metrics

At `GET /metrics`, and recorded as samples with `job="vedette"` (setting `telemetry.export_interval`). Names begin with
`vedette_` and the room they come from; those of the process have the names that every Prometheus client uses.

| metric | type | meaning |
|---|---|---|
"""


def metrics_page() -> str:
    """Markdown of all metric families."""
    found: dict[str, tuple[str, str]] = {}
    for family in _registry().collect():
        name = family.name + "_total" if family.type == "counter" else family.name
        found[name] = (family.type, family.documentation.replace("|", "\\|"))
    rows = (f"| `{name}` | {kind} | {text} |\n" for name, (kind, text) in sorted(found.items()))
    return _HEADER + "".join(rows)


def _registry() -> CollectorRegistry:
    """The registry of a server that scrapes, with an empty folder; the server is closed again."""
    registry = CollectorRegistry()
    with tempfile.TemporaryDirectory() as folder:
        scrape = Path(folder) / "scrape.yml"
        scrape.write_text("scrape_configs: []\n")
        flags = {"server.data": str(Path(folder) / "data"), "scrape.config_file": str(scrape)}
        build(load(Settings, None, {}, flags), SystemClock(), registry).close()
    # Made only when they are needed: with TLS, the catalog, rules and alerts, providers of identities.
    CertificateCounters(registry)
    AuthCounters(registry)
    AlertingCounters(registry)
    RuleMetrics(registry)
    Outbound(OutboundSettings(), Guard(OutboundSettings()), registry)
    return registry
