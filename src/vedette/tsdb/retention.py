"""Which blocks are too old, or too many for the space they may take."""

from __future__ import annotations

from collections.abc import Sequence

from vedette.tsdb.block import Block


def expired(blocks: Sequence[Block], now_ms: int, retention_ms: int) -> list[Block]:
    """Blocks all of whose samples are older than `retention_ms`; 0 keeps everything."""
    if retention_ms <= 0:
        return []
    return [block for block in blocks if block.meta.max_time_ms < now_ms - retention_ms]


def over_size(blocks: Sequence[Block], other_bytes: int, retention_bytes: int) -> list[Block]:
    """The oldest blocks without which the rest and `other_bytes` (log, head) fit in `retention_bytes`; 0 is no limit.

    The newest block stays whatever its size: a limit that is set too low must not empty the store.
    """
    if retention_bytes <= 0:
        return []
    oldest_first = sorted(blocks, key=lambda block: (block.meta.max_time_ms, block.meta.block_id))
    total = other_bytes + sum(block.disk_bytes for block in blocks)
    doomed: list[Block] = []
    for block in oldest_first[:-1]:
        if total <= retention_bytes:
            break
        total -= block.disk_bytes
        doomed.append(block)
    return doomed
