"""Keeps the blocks of a project in shape while it runs: adds, merges, expires and links them elsewhere."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from vedette.clock import Clock
from vedette.errors import Cancelled
from vedette.tsdb.block import Block
from vedette.tsdb.block_folder import remove_block
from vedette.tsdb.block_meta import BlockMeta
from vedette.tsdb.compaction import choose, compact, finish
from vedette.tsdb.counters import TsdbCounters
from vedette.tsdb.files import ProjectFiles, block_time_ms, new_block_id, sync_folder
from vedette.tsdb.registry import Registry
from vedette.tsdb.retention import expired, over_size
from vedette.tsdb.settings import TsdbSettings
from vedette.tsdb.sources import Sources
from vedette.tsdb.wal import as_unavailable

_QUIET_MS = 30_000
"""After this time without a new block, or when nothing was appended between two looks, there is time to merge more."""


class BlockKeeper:
    """Changes of the set of blocks happen under `lock`; merging itself does not hold it."""

    def __init__(
        self,
        files: ProjectFiles,
        registry: Registry,
        sources: Sources,
        settings: TsdbSettings,
        clock: Clock,
        counters: TsdbCounters,
    ) -> None:
        self.lock = threading.RLock()
        """Held while a head is sealed, samples are deleted, blocks come or go."""
        self.notes: list[str] = []
        """Damage that merging came across, in words."""
        self._merging = threading.Lock()
        self._waiting: set[object] = set()
        """A token of each deletion that waits for merging to stop."""
        self._appended = (0, 0)
        """The head and how many samples it had when merging was last considered."""
        self._files = files
        self._registry = registry
        self._sources = sources
        self._settings = settings
        self._clock = clock
        self._counters = counters

    def open(self, meta: BlockMeta) -> Block:
        """Open a block that was just written."""
        return Block.open(self._files.block(meta.block_id), self._registry.labels_cache)

    def new_id(self) -> str:
        """The name of the next block."""
        return new_block_id(self._clock.now_ms())

    def add(self, meta: BlockMeta) -> None:
        """Take a block in that no head stands for."""
        with self.lock:
            self._sources.set_blocks([*self._sources.now.blocks, self.open(meta)])

    @contextmanager
    def no_merging(self) -> Iterator[None]:
        """Hold `lock` while no merge is under way; one that is gets interrupted and starts anew later.

        A merged block replaces its sources from the moment it is complete on disk, so what is deleted from a source
        while it is being merged would come back after a crash.
        """
        token = object()
        self._waiting.add(token)
        try:
            with self._merging, self.lock:
                yield
        finally:
            self._waiting.discard(token)

    @contextmanager
    def importing(self) -> Iterator[None]:
        """Keep merging off while a block is written whose generation is given out already; sealing goes on.

        A merge could otherwise step over that generation and make older samples win.
        """
        with self._merging:
            yield

    def compact(self, should_stop: Callable[[], bool]) -> bool:
        """Merge the blocks that are due, one group; whether there was one."""
        with self._merging, as_unavailable("cannot merge blocks"):
            group = self._due()
            return bool(group) and self._merge(group, should_stop)

    def clean(self, should_stop: Callable[[], bool]) -> int:
        """Cut deleted samples out of all blocks that have any; how many blocks. Deletions meanwhile come first."""
        cleaned = 0
        while not should_stop():
            with self._merging, as_unavailable("cannot clean blocks"):
                group = [block for block in self._sources.now.blocks if len(block.tombstones)][:1]
                if not group:
                    break
                cleaned += self._merge(group, should_stop)
        return cleaned

    def retain(self, newest_ms: int | None, other_bytes: int, max_bytes: int | None = None) -> int:
        """Delete blocks that are too old or too much; how many. `max_bytes` None: what the settings say."""
        if newest_ms is None:
            return 0
        with self._merging, self.lock, as_unavailable("cannot delete old blocks"):
            blocks = list(self._sources.now.blocks)
            now_ms = min(newest_ms, self._clock.now_ms())
            doomed = expired(blocks, now_ms, self._settings.retention_ms)
            left = [block for block in blocks if block not in doomed]
            doomed += over_size(left, other_bytes, self._settings.retention_bytes if max_bytes is None else max_bytes)
            if doomed:
                self._sources.set_blocks([block for block in blocks if block not in doomed])
                for block in doomed:
                    remove_block(self._files, block.meta.block_id)
            return len(doomed)

    def link(self, target: ProjectFiles) -> None:
        """Hard links (copies on another file system) of all blocks; `lock` must be held."""
        for block in self._sources.now.blocks:
            folder = target.block(block.meta.block_id)
            folder.mkdir(parents=True)
            for path in sorted(block.folder.iterdir()):
                link_or_copy(path, folder / path.name)
            sync_folder(folder)
        sync_folder(target.blocks)

    def _merge(self, group: list[Block], should_stop: Callable[[], bool]) -> bool:
        """Put one block in the place of these; false when that was interrupted."""
        with self._counters.compaction_seconds.time():
            block_id = new_block_id(self._written_ms(group))
            try:
                merged = compact(self._files, group, block_id, lambda: should_stop() or bool(self._waiting))
            except Cancelled:
                return False
            with self.lock:
                self._replace(group, merged.meta)
                self.notes += finish(self._files, merged)
        return True

    def _replace(self, group: list[Block], meta: BlockMeta | None) -> None:
        kept = [block for block in self._sources.now.blocks if block not in group]
        if meta is not None:
            kept.append(self.open(meta))
            if all(block.meta.block_id in self._sources.remembered for block in group):
                self._sources.remembered.add(meta.block_id)
        self._sources.set_blocks(kept)

    def _due(self) -> list[Block]:
        now = self._sources.now
        heads = [head for head in now.heads if head.samples]
        newest = max((block.meta.max_time_ms for block in now.blocks), default=0)
        complete_before_ms = min((head.min_ms for head in heads), default=newest + 1)
        appended = (now.heads[-1].number, now.heads[-1].samples)
        quiet = appended == self._appended or self._clock.now_ms() - self._written_ms(now.blocks) >= _QUIET_MS
        self._appended = appended
        return choose(
            now.blocks,
            complete_before_ms,
            self._settings.retention_ms,
            quiet=quiet,
        )

    @staticmethod
    def _written_ms(blocks: Sequence[Block]) -> int:
        """When the newest samples came into blocks; merging does not count."""
        return max((block_time_ms(block.meta.block_id) for block in blocks), default=0)


def link_or_copy(path: Path, target: Path) -> None:
    """Give a file that never changes a second name."""
    try:
        os.link(path, target)
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.EPERM, errno.ENOTSUP, errno.EMLINK):
            raise
        shutil.copyfile(path, target)
        with target.open("rb") as file:
            os.fsync(file.fileno())
