"""Writes blocks: rows come in batches sorted by metric name and labels, memory stays bounded by one batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vedette.model.labels import Labels
from vedette.tsdb.block_meta import BlockMeta
from vedette.tsdb.columns import Columns
from vedette.tsdb.files import ProjectFiles


@dataclass(frozen=True, slots=True)
class BlockBatch:
    """Some rows of a block to be: labels, ids uint64[R] (tsdb.series_id) and samples, all of equal length.

    Over all batches of a block rows ascend strictly by `row_order(labels)`; rows without samples are left out.
    """

    labels: Sequence[Labels]
    ids: npt.NDArray[np.uint64]
    columns: Columns


@dataclass(frozen=True, slots=True)
class BlockSpec:
    """What the writer cannot know from the samples; see BlockMeta for the meaning of the fields."""

    block_id: str
    generation: int
    level: int = 1
    resolution_ms: int = 0
    sources: tuple[str, ...] = ()


def row_order(labels: Labels) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The key by which rows of a block are sorted: metric name, then all labels."""
    return labels.name, labels.pairs


def write_block(
    files: ProjectFiles,
    batches: Iterable[BlockBatch],
    spec: BlockSpec,
    should_stop: Callable[[], bool] = lambda: False,
) -> BlockMeta | None:
    """Write one block: into the temporary folder, fsynced, then renamed into place; None when there was no sample.

    Not on the ingest path: most of the time is spent in NumPy and pco, which release the GIL. Raises Cancelled when
    `should_stop()` turns true (asked for each chunk), BadData for rows out of order, Unavailable when the
    disk is full or read-only; then nothing remains on disk.
    """
    raise NotImplementedError
