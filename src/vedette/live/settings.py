"""Settings of live results."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """Bounds of live connections; all are on by default."""

    max_clients: int = 2_000
    """Connections at one time, over WebSocket and SSE together."""
    max_subscriptions: int = 1_000
    """Subscriptions of one connection."""
    max_series: int = 5_000
    """Series of one subscription; more are left out and the client is told."""
    max_message_bytes: int = 65_536
    """Size of one message from a client."""
    max_messages_per_s: float = 50.0
    """Messages a client may send each second, averaged over ten seconds."""
    max_queue_frames: int = 256
    """Frames waiting for a slow client before the oldest are dropped."""
    max_bytes_per_s: int = 20_000_000
    """Bandwidth of one connection; beyond it frames wait, then the oldest are dropped."""
    max_backfill_points: int = 11_000
    """Points for each series that a client which was away can get at once."""
    heartbeat_s: float = 15.0
    """How often an idle connection hears a heartbeat."""
    coalesce_ms: int = 5
    """How long to wait for more samples before an answer is worked out anew."""
