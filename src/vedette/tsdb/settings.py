"""What can be set of the embedded store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from vedette.storage.window import AppendWindow

_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS


@dataclass(frozen=True, slots=True)
class TsdbSettings:
    """Settings of the embedded store; durations in milliseconds, sizes in bytes unless the name says otherwise."""

    durability: Literal["fsync", "interval"] = "fsync"
    """`fsync`: an acknowledged sample is on disk. `interval`: it is on disk at most `sync_interval_ms` later."""
    sync_interval_ms: int = 200
    """Loss window of durability `interval`: how often the log is made durable."""
    window: AppendWindow = field(default_factory=AppendWindow)
    """How late and how far ahead samples may come."""
    retention_ms: int = 30 * _DAY_MS
    """Blocks are deleted when all their samples are this much older than the project's newest; 0 keeps all."""
    retention_bytes: int = 0
    """The oldest blocks of a project are deleted when its folder is larger; 0 sets no limit."""
    head_samples: int = 3_000_000
    """The head becomes a block when it holds this many samples."""
    head_samples_per_series: int = 16
    """With very many series the head may grow to this many samples of each before it becomes a block."""
    head_span_ms: int = 2 * _HOUR_MS
    """The head becomes a block when its samples span this time."""
    head_min_age_ms: int = _HOUR_MS // 4
    """A head that spans much time only because of late samples is not sealed more often than this."""
    head_quiet_ms: int = 1500
    """After a bulk load of old samples the rest of it becomes a block when nothing has come for this time."""
    head_records: int = 100_000
    """The head becomes a block after this many log records, which bounds the time of a start after a crash."""
    head_backlog: int = 4
    """Appends are refused while the head holds this many times its normal maximum, because sealing cannot keep up."""
    idle_series_ms: int = 3 * _HOUR_MS
    """A series without samples for this time is forgotten once its samples are in blocks."""
    wal_segment_bytes: int = 128 * 1024 * 1024
    """The log goes on in a new file beyond this size."""
    part_samples: int = 524_288
    """About how many samples a selection's part holds. Smaller parts cost more than the cache gives back: every part
    asks every block."""
    background: bool = True
    """Seal, compact and delete in a thread of their own; off in tests, which call `Tsdb.maintain`."""
    maintenance_interval_ms: int = 500
    """How often the background thread looks for work."""
