"""What the store counts of itself; shared by all projects."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SYNC_BUCKETS = (0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0)
_WORK_BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)


class TsdbCounters:
    """Counters, gauges and histograms of the store."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.appended = Counter("vedette_tsdb_samples_appended", "Samples stored.", registry=registry)
        self.out_of_order = Counter(
            "vedette_tsdb_samples_out_of_order", "Samples stored behind newer ones of their series.", registry=registry
        )
        self.duplicates = Counter(
            "vedette_tsdb_samples_duplicate", "Samples that replaced the newest one of their series.", registry=registry
        )
        self.refused = Counter("vedette_tsdb_samples_refused", "Samples not stored.", ["reason"], registry=registry)
        self.wal_bytes = Counter("vedette_tsdb_wal_bytes", "Bytes written to the log.", registry=registry)
        self.sync_seconds = Histogram(
            "vedette_tsdb_wal_sync_seconds",
            "Time to write and sync one group of batches.",
            buckets=_SYNC_BUCKETS,
            registry=registry,
        )
        self.replayed = Counter("vedette_tsdb_wal_replayed_samples", "Samples restored at start.", registry=registry)
        self.damaged = Counter("vedette_tsdb_wal_damaged_bytes", "Damaged bytes found at start.", registry=registry)
        self.seal_seconds = Histogram(
            "vedette_tsdb_seal_seconds", "Time to make a block of a head.", buckets=_WORK_BUCKETS, registry=registry
        )
        self.compaction_seconds = Histogram(
            "vedette_tsdb_compaction_seconds", "Time of one compaction.", buckets=_WORK_BUCKETS, registry=registry
        )
        self.errors = Counter("vedette_tsdb_errors", "Background work that failed.", ["work"], registry=registry)
        self.series = Gauge("vedette_tsdb_head_series", "Series in memory.", ["project"], registry=registry)
        self.head_samples = Gauge("vedette_tsdb_head_samples", "Samples in memory.", ["project"], registry=registry)
        self.blocks = Gauge("vedette_tsdb_blocks", "Blocks on disk.", ["project"], registry=registry)
        self.collisions = Counter(
            "vedette_tsdb_series_refused", "Series refused because another one has the same id.", registry=registry
        )
