"""Which blocks are merged next: complete time ranges of growing length, many small blocks, and more in quiet hours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from vedette.tsdb.block_meta import BlockMeta
from vedette.tsdb.chunks import MAX_ROW_SAMPLES

_HOUR_MS: Final = 3_600_000
RANGES_MS: Final = (2 * _HOUR_MS, 12 * _HOUR_MS, 72 * _HOUR_MS, 18 * 24 * _HOUR_MS)
"""Lengths of the time ranges that become one block each, every one a multiple of the one before."""
MANY_SMALL: Final = 6
"""So many neighbours of like size are merged before their range is complete; a sample is rewritten only a few times."""
LITTLE_SHARE: Final = 0.1
"""A range is not rewritten for a few latecomers: they must have this part of the largest block's samples."""
QUIET_SHARE: Final = 0.25
"""The same for ranges that are not complete, which are merged only while nothing else is to do."""
HIDDEN_SHARE: Final = 0.05
"""A block is rewritten alone when more than this part of it is deleted."""


def ranges_for(retention_ms: int) -> tuple[int, ...]:
    """Range lengths, none above a tenth of the retention (0: for ever), so that old samples go in small steps."""
    if retention_ms <= 0:
        return RANGES_MS
    return tuple(length for length in RANGES_MS if length <= max(retention_ms // 10, RANGES_MS[0]))


def plan(
    metas: Sequence[BlockMeta],
    complete_before_ms: int,
    retention_ms: int,
    *,
    quiet: bool = False,
) -> list[str]:
    """Ids of the blocks to merge next, or none; ask again afterwards.

    `complete_before_ms`: no new block will normally hold samples before this (the oldest sample of the head).
    `quiet`: there is time to merge what is in a range before it is complete: fewer blocks are smaller and read faster.
    """
    ordered = sorted(metas, key=lambda meta: (meta.resolution_ms, meta.min_time_ms, meta.generation))
    for length in ranges_for(retention_ms):
        for group in _ranges(ordered, length):
            complete = (group[0].min_time_ms // length + 1) * length <= complete_before_ms
            for candidate in [group] if complete or quiet else _small_runs(group):
                chosen = _closed(candidate, ordered)
                worthwhile = _worthwhile(chosen, LITTLE_SHARE if complete else QUIET_SHARE)
                if worthwhile and _allowed(chosen):
                    return [meta.block_id for meta in chosen]
    return []


def _ranges(ordered: Iterable[BlockMeta], length_ms: int) -> list[list[BlockMeta]]:
    """Blocks that begin in the same aligned range, where there are several; longer blocks stay out of it."""
    short = [meta for meta in ordered if meta.max_time_ms - meta.min_time_ms < length_ms]
    groups = [list(group) for _, group in groupby(short, lambda m: (m.resolution_ms, m.min_time_ms // length_ms))]
    return [group for group in groups if len(group) > 1]


def _small_runs(group: Sequence[BlockMeta]) -> list[list[BlockMeta]]:
    """Runs of neighbours whose sizes are within a factor of four, long enough to be worth it."""
    runs = [list(run) for _, run in groupby(group, lambda meta: meta.samples.bit_length() // 2)]
    return [run for run in runs if len(run) >= MANY_SMALL]


def _closed(group: Sequence[BlockMeta], metas: Sequence[BlockMeta]) -> list[BlockMeta]:
    """The group and every block that overlaps it in time with a generation between the group's.

    The merged block gets the highest generation; a block left out in between would lose to samples older than its own.
    """
    chosen = list(group)
    while True:
        oldest, newest = min(m.generation for m in chosen), max(m.generation for m in chosen)
        between = [
            meta
            for meta in metas
            if meta not in chosen
            and meta.resolution_ms == chosen[0].resolution_ms
            and oldest < meta.generation < newest
            and any(meta.time_range.overlaps(member.time_range) for member in chosen)
        ]
        if not between:
            return chosen
        chosen.extend(between)


def _worthwhile(group: Sequence[BlockMeta], share: float) -> bool:
    samples = sorted(meta.samples for meta in group)
    return len(group) >= MANY_SMALL or sum(samples[:-1]) >= share * samples[-1]


def _allowed(group: Sequence[BlockMeta]) -> bool:
    """Whether rows stay within their bound."""
    return sum(meta.longest_row for meta in group) <= MAX_ROW_SAMPLES
