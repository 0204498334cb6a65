"""Figures of a project: counts, bounds in time and rankings that name what makes it large."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from vedette.model.labels import METRIC_NAME, Labels
from vedette.storage.interface import StorageStats
from vedette.tsdb.registry import Registry
from vedette.tsdb.sources import Snapshot


def statistics(
    snapshot: Snapshot, registry: Registry, read_labels: Callable[[], Sequence[Labels]], bytes_on_disk: int, limit: int
) -> StorageStats:
    """Figures of a snapshot; rankings have at most `limit` entries, and with 0 the labels are not read."""
    labels = read_labels() if limit else ()
    pairs: Counter[tuple[str, str]] = Counter(pair for one in labels for pair in one.pairs)
    names = Counter(name for name, _ in pairs)
    metrics = Counter({value: count for (name, value), count in pairs.items() if name == METRIC_NAME})
    metas = [block.meta for block in snapshot.blocks]
    heads = [head for head in snapshot.heads if head.samples]
    return StorageStats(
        series=len(labels) if limit else _count(snapshot, registry),
        samples=sum(meta.samples for meta in metas) + sum(head.samples for head in heads),
        label_pairs=len(pairs),
        min_time_ms=min([meta.min_time_ms for meta in metas] + [head.min_ms for head in heads], default=0),
        max_time_ms=max([meta.max_time_ms for meta in metas] + [head.max_ms for head in heads], default=0),
        bytes_on_disk=bytes_on_disk,
        series_by_metric=metrics.most_common(limit),
        values_by_label=names.most_common(limit),
        series_by_pair=[(f"{name}={value}", count) for (name, value), count in pairs.most_common(limit)],
    )


def _count(snapshot: Snapshot, registry: Registry) -> int:
    """How many series are in the snapshot, by their ids."""
    ids = [block.ids for block in snapshot.blocks] + [registry.ids[head.refs()] for head in snapshot.heads]
    together = np.sort(np.concatenate(ids)) if ids else np.empty(0, dtype=np.uint64)
    return int((together[1:] != together[:-1]).sum()) + bool(len(together))
