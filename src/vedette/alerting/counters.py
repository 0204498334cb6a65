"""Alerting's own metrics."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class AlertingCounters:
    """One set for a server."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.alerts = Gauge("vedette_alerting_alerts", "Alerts that are kept.", registry=registry)
        self.groups = Gauge("vedette_alerting_groups", "Groups of alerts.", registry=registry)
        self.notifications = Counter(
            "vedette_alerting_notifications",
            "Notifications that were put into the outbox, by reason.",
            ["reason"],
            registry=registry,
        )
        self.deliveries = Counter(
            "vedette_alerting_deliveries",
            "Tries to deliver notifications, by type of contact point and result: sent, failed, dead.",
            ["type", "result"],
            registry=registry,
        )
        self.delay = Histogram(
            "vedette_alerting_delivery_seconds",
            "Time from a notification's making to its arrival.",
            buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600),
            registry=registry,
        )
