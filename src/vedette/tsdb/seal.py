"""Turns a head that is no longer appended to into the rows of a block."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from vedette.model.special import IntArray
from vedette.model.timerange import ALL_TIME
from vedette.tsdb.block_writer import BlockBatch, row_order
from vedette.tsdb.columns import Columns
from vedette.tsdb.head import Head
from vedette.tsdb.merge import ColumnsLayout, Source, merge
from vedette.tsdb.order import sorted_places
from vedette.tsdb.registry import Registry

_BATCH_SAMPLES: Final = 524_288
"""About four megabytes at a time."""
_BATCH_ROWS: Final = 32_768
"""Less of them when series are short: work on labels holds up every other thread."""


def head_columns(head: Head, rows: IntArray) -> Columns:
    """All samples of rows (all >= 0), late ones merged in."""
    sources = [Source(head.lay_out(rows, ALL_TIME))]
    if head.late.count:
        sources.append(Source(ColumnsLayout(head.late.read(rows, ALL_TIME))))
    return merge(sources, len(rows))


def block_batches(head: Head, registry: Registry) -> Iterator[BlockBatch]:
    """The rows of a head in the order of a block; the head must not change meanwhile."""
    refs = head.refs().astype(np.int64)
    if len(refs) == 0:
        return
    labels = registry.labels(refs.tolist())
    order = sorted_places([row_order(one) for one in labels])
    step = max(1, min(_BATCH_SAMPLES * len(refs) // max(head.samples, 1), _BATCH_ROWS))
    for start in range(0, len(order), step):
        part = order[start : start + step]
        part_refs = refs[part]
        columns = head_columns(head, head.table.rows_of(part_refs))
        yield BlockBatch([labels[index] for index in part], registry.ids[part_refs], columns)
