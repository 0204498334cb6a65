"""The store of one project: registry, log, heads and blocks, and the work that moves samples from one to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

import numpy as np
from msgspec.structs import replace
from pyroaring import BitMap

from vedette.clock import Clock
from vedette.errors import Corruption, LimitExceeded, VedetteError
from vedette.model.batch import AppendReport, SampleBatch
from vedette.model.labels import Labels
from vedette.model.matcher import Matcher
from vedette.model.metadata import MetricMetadata
from vedette.model.special import IntArray
from vedette.model.timerange import TimeRange
from vedette.storage.interface import SelectHints, Selection, StorageStats
from vedette.tsdb.block import Block
from vedette.tsdb.block_folder import open_blocks
from vedette.tsdb.block_keeper import BlockKeeper
from vedette.tsdb.block_writer import BlockBatch, BlockSpec, write_block
from vedette.tsdb.columns import Columns
from vedette.tsdb.commit import Committer
from vedette.tsdb.counters import TsdbCounters
from vedette.tsdb.deletion import delete_in_heads
from vedette.tsdb.files import ProjectFiles, replace_file, sync_folder
from vedette.tsdb.head import Head
from vedette.tsdb.head_table import NEVER_MS
from vedette.tsdb.metadata_file import read_metadata, write_metadata
from vedette.tsdb.registry import REFUSED, Registry
from vedette.tsdb.seal import block_batches
from vedette.tsdb.seal_policy import SealPolicy, is_slow_to_replay
from vedette.tsdb.selection import Finder, Reader
from vedette.tsdb.series_id import series_id
from vedette.tsdb.settings import TsdbSettings
from vedette.tsdb.sources import Snapshot, Sources
from vedette.tsdb.statistics import statistics
from vedette.tsdb.wal import DiskFiles, Wal, as_unavailable, segments
from vedette.tsdb.wal_replay import Replay, ReplayReport

_INTERN_STEP = 1000
"""New series are entered in groups of this size, so that the lock is free now and then."""
_MAX_EXPECTED, _IDLE_INTERVAL_S = 4096, 60.0


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
        """What was found damaged when the project was opened or blocks were merged."""
        self._key = key
        self._settings = settings
        self._clock = clock
        self._counters = counters
        self._registry = Registry(key)
        blocks = self._open_blocks()
        self._generation = max((block.meta.generation for block in blocks), default=0)
        head = Head(1, 1)
        self._sources = Sources(Snapshot((), (head,)))
        self._sources.set_blocks(blocks)
        self._metadata = self._read_metadata()
        self.replay = self._replay(head)
        self._wal = Wal(files, disk, self.replay.next_segment)
        self._committer = Committer(self._registry, self._wal, self._sources, settings, clock, counters)
        self._committer.newest_ms = _newest_ms(blocks, head)
        self._finder = Finder(self._registry, self._sources)
        self._keeper = BlockKeeper(files, self._registry, self._sources, settings, clock, counters)
        self._keeper.notes = self.problems
        self._interned_before = 0
        self._policy = SealPolicy(settings, clock)
        self._looked_for_idle_s = clock.monotonic_s()

    def intern(self, labels: Sequence[Labels]) -> IntArray:
        found = self._registry.known(labels)
        missing = [index for index, ref in enumerate(found) if ref is None]
        refused = self._registry.collisions
        for start in range(0, len(missing), _INTERN_STEP):
            with self._sources.lock:
                self._committer.check_open()
                group = missing[start : start + _INTERN_STEP]
                refs = self._registry.intern_all([labels[index] for index in group])
                for index, ref in zip(group, refs, strict=True):
                    found[index] = ref
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
        """Waits for a seal that is under way."""
        with self._keeper.no_merging(), as_unavailable("cannot delete"):
            self._committer.check_open()
            touched = self._delete_in_heads(matchers, time_range)
            for block in self._sources.now.blocks:
                rows = block.find(matchers, time_range)
                if len(rows) and block.delete(rows, time_range):
                    touched |= set(block.ids[rows].tolist())
            self._sources.deleted()
            return len(touched)

    def stats(self, limit: int = 10) -> StorageStats:
        self._committer.check_open()
        now = self._sources.now
        return statistics(now, self._registry, lambda: self._finder.find((), now).labels, self.disk_bytes(), limit)

    def has_data(self) -> bool:
        """Whether any sample is stored."""
        now = self._sources.now
        return bool(now.blocks) or any(len(head.refs()) for head in now.heads)

    def disk_bytes(self) -> int:
        """Size of blocks and log."""
        return self._log_bytes() + sum(block.disk_bytes for block in self._sources.now.blocks)

    def needs_seal(self) -> bool:
        """Whether the head is to become a block now."""
        due = self._policy.is_due(self._sources.head, self._committer.head_limit())
        return due or len(self._sources.now.heads) > 1

    def seal(self, *, at_close: bool = False) -> None:
        """Make a block of all samples in memory; appends go on meanwhile. Raises Unavailable; nothing is lost then."""
        with self._keeper.lock, self._counters.seal_seconds.time(), as_unavailable("cannot seal the head"):
            if self._sources.head.samples or at_close:
                self._rotate(describe=not at_close)
            for head in self._sources.now.heads[:-1]:
                self._write_head(head)
            write_metadata(self.files, self._metadata)
            self._wal.remove_before(self._sources.head.first_segment)

    def forget_idle(self) -> int:
        """Take series out of memory that have no samples in a head and none since `idle_series_ms`; how many."""
        now_s = self._clock.monotonic_s()
        if now_s - self._looked_for_idle_s < _IDLE_INTERVAL_S:
            return 0
        self._looked_for_idle_s = now_s
        newest_ms = self._committer.newest_ms
        with self._committer.lock, self._sources.lock:
            refs = np.array(self._registry.postings.all.to_array(), dtype=np.int64)
            refs = refs[refs < self._interned_before]
            self._interned_before = self._registry.end
            self._registry.trim_cache()
            if newest_ms is None or len(refs) == 0:
                return 0
            idle = self._registry.newest.timestamps_ms[refs] < newest_ms - self._settings.idle_series_ms
            for head in self._sources.now.heads:
                idle &= head.table.rows_of(refs) < 0
            gone = refs[idle].tolist()
            if gone:
                self._registry.forget(gone)
                # A forgotten series may come back with late samples, as if it had none newer in blocks.
                self._sources.remembered.clear()
            return len(gone)

    def import_block(self, batches: Iterable[tuple[Sequence[Labels], Columns]]) -> int:
        """Write samples of any age straight into a block; the number of samples.

        Over all batches the rows must ascend by `block_writer.row_order`. Where a live sample has the same timestamp
        in memory it is kept. Raises BadData when rows are out of order, Unavailable when the disk is full.
        """
        self._committer.check_open()
        with self._keeper.importing():
            spec = self._next_block()
            rows = (BlockBatch(labels, self._identify(labels), columns) for labels, columns in batches)
            meta = write_block(self.files, rows, spec)
            if meta is None:
                return 0
            self._keeper.add(meta)
            return meta.samples

    def compact(self, should_stop: Callable[[], bool] = lambda: False) -> bool:
        """Merge the blocks that are due, one group; whether there was one. Everything else goes on meanwhile."""
        return self._keeper.compact(should_stop)

    def clean(self, should_stop: Callable[[], bool] = lambda: False) -> int:
        """Give back the space of all deleted samples; how many blocks were written anew. Raises Unavailable."""
        return self._keeper.clean(should_stop)

    def retain(self, max_bytes: int | None = None) -> int:
        """Delete blocks that are too old or too much; how many. `max_bytes` None: what the settings say."""
        removed = self._keeper.retain(self._committer.newest_ms, self._log_bytes(), max_bytes)
        if removed:
            with self._sources.lock:
                gone = np.ones(len(self._registry.newest.timestamps_ms), dtype=np.bool_)
                for head in self._sources.now.heads:
                    gone[head.refs()] = False
                self._registry.newest.timestamps_ms[gone] = NEVER_MS
        return removed

    def snapshot(self, target: ProjectFiles) -> None:
        """Put a copy of the project into a new folder. Raises OSError, Unavailable."""
        with self._keeper.lock:
            self.seal()
            for folder in target.folders():
                folder.mkdir(parents=True)
            self._keeper.link(target)
            write_metadata(target, self._metadata)
            with self._committer.lock:
                self._committer.check_open()
                length = self._wal.segment_bytes
            for number, path in segments(self.files):
                # The current segment may grow meanwhile; what is behind `length` came after the snapshot began.
                content = path.read_bytes()
                replace_file(target.wal_segment(number), content[:length] if number == self._wal.current else content)
            sync_folder(target.root)

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
            if is_slow_to_replay(self._sources.head, self._wal.segment_bytes):
                self.seal(at_close=True)
        except VedetteError as error:
            self.problems.append(f"project {self.name}: the head could not be sealed at close: {error.message}")
        finally:
            with self._keeper.lock, self._committer.lock:
                self._committer.closed = True
                self._wal.close()

    def report_gauges(self) -> None:
        """Bring the gauges up to date."""
        now = self._sources.now
        self._counters.series.labels(self.name).set(len(self._registry))
        self._counters.head_samples.labels(self.name).set(sum(head.samples for head in now.heads))
        self._counters.blocks.labels(self.name).set(len(now.blocks))

    def _log_bytes(self) -> int:
        total = 0
        for _, path in segments(self.files):
            with suppress(FileNotFoundError):  # a seal may delete segments at any moment
                total += path.stat().st_size
        return total

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

    def _rotate(self, *, describe: bool) -> None:
        """Begin a new head and log segment; what takes time, `describe` of its series, before appends are held up."""
        before = self._sources.head
        with self._sources.lock:
            refs = before.refs().astype(np.int64)
            lengths = before.table.row_length[before.table.row_of[refs]]
        likely = np.where(lengths >= 8, np.minimum(lengths + lengths // 8, _MAX_EXPECTED), 0)
        head = Head(before.number + 1, 0, samples=int(likely.sum()))
        segment = self._wal.prepare()
        if describe:
            segment.describe(refs, self._registry.labels(refs.tolist()))
        with self._committer.lock:
            try:
                head.first_segment = self._wal.switch(segment)
            except VedetteError:
                segment.close()
                raise
            if describe and head.first_segment == segment.number:
                self._registry.logged[refs] = segment.number
            with self._sources.lock:
                self._sources.begin_head(head)
                self._registry.newest.expected[:] = 0
                self._registry.newest.expected[refs] = likely

    def _next_block(self) -> BlockSpec:
        with self._keeper.lock:
            self._generation += 1
            return BlockSpec(self._keeper.new_id(), self._generation)

    def _write_head(self, head: Head) -> None:
        spec = self._next_block()
        meta = write_block(self.files, block_batches(head, self._registry), spec)
        self._sources.sealed(head, None if meta is None else self._keeper.open(meta))

    def _identify(self, labels: Sequence[Labels]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
        ids = [series_id(self._key, one) for one in labels]
        for identity, one in zip(ids, labels, strict=True):
            if self._registry.labels_cache.setdefault(identity, one) != one:
                raise LimitExceeded(f"series {one} has the id of another series", limit="tsdb.series_id", value=REFUSED)
        return np.array(ids, dtype=np.uint64)

    def _open_blocks(self) -> list[Block]:
        for folder in self.files.folders():
            folder.mkdir(parents=True, exist_ok=True)
        sync_folder(self.files.root)
        opened = open_blocks(self.files, self._registry.labels_cache)
        self.problems += opened.problems
        return opened.blocks

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


def _newest_ms(blocks: Sequence[Block], head: Head) -> int | None:
    return max([block.meta.max_time_ms for block in blocks] + ([head.max_ms] if head.table.rows else []), default=None)
