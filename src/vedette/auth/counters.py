"""Counters of signing in."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter


class AuthCounters:
    """Registered once a server."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.logins = Counter(
            "vedette_auth_logins",
            "Attempts to sign in with a password, by result: ok, refused, or delayed after too many.",
            ["result"],
            registry=registry,
        )
