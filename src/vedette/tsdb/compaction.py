"""Merges blocks into one: rows in label order, duplicates by generation, deleted ranges cut out.

The new block lists its sources and is complete before they go, so a crash at any point loses and doubles nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import Final, overload

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field

from vedette.model.labels import Labels
from vedette.model.special import FloatArray, IntArray
from vedette.model.timerange import ALL_TIME
from vedette.storage.interface import ReadCost
from vedette.tsdb.aligned_read import AlignedRead
from vedette.tsdb.block import Block
from vedette.tsdb.block_folder import quarantine_block, remove_block
from vedette.tsdb.block_meta import BlockMeta
from vedette.tsdb.block_read import BlockRead
from vedette.tsdb.block_writer import BlockBatch, BlockSpec, RowOrder, row_order, write_block
from vedette.tsdb.compaction_plan import HIDDEN_SHARE, plan
from vedette.tsdb.files import ProjectFiles
from vedette.tsdb.merge import Source, merge

_BATCH_SAMPLES: Final = 1_048_576
"""Samples merged at one time: some 25 MB with everything around them."""
_BATCH_ROWS: Final = 4096


class Compaction(Struct):
    """A merge that was carried out; `meta` is None when nothing was left of the sources."""

    meta: BlockMeta | None
    sources: list[Block]
    damage: dict[str, list[str]] = field(default_factory=dict)
    """Block id -> what could not be read of it. Those blocks go to the quarantine, not to the bin."""


def choose(
    blocks: Sequence[Block],
    complete_before_ms: int,
    retention_ms: int,
    *,
    quiet: bool = False,
) -> list[Block]:
    """The blocks to `compact` next, or none: by `compaction_plan.plan`, else one of which much is deleted."""
    ids = plan([block.meta for block in blocks], complete_before_ms, retention_ms, quiet=quiet)
    if ids:
        return [block for block in blocks if block.meta.block_id in ids]
    return [block for block in blocks if len(block.tombstones) and block.hidden_share() > HIDDEN_SHARE][:1]


def compact(
    files: ProjectFiles, blocks: Sequence[Block], block_id: str, should_stop: Callable[[], bool] = lambda: False
) -> Compaction:
    """Write the merged block; the sources stay until `finish`. Raises as `write_block` does.

    The new block stands for its sources from the moment it is complete, so nothing may be deleted from these meanwhile.
    """
    sources = sorted(blocks, key=lambda block: (block.meta.generation, block.meta.block_id))
    damage: dict[str, list[str]] = {}
    spec = BlockSpec(
        block_id=block_id,
        generation=sources[-1].meta.generation,
        level=max(block.meta.level for block in sources) + (len(sources) > 1),
        resolution_ms=sources[0].meta.resolution_ms,
        sources=tuple(block.meta.block_id for block in sources),
    )
    meta = write_block(files, _batches(sources, damage), spec, should_stop)
    return Compaction(meta, sources, damage)


def finish(files: ProjectFiles, compaction: Compaction) -> list[str]:
    """Remove the sources; damaged ones are kept in the quarantine. Returns a text for each of those."""
    notes = []
    for block in compaction.sources:
        problems = compaction.damage.get(block.meta.block_id)
        if problems:
            place = quarantine_block(files, block.meta.block_id, "\n".join(problems))
            notes.append(f"{'; '.join(problems)}; the rest was kept, the damaged block is now in {place}")
        else:
            remove_block(files, block.meta.block_id)
    return notes


def _batches(sources: Sequence[Block], damage: dict[str, list[str]]) -> Iterator[BlockBatch]:
    """The merged rows, in order, a bounded number of samples at a time."""
    rows = _aligned_rows(sources)
    samples = sum(np.where(own >= 0, block.sample_counts(own), 0) for block, own in zip(sources, rows, strict=True))
    ends = np.cumsum(samples)
    begin, total = 0, len(ends)
    while begin < total:
        done = int(ends[begin - 1]) if begin else 0
        end = int(np.searchsorted(ends, done + _BATCH_SAMPLES, side="right"))
        end = min(max(end, begin + 1), begin + _BATCH_ROWS, total)
        yield _batch(sources, [own[begin:end] for own in rows], damage)
        begin = end


def _batch(sources: Sequence[Block], rows: Sequence[IntArray], damage: dict[str, list[str]]) -> BlockBatch:
    count = len(rows[0])
    labels: list[Labels | None] = [None] * count
    ids = np.zeros(count, dtype=np.uint64)
    missing = np.ones(count, dtype=np.bool_)
    parts: list[Source] = []
    warnings: list[list[str]] = []
    for block, own in zip(sources, rows, strict=True):
        where = np.flatnonzero(own >= 0)
        fresh = np.flatnonzero(missing & (own >= 0))
        for position, found in zip(fresh.tolist(), block.decode_labels(own[fresh]), strict=True):
            labels[position] = found
        ids[fresh] = block.ids[own[fresh]]
        missing[fresh] = False
        warnings.append([])
        if len(where):
            parts.append(Source(_Watched(block.lay_out(own[where], ALL_TIME), warnings[-1]), where))
    columns = merge(parts, count)
    for block, texts in zip(sources, warnings, strict=True):
        if texts:
            known = damage.setdefault(block.meta.block_id, [])
            known.extend(text for text in texts if text not in known)
    return BlockBatch([one for one in labels if one is not None], ids, columns)


def _aligned_rows(sources: Sequence[Block]) -> list[IntArray]:
    """For each source its row of every merged row, or -1; merged rows are in block order."""
    base = max(sources, key=lambda block: block.meta.series)
    base_rows = base.find(())
    extra_ids = np.unique(np.concatenate([block.ids[block.find(())] for block in sources]))
    extra_ids = extra_ids[~np.isin(extra_ids, base.ids[base_rows])]
    if len(extra_ids) == 0:
        ids = base.ids[base_rows]
    else:
        places, ordered = _places(base, base_rows, sources, extra_ids)
        ids = np.insert(base.ids[base_rows], places, ordered)
    return [block.rows_of(ids) for block in sources]


def _places(
    base: Block, base_rows: IntArray, sources: Sequence[Block], extra_ids: npt.NDArray[np.uint64]
) -> tuple[list[int], npt.NDArray[np.uint64]]:
    """Where series that `base` does not have go among its rows: (positions ascending, ids in that order)."""
    found: list[tuple[RowOrder, int]] = []
    wanted = extra_ids
    for block in sources:
        rows = block.rows_of(wanted)
        there = rows >= 0
        keys = map(row_order, block.decode_labels(rows[there]))
        found.extend(zip(keys, wanted[there].tolist(), strict=True))
        wanted = wanted[~there]
    found.sort()
    keys_of_base = _RowKeys(base, base_rows)
    places: list[int] = []
    for key, _ in found:
        places.append(bisect_left(keys_of_base, key, lo=places[-1] if places else 0))
    return places, np.array([number for _, number in found], dtype=np.uint64)


class _RowKeys(Sequence[RowOrder]):
    """Sort keys of a block's rows, decoded when they are looked at."""

    def __init__(self, block: Block, rows: IntArray) -> None:
        self._block = block
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> RowOrder: ...

    @overload
    def __getitem__(self, index: slice) -> list[RowOrder]: ...

    def __getitem__(self, index: int | slice) -> RowOrder | list[RowOrder]:
        if isinstance(index, slice):
            return [row_order(labels) for labels in self._block.decode_labels(self._rows[index])]
        return row_order(self._block.decode_labels(self._rows[index : index + 1])[0])


class _Watched:
    """A layout whose warnings are kept for one block."""

    def __init__(self, layout: AlignedRead | BlockRead, warnings: list[str]) -> None:
        warnings.extend(layout.problems)
        self._layout = layout
        self._warnings = warnings
        self.lengths = layout.lengths
        self.timestamps_ms = layout.timestamps_ms
        self.vector_starts = layout.vector_starts
        self.row_vector = layout.row_vector

    def into(
        self,
        values: FloatArray,
        starts: IntArray,
        cost: ReadCost | None = None,
        warnings: list[str] | None = None,  # noqa: ARG002 - they are kept by block instead
    ) -> IntArray:
        return self._layout.into(values, starts, cost, self._warnings)
