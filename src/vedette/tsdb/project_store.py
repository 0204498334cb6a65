"""The store of one project: registry, log, heads and blocks, and the work that moves samples from one to the next."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from pyroaring import BitMap

from vedette.clock import Clock
from vedette.errors import Corruption, LimitExceeded, VedetteError
from vedette.model.batch import AppendReport, SampleBatch
from vedette.model.labels import METRIC_NAME, Labels
from vedette.model.matcher import Matcher
from vedette.model.metadata import MetricMetadata
from vedette.model.special import IntArray
from vedette.model.timerange import TimeRange
from vedette.storage.interface import SelectHints, Selection, StorageStats
from vedette.tsdb.block import Block
from vedette.tsdb.block_writer import BlockBatch, BlockSpec, write_block
from vedette.tsdb.columns import Columns
from vedette.tsdb.commit import Committer
from vedette.tsdb.counters import TsdbCounters
from vedette.tsdb.deletion import delete_in_heads
from vedette.tsdb.files import ProjectFiles, is_block_id, new_block_id, sync_folder
from vedette.tsdb.head import Head
from vedette.tsdb.metadata_file import read_metadata, write_metadata
from vedette.tsdb.registry import REFUSED, Registry
from vedette.tsdb.seal import block_batches
from vedette.tsdb.selection import Finder, Reader
from vedette.tsdb.series_id import series_id
from vedette.tsdb.settings import TsdbSettings
from vedette.tsdb.sources import Snapshot, Sources
from vedette.tsdb.wal import DiskFiles, Wal, segments
from vedette.tsdb.wal_replay import Replay, ReplayReport

_INTERN_STEP = 1000
"""New series are entered in groups of this size, so that the lock is free now and then."""
_MAX_EXPECTED = 4096
_SLOW_REPLAY_RECORDS = 5000
"""At close a head with more log records becomes a block: starting would take longer than writing it."""


class ProjectStore:
    """One project. Thread-safe; the methods are those of storage.interface.Storage without the project."""

    def __init__(
        self,
        name: str,
        files: ProjectFiles,
        key: bytes,
        settings: TsdbSettings,
        clock: Clock,
        counters: TsdbCounters,
        disk: DiskFiles,
    ) -> None:
        """Open or create the folder and replay the log. Raises Unavailable when files cannot be read or written."""
        self.name = name
        self.files = files
        self.problems: list[str] = []
        """What was found damaged when the project was opened."""
        self._key = key
        self._settings = settings
        self._clock = clock
        self._counters = counters
        self._registry = Registry(key)
        self._make_folders()
        blocks = self._open_blocks()
        self._generation = max((block.meta.generation for block in blocks), default=0) + 1
        head = Head(self._generation, 1)
        self._sources = Sources(Snapshot((), (head,)))
        self._sources.set_blocks(blocks)
        self._metadata = self._read_metadata()
        self.replay = self._replay(head)
        self._wal = Wal(files, disk, self.replay.next_segment)
        self._committer = Committer(self._registry, self._wal, self._sources, settings, clock, counters)
        newest = [block.meta.max_time_ms for block in blocks] + ([head.max_ms] if head.samples else [])
        self._committer.newest_ms = max(newest, default=None)
        self._finder = Finder(self._registry, self._sources)
        self._maintenance = threading.RLock()
        self._interned_before = 0

    def intern(self, labels: Sequence[Labels]) -> IntArray:
        found = self._registry.known(labels)
        missing = [index for index, ref in enumerate(found) if ref is None]
        refused = self._registry.collisions
        for start in range(0, len(missing), _INTERN_STEP):
            with self._sources.lock:
                self._committer.check_open()
                for index in missing[start : start + _INTERN_STEP]:
                    found[index] = self._registry.intern(labels[index])
        if self._registry.collisions > refused:
            self._counters.collisions.inc(self._registry.collisions - refused)
        return np.array(found, dtype=np.int64)

    def append(self, batch: SampleBatch) -> AppendReport:
        return self._committer.append(batch)

    def select(self, matchers: Sequence[Matcher], time_range: TimeRange, hints: SelectHints | None = None) -> Selection:
        self._committer.check_open()
        snapshot = self._sources.now.within(time_range)
        found = self._finder.find(matchers, snapshot)
        reader = Reader(self._registry, self._sources, snapshot, found, time_range, hints)
        return reader.make_parts(self._settings.part_samples)

    def label_names(self, matchers: Sequence[Matcher], time_range: TimeRange, limit: int = 0) -> list[str]:
        self._committer.check_open()
        snapshot = self._sources.now.within(time_range)
        with self._sources.lock:
            names = set(self._registry.postings.names(self._active(snapshot, matchers)))
        for block in snapshot.blocks:
            names |= block.label_names(_block_rows(block, matchers, time_range))
        return sorted(names)[: limit or None]

    def label_values(self, name: str, matchers: Sequence[Matcher], time_range: TimeRange, limit: int = 0) -> list[str]:
        self._committer.check_open()
        snapshot = self._sources.now.within(time_range)
        with self._sources.lock:
            values = set(self._registry.postings.values(name, self._active(snapshot, matchers)))
        for block in snapshot.blocks:
            values |= block.label_values(name, _block_rows(block, matchers, time_range))
        return sorted(values)[: limit or None]

    def series(self, matcher_sets: Sequence[Sequence[Matcher]], time_range: TimeRange, limit: int = 0) -> list[Labels]:
        self._committer.check_open()
        snapshot = self._sources.now.within(time_range)
        found = {labels for matchers in matcher_sets for labels in self._finder.find(matchers, snapshot).labels}
        return sorted(found)[: limit or None]

    def put_metadata(self, metadata: Mapping[str, MetricMetadata]) -> None:
        changed = {name: one for name, one in metadata.items() if self._metadata.get(name) != one}
        if not changed:
            return
        with self._committer.lock:
            self._committer.check_open()
            self._committer.write([self._committer.encoder().metadata(changed)])
            self._metadata = {**self._metadata, **changed}

    def metadata(self, metric: str = "") -> dict[str, MetricMetadata]:
        self._committer.check_open()
        if metric:
            return {metric: replace(self._metadata[metric])} if metric in self._metadata else {}
        return dict(self._metadata)

    def delete(self, matchers: Sequence[Matcher], time_range: TimeRange) -> int:
        """Waits for a seal or compaction that is under way."""
        with self._maintenance:
            self._committer.check_open()
            touched = self._delete_in_heads(matchers, time_range)
            for block in self._sources.now.blocks:
                rows = block.find(matchers, time_range)
                if len(rows) and block.delete(rows, time_range):
                    touched |= set(block.ids[rows].tolist())
            self._sources.deletions += 1
            return len(touched)

    def stats(self, limit: int = 10) -> StorageStats:
        self._committer.check_open()
        snapshot = self._sources.now
        labels = self._finder.find((), snapshot).labels
        pairs: Counter[tuple[str, str]] = Counter(pair for one in labels for pair in one.pairs)
        names = Counter(name for name, _ in pairs)
        metrics = Counter({value: count for (name, value), count in pairs.items() if name == METRIC_NAME})
        low = [block.meta.min_time_ms for block in snapshot.blocks] + [h.min_ms for h in snapshot.heads if h.samples]
        high = [block.meta.max_time_ms for block in snapshot.blocks] + [h.max_ms for h in snapshot.heads if h.samples]
        return StorageStats(
            series=len(labels),
            samples=sum(block.meta.samples for block in snapshot.blocks) + sum(h.samples for h in snapshot.heads),
            label_pairs=len(pairs),
            min_time_ms=min(low, default=0),
            max_time_ms=max(high, default=0),
            bytes_on_disk=self.disk_bytes(),
            series_by_metric=metrics.most_common(limit),
            values_by_label=names.most_common(limit),
            series_by_pair=[(f"{name}={value}", count) for (name, value), count in pairs.most_common(limit)],
        )

    def has_data(self) -> bool:
        """Whether any sample is stored."""
        now = self._sources.now
        return bool(now.blocks) or any(len(head.refs()) for head in now.heads)

    def disk_bytes(self) -> int:
        """Size of blocks and log."""
        logged = sum(path.stat().st_size for _, path in segments(self.files) if path.exists())
        return logged + sum(block.disk_bytes for block in self._sources.now.blocks)

    def needs_seal(self) -> bool:
        """Whether the head is to become a block now."""
        head, settings = self._sources.head, self._settings
        return len(self._sources.now.heads) > 1 or (
            head.samples > 0
            and (
                head.samples >= self._committer.head_limit()
                or head.max_ms - head.min_ms >= settings.head_span_ms
                or head.records >= settings.head_records
            )
        )

    def seal(self) -> None:
        """Make a block of all samples in memory; appends go on meanwhile. Raises Unavailable; nothing is lost then."""
        with self._maintenance, self._counters.seal_seconds.time():
            if self._sources.head.samples:
                self._rotate()
            for head in self._sources.now.heads[:-1]:
                self._write_head(head)
            write_metadata(self.files, self._metadata)
            self._wal.remove_before(self._sources.head.first_segment)

    def forget_idle(self) -> int:
        """Take series out of memory that have no samples in a head and none since `idle_series_ms`; how many."""
        newest_ms = self._committer.newest_ms
        with self._committer.lock, self._sources.lock:
            refs = np.array(self._registry.postings.all.to_array(), dtype=np.int64)
            refs = refs[refs < self._interned_before]
            self._interned_before = self._registry.end
            if newest_ms is None or len(refs) == 0:
                return 0
            idle = self._registry.newest.timestamps_ms[refs] < newest_ms - self._settings.idle_series_ms
            for head in self._sources.now.heads:
                idle &= head.table.rows_of(refs) < 0
            gone = refs[idle].tolist()
            self._registry.forget(gone)
            return len(gone)

    def import_block(self, batches: Iterable[tuple[Sequence[Labels], Columns]]) -> int:
        """Write samples of any age straight into a block; the number of samples.

        Over all batches the rows must ascend by `block_writer.row_order`. Where a live sample has the same timestamp
        it is kept. Raises BadData when rows are out of order, Unavailable when the disk is full.
        """
        self._committer.check_open()
        with self._maintenance:
            self._generation += 1
            spec = BlockSpec(new_block_id(self._clock.now_ms()), self._generation)
            rows = (BlockBatch(labels, self._identify(labels), columns) for labels, columns in batches)
            meta = write_block(self.files, rows, spec)
            if meta is None:
                return 0
            block = Block.open(self.files.block(meta.block_id), self._registry.labels_cache)
            self._sources.set_blocks([*self._sources.now.blocks, block])
            return meta.samples

    def sync(self) -> None:
        """Make everything appended durable (durability `interval`). Raises Unavailable."""
        with self._committer.lock:
            if not self._committer.closed:
                self._wal.sync()

    def close(self) -> None:
        """Make everything durable and release the files."""
        if self._committer.closed:
            return
        try:
            if self._sources.head.records > _SLOW_REPLAY_RECORDS:
                self.seal()
        except VedetteError as error:
            self.problems.append(f"project {self.name}: the head could not be sealed at close: {error.message}")
        finally:
            with self._maintenance, self._committer.lock:
                self._committer.closed = True
                self._wal.close()

    def report_gauges(self) -> None:
        """Bring the gauges up to date."""
        now = self._sources.now
        self._counters.series.labels(self.name).set(len(self._registry))
        self._counters.head_samples.labels(self.name).set(sum(head.samples for head in now.heads))
        self._counters.blocks.labels(self.name).set(len(now.blocks))

    def _active(self, snapshot: Snapshot, matchers: Sequence[Matcher]) -> BitMap:
        active = BitMap()
        for head in snapshot.heads:
            active |= BitMap(head.refs())
        return active & self._registry.postings.find(matchers) if matchers else active

    def _delete_in_heads(self, matchers: Sequence[Matcher], time_range: TimeRange) -> set[int]:
        with self._committer.lock, self._sources.lock:
            refs = np.array(self._registry.postings.find(matchers).to_array(), dtype=np.int64)
            heads = [head for head in self._sources.now.heads if head.overlaps(time_range)]
            if len(refs) == 0 or not heads:
                return set()
            encoder = self._committer.encoder()
            description = self._committer.describe(encoder, refs)
            record = encoder.deletion(refs.tolist(), time_range)
            self._committer.write([record] if description is None else [description, record])
            self._registry.logged[refs] = self._wal.current
            touched = delete_in_heads(heads, self._registry.newest, refs, time_range)
            return set(self._registry.ids[touched].tolist())

    def _rotate(self) -> None:
        """Begin a new head and a new log segment."""
        segment = self._wal.prepare()
        with self._committer.lock:
            self._wal.switch(segment)
            self._generation += 1
            with self._sources.lock:
                before = self._sources.begin_head(Head(self._generation, segment.number))
                expected, table = self._registry.newest.expected, before.table
                expected[:] = 0
                lengths = table.row_length[: table.rows]
                likely = np.where(lengths >= 8, np.minimum(lengths + lengths // 8, _MAX_EXPECTED), 0)
                expected[table.row_ref[: table.rows]] = likely

    def _write_head(self, head: Head) -> None:
        spec = BlockSpec(new_block_id(self._clock.now_ms()), head.generation)
        meta = write_block(self.files, block_batches(head, self._registry), spec)
        block = None
        if meta is not None:
            block = Block.open(self.files.block(meta.block_id), self._registry.labels_cache)
        self._sources.sealed(head, block)

    def _identify(self, labels: Sequence[Labels]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
        ids = [series_id(self._key, one) for one in labels]
        for identity, one in zip(ids, labels, strict=True):
            if self._registry.labels_cache.setdefault(identity, one) != one:
                raise LimitExceeded(f"series {one} has the id of another series", limit="tsdb.series_id", value=REFUSED)
        return np.array(ids, dtype=np.uint64)

    def _make_folders(self) -> None:
        shutil.rmtree(self.files.temporary, ignore_errors=True)
        for folder in self.files.folders():
            folder.mkdir(parents=True, exist_ok=True)
        sync_folder(self.files.root)

    def _open_blocks(self) -> list[Block]:
        """Open all blocks; damaged ones are moved aside, replaced ones deleted."""
        blocks: dict[str, Block] = {}
        for folder in sorted(self.files.blocks.iterdir()):
            if not is_block_id(folder.name):
                continue
            try:
                blocks[folder.name] = Block.open(folder, self._registry.labels_cache)
            except Corruption as error:
                kept = self.files.quarantine / folder.name
                folder.rename(kept)
                self.problems.append(f"{error.message}; the block was moved to {kept}")
        for replaced in {source for block in blocks.values() for source in block.meta.sources}:
            if blocks.pop(replaced, None) is not None:
                shutil.rmtree(self.files.block(replaced))
        return list(blocks.values())

    def _read_metadata(self) -> dict[str, MetricMetadata]:
        try:
            return read_metadata(self.files)
        except Corruption as error:
            self.problems.append(error.message)
            return {}

    def _replay(self, head: Head) -> ReplayReport:
        replay = Replay(self.files, self._registry, head)
        report = replay.run()
        self._metadata.update(replay.metadata)
        head.records = report.records
        self.problems += report.problems
        self._counters.replayed.inc(report.samples)
        self._counters.damaged.inc(report.damaged_bytes)
        return report


def _block_rows(block: Block, matchers: Sequence[Matcher], time_range: TimeRange) -> IntArray | None:
    """Rows of a block for a question about labels; None where all of them are meant."""
    whole = time_range.start_ms <= block.meta.min_time_ms and block.meta.max_time_ms <= time_range.end_ms
    if not matchers and whole and not len(block.tombstones):
        return None
    return block.find(matchers, time_range)
