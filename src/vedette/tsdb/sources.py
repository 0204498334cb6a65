"""Where the samples of a project are: blocks and heads, oldest write first."""

from __future__ import annotations

import threading

from msgspec import Struct, field

from vedette.model.timerange import TimeRange
from vedette.tsdb.block import Block
from vedette.tsdb.head import Head
from vedette.tsdb.head_table import NEVER_MS


class Snapshot(Struct, frozen=True):
    """Blocks by generation, then heads: those being sealed and, last, the one that is appended to.

    Of equal timestamps the later one counts. A head gets its generation when it becomes a block, above all others.
    """

    blocks: tuple[Block, ...]
    heads: tuple[Head, ...]

    def within(self, time_range: TimeRange) -> Snapshot:
        """Those that may have samples in the range."""
        return Snapshot(
            tuple(block for block in self.blocks if block.meta.time_range.overlaps(time_range)),
            tuple(head for head in self.heads if head.overlaps(time_range)),
        )


class Sources(Struct):
    """The present snapshot; it is replaced as a whole, so a reader works with one state from begin to end."""

    now: Snapshot
    lock: threading.RLock = field(default_factory=threading.RLock)
    """Held for short changes of the registry and the heads and while positions are read."""
    deletions: int = 0
    """Grows with every deletion: what was found before may be gone."""
    remembered: set[str] = field(default_factory=set)
    """Ids of blocks none of whose samples is newer than what the registry has as newest of its series."""

    @property
    def head(self) -> Head:
        """The head that is appended to."""
        return self.now.heads[-1]

    def deleted(self) -> None:
        """Samples were deleted: what is the newest of a series is known for heads only."""
        with self.lock:
            self.deletions += 1
            self.remembered.clear()

    def newest_in_blocks(self, snapshot: Snapshot) -> int:
        """A newest sample of the registry that is newer than this is the newest of its series, and not deleted."""
        unknown = [block.meta for block in snapshot.blocks if block.meta.block_id not in self.remembered]
        return max((meta.max_time_ms for meta in unknown), default=NEVER_MS)

    def set_blocks(self, blocks: list[Block]) -> None:
        """Replace all blocks."""
        with self.lock:
            self.now = Snapshot(_ordered(blocks), self.now.heads)

    def begin_head(self, head: Head) -> None:
        """Append to this head from now on."""
        with self.lock:
            self.now = Snapshot(self.now.blocks, (*self.now.heads, head))

    def sealed(self, head: Head, block: Block | None) -> None:
        """Replace a head by its block, None when it had no samples."""
        with self.lock:
            blocks = self.now.blocks if block is None else _ordered([*self.now.blocks, block])
            if block is not None:
                self.remembered.add(block.meta.block_id)
            self.now = Snapshot(blocks, tuple(one for one in self.now.heads if one is not head))


def _ordered(blocks: list[Block]) -> tuple[Block, ...]:
    return tuple(sorted(blocks, key=lambda block: (block.meta.generation, block.meta.block_id)))
