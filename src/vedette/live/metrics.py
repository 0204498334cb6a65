"""Counters of the live room."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class LiveMetrics:
    """What the live room tells of itself."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.clients = Gauge("vedette_live_clients", "Connected live clients.", registry=registry)
        self.questions = Gauge("vedette_live_questions", "Distinct questions that somebody watches.", registry=registry)
        self.subscriptions = Gauge("vedette_live_subscriptions", "Open subscriptions.", registry=registry)
        self.frames = Counter("vedette_live_frames_total", "Frames queued for clients.", registry=registry)
        self.dropped = Counter(
            "vedette_live_frames_dropped_total", "Frames dropped because a client was too slow.", registry=registry
        )
        self.evaluations = Counter("vedette_live_evaluations_total", "Questions worked out.", registry=registry)
        self.evaluation_seconds = Histogram(
            "vedette_live_evaluation_seconds",
            "Time to work out one question.",
            buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0),
            registry=registry,
        )
        self.refused = Counter(
            "vedette_live_refused_total", "Connections and messages refused.", ["reason"], registry=registry
        )
